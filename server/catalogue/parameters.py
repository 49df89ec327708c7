"""Query parameters of the catalogue: `page` and `modified_since`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from server.http.problem_details import HttpProblem

_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
# xsd:date and xsd:dateTime (XML Schema 1.1 part 2), seconds optional
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[T ](?P<time>\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?"
    r"(?:Z|(?P<zone>[+-](?:0\d|1[0-3]):?[0-5]\d|[+-]14:?00))?",
    re.ASCII | re.IGNORECASE,
)
_END_OF_DAY = re.compile(r"24:00(?::00(?:\.0+)?)?")


def page_number(text: str | None) -> int:
    """The number of a page, from 1; the first where none is given. Raises HttpProblem (400)."""
    if text is None:
        return 1
    if not _NUMBER.fullmatch(text):
        raise HttpProblem(
            400,
            "“page” is not the number of a page",
            hint="Pages begin with 1.",
            detail_mn="“page” нь хуудасны дугаар биш байна",
            hint_mn="Хуудас 1-ээс эхэлнэ.",
        )
    return int(text)


def since(text: str | None) -> int:
    """`modified_since` in seconds since 1970, UTC where no zone is given; 0 where it is absent.

    Raises HttpProblem (400) for anything else: a filter that is ignored looks like success.
    """
    if text is None:
        return 0
    try:
        seconds = int(_moment(text).timestamp())
    except (ValueError, OverflowError):
        raise HttpProblem(
            400,
            "“modified_since” is not a date",
            hint="For example 2026-11-30T17:00:00Z, or 2026-11-30.",
            detail_mn="“modified_since” нь огноо биш байна",
            hint_mn="Жишээ нь 2026-11-30T17:00:00Z, эсвэл 2026-11-30.",
        ) from None
    return max(1, seconds)


def _moment(text: str) -> datetime:
    """The moment that a date or a time begins. Raises ValueError, OverflowError."""
    # a plus sign in a query string is a space, and clients often forget to escape it
    found = _MOMENT.fullmatch(re.sub(r" (?=\d\d:?\d\d$)", "+", text))
    if found is None:
        raise ValueError(text)
    time, extra = found["time"] or "00:00", timedelta()
    if _END_OF_DAY.fullmatch(time):
        time, extra = "00:00", timedelta(days=1)
    moment = datetime.fromisoformat(f"{found['day']}T{time}{found['zone'] or '+00:00'}")
    return moment + extra
