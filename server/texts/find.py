"""Texts of search and lists."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "search_results": ("Хайлт", "Search"),
    "search_all": ("Өлзийд байгаа: {number}", "In Ulzii: {number}"),
    "found": ("“{text}” гэж хайхад {number} олдлоо", "“{text}”: {number} found"),
    "search_forms": (
        "Үгийн бүх хэлбэр, бичлэгээр хайдаг. Яг тийм үг хэллэгийг хашилтад бичнэ.",
        "Words are found in every form and spelling. Put a phrase in quotation marks.",
    ),
    "by_code": ("Хүснэгтэд ийм мөр, багана бий: {code}", "In its table: {code}"),
    "not_found": ("“{text}” гэснээр юу ч олдсонгүй", "Nothing was found for “{text}”"),
    "place_and_words": (
        "“{text}”: газар нутаг, бусад үгээр нь",
        "“{text}”: the place, and the other words",
    ),
    "by_place_done": (
        "Бүх үг нь орсон зүйл олдоогүй тул “{named}” гэснийг газар нутгийн нэр гэж үзэн, “{rest}” "
        "гэснийг тусад нь хайв.",
        "Nothing has every word, so “{named}” was taken for the name of a place, and “{rest}” was "
        "searched for apart.",
    ),
    "not_found_filters": (
        "Ийм шүүлтүүрээр юу ч олдсонгүй",
        "Nothing was found with these filters",
    ),
    "not_found_means": (
        "Өлзийд одоогоор энэ төрлийн {total} зүйл бий; хайсан нь тэдний дунд алга. Энэ нь тийм "
        "өгөгдөл байхгүй гэсэн үг биш.",
        "Ulzii has {total} [total: thing|things] of this kind so far; what you look for is not "
        "among them. That does not mean that there is no such data.",
    ),
    "not_found_any": (
        "Өлзийд одоогоор нийт {total} зүйл бий (багц, байгууллага, газар нутаг, нэр томьёо, зөрүү "
        "г.м.); хайсан нь тэдний дунд алга. Энэ нь тийм өгөгдөл байхгүй гэсэн үг биш.",
        "Ulzii has {total} [total: thing|things] so far: datasets, organisations, places, terms, "
        "findings and more. What you look for is not among them. That does not mean that there is "
        "no such data.",
    ),
    "did_you_mean": ("“{text}” гэж бичих гэсэн үү?", "Did you mean “{text}”?"),
    "no_words": (
        "Хайх үг алга: үсэг эсвэл тоо бичнэ үү.",
        "There is no word to search for: write letters or digits.",
    ),
    "look_at": ("Үүнийг үзээрэй", "Try this"),
    "without_filters": ("Шүүлтүүргүй хайх: {number}", "Search without filters: {number}"),
    "search_for": ("Ингэж хайх:", "Search for"),
    "all_of": ("Бүгдийг харах", "See all"),
    "tell_wanted": ("Ийм өгөгдөл хэрэгтэй гэж мэдэгдэх", "Say that you need such data"),
    "list": ("Жагсаалт", "List"),
    "items_of": ("{first}–{last}, нийт {total}", "{first}–{last} of {total}"),
    "filters": ("Шүүлтүүр", "Filters"),
    "sorted_by": ("Эрэмбэ:", "Sorted by:"),
    "sort_relevance": ("тохирол", "relevance"),
    "sort_title": ("нэр", "name"),
    "sort_new": ("сүүлд өөрчлөгдсөн", "last changed"),
    "drop_filter": ("хасах", "remove"),
    "over": ("{number}-аас олон", "over {number}"),
    "over_note": (
        "{number}-аас олон тул тоолсонгүй: эхнийх нь энд байна. Үг нэмэх эсвэл шүүх нь дээр.",
        "There are over {number}, which were not counted: the first ones are here. "
        "Add a word or a filter.",
    ),
    "more_values": ("бусад…", "more…"),
    "no_title": ("Нэр заагаагүй", "No title stated"),
    "datasets_published": ("Нийтэлсэн багц: {number}", "Datasets: {number}"),
    "violation": ("Зөрчил", "Violation"),
    "data_service": ("Өгөгдлийн үйлчилгээ (API)", "Data service (API)"),
    "provisions_here": ("Энд байгаа заалт: {number}", "Provisions here: {number}"),
    "other_place": ("Бусад газар", "Other place"),
    "kind_dataset": ("Багц", "Datasets"),
    "kind_organisation": ("Байгууллага", "Organisations"),
    "kind_place": ("Газар нутаг", "Places"),
    "kind_service": ("Үйлчилгээ", "Services"),
    "kind_provision": ("Хуулийн заалт", "Provisions"),
    "kind_law": ("Хууль", "Laws"),
    "kind_term": ("Нэр томьёо", "Terms"),
    "kind_finding": ("Зөрүү", "Findings"),
    "list_dataset": ("Өгөгдлийн багц", "Datasets"),
    "list_dataset_lead": (
        "“Хүснэгттэй” багцын тоо Өлзийд бий; бусад нь одоогоор зөвхөн тайлбар.",
        "Of those with “table here” the figures are here; of the others only a description.",
    ),
    "list_organisation": ("Байгууллага", "Organisations"),
    "list_organisation_lead": (
        "Өгөгдөл нийтэлдэг, эсвэл эх сурвалжид нэр нь гарсан байгууллага.",
        "Organisations that publish data, or are named in a source.",
    ),
    "list_place": ("Газар нутаг", "Places"),
    "list_place_lead": (
        "Засаг захиргааны нэгж бүр олон системийн кодтой нь.",
        "Administrative units, each with its codes in several systems.",
    ),
    "map_units_title": ("Сум, дүүргийн тоо, аймаг, нийслэлээр", "Soums and districts, by aimag"),
    "map_units_unit": ("сум, дүүргийн тоо", "number of soums and districts"),
    "list_service": ("Үйлчилгээ", "Services"),
    "list_service_lead": (
        "Төрийн үйлчилгээ, түүнийг авах төв, өгөгдлийн үйлчилгээ.",
        "Public services, the centres where they are given, and data services.",
    ),
    "list_law": ("Хууль, тогтоомж", "Laws"),
    "list_law_lead": (
        "Эх сурвалжид дурдсан хууль, тогтоол. Заалтыг хууль бүрийн доор, тусад нь тоолсон.",
        "Laws and resolutions that sources refer to. Their provisions stand below each of them, "
        "counted apart.",
    ),
    "list_provision": ("Хуулийн заалт", "Provisions of laws"),
    "list_provision_lead": (
        "Эх сурвалжид дурдсан заалт, хууль бүрээр. Хуулийн бүх заалт биш.",
        "Provisions that sources refer to, by law: not all that a law has.",
    ),
    "list_term": ("Нэр томьёо, код", "Terms and codes"),
    "list_term_lead": (
        "Ангилал, кодын жагсаалтын утга, Өлзийн өөрийн нэр томьёо.",
        "Values of classifications and code lists, and Ulzii's own terms.",
    ),
    "code_under": ("дээд код", "under"),
    "list_finding": ("Илрүүлсэн зөрүү", "Findings"),
    "list_finding_lead": (
        "Эх сурвалжийн зөрүүг засдаггүй: өгөгдлийн хажууд тэмдэглэж, нийтлэгчид мэдэгдэнэ. "
        "Мэдээлэл нь алдаа биш: бөөрөнхийлсөнтэй холбоотой мэт тайлбартай зөрүү, тэмдэглэл.",
        "What a source gets wrong is not corrected: it is noted beside the data, for the publisher "
        "to see. A remark (Info) is no error: a difference that rounding explains, or a note.",
    ),
    "unknown_value": (
        "“{facet}” шүүлтэд “{value}” гэсэн утга энд алга.",
        "The filter “{facet}” has no value “{value}” here.",
    ),
    "facet_data": ("Өгөгдөл", "Data"),
    "facet_publisher": ("Нийтлэгч", "Publisher"),
    "facet_theme": ("Сэдэв", "Theme"),
    "facet_place": ("Газар нутаг", "Place"),
    "facet_format": ("Формат", "Format"),
    "facet_frequency": ("Шинэчлэх давтамж", "Update frequency"),
    "facet_licence": ("Лиценз", "Licence"),
    "facet_year": ("Өөрчилсөн он", "Year of last change"),
    "facet_source": ("Эх сурвалж", "Source"),
    "facet_within": ("Харьяа нэгж", "Part of"),
    "facet_class": ("Ангилал", "Class"),
    "facet_level": ("Түвшин", "Level"),
    "facet_type": ("Төрөл", "Type"),
    "facet_status": ("Төлөв", "Status"),
    "facet_scheme": ("Ангилал, код", "Scheme"),
    "facet_severity": ("Зэрэг", "Severity"),
    "facet_rule": ("Шалгасан дүрэм", "Rule checked"),
    "facet_dataset": ("Багц", "Dataset"),
    "facet_law": ("Хууль", "Law"),
    "list_source": ("Эх сурвалж", "Sources"),
    "list_source_lead": (
        "Өгөгдлийг хаанаас, хэзээ авсан. Нэр дээр дарвал сүүлд авсны тайлан гарна.",
        "Where data come from, and when they were last fetched. A name leads to the last report.",
    ),
    "source_state": ("Сүүлийн шалгалт", "Last check"),
    "source_state_fetched": ("амжилттай", "successful"),
    "source_state_failing": ("амжилтгүй", "failed"),
    "source_state_never": ("хараахан шалгаагүй", "not checked yet"),
    "source_data": ("Агуулга", "What it has"),
    "source_data_datasets": ("өгөгдлийн багц", "datasets"),
    "source_data_other": ("бүртгэл, код, дүрэм", "registers, codes, rules"),
    "source_year": ("Өөрчлөгдсөн он", "Year of last change"),
    "source_checked": ("Шалгасан", "Checked"),
    "source_changed": ("Өөрчлөгдсөн", "Changed"),
    "source_datasets": ("Багц: {number}", "Datasets: {number}"),
    "source_failed": ("амжилтгүй {number} удаа", "failed {number} [number: time|times]"),
    "never": ("хараахан үгүй", "not yet"),
}
