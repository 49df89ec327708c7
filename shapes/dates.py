"""Whether a literal of a date type is one, by the lexical forms of XML Schema 1.1 part 2."""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Iterator

_TYPED = re.compile(
    rb'"([^"\\]*)"\^\^<http://www\.w3\.org/2001/XMLSchema#(date|dateTime|gYear|gYearMonth)>'
)
_YEAR, _MONTH = r"-?(?:[1-9]\d{3,}|0\d{3})", r"(?P<month>0[1-9]|1[0-2])"
_DAY = r"(?P<day>0[1-9]|[12]\d|3[01])"
_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_ZONE = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?"
_FORMS = {
    b"date": re.compile(f"(?P<year>{_YEAR})-{_MONTH}-{_DAY}{_ZONE}"),
    b"dateTime": re.compile(f"(?P<year>{_YEAR})-{_MONTH}-{_DAY}T{_TIME}{_ZONE}"),
    b"gYear": re.compile(f"{_YEAR}{_ZONE}"),
    b"gYearMonth": re.compile(f"{_YEAR}-{_MONTH}{_ZONE}"),
}
_LONG_MONTHS = {1, 3, 5, 7, 8, 10, 12}
_FEBRUARY = 2


_PLAIN_DAY = rb"[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])"
_ODD = re.compile(
    rb'"(?!%(day)s"\^\^<[^>]*#date>|[12]\d{3}"\^\^<[^>]*#gYear>'
    rb'|%(day)sT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:Z|\+0[1-9]:00)?"\^\^<[^>]*#dateTime>)'
    rb'[^"\\\n]*"\^\^<http://www\.w3\.org/2001/XMLSchema#(?:date|dateTime|gYear|gYearMonth)>'
    % {b"day": _PLAIN_DAY}
)


def odd_dates(block: bytes) -> Iterator[int]:
    """Where in a block of lines dates and times stand that `wrong_date` must look at: all but those
    of the usual forms."""
    if b"XMLSchema#date" in block or b"XMLSchema#gYear" in block:
        yield from (found.start() for found in _ODD.finditer(block))


def wrong_date(line: bytes) -> str:
    """The lexical form of a date or time in a line that is none; empty where all is well."""
    found = _TYPED.search(line) if b"XMLSchema#date" in line or b"XMLSchema#gYear" in line else None
    if not found:
        return ""
    text = found[1].decode()
    return "" if _is_valid(text, found[2]) else text or " "


def _is_valid(text: str, datatype: bytes) -> bool:
    parts = _FORMS[datatype].fullmatch(text)
    if not parts:
        return False
    groups = parts.groupdict()
    return "day" not in groups or int(groups["day"]) <= _days(
        int(groups["year"]), int(groups["month"])
    )


def _days(year: int, month: int) -> int:
    if month == _FEBRUARY:
        return 29 if isleap(year) else 28
    return 31 if month in _LONG_MONTHS else 30
