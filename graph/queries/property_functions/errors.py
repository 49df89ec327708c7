"""What can be wrong with a search in a query, and what to write instead: each in Mongolian and in
English.
"""

from __future__ import annotations

IN_PATH = (
    ("хайлт замын хэсэг болж чадахгүй", "a search cannot be part of a path"),
    ("Тусдаа гурвал болгон бичнэ үү.", "Write it as a triple."),
)
IN_BRACKETS = (
    ("хайлт дөрвөлжин хаалтад байж болохгүй", "a search cannot stand in square brackets"),
    ("Зүйлд хувьсагч өгч, хайлтыг түүний гурвал болгон бичнэ үү.",
     "Give the thing a variable, and write the search as a triple of it."),
)  # fmt: skip
SHORT_FORM = (
    ("CONSTRUCT WHERE зөвхөн энгийн гурвал агуулна", "CONSTRUCT WHERE holds plain triples only"),
    ("CONSTRUCT { … } WHERE { … } гэж бичнэ үү.", "Write CONSTRUCT { … } WHERE { … }."),
)
LIST_WITH_MORE = (
    ("хувьсагчийн жагсаалтад өөр шинж байхгүй", "a list of variables has no other properties"),
    ("Тэднийг тусдаа гурвал болгон бичнэ үү.", "Write them in a triple of their own."),
)
MANY_OBJECTS = (
    ("нэг хайлт нэг утгатай байна", "a search has one object"),
    ("Хайлт бүрийг тусдаа гурвал болгон бичнэ үү.", "Write each search as a triple."),
)
