"""Texts of the pages of traces and captures in Mongolian and English, by key."""

from __future__ import annotations

from flask import g

from server.http.language import LANGUAGES

TEXTS: dict[str, tuple[str, str]] = {
    "trace": ("Мөшгих", "Trace"),
    "lead": (
        "Мэдүүлэг бүрийг эх файлын мөр хүртэл мөшгинө: мэдүүлэг, бичлэг, файл, буулгалт, "
        "шалгалт, лог.",
        "Every statement is traced to the row it came from: statement, record, file, mapping, "
        "checks, log.",
    ),
    "ask": (
        "Мэдүүлэг (S P O), мэдүүлгийн IRI, эсвэл юмсын IRI",
        "A statement (S P O), the IRI of a statement, or the IRI of a thing",
    ),
    "show": ("Харуулах", "Show"),
    "statement": ("Мэдүүлэг", "Statement"),
    "stated": ("Эх сурвалж мэдүүлсэн", "Stated by a source"),
    "withdrawn": (
        "Буцаасан: нийтэлсэн аль ч хувилбарт одоо байхгүй",
        "Withdrawn: no published version states it any more",
    ),
    "computed": (
        "Өлзий өөрийн логоос тооцсон; ямар ч эх сурвалж мэдүүлээгүй",
        "Computed by Ulzii from its log; no source states it",
    ),
    "counted": (
        "VoID тодорхойлолтын хэсэг: агшин бүрийн мэдүүлгээс тоолдог тул мөшгөхгүй",
        "Part of the VoID description: counted from the statements of each snapshot, not traced",
    ),
    "unknown": (
        "Энэ логийн мэдэхээр хэзээ ч мэдүүлээгүй",
        "Never stated, as far as this log goes",
    ),
    "instead": ("Мэдүүлсэн нь", "What is stated"),
    "source": ("Эх сурвалж", "Source"),
    "version": ("Хувилбар", "Version"),
    "layer": ("Давхарга", "Layer"),
    "layer_stated": ("эх сурвалжид байгаагаар", "as the source states it"),
    "layer_inferred": ("дүгнэсэн (эх сурвалжид байхгүй)", "inferred (not in the source)"),
    "layer_findings": ("илрүүлсэн зөрүү", "finding of a check"),
    "line": ("Мөр", "Line"),
    "of": ("нийт", "of"),
    "seen": ("Анх, сүүлд үзэгдсэн", "First and last seen"),
    "since": ("анх", "since"),
    "until": ("сүүлд", "until"),
    "now": ("одоо хүртэл", "still stated"),
    "record": ("Бичлэг", "Record"),
    "records_left": ("өөр бичлэг", "more records"),
    "locator": ("Байрлал", "Place in the file"),
    "sheet": ("Хуудас", "Sheet"),
    "written": ("Эх бичвэрт", "As written"),
    "file": ("Файл", "File"),
    "bytes": ("байт", "bytes"),
    "address": ("Эх хаяг", "Original address"),
    "fetched": ("Татсан", "Retrieved"),
    "local": (
        "локал файл: сүлжээгээр татаагүй",
        "a local file: not fetched over the network",
    ),
    "own_date": ("Өөрийн огноо", "Its own date"),
    "status": ("HTTP төлөв", "HTTP status"),
    "mapping": ("Буулгалт", "Mapping"),
    "rule": ("Дүрэм", "Rule"),
    "loader": ("Ачаалагч", "Loader"),
    "code": ("Код", "Code"),
    "checks": ("Шалгалт", "Checks"),
    "report": ("Тайлан", "Report"),
    "shapes": ("Дүрмийн багц", "Shapes"),
    "no_results": ("энэ зүйлийн тухай үр дүн алга", "no result is about this subject"),
    "derived": ("Үүнээс тооцсон", "Computed from"),
    "finding": ("Зөрүү", "Finding"),
    "about": ("Юуны тухай", "About"),
    "bundle": ("Нотлох баримт татах (zip)", "Download the evidence (zip)"),
    "log": ("Лог", "Log"),
    "left_out": ("ба түүнээс олон мэдүүлэг үлдсэн", "or more statements are not shown"),
    "nothing": (
        "Үүний тухай юу ч мэдүүлээгүй.",
        "Nothing is stated about it, as far as this log goes.",
    ),
    "formats": ("Бусад хэлбэр", "Other formats"),
    "honest": (
        "Энэ нь Өлзий юуг хэзээ тэмдэглэснийг харуулна. Байгууллага үнэн хэлснийг нотлохгүй.",
        "This shows what Ulzii recorded and when. It does not prove that the agency told the "
        "truth.",
    ),
    "capture": ("Архивласан файл", "Archived file"),
    "access": ("Хандалт", "Access"),
    "private": (
        "Файл, бичлэг нь нээлттэй биш; хэш ба мета өгөгдөл нээлттэй.",
        "The file and its records are private; its hash and metadata are open.",
    ),
    "records_only": (
        "Бичлэгийг харуулна; файлыг бүтнээр нь нийтлэхгүй.",
        "Its records are shown; the file as a whole is private.",
    ),
    "public": ("Файл нээлттэй.", "The file is public."),
    "made_here": (
        "Өлзий өөрөө үүсгэсэн.",
        "Made by Ulzii itself.",
    ),
    "download": ("Татаж авах", "Download"),
    "masked": (
        "Хувь хүний мэдээлэл мэт хэсгийг “…” тэмдгээр нуусан.",
        "What looks like personal data is masked by “…”.",
    ),
    "fetches": ("Таталтууд", "Fetches"),
}


def text(key: str) -> str:
    """A text in the reader's language."""
    return TEXTS[key][LANGUAGES.index(g.language)]
