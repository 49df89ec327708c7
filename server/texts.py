"""The words of the pages, Mongolian and English."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "name": ("Өлзий", "Ulzii"),
    "tagline": (
        "Монгол Улсын нээлттэй өгөгдөл нэг мэдлэгийн граф дээр",
        "Mongolia's open government data as one knowledge graph",
    ),
    "lead": (
        "Төрийн байгууллагуудын нээлттэй өгөгдлийг эх сурвалжид нь хэлсэн ёсоор нийтэлж, "
        "мэдүүлэг бүр хаанаас ирснийг мөшгих боломжтой болгосон.",
        "Open data of state bodies, published as their sources say it, with every statement "
        "traceable to where it came from.",
    ),
    "sources": ("Эх сурвалж", "Sources"),
    "source": ("Эх сурвалж", "Source"),
    "version": ("Хувилбар", "Version"),
    "statements": ("Мэдүүлэг", "Statements"),
    "loaded": ("Ачаалсан", "Loaded"),
    "loaded_now": ("Одоо ачаалсан өгөгдөл", "What is loaded"),
    "datasets": ("өгөгдлийн багц", "datasets"),
    "observations": ("ажиглалт", "observations"),
    "aimags": ("аймаг, нийслэл", "aimags and the capital"),
    "soums": ("сум, дүүрэг", "soums and districts"),
    "findings_count": ("илрүүлсэн зөрүү", "findings"),
    "findings": ("Илрүүлсэн зөрүү", "Findings"),
    "findings_lead": (
        "Эх сурвалжийн зөрүүг засдаггүй: өгөгдлийн хажууд тэмдэглэдэг.",
        "Contradictions in the sources are not repaired: they are recorded beside the data.",
    ),
    "findings_all": ("Бүх зөрүү", "All findings"),
    "examples": ("Жишээ асуулга", "Example queries"),
    "query": ("SPARQL асуулга", "SPARQL query"),
    "run": ("Асуух", "Run"),
    "results": ("Хариу", "Results"),
    "rows": ("мөр", "rows"),
    "first_rows": ("эхний мөрүүд", "first rows"),
    "whole": ("Бүтэн хариу", "The whole answer"),
    "yes": ("Тийм", "Yes"),
    "no": ("Үгүй", "No"),
    "nothing": ("Хараахан юу ч ачаалаагүй байна.", "Nothing has been loaded yet."),
    "property": ("Шинж", "Property"),
    "value": ("Утга", "Value"),
    "parts": ("Хэсгүүд", "Parts"),
    "incoming": ("Үүнийг заасан", "What points here"),
    "times": ("удаа", "times"),
    "for_example": ("жишээлбэл", "for example"),
    "stated_in": ("Хаана хэлсэн", "Stated in"),
    "formats": ("Бусад хэлбэр", "Other formats"),
    "shown_of": (
        "Нийт {total} мэдүүлгийн {shown}-г үзүүлэв; бүтнээр нь бусад хэлбэрээс авна уу.",
        "{shown} of {total} statements are shown; the other formats hold all of them.",
    ),
    "shown_of_more": (
        "{total}-аас олон мэдүүлгийн {shown}-г үзүүлэв; бүтнээр нь бусад хэлбэрээс авна уу.",
        "{shown} of more than {total} statements are shown; the other formats hold all of them.",
    ),
    "graph_of": ("Нэрлэсэн граф", "Named graph"),
    "home": ("Нүүр", "Home"),
    "language": ("Хэл", "Language"),
    "problem": ("Асуудал", "Problem"),
    "snapshot": ("Агшин", "Snapshot"),
    "skip": ("Агуулга руу шилжих", "Skip to content"),
}
