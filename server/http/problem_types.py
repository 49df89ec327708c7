"""The kinds of problems: their statuses, names and titles, by class of our errors and by HTTP
status."""

from __future__ import annotations

from dataclasses import dataclass

from graph.core import errors


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


OF_ERROR: dict[type[Exception], ProblemType] = {
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
        "Өөр хүсэлт өгөгдөл бичиж байна",
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
    errors.IntegrityError: ProblemType(
        "damaged",
        503,
        "Хадгалсан өгөгдөл бүртгэлтэй таарахгүй байна",
        "The stored data is not as the ledger records",
    ),
}
OF_STATUS: dict[int, ProblemType] = {
    kind.status: kind
    for kind in (
        ProblemType("bad-request", 400, "Хүсэлт буруу байна", "The request is invalid"),
        ProblemType("unauthorized", 401, "Хандалтын токен шаардлагатай", "A token is required"),
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
        ProblemType(
            "range-not-satisfiable",
            416,
            "Хүссэн хэсэг баримтаас гадуур байна",
            "The range is outside the document",
        ),
        ProblemType(
            "expectation-failed",
            417,
            "Хүсэлтийн энэ нөхцөлийг биелүүлэх боломжгүй",
            "This expectation cannot be met",
        ),
        ProblemType(
            "headers-too-large",
            431,
            "Хүсэлтийн толгой хэсэг хэт том байна",
            "The header of the request is too large",
        ),
        ProblemType("internal", 500, "Серверийн дотоод алдаа", "Internal server error"),
        ProblemType(
            "not-implemented",
            501,
            "Ийм үйлдлийг дэмждэггүй",
            "This is not supported",
        ),
        ProblemType(
            "not-ready",
            503,
            "Үйлчилгээ одоогоор бэлэн болоогүй байна",
            "The service is not ready yet",
            retryable=True,
        ),
    )
}
KINDS: dict[str, ProblemType] = {
    kind.name: kind for kind in (*OF_STATUS.values(), *OF_ERROR.values())
}
