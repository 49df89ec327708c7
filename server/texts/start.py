"""Texts of the start page."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "tagline": (
        "Монгол Улсын төрийн нээлттэй өгөгдөл",
        "Mongolia's open government data",
    ),
    "lead": (
        "Байгууллагууд юу нийтэлснийг хэлсэн ёсоор нь, тоо бүрийг хаанаас гарсныг нь баталгаатай "
        "харуулна.",
        "What state bodies publish, as they said it, and for every number proof of where it came "
        "from.",
    ),
    "search_for_example": ("Жишээ нь:", "For example:"),
    "example_livestock": ("малын тоо", "livestock"),
    "example_population": ("хүн ам", "population"),
    "example_prices": ("үнэ", "prices"),
    "datasets_here": (
        "өгөгдлийн багц, {tables} нь хүснэгттэй",
        "[number: dataset|datasets], {tables} with their table",
    ),
    "observations": (
        "тоо, {all} ажиглалтаас",
        "[number: figure|figures] in {all} [all: observation|observations]",
    ),
    "units_here": ("аймаг, нийслэл; сум, дүүрэг", "aimags and capital; soums and districts"),
    "organisations_here": ("байгууллага", "[number: organisation|organisations]"),
    "findings_here": ("илрүүлсэн зөрүү", "[number: finding|findings]"),
    "warnings_here": (
        "анхааруулга, мөн {notes} мэдээлэл",
        "[number: warning|warnings], and {notes} [notes: remark|remarks]",
    ),
    "by_place": ("Газар нутгаар", "By place"),
    "by_place_lead": (
        "Аймаг, нийслэлээ сонгоход түүний код, сум, тоо, өгөгдөл гарна.",
        "Choose an aimag or the capital for its codes, soums, figures and data.",
    ),
    "not_in_time": ("Дараахыг цагт нь уншиж амжсангүй:", "These could not be read in time:"),
    "load_again": (
        "Бусад нь энд байна; дахин ачаалбал бүгд гарч магадгүй.",
        "The rest is here; load the page again for all of it.",
    ),
    "numbers_here": ("Тоо баримт", "Numbers"),
    "map_data": ("Зургийн тоо", "Figures of the map"),
    "on_the_map": ("Зурагт:", "On the map:"),
    "map_label": (
        "Аймаг, нийслэлийн бүдүүвч зураг",
        "Schematic map of aimags and the capital",
    ),
    "map_schema": (
        "Бүдүүвч зураг: 494 зургаан өнцөгт, GeoNames (CC BY 4.0)-ийн цэгээр; хил биш.",
        "Schematic map: 494 hexagons from points of GeoNames (CC BY 4.0); a schema, not "
        "boundaries.",
    ),
    "circle_is_number": (
        "дугуйн талбай тоотой тэнцүү өснө",
        "the area of a circle is the number",
    ),
    "tile_is_number": (
        "хавтан бүрд тоо нь; тоо их бол өнгө бараан",
        "the number is in each tile; more is darker",
    ),
    "no_figure": ("мэдээгүй", "no figure"),
    "map_livestock": ("мал", "livestock"),
    "map_livestock_title": (
        "Малын тоо, аймаг, нийслэлээр",
        "Livestock by aimag and the capital",
    ),
    "map_livestock_unit": ("мянган толгой", "thousand head"),
    "map_services": ("цахим үйлчилгээ", "online services"),
    "map_services_title": (
        "Цахимжуулсан орон нутгийн үйлчилгээ, аймгаар",
        "Local services put online, by aimag",
    ),
    "map_services_unit": ("үйлчилгээний тоо", "number of services"),
    "news": ("Шинэ", "What is new"),
    "version_first": ("анхны хувилбар", "first version"),
    "version_number": ("хувилбар {number}", "version {number}"),
    "statements_number": ("{number} мэдүүлэг", "{number} [number: statement|statements]"),
    "all_sources": ("Бүх эх сурвалж: {number}", "All sources: {number}"),
    "all_events": ("Бүх үйл явдал", "All events"),
    "all_findings": ("Анхааруулга, мэдээлэл бүгд: {number}", "All warnings and remarks: {number}"),
    "findings_lead": (
        "Эх сурвалжийн зөрүүг засдаггүй: өгөгдлийн хажууд тэмдэглэдэг.",
        "Contradictions in the sources are not repaired: they are recorded beside the data.",
    ),
    "for_whom": ("Танд юу хэрэгтэй вэ?", "What do you need?"),
    "citizen": ("Иргэн", "Citizen"),
    "citizen_text": ("Нутгийнхаа тоог нэг дороос.", "The figures of your own place."),
    "citizen_places": ("Аймгаа сонгох", "Choose your aimag"),
    "citizen_data": ("Юу байгааг үзэх", "See what there is"),
    "journalist": ("Сэтгүүлч, судлаач", "Journalist, researcher"),
    "journalist_text": (
        "Тоо, зураг, эх сурвалж, эш татах бичвэр.",
        "Figures, charts, sources, a citation.",
    ),
    "journalist_findings": ("Зөрүүтэй тоо", "Contradictions"),
    "journalist_trace": ("Нэг тоог мөшгих", "Trace one number"),
    "officer": ("Өгөгдөл хариуцсан ажилтан", "Data officer"),
    "officer_text": (
        "Юу дутуу, яаж нөхөх, хэрхэн нийтлэх.",
        "What is missing, how to mend it, how to publish.",
    ),
    "officer_quality": ("Байгууллагынхаа чанар", "Your organisation's quality"),
    "auditor": ("Аудитор, хөгжүүлэгч", "Auditor, developer"),
    "auditor_text": (
        "Тоо бүрийн гарал, бүртгэл, каталог, API.",
        "Every number's origin, the log, catalogue, API.",
    ),
    "for_machines": ("Программд зориулсан", "For programs"),
    "examples_as_data": (
        "Жишээ асуулга өгөгдөл хэлбэрээр (SHACL)",
        "Example queries as data (SHACL)",
    ),
    "how_to_load": (
        "Өгөгдөл ачаалахад хайлт, зураг, жагсаалт энд гарна. Багцалсан эх сурвалжийг харах, "
        "нэгийг нь ачаалах:",
        "Search, map and lists appear here once data are loaded. To see the bundled sources, and "
        "to load one of them:",
    ),
}
