"""Errors as `application/problem+json` (RFC 9457), in Mongolian and English.

One table says for every kind of error its status, its name and its title in both languages. The
IRI of a problem's type is `{base}problem/{name}` and leads to a page.
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
RETRY_AFTER = 5


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of problem; `again` says that trying later may help. `hint_mn` is what to do about it,
    where the error does not say so in Mongolian."""

    name: str
    status: int
    mn: str
    en: str
    again: bool = False
    hint_mn: str = ""


_KINDS: dict[type[Exception], ProblemType] = {
    errors.QuerySyntaxError: ProblemType(
        "syntax", 400, "SPARQL асуулга буруу бичигдсэн", "The query is not valid SPARQL"
    ),
    errors.QueryRefused: ProblemType(
        "refused", 403, "Асуулга хаалттай үйлдэл хүссэн", "The query asks for what is switched off"
    ),
    errors.QueryTooComplex: ProblemType(
        "too-complex",
        400,
        "Асуулга хэт төвөгтэй",
        "The query is too complex",
        hint_mn="Хэд хэдэн энгийн асуулга болгож хуваана уу.",
    ),
    errors.QueryTooLarge: ProblemType(
        "too-large",
        413,
        "Асуулга эсвэл хариу хэт том",
        "The query or its result is too large",
        hint_mn="Асуулгаа нарийсгах, эсвэл ORDER BY, LIMIT, OFFSET-оор хэсэгчлэн авна уу.",
    ),
    errors.QueryNotAcceptable: ProblemType(
        "not-acceptable", 406, "Ийм хэлбэрээр хариулах боломжгүй", "Not available in this format"
    ),
    errors.SnapshotGone: ProblemType(
        "gone", 410, "Энэ хаягийн өгөгдөл хадгалагдахаа больсон", "This is kept no longer"
    ),
    errors.ServiceFailed: ProblemType(
        "service-failed",
        502,
        "Өөр SPARQL үйлчилгээнээс хариу авч чадсангүй",
        "Another SPARQL service gave no answer that can be used",
    ),
    errors.QueryUnsupported: ProblemType(
        "unsupported",
        400,
        "Асуулгын зарим хэсгийг дэмждэггүй",
        "The query uses something that is not supported",
    ),
    errors.QueryTimeout: ProblemType(
        "timeout",
        503,
        "Асуулга хугацаандаа дууссангүй",
        "The query ran out of time",
        again=True,
        hint_mn="Асуулгаа нарийсгах, эсвэл ачаалал багатай үед дахин асууна уу.",
    ),
    errors.QueueFull: ProblemType(
        "queue-full",
        503,
        "Хэт олон асуулга хүлээж байна",
        "Too many queries are waiting",
        again=True,
        hint_mn="Түр хүлээгээд дахин асууна уу.",
    ),
    errors.QueryThrottled: ProblemType(
        "throttled",
        429,
        "Та хэт олон асуулга явуулж байна",
        "You ask too much at once",
        hint_mn="Түр хүлээгээд дахин асууна уу.",
    ),
    errors.QueryCancelled: ProblemType(
        "cancelled", 503, "Асуулгыг зогсоосон", "The query was cancelled"
    ),
    errors.EngineFailure: ProblemType(
        "engine-failure",
        503,
        "Асуулга биелсэнгүй",
        "The query could not be finished",
        hint_mn="Нэг дор цөөн юм асууж үзнэ үү.",
    ),
    errors.InputUnreadable: ProblemType(
        "unreadable", 400, "Агуулгыг уншиж чадсангүй", "It cannot be read"
    ),
    errors.InputError: ProblemType(
        "invalid", 422, "Өгөгдөл дүрэм зөрчив", "The statements break a rule"
    ),
    errors.PreconditionFailed: ProblemType(
        "changed",
        412,
        "Өөр хүн түрүүлж өөрчилсөн байна",
        "Somebody else has changed it, or it is not there",
    ),
    errors.WriteConflict: ProblemType(
        "conflict", 409, "Одоогийн байдалтай зөрчилдөв", "The state of the graphs forbids this"
    ),
    errors.PermissionDenied: ProblemType(
        "forbidden", 403, "Хандах эрхгүй", "This is not allowed from there"
    ),
    errors.BusyError: ProblemType(
        "busy", 503, "Өөр бичилт явж байна", "Somebody else is writing", again=True
    ),
    errors.StorageError: ProblemType(
        "storage", 503, "Хадгалж чадсангүй", "It could not be stored", again=True
    ),
    errors.ConfigError: ProblemType(
        "not-ready", 503, "Өгөгдөл хараахан алга", "The service is not ready", again=True
    ),
}
_STATUS: dict[int, ProblemType] = {
    kind.status: kind
    for kind in (
        ProblemType("bad-request", 400, "Хүсэлт буруу байна", "The request is wrong"),
        ProblemType("unauthorized", 401, "Эрхийн тэмдэг хэрэгтэй", "A token is needed"),
        ProblemType("forbidden", 403, "Хандах эрхгүй", "This is not allowed from there"),
        ProblemType("not-found", 404, "Ийм зүйл олдсонгүй", "Nothing is known by this address"),
        ProblemType(
            "method-not-allowed", 405, "Энэ үйлдэл боломжгүй", "This method is not offered here"
        ),
        ProblemType(
            "not-acceptable",
            406,
            "Ийм хэлбэрээр хариулах боломжгүй",
            "Not available in this format",
        ),
        ProblemType(
            "conflict", 409, "Одоогийн байдалтай зөрчилдөв", "The state of the graphs forbids this"
        ),
        ProblemType(
            "gone", 410, "Энэ хаягийн өгөгдөл хадгалагдахаа больсон", "This is kept no longer"
        ),
        ProblemType("too-large", 413, "Хүсэлт хэт том", "The request is too large"),
        ProblemType("address-too-long", 414, "Хаяг хэт урт", "The address is too long"),
        ProblemType(
            "unsupported-media-type",
            415,
            "Ийм төрлийн агуулга хүлээж авдаггүй",
            "This kind of content is not taken here",
        ),
        ProblemType("internal", 500, "Серверийн алдаа", "The server made an error"),
    )
}
KINDS: dict[str, ProblemType] = {kind.name: kind for kind in (*_STATUS.values(), *_KINDS.values())}


