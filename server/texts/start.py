"""Texts of the start page."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
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
    "loaded": ("Ачаалсан", "Loaded"),
    "references": ("Нэр томьёо, код, дүрэм, жишээ", "Vocabularies, codes, rules, examples"),
    "loaded_now": ("Ачаалсан өгөгдөл", "Loaded data"),
    "observations": ("ажиглалт", "observations"),
    "aimags": ("аймаг, нийслэл", "aimags and the capital"),
    "soums": ("сум, дүүрэг", "soums and districts"),
    "findings_lead": (
        "Эх сурвалж дахь зөрүүг засдаггүй: өгөгдлийн хамт тэмдэглэн нийтэлдэг.",
        "Contradictions in the sources are not corrected; they are published beside the data.",
    ),
    "examples_as_data": (
        "Жишээ асуулга өгөгдөл хэлбэрээр (SHACL)",
        "Example queries as data (SHACL)",
    ),
    "for_machines": ("Программд зориулсан", "For programs"),
}
