"""Texts of the pages in Mongolian and English, by key."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "name": ("Өлзий", "Ulzii"),
    "tagline": (
        "Монгол Улсын нээлттэй өгөгдөл нэгдсэн мэдлэгийн графт",
        "Mongolia's open government data as one knowledge graph",
    ),
    "lead": (
        "Төрийн байгууллагуудын нээлттэй өгөгдлийг эх сурвалжид байгаа хэвээр нь нийтэлж, "
        "мэдүүлэг бүрийн гарал үүслийг мөшгих боломжтой болгосон.",
        "Open data of state organisations, published as it stands in their sources, with every "
        "statement traceable to its origin.",
    ),
    "source": ("Эх сурвалж", "Source"),
    "version": ("Хувилбар", "Version"),
    "statements": ("Мэдүүлэг", "Statements"),
    "loaded": ("Ачаалсан", "Loaded"),
    "references": ("Нэр томьёо, код, дүрэм, жишээ", "Vocabularies, codes, rules, examples"),
    "loaded_now": ("Ачаалсан өгөгдөл", "Loaded data"),
    "datasets": ("өгөгдлийн багц", "datasets"),
    "observations": ("ажиглалт", "observations"),
    "aimags": ("аймаг, нийслэл", "aimags and the capital"),
    "soums": ("сум, дүүрэг", "soums and districts"),
    "findings_count": ("илрүүлсэн зөрүү", "findings"),
    "findings": ("Илрүүлсэн зөрүү", "Findings"),
    "findings_lead": (
        "Эх сурвалж дахь зөрүүг засдаггүй: өгөгдлийн хамт тэмдэглэн нийтэлдэг.",
        "Contradictions in the sources are not corrected; they are published beside the data.",
    ),
    "examples": ("Жишээ асуулга", "Example queries"),
    "examples_all": ("Бүх жишээ, тайлбарын хамт", "All examples, with explanations"),
    "examples_as_data": (
        "Жишээ асуулга өгөгдөл хэлбэрээр (SHACL)",
        "Example queries as data (SHACL)",
    ),
    "for_machines": ("Программд зориулсан", "For programs"),
    "service_description": (
        "Үйлчилгээний тодорхойлолт: хэл, функц, хязгаар (SPARQL Service Description)",
        "Service description: languages, functions, limits (SPARQL Service Description)",
    ),
    "void": (
        "Графын агуулга тоогоор (VoID)",
        "What the graph holds, in numbers (VoID)",
    ),
    "query": ("SPARQL асуулга", "SPARQL query"),
    "run": ("Ажиллуулах", "Run"),
    "cancel": ("Цуцлах", "Cancel"),
    "add_prefixes": ("Дутуу угтварыг нэмэх", "Add missing prefixes"),
    "seconds": ("сек", "s"),
    "download": ("Татаж авах", "Download"),
    "for_spreadsheets": ("Excel-д зориулсан CSV", "CSV for Excel"),
    "share": ("Хуваалцах холбоос", "Link to share"),
    "copied": ("Хуулсан", "Copied"),
    "too_large_here": (
        "Хариу энд харуулахад хэт том байна. Татаж авна уу.",
        "The result is too large to be shown here. Download it.",
    ),
    "limits_note": (
        "Асуулга {seconds} секундээс удаан, хариу {size} МБ-аас том байж болохгүй. "
        "Ctrl+Enter: ажиллуулах.",
        "A query may take {seconds} seconds and return {size} MB. Ctrl+Enter runs it.",
    ),
    "results": ("Үр дүн", "Results"),
    "rows": ("мөр", "rows"),
    "first_rows": ("эхний мөрүүд", "first rows"),
    "yes": ("Тийм", "Yes"),
    "no": ("Үгүй", "No"),
    "nothing": ("Одоогоор өгөгдөл ачаалаагүй байна.", "No data has been loaded yet."),
    "property": ("Шинж", "Property"),
    "value": ("Утга", "Value"),
    "incoming": ("Үүн рүү заасан холбоос", "Links to this"),
    "times": ("удаа", "times"),
    "for_example": ("жишээлбэл", "for example"),
    "stated_in": ("Мэдүүлэг байгаа граф", "Stated in"),
    "formats": ("Бусад хэлбэр", "Other formats"),
    "shown_of": (
        "Нийт {total} мэдүүлгээс {shown}-г харуулав. Бусад хэлбэрт бүгд бий.",
        "{shown} of {total} statements are shown. The other formats contain all of them.",
    ),
    "shown_of_more": (
        "{total}-аас олон мэдүүлгээс {shown}-г харуулав. Бусад хэлбэрт бүгд бий.",
        "{shown} of more than {total} statements are shown. The other formats contain all of them.",
    ),
    "graph_of": ("Нэрлэсэн граф", "Named graph"),
    "home": ("Нүүр", "Home"),
    "language": ("Хэл", "Language"),
    "skip": ("Агуулга руу шилжих", "Skip to content"),
    "saved": ("Хадгалсан асуулга", "Saved query"),
    "save": ("Богино хаягаар хадгалах", "Save with a short URL"),
    "title_mn": ("Нэр (монгол)", "Title (Mongolian)"),
    "title_en": ("Нэр (англи)", "Title (English)"),
}
