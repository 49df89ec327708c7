"""Which number formats of a workbook show dates, and the dates that numbers are.

ECMA-376 Part 1 §18.8.30 (formats) and §18.17.4 (serial dates).
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from loaders.tables.workbooks.packages import Attributes, Handlers, Package

_BUILT_IN = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_LAST_DAY = 2_958_465  # 31 December 9999
_PHANTOM = 60  # 29 February 1900, which there was not: days before it are one further


class NumberFormats(Handlers):
    """The cell formats (`cellXfs`) of a workbook."""

    def __init__(self, package: Package, part: str) -> None:
        self._custom: dict[str, str] = {}
        self._of_cells: list[str] = []
        self._inside = False
        if part in package.parts:
            package.parse_whole(part, self)
        self._dates = [_is_date(one, self._custom) for one in self._of_cells]

    def start(self, tag: str, attributes: Attributes) -> None:
        """See Handlers."""
        if tag == "numFmt":
            self._custom[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            self._inside = True
        elif tag == "xf" and self._inside:
            self._of_cells.append(attributes.get("numFmtId", "0"))

    def end(self, tag: str) -> None:
        """See Handlers."""
        if tag == "cellXfs":
            self._inside = False

    def shows_date(self, style: str) -> bool:
        """Whether cells of a style show their number as a date or a time."""
        return style.isdecimal() and int(style) < len(self._dates) and self._dates[int(style)]


def _is_date(number: str, custom: dict[str, str]) -> bool:
    code = custom.get(number)
    if code is None:
        return number.isdecimal() and int(number) in _BUILT_IN
    first = code.split(";", 1)[0]
    return bool(_ELAPSED.search(first) or _DATE_LETTERS.search(_LITERAL.sub("", first)))


def serial_date(number: Decimal, since_1904: bool) -> date | datetime | time | None:
    """The date, or date and time to the millisecond, that a number of days is; a time of day for
    less than one. None for what no program shows as a date."""
    if not 0 <= number <= _LAST_DAY:
        return None
    whole, milliseconds = divmod(round(number * 86_400_000), 86_400_000)
    moment = timedelta(milliseconds=milliseconds)
    if whole == 0 and not since_1904:
        return (_EPOCH + moment).time()
    if not since_1904 and whole < _PHANTOM:
        whole += 1
    day = (_EPOCH_1904 if since_1904 else _EPOCH) + timedelta(days=whole)
    return day + moment if milliseconds else day.date()
