"""Days and times by a declared format (Tabular Metadata §6.4.4, Unicode TR 35): `dd/MM/yyyy`,
`d.M.yyyy HH:mm`.

Only a year of four digits that comes first needs no format: “01/02/2019” is of two months.
"""

from __future__ import annotations

import re
from datetime import date as calendar_date
from datetime import datetime, time, timedelta
from functools import lru_cache

SERIAL = "serial"
"""The format of days as spreadsheets count them: 45292 is 2024-01-01."""
_DAY_0 = calendar_date(1899, 12, 30)

_FIELDS = {
    "yyyy": r"(?P<year>\d{4})",
    "MM": r"(?P<month>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "dd": r"(?P<day>\d{2})",
    "d": r"(?P<day>\d{1,2})",
    "HH": r"(?P<hour>\d{1,2})",
    "mm": r"(?P<minute>\d{2})",
    "ss": r"(?P<second>\d{2})",
}
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})([-./])(?P<month>\d{1,2})\2(?P<day>\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)


def date(text: str, pattern: str = "") -> calendar_date:
    """The day that a text is in a format; without one, a day whose year comes first.

    Raises ValueError, for an ambiguous one with its readings, and for a format that has not one of
    each of `yyyy`, `MM` or `M`, `dd` or `d`.
    """
    bare = text.strip()
    if pattern == SERIAL:
        return _counted(bare)
    match = (_compiled(pattern) if pattern else _YEAR_FIRST).fullmatch(bare)
    if match:
        return _day(bare, int(match["year"]), int(match["month"]), int(match["day"]))
    raise ValueError(_why(bare, pattern))


def _counted(text: str) -> calendar_date:
    if not re.fullmatch(r"\d{1,6}(?:\.0+)?", text, re.ASCII):
        raise ValueError(f"“{text[:60]}” is not a day as a spreadsheet counts them, like 45292")
    try:
        return _DAY_0 + timedelta(days=int(float(text)))
    except OverflowError:
        raise ValueError(f"“{text}” is not a day of the calendar") from None


def date_time(text: str, pattern: str) -> datetime:
    """The day and time of day that a text is in a format, without a zone: agencies write none.

    Raises ValueError, also for a format that has not one of each field of a date, and `HH`, `mm`.
    """
    bare = text.strip()
    match = _compiled(pattern, "HMdmy").fullmatch(bare)
    if not match:
        raise ValueError(_why(bare, pattern))
    found = match.groupdict(default="0")
    day = _day(bare, int(found["year"]), int(found["month"]), int(found["day"]))
    try:
        clock = time(int(found["hour"]), int(found["minute"]), int(found.get("second", "0")))
    except ValueError:
        raise ValueError(f"“{bare}” is not a time of day") from None
    return datetime.combine(day, clock)


def _day(text: str, year: int, month: int, day: int) -> calendar_date:
    try:
        return calendar_date(year, month, day)
    except ValueError:
        raise ValueError(f"“{text}” is not a day of the calendar") from None


def _why(text: str, pattern: str) -> str:
    if pattern:
        return f"“{text[:60]}” is not a date like {pattern}"
    match = _YEAR_LAST.fullmatch(text)
    if not match:
        return f"“{text[:60]}” is not a date like 2022-09-22 or 2022.09.22"
    first, second = int(match[1]), int(match[3])
    sign = match[2]
    if first <= 12 and second <= 12 and first != second:
        return (
            f"“{text}” may be day {first} of month {second} or day {second} of month {first}: "
            f"state the format, dd{sign}MM{sign}yyyy or MM{sign}dd{sign}yyyy"
        )
    return f"“{text}” does not begin with a year: state its format, such as dd{sign}MM{sign}yyyy"


@lru_cache(maxsize=100)
def _compiled(pattern: str, needed: str = "Mdy") -> re.Pattern[str]:
    pieces = re.split(r"(yyyy|MM?|dd?|HH|mm|ss)", pattern)
    fields = "".join(sorted(one[0] for one in pieces[1::2]))
    if fields not in {needed, "HMdmsy" if "H" in needed else needed}:
        raise ValueError(f"“{pattern}” is not a format of dates like dd/MM/yyyy or yyyy-MM-dd")
    text = "".join(_FIELDS[one] if at % 2 else re.escape(one) for at, one in enumerate(pieces))
    return re.compile(text, re.ASCII)
