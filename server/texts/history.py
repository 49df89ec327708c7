"""Texts of the pages of history and differences."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "history_title": ("Түүх", "History"),
    "history_diff": ("Өөрчлөлт", "What changed"),
    "history_lead": (
        "Эх сурвалжийн бүх хувилбар, аль ч хоёрын ялгаа, нэг юмны тухай хэзээ юу өөрчлөгдсөн.",
        "All versions of a source, what any two differ in, and when what was said of a thing.",
    ),
    "history_source": ("Эх сурвалж", "Source"),
    "history_thing": ("Аливаа зүйлийн IRI", "The IRI of a thing"),
    "history_show": ("Харуулах", "Show"),
    "history_compare": ("Харьцуулах", "Compare"),
    "history_version": ("Хувилбар", "Version"),
    "history_published": ("Нийтэлсэн", "Published"),
    "history_statements": ("Мэдүүлэг", "Statements"),
    "history_adds": ("Нэмсэн", "Added"),
    "history_deletes": ("Хассан", "Deleted"),
    "history_records": ("Бичлэг", "Records"),
    "history_mapping": ("Буулгалтын код", "Code of the mapping"),
    "history_before": ("өмнөхтэй харьцуулах", "compare with the one before"),
    "history_from": ("Хуучин", "Old"),
    "history_to": ("Шинэ", "New"),
    "history_whose": ("Хэний өөрчлөлт", "Whose change"),
    "history_whose_agency": ("байгууллагын", "the agency's"),
    "history_whose_ours": ("манай буулгалтын", "our mapping's"),
    "history_whose_both": ("хоёулангийнх", "both"),
    "history_whose_rules": ("дүрмийн (илрүүлсэн зөрүү)", "of the rules (findings)"),
    "history_whose_undecided": ("шийдээгүй", "undecided"),
    "history_how_same_bytes": (
        "файл өөрчлөгдөөгүй, манай буулгалт эсвэл дүрэм өөрчлөгдсөн",
        "the bytes are the same: our mapping or our rules changed",
    ),
    "history_how_same_mapping": (
        "буулгалт өөрчлөгдөөгүй, файл өөрчлөгдсөн",
        "the mapping is the same: the bytes changed",
    ),
    "history_how_written": ("HTTP-ээр бичсэн", "it was written over HTTP"),
    "history_how_replayed": (
        "хуучин файлыг шинэ кодоор дахин буулгаж шийдсэн",
        "decided by mapping the old bytes with the new code",
    ),
    "history_how_not_replayed": (
        "файл, буулгалт хоёулаа өөрчлөгдсөн; дахин буулгаж шалгаагүй",
        "bytes and mapping changed both, and this was not replayed",
    ),
    "history_how_not_replayable": (
        "файл, буулгалт хоёулаа өөрчлөгдсөн; энд дахин буулгаж чадсангүй",
        "bytes and mapping changed both, and it could not be replayed here",
    ),
    "history_change_added": ("нэмсэн", "added"),
    "history_change_deleted": ("хассан", "deleted"),
    "history_change_changed": ("утга өөрчлөгдсөн", "another value"),
    "history_change_renamed": ("шинж чанар өөрчлөгдсөн", "another property"),
    "history_change_retyped": ("төрөл, хэл өөрчлөгдсөн", "another class, type or language"),
    "history_schema_only": ("зөвхөн бүтэц", "schema only"),
    "history_values_only": ("зөвхөн утга", "values only"),
    "history_every": ("бүгд", "all"),
    "history_property": ("Шинж чанар", "Property"),
    "history_versions": ("Хувилбар", "Versions"),
    "history_all_versions": ("Эх сурвалжийн бүх хувилбар", "All versions of the source"),
    "history_kind": ("Өөрчлөлт", "Change"),
    "history_nothing": ("Өөрчлөлт алга.", "Nothing changed."),
    "history_nothing_said": (
        "Энэ юмны тухай аль ч хувилбарт юу ч алга.",
        "No version says anything of this.",
    ),
    "history_uncounted": (
        "Өөрчлөлт олон тул энд тоолсонгүй; `ulzii diff` тоолно.",
        "There are too many changes to count here; `ulzii diff` counts them.",
    ),
    "history_blame": (
        "Мэдүүлэг бүрийг оруулсан хувилбар",
        "The version that brought each statement",
    ),
    "history_timeline": ("Цаг хугацааны шугам", "Time line"),
    "history_value": ("Утга", "Value"),
    "history_omitted": (
        "өөр {number} өөрчлөлтийг харуулаагүй",
        "{number} more [number: change is|changes are] not shown",
    ),
    "history_counts": (
        "{number} юм өөрчлөгдсөн: {schema} нь зөвхөн бүтэц, {values} нь зөвхөн утга",
        "{number} [number: thing|things] changed: schema only {schema}, values only {values}",
    ),
    "history_more": ("Дараагийн юмс", "More things"),
    "history_start": (
        "Эх сурвалж сонгож бүх хувилбарыг нь харах, аль ч хоёрыг харьцуулна; эсвэл аливаа зүйлийн"
        " түүхийг асууна.",
        "Choose a source to see all its versions and compare any two, or ask for the history of "
        "one thing.",
    ),
    "history_of_version": ("{source}, {number}-р хувилбар", "{source}, version {number}"),
    "history_checked": (
        "Мөр, ялгаа, мөрийн зураглалыг бүртгэл дэх хэштэй нь тулгасны дараа харуулав.",
        "Lines, patch and row maps were compared with their hashes in the log first.",
    ),
    "diff_title": ("Хоёр хувилбарын ялгаа", "What changed between two versions"),
    "diff_lead": (
        "Эх сурвалжийн аль ч хоёр хувилбарыг мэдүүлэг мэдүүлгээр нь харьцуулна.",
        "Any two versions of a source are compared, statement by statement.",
    ),
    "diff_last": ("сүүлийн өөрчлөлт: {old} → {new}", "the last change: {old} → {new}"),
    "diff_one_version": ("ганц хувилбартай", "one version only"),
}
