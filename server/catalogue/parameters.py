"""Query parameters of the catalogue: `page` and `modified_since`."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from server.http.problem_details import HttpProblem

_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)


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
        # a plus sign in a query string is a space, and clients often forget to escape it
        moment = datetime.fromisoformat(re.sub(r" (?=\d\d:?\d\d$)", "+", text))
        seconds = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        seconds = None
    if seconds is None or not _MOMENT.match(text):
        raise HttpProblem(
            400,
            "“modified_since” is not a date",
            hint="For example 2026-11-30T17:00:00Z.",
            detail_mn="“modified_since” нь огноо биш байна",
        )
    return max(1, seconds)
