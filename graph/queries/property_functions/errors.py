"""Messages for property functions in places where they are not allowed: message and hint each."""

from __future__ import annotations

from graph.queries.syntax.bilingual import Bilingual

UsageErrorText = tuple[Bilingual, Bilingual]

IN_PATH: UsageErrorText = (
    Bilingual(mn="хайлт шинжийн замын хэсэг байж болохгүй",
              en="a search cannot be part of a property path"),
    Bilingual(mn="Хайлтыг тусдаа гурвал болгон бичнэ үү.",
              en="Write the search as a triple of its own."),
)  # fmt: skip
IN_BRACKETS: UsageErrorText = (
    Bilingual(mn="хайлт дөрвөлжин хаалтад байж болохгүй",
              en="a search cannot be inside square brackets"),
    Bilingual(mn="Дөрвөлжин хаалтын оронд хувьсагч хэрэглэж, хайлтыг тусдаа гурвалаар бичнэ үү.",
              en="Use a variable for the thing, and write the search as a triple with it."),
)  # fmt: skip
SHORT_FORM: UsageErrorText = (
    Bilingual(mn="CONSTRUCT WHERE зөвхөн энгийн гурвал агуулна",
              en="CONSTRUCT WHERE can only contain plain triples"),
    Bilingual(mn="CONSTRUCT { … } WHERE { … } гэж бичнэ үү.",
              en="Write CONSTRUCT { … } WHERE { … }."),
)  # fmt: skip
LIST_WITH_MORE: UsageErrorText = (
    Bilingual(mn="хувьсагчийн жагсаалт хайлтаас өөр шинжтэй байж болохгүй",
              en="a list of variables cannot have other properties than a search"),
    Bilingual(mn="Бусад шинжийг тусдаа гурвал болгон бичнэ үү.",
              en="Write the other properties as triples of their own."),
)  # fmt: skip
MANY_OBJECTS: UsageErrorText = (
    Bilingual(mn="хайлт яг нэг объекттой байх ёстой", en="a search has exactly one object"),
    Bilingual(mn="Хайлт бүрийг тусдаа гурвал болгон бичнэ үү.",
              en="Write each search as a triple of its own."),
)  # fmt: skip
UNREADABLE: UsageErrorText = (
    Bilingual(mn="хайлттай асуулгыг эндээс цааш уншиж чадсангүй",
              en="a query with a search could not be parsed after this point"),
    Bilingual(mn="Хайлтыг тусдаа бүлэгт бичнэ үү: { ?s text:query \"…\" }",
              en="Write the search in a group of its own: { ?s text:query \"…\" }"),
)  # fmt: skip
