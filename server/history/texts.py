"""Texts of the pages of history and diff in Mongolian and English, by key."""

from __future__ import annotations

from flask import g

from server.http.language import LANGUAGES

TEXTS: dict[str, tuple[str, str]] = {
    "history": ("Түүх", "History"),
    "diff": ("Өөрчлөлт", "What changed"),
    "lead": (
        "Эх сурвалжийн бүх хувилбар, аль ч хоёрын ялгаа, нэг юмны тухай хэзээ юу өөрчлөгдсөн.",
        "All versions of a source, what any two differ in, and when what was said of a thing.",
    ),
    "source": ("Эх сурвалж", "Source"),
    "thing": ("Юм (IRI)", "Thing (IRI)"),
    "show": ("Харуулах", "Show"),
    "compare": ("Харьцуулах", "Compare"),
    "version": ("Хувилбар", "Version"),
    "published": ("Нийтэлсэн", "Published"),
    "statements": ("Мэдүүлэг", "Statements"),
    "adds": ("Нэмсэн", "Added"),
    "deletes": ("Хассан", "Deleted"),
    "records": ("Бичлэг", "Records"),
    "mapping": ("Буулгалтын код", "Code of the mapping"),
    "before": ("өмнөхтэй харьцуулах", "compare with the one before"),
    "from": ("Хуучин", "Old"),
    "to": ("Шинэ", "New"),
    "whose": ("Хэний өөрчлөлт", "Whose change"),
    "agency": ("байгууллагын", "the agency's"),
    "ours": ("манай буулгалтын", "our mapping's"),
    "both": ("хоёулангийнх", "both"),
    "rules": ("дүрмийн (илрүүлсэн зөрүү)", "of the rules (findings)"),
    "undecided": ("шийдээгүй", "undecided"),
    "same_bytes": (
        "файл өөрчлөгдөөгүй, манай буулгалт эсвэл дүрэм өөрчлөгдсөн",
        "the bytes are the same: our mapping or our rules changed",
    ),
    "same_mapping": (
        "буулгалт өөрчлөгдөөгүй, файл өөрчлөгдсөн",
        "the mapping is the same: the bytes changed",
    ),
    "written": ("HTTP-ээр бичсэн", "it was written over HTTP"),
    "replayed": (
        "хуучин файлыг шинэ кодоор дахин буулгаж шийдсэн",
        "decided by mapping the old bytes with the new code",
    ),
    "not_replayed": (
        "файл, буулгалт хоёулаа өөрчлөгдсөн; дахин буулгаж шалгаагүй",
        "bytes and mapping changed both, and this was not replayed",
    ),
    "not_replayable": (
        "файл, буулгалт хоёулаа өөрчлөгдсөн; энд дахин буулгаж чадсангүй",
        "bytes and mapping changed both, and it could not be replayed here",
    ),
    "added": ("нэмсэн", "added"),
    "deleted": ("хассан", "deleted"),
    "changed": ("утга өөрчлөгдсөн", "another value"),
    "renamed": ("шинж чанар өөрчлөгдсөн", "another property"),
    "retyped": ("төрөл, хэл өөрчлөгдсөн", "another class, type or language"),
    "schema_only": ("зөвхөн бүтэц", "schema only"),
    "values_only": ("зөвхөн утга", "values only"),
    "all": ("бүгд", "all"),
    "things": ("юм", "things"),
    "row": ("Мөр", "Row"),
    "property": ("Шинж чанар", "Property"),
    "kind": ("Өөрчлөлт", "Change"),
    "nothing": ("Өөрчлөлт алга.", "Nothing changed."),
    "nothing_said": (
        "Энэ юмны тухай аль ч хувилбарт юу ч алга.",
        "No version says anything of this.",
    ),
    "more": ("дараагийнх", "more"),
    "omitted": ("өөрчлөлт харуулаагүй", "changes are not shown"),
    "formats": ("Хэлбэр", "Formats"),
    "uncounted": (
        "Өөрчлөлт олон тул энд тоолсонгүй; `ulzii diff` тоолно.",
        "There are too many changes to count here; `ulzii diff` counts them.",
    ),
    "blame": ("Мэдүүлэг бүрийг оруулсан хувилбар", "The version that brought each statement"),
    "timeline": ("Цаг хугацааны шугам", "Time line"),
    "value": ("Утга", "Value"),
}


def text(key: str) -> str:
    """A text in the reader's language."""
    return TEXTS[key][LANGUAGES.index(g.language)]