@dataclass(frozen=True, slots=True)
class ProblemDetails:
    """One problem as it is answered."""

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
        """Headers that belong to the problem."""
        again = [("Retry-After", str(RETRY_AFTER))] if self.kind.again else []
        return [*again, *self.headers.items()]


class HttpProblem(Exception):
    """A request that is wrong as such; `status` is one of the table above."""

    def __init__(self, status: int, detail: str, *, hint: str = "", **headers: str) -> None:
        super().__init__(detail)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.problem = ProblemDetails(_STATUS[status], detail, hint, headers=named)


def from_error(error: UlziiError) -> ProblemDetails:
    """The problem that an error of ours is."""
    kind = next((k for t, k in _KINDS.items() if isinstance(error, t)), _STATUS[500])
    if not isinstance(error, QueryError):
        detail = f"{error.where}: {error.message}" if error.where else error.message
        results = error.results if isinstance(error, RulesBroken) else ()
        return ProblemDetails(kind, detail, error.hint, results=results)
    retry = {"Retry-After": str(error.retry)} if isinstance(error, QueryThrottled) else {}
    place = (error.line, error.column, error.excerpt)
    hint_mn = error.hint_mn or (kind.hint_mn if error.hint else "")
    told = (error.hint, *place, error.message_mn, hint_mn)
    return ProblemDetails(kind, error.message, *told, headers=retry)


def from_exception(error: HttpProblem | UlziiError) -> ProblemDetails:
    """The problem that an error is, of the request as such or of what it asks."""
    return error.problem if isinstance(error, HttpProblem) else from_error(error)


def from_status(status: int, detail: str) -> ProblemDetails:
    """A problem by its HTTP status alone."""
    return ProblemDetails(_STATUS.get(status, _STATUS[500 if status >= 500 else 400]), detail)
