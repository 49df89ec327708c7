"""Errors as `application/problem+json` (RFC 9457), in Mongolian and English.

The type IRI of a problem is `{base}problem/{name}`, which leads to a page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from graph.core.errors import IntegrityError, QueryError, QueryThrottled, RulesBroken, UlziiError
from server.http.problem_types import OF_ERROR, OF_STATUS, ProblemType

MEDIA_TYPE = "application/problem+json"
PROBLEM = "ulzii.problem"
"""The key of a request's environment under which the endpoint gives a problem to the pages."""
ANSWER = "problem"
"""The extension of the application that answers with problems (`ProblemAnswers`)."""
RETRY_AFTER = 5  # seconds
TIMING = "Server-Timing"


def timing(waited: float, ran: float) -> str:
    """How long a request waited and ran (seconds), in milliseconds: `wait;dur=0.4, run;dur=12.9`
    (Server Timing §3)."""
    return f"wait;dur={waited * 1e3:.1f}, run;dur={ran * 1e3:.1f}"


@dataclass(frozen=True, slots=True)
class ProblemDetails:
    """One problem, ready to be sent."""

    kind: ProblemType
    detail: str
    hint: str = ""
    line: int = 0
    column: int = 0
    excerpt: str = ""
    detail_mn: str = ""
    hint_mn: str = ""
    results: Sequence[Mapping[str, Any]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def status_line(self) -> str:
        """`404 Not Found`."""
        return f"{self.kind.status} {HTTPStatus(self.kind.status).phrase}"

    def body(self, base: str) -> bytes:
        """The problem as JSON."""
        members = {
            "type": f"{base}problem/{self.kind.name}",
            "title": self.kind.en,
            "title_mn": self.kind.mn,
            "status": self.kind.status,
            "detail": self.detail,
            "detail_mn": self.detail_mn,
            "hint": self.hint,
            "hint_mn": self.hint_mn,
            "line": self.line,
            "column": self.column,
            "excerpt": self.excerpt,
            "results": self.results,
        }
        return json.dumps({k: v for k, v in members.items() if v}, ensure_ascii=False).encode()

    def header_list(self) -> list[tuple[str, str]]:
        """The headers of the response: Retry-After where it helps, and those of the problem."""
        retry = [("Retry-After", str(RETRY_AFTER))] if self.kind.retryable else []
        return [*retry, *self.headers.items()]


class HttpProblem(Exception):
    """A request that cannot be answered, by HTTP status (one of `problem_types.OF_STATUS`).

    Keyword arguments are headers of the response, with `_` for `-`.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        hint: str = "",
        detail_mn: str = "",
        hint_mn: str = "",
        **headers: str,
    ) -> None:
        super().__init__(detail)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.problem = ProblemDetails(
            OF_STATUS[status], detail, hint, detail_mn=detail_mn, hint_mn=hint_mn, headers=named
        )


def from_error(error: UlziiError) -> ProblemDetails:
    """The problem that describes one of our errors, with how long the request waited and ran."""
    problem = _from_error(error)
    if error.timing is None:
        return problem
    return replace(problem, headers={**problem.headers, TIMING: timing(*error.timing)})


def _from_error(error: UlziiError) -> ProblemDetails:
    kind = next((k for t, k in OF_ERROR.items() if isinstance(error, t)), OF_STATUS[500])
    if isinstance(error, IntegrityError):  # where it is damaged concerns the operator alone
        return ProblemDetails(kind, "`ulzii verify` tells the operator what is wrong")
    if not isinstance(error, QueryError):
        detail = f"{error.where}: {error.message}" if error.where else error.message
        results = error.results if isinstance(error, RulesBroken) else ()
        return ProblemDetails(kind, detail, error.hint, results=results)
    retry = {"Retry-After": str(error.retry)} if isinstance(error, QueryThrottled) else {}
    return ProblemDetails(
        kind,
        error.message,
        error.hint,
        line=error.line,
        column=error.column,
        excerpt=error.excerpt,
        detail_mn=error.message_mn,
        hint_mn=error.hint_mn or (kind.hint_mn if error.hint else ""),
        headers=retry,
    )


def from_exception(error: HttpProblem | UlziiError) -> ProblemDetails:
    """The problem that describes an exception."""
    return error.problem if isinstance(error, HttpProblem) else from_error(error)


def from_status(status: int, detail: str) -> ProblemDetails:
    """A problem by its HTTP status alone."""
    kind = OF_STATUS.get(status, OF_STATUS[500 if status >= 500 else 400])
    return ProblemDetails(kind, detail, detail_mn=_DETAILS_MN.get(status, ""))


_DETAILS_MN = {
    400: "Серверт илгээсэн хүсэлтийг ойлгосонгүй.",
    404: "Ийм хаяг энэ серверт алга.",
    405: "Энэ хаягт ийм аргаар (жишээ нь POST) хандах боломжгүй.",
    413: "Илгээсэн агуулга зөвшөөрснөөс том байна.",
    416: "Хүссэн хэсэг баримтын хэмжээнээс гадуур байна.",
    500: "Алдааг серверийн бүртгэлд тэмдэглэлээ.",
}
"""What the framework says in English, in Mongolian."""
