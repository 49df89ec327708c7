"""Errors as `application/problem+json` (RFC 9457), in Mongolian and English.

Two tables give the status, name and titles of each kind of problem: by class of our errors, and by
HTTP status. The type IRI of a problem is `{base}problem/{name}`, which leads to a page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from graph.core import errors
from graph.core.errors import QueryError, QueryThrottled, RulesBroken, UlziiError

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 5  # seconds


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of problem, with its title in both languages.

    `retryable`: trying again later may help. `hint_mn` is the hint in Mongolian for errors that
    bring theirs in English only.
    """

    name: str
    status: int
    mn: str
    en: str
    retryable: bool = False
    hint_mn: str = ""


_OF_ERROR: dict[type[Exception], ProblemType] = {
    errors.QuerySyntaxError: ProblemType(
        "syntax", 400, "SPARQL асуулга буруу бичигдсэн байна", "The query is not valid SPARQL"
    ),
    errors.QueryRefused: ProblemType(
        "refused", 403, "Асуулгад зөвшөөрөөгүй үйлдэл байна", "The query uses a disabled feature"
    ),
    errors.QueryTooComplex: ProblemType(
        "too-complex",
        400,
        "Асуулга хэт төвөгтэй байна",
        "The query is too complex",
        hint_mn="Хэд хэдэн энгийн асуулга болгон хуваана уу.",
    ),
    errors.QueryTooLarge: ProblemType(
        "too-large",
        413,
        "Асуулга эсвэл хариу хэт том байна",
        "The query or its result is too large",
        hint_mn="Асуулгаа нарийсгах, эсвэл ORDER BY, LIMIT, OFFSET ашиглан хэсэгчлэн авна уу.",
    ),
    errors.QueryNotAcceptable: ProblemType(
        "not-acceptable",
        406,
        "Хүссэн хэлбэрээр хариулах боломжгүй",
        "Not available in the requested format",
    ),
    errors.SnapshotGone: ProblemType(
        "gone", 410, "Энэ агшин хувилбар хадгалагдахаа больсон", "This snapshot is no longer kept"
    ),
    errors.ServiceFailed: ProblemType(
        "service-failed",
        502,
        "Өөр SPARQL үйлчилгээнээс ашиглаж болох хариу ирсэнгүй",
        "Another SPARQL service did not return a usable answer",
    ),
    errors.QueryUnsupported: ProblemType(
        "unsupported",
        400,
        "Асуулгын зарим хэсгийг дэмждэггүй",
        "The query uses a feature that is not supported",
    ),
    errors.QueryTimeout: ProblemType(
        "timeout",
        503,
        "Асуулга тогтоосон хугацаанд дууссангүй",
        "The query did not finish in time",
        retryable=True,
        hint_mn="Асуулгаа нарийсгах, эсвэл ачаалал багатай үед дахин оролдоно уу.",
    ),
    errors.QueueFull: ProblemType(
        "queue-full",
        503,
        "Хэт олон асуулга хүлээгдэж байна",
        "Too many queries are waiting",
        retryable=True,
        hint_mn="Түр хүлээгээд дахин оролдоно уу.",
    ),
    errors.QueryThrottled: ProblemType(
        "throttled",
        429,
        "Нэг хэрэглэгчээс хэт олон асуулга ирлээ",
        "Too many queries at once from this client",
        hint_mn="Түр хүлээгээд дахин оролдоно уу.",
    ),
    errors.QueryCancelled: ProblemType(
        "cancelled", 503, "Асуулгыг цуцалсан", "The query was cancelled"
    ),
    errors.EngineFailure: ProblemType(
        "engine-failure",
        503,
        "Асуулгыг гүйцэтгэж чадсангүй",
        "The query could not be completed",
        hint_mn="Асуулгаа хялбарчилж, бага хэмжээний өгөгдөл асууна уу.",
    ),
    errors.InputUnreadable: ProblemType(
        "unreadable", 400, "Агуулгыг уншиж чадсангүй", "The content cannot be read"
    ),
    errors.InputError: ProblemType(
        "invalid", 422, "Өгөгдөл дүрэмд нийцэхгүй байна", "The statements violate a rule"
    ),
    errors.PreconditionFailed: ProblemType(
        "changed",
        412,
        "Өгөгдөл энэ хооронд өөрчлөгдсөн, эсвэл байхгүй байна",
        "The graph has been changed meanwhile, or does not exist",
    ),
    errors.WriteConflict: ProblemType(
        "conflict",
        409,
        "Графын одоогийн төлөвтэй зөрчилдөж байна",
        "The request conflicts with the current state of the graphs",
    ),
    errors.PermissionDenied: ProblemType(
        "forbidden", 403, "Хандах эрхгүй байна", "Access is not allowed"
    ),
    errors.BusyError: ProblemType(
        "busy",
        503,
        "Өөр бичилт хийгдэж байна",
        "Another write is in progress",
        retryable=True,
    ),
    errors.StorageError: ProblemType(
        "storage",
        503,
        "Өгөгдлийг хадгалж чадсангүй",
        "The data could not be stored",
        retryable=True,
    ),
    errors.ConfigError: ProblemType(
        "not-ready",
        503,
        "Үйлчилгээ бэлэн болоогүй байна",
        "The service is not ready",
        retryable=True,
    ),
}
_OF_STATUS: dict[int, ProblemType] = {
    kind.status: kind
    for kind in (
        ProblemType("bad-request", 400, "Хүсэлт буруу байна", "The request is invalid"),
        ProblemType(
            "unauthorized", 401, "Хандалтын түлхүүр үг шаардлагатай", "A token is required"
        ),
        ProblemType("forbidden", 403, "Хандах эрхгүй байна", "Access is not allowed"),
        ProblemType("not-found", 404, "Энэ хаягаар юу ч олдсонгүй", "Nothing found at this URL"),
        ProblemType(
            "method-not-allowed",
            405,
            "Энэ аргаар хандах боломжгүй",
            "This method is not allowed here",
        ),
        ProblemType(
            "not-acceptable",
            406,
            "Хүссэн хэлбэрээр хариулах боломжгүй",
            "Not available in the requested format",
        ),
        ProblemType(
            "conflict",
            409,
            "Графын одоогийн төлөвтэй зөрчилдөж байна",
            "The request conflicts with the current state of the graphs",
        ),
        ProblemType(
            "gone",
            410,
            "Энэ агшин хувилбар хадгалагдахаа больсон",
            "This snapshot is no longer kept",
        ),
        ProblemType("too-large", 413, "Хүсэлт хэт том байна", "The request is too large"),
        ProblemType("address-too-long", 414, "Хаяг хэт урт байна", "The URL is too long"),
        ProblemType(
            "unsupported-media-type",
            415,
            "Ийм төрлийн агуулгыг хүлээн авах боломжгүй",
            "This media type is not supported",
        ),
        ProblemType("internal", 500, "Серверийн дотоод алдаа", "Internal server error"),
    )
}
KINDS: dict[str, ProblemType] = {
    kind.name: kind for kind in (*_OF_STATUS.values(), *_OF_ERROR.values())
}


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
    """A request that cannot be answered, by HTTP status (one of `_OF_STATUS`).

    Keyword arguments are headers of the response, with `_` for `-`.
    """

    def __init__(self, status: int, detail: str, *, hint: str = "", **headers: str) -> None:
        super().__init__(detail)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.problem = ProblemDetails(_OF_STATUS[status], detail, hint, headers=named)


def from_error(error: UlziiError) -> ProblemDetails:
    """The problem that describes one of our errors."""
    kind = next((k for t, k in _OF_ERROR.items() if isinstance(error, t)), _OF_STATUS[500])
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
    kind = _OF_STATUS.get(status, _OF_STATUS[500 if status >= 500 else 400])
    return ProblemDetails(kind, detail)
