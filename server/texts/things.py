"""Texts of the pages of organisations, places, findings, services, laws and terms."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "kind": ("Төрөл", "Kind"),
    "not_known": ("мэдэгдээгүй", "not known"),
    "in_no_source": ("сурвалжид алга", "not in any source"),
    "what_points_here": ("Үүнийг заасан", "What points here"),
    "see_statements": ("RDF мэдүүлгээр харах", "See the RDF statements"),
    "and_more": ("ба өөр {number}", "and {number} more"),
    "register_number": ("Улсын бүртгэлийн дугаар", "Register number"),
    "until_number_known": ("түр, дугаар мэдэгдтэл", "until the number is known"),
    "parent_body": ("Дээд байгууллага", "Parent body"),
    "web_and_phone": ("Цахим хуудас, утас", "Web site, phone"),
    "publishes": ("Нийтэлсэн", "Publishes"),
    "publishes_nothing": (
        "Энэ байгууллагын нийтэлсэн багц энд алга.",
        "There is no dataset of this organisation here.",
    ),
    "datasets_number": ("{number} багц", "{number} [number: dataset|datasets]"),
    "datasets_of": ("Өгөгдлийн багц: {number}", "Datasets: {number}"),
    "search_within": ("Энэ байгууллагын дотор хайх", "Search within this organisation"),
    "part_of": ("Дээд нэгж", "Part of"),
    "units_below": ("Доод нэгж", "Units below"),
    "position": ("Байрлал", "Position"),
    "boundary": ("Хилийн зураг", "Boundary"),
    "locator_schema": (
        "Бүдүүвч зураг, хил биш; цэг нь сурвалж дахь байрлал.",
        "Schematic map, not boundaries; the dots are positions from the source.",
    ),
    "without_point": (
        "Сурвалжид цэггүй доод нэгж: {number}.",
        "Units below without a point in the source: {number}.",
    ),
    "figure_status": ("Төлөв", "Status"),
    "where_from": ("Хаанаас авсан", "Where it comes from"),
    "figure_record": (
        "Эх файл дахь бичлэг, буулгасан дүрэм",
        "The record in the source's file, and how it was read",
    ),
    "see_examples": ("Жишээ нь эдгээрийг үзээрэй:", "For example, look at these:"),
    "figures": ("Тоо", "Figures"),
    "figures_number": ("Хэдэн тоо байгаа", "Number of figures"),
    "livestock_in": (
        "мянган толгой мал, {year}",
        "thousand head of livestock, {year}",
    ),
    "livestock_by_year": ("Мал, бүх төрөл, жилээр", "Livestock, all types, by year"),
    "livestock_line": (
        "{first} онд {start}; хамгийн их нь {top} онд {most}; {last} онд {end}.",
        "{start} in {first}; most in {top}: {most}; {end} in {last}.",
    ),
    "differs": ("зөрүүтэй", "differs"),
    "circles_differ": (
        "дугуйтай {number} жилийн тоо зөрүүтэй",
        "{number} [number: year in a circle has|years in circles have] a finding",
    ),
    "tables_of_place": ("Энэ нутгийн тоотой багц", "Datasets with figures of this place"),
    "no_figures_of_place": (
        "Ачаалсан хүснэгтүүдэд энэ нутгийн тоо алга.",
        "The tables that are loaded have no figure of this place.",
    ),
    "services_here": ("Төрийн үйлчилгээ", "Public services"),
    "services_only_counted": (
        "Эх сурвалж ямар үйлчилгээ үзүүлдгийг нэрлээгүй, зөвхөн тоог нь хэлсэн.",
        "The source does not name the services that are given; it only says how many there are.",
    ),
    "services_number_in": ("Тоо нь:", "The number:"),
    "services_portal": ("Портал:", "The portal:"),
    "dataset": ("Багц", "Dataset"),
    "codes": ("Код", "Codes"),
    "no_codes": ("Аль ч ангилалд кодгүй.", "No classification has a code for it."),
    "classification": ("Ангилал", "Scheme"),
    "code": ("Код", "Code"),
    "named_there": ("Тэнд нэрлэсэн нь", "Named there"),
    "finding_lead": (
        "Эх сурвалжийн хэлснийг хэлсэн ёсоор нь нийтэлж, зөрүүг тэмдэглэв; аль нь зөвийг Өлзий "
        "шийдээгүй.",
        "What the source says is published as said, and the finding is recorded beside it; Ulzii "
        "does not decide which is right.",
    ),
    "stated_value": ("Эх сурвалжид хэлсэн", "Stated by the source"),
    "computed_by_us": ("Өлзий бодсон", "computed by Ulzii"),
    "where_it_stands": ("хаана бичсэн нь", "where it stands"),
    "the_figure": ("энэ тоо", "the figure"),
    "about_what": ("Юуны тухай", "What it is about"),
    "what_to_do": ("Юу хийх вэ", "What to do"),
    "for_the_publisher": ("Нийтлэгчид:", "For the publisher:"),
    "publisher_mends": (
        "эх сурвалжаа залруулах; залруулгыг дахин ачаалахад зөрүү хаагдана, түүх нь үлдэнэ.",
        "mend it in the source; when that is loaded the finding closes and its history stays.",
    ),
    "for_users": ("Ашиглагчид:", "For users:"),
    "users_say": (
        "тоог иш татахдаа зөрүүтэйг нь хэлж, алийг нь авснаа заах.",
        "when you quote a figure, say that it has a finding and which value you took.",
    ),
    "send_explanation": ("Тайлбар илгээх", "Send an explanation"),
}
