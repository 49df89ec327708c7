"""Texts of the page of a dataset."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "title_only_other": (
        "Нийтлэгч монгол гарчиг өгөөгүй.",
        "The publisher gives no English title.",
    ),
    "only_description": (
        "Энэ багцын өгөгдөл Өлзийд байхгүй, зөвхөн тайлбар нь бий.",
        "Ulzii holds only the description of this dataset, not its data.",
    ),
    "only_description_why": (
        "Иймд хүснэгт, зураг гаргаагүй. Өгөгдлийг порталын доорх хаягаас авна.",
        "So there is no table and no chart. The data are at the portal's address below.",
    ),
    "warnings_number": ("{number} анхааруулга", "{number} [number: warning|warnings]"),
    "remarks_number": ("{number} мэдээлэл", "{number} [number: remark|remarks]"),
    "fact_publisher": ("Нийтлэгч", "Publisher"),
    "fact_creator": ("Бүтээсэн", "Creator"),
    "fact_period": ("Хамрах хугацаа", "Period"),
    "fact_area": ("Хамрах нутаг", "Area"),
    "fact_frequency": ("Шинэчлэх давтамж", "Update frequency"),
    "fact_issued": ("Нийтэлсэн огноо", "Date of issue"),
    "fact_modified": ("Өөрчилсөн огноо", "Date of change"),
    "fact_theme": ("Сэдэв", "Theme"),
    "fact_keyword": ("Түлхүүр үг", "Keywords"),
    "fact_licence": ("Лиценз", "Licence"),
    "fact_terms": ("Ашиглах нөхцөл", "Terms of use"),
    "fact_access": ("Хандах эрх", "Access"),
    "fact_contact": ("Холбоо барих хаяг", "Contact point"),
    "fact_law": ("Хуулийн үндэслэл", "Legal basis"),
    "fact_language": ("Өгөгдлийн хэл", "Language of the data"),
    "fact_landing": ("Порталын хуудас", "Page on the portal"),
    "fact_identifier": ("Танигч", "Identifier"),
    "fact_unit": ("Нэгж", "Unit"),
    "fact_fresh": ("Шинэлэг эсэх", "Freshness"),
    "latest_period": ("сүүлийн үе {period}", "latest period {period}"),
    "fetched_at": ("Өлзий сүүлд авсан:", "last taken in by Ulzii:"),
    "not_verified": ("баталгаажаагүй", "not verified"),
    "charts": ("Зураг", "Charts"),
    "table": ("Хүснэгт", "Table"),
    "files": ("Файл", "Files"),
    "use_data": ("Ашиглах", "Use this data"),
    "use_description": (
        "Өгөгдөл нь Өлзийд байхгүй: доорх жишээнүүд багцын тайлбарыг авна.",
        "The data are not held here: the examples below get the description of the dataset.",
    ),
    "versions_lineage": ("Хувилбар, гарал", "Versions, lineage"),
    "cite": ("Эш татах", "Cite"),
    "statements_rdf": ("RDF мэдүүлэг", "RDF statements"),
    "statements_all": ("Бүх мэдүүлэг, хуудсаар", "All statements, page by page"),
    "statements_back": ("Багцын хуудас руу", "Back to the dataset"),
    "statements_range": (
        "{total} мэдүүлгээс {first}–{last}",
        "statements {first}–{last} of {total}",
    ),
    "statements_range_more": (
        "{total}-аас олон мэдүүлгээс {first}–{last}",
        "statements {first}–{last} of more than {total}",
    ),
    "show": ("Харуулах", "Show"),
    "power_thousand": ("мянган", "thousand"),
    "power_million": ("сая", "million"),
    "power_billion": ("тэрбум", "billion"),
    "all_of_it": ("Бүгд", "All"),
    "dimension_time": ("Хугацаа", "Period"),
    "dimension_area": ("Нутаг", "Area"),
    "line_says": (
        "Шугам {first} үеийн {first_value} гэсэн тооноос эхэлж, хамгийн их нь {top} үед "
        "{top_value}, "
        "сүүлд {last} үед {last_value}.",
        "The line begins with {first_value} in {first}, is highest with {top_value} in {top}, and "
        "ends with {last_value} in {last}.",
    ),
    "line_breaks": (
        "{number} үед тоо алга: шугам тэнд тасарна.",
        "There is no figure for {number} [number: period|periods]: the line breaks there.",
    ),
    "line_left_out": (
        "Өөр урттай {number} үе (жишээ нь улирлын хажууд жил) энд алга.",
        "{number} [number: period|periods] of another length, such as years beside quarters: left"
        " out.",
    ),
    "choose_part_of_charts": ("Зургийн хэсгийг сонгох", "Choose what the charts show"),
    "choose_part_of_table": ("Хүснэгтийн хэсгийг сонгох", "Choose what the table shows"),
    "chart_level": ("Түвшин:", "Level:"),
    "level_aimags": ("Аймаг, нийслэл", "Aimags and the capital"),
    "level_soums": ("Сум, дүүрэг", "Soums and districts"),
    "level_bags": ("Баг, хороо", "Bags and khoroos"),
    "code_of_aimag": ("аймаг", "aimag"),
    "code_of_capital": ("нийслэл", "capital"),
    "code_of_soum": ("сум", "soum"),
    "code_of_district": ("дүүрэг", "district"),
    "code_with_parts": ("доторх нэгжийн дүн", "total of its parts"),
    "bars_one_level": (
        "Зөвхөн энэ түвшнийг харьцуулав: дээд дүн, доторх хэсгийг хамт зураагүй.",
        "Only this level is compared: neither totals above it nor parts below it are drawn.",
    ),
    "bars_no_figure": ("Тоогүй: {names}.", "Without a figure: {names}."),
    "bars_shorter": (
        "Жагсаалт урт тул зураагүй: {names}.",
        "Not drawn, because the list is long: {names}.",
    ),
    "as_table": ("Зургийн тоо хүснэгтээр", "The figures of the chart as a table"),
    "chart_no_unit": (
        "Зураг гаргаагүй: эх сурвалж хэмжих нэгжийг хэлээгүй.",
        "No chart: the source does not state the unit.",
    ),
    "chart_mixed_units": (
        "Зураг гаргаагүй: тоонууд өөр өөр нэгжтэй.",
        "No chart: the figures have different units.",
    ),
    "chart_one_point": (
        "Зураг гаргаагүй: харьцуулах хоёр тоо алга.",
        "No chart: there are no two figures to compare.",
    ),
    "chart_no_figures": (
        "Зураг гаргаагүй: сонгосон хэсэгт тоо алга.",
        "No chart: the part that is chosen has no figures.",
    ),
    "chart_of_things": (
        "Зураг гаргаагүй: тоо бүр нь өөр зүйлийнх, нэрийг нь хүснэгтэд бичсэн. "
        "Өөр жилийн ижил дугаар нь өөр зүйл тул жишиж зурвал төөрөгдүүлнэ.",
        "No chart: each figure is of a thing of its own, which the table names. "
        "The same number in another year is another thing, so a chart would mislead.",
    ),
    "chart_below_zero": (
        "Зураг гаргаагүй: тэгээс бага тоо бий, манай зураг тэгээс эхэлдэг.",
        "No chart: some figures are below zero, and our charts begin at zero.",
    ),
    "chart_periods": (
        "Зураг гаргаагүй: үеүд нь нэг цувааг бүрдүүлэхгүй.",
        "No chart: the periods do not make one series.",
    ),
    "grid_caption": (
        "Тоон дээр дарж гарлыг нь мөшгинө.",
        "Follow a number to its origin.",
    ),
    "grid_scrolls": ("Хүснэгт, хажуу тийш гүйлгэнэ", "Table, scrolls sideways"),
    "grid_shown": (
        "{all_rows} мөрөөс {rows}, {all_columns} баганаас {columns}",
        "{rows} of {all_rows} [all_rows: row|rows], {columns} of {all_columns} [all_columns: "
        "column|columns]",
    ),
    "grid_partly": (
        "Хүснэгт нэн том: эхний 200,000 ажиглалтын кодыг л харуулав.",
        "A very large table: only the codes of the first 200,000 observations are shown.",
    ),
    "rows_pages": ("Мөрийн хуудас", "Pages of rows"),
    "columns_pages": ("Баганын хуудас", "Pages of columns"),
    "other_tables": ("Энэ багцын хүснэгтүүд", "Tables of this dataset"),
    "legend_warned": ("анхааруулгатай", "with a warning"),
    "legend_noted": (
        "мэдээлэлтэй, жишээ нь бөөрөнхийлсөн зөрүү",
        "with a remark, such as rounding",
    ),
    "legend_none": ("мэдээгүй, тэг биш", "no figure, which is not zero"),
    "pivot": ("Хүснэгтийг эргүүлэх", "Turn the table"),
    "pivot_swap": ("мөр, баганыг солих", "exchange rows and columns"),
    "pivot_rows": ("{name}: мөрөөр", "{name} as rows"),
    "pivot_columns": ("{name}: баганаар", "{name} as columns"),
    "csv_slice": ("CSV: энэ хүснэгт", "CSV of this table"),
    "csv_excel": ("CSV: энэ хүснэгт, Excel-д", "CSV of this table, for Excel"),
    "csv_whole": ("CSV: бүх ажиглалт", "CSV of all observations"),
    "cell_absent": ("мэдээгүй", "no figure"),
    "status_A": ("хэвийн утга", "normal value"),
    "status_B": ("цуваа тасарсан", "break in the series"),
    "status_D": ("тодорхойлолт нь өөр", "definition differs"),
    "status_E": ("тооцоолсон", "estimated"),
    "status_F": ("таамаг", "forecast"),
    "status_G": ("туршилтын утга", "experimental value"),
    "status_H": ("утга байхгүй", "no value can exist"),
    "status_I": ("нөхөж тооцсон", "imputed"),
    "status_L": ("мэдээ цуглуулаагүй", "data were not collected"),
    "status_M": ("мэдээгүй", "no figure"),
    "status_N": ("ач холбогдолгүй бага", "not significant"),
    "status_P": ("урьдчилсан", "provisional"),
    "status_Q": ("нууцалсан", "suppressed"),
    "status_S": ("онцгой үйл явдалтай", "unusual event"),
    "status_U": ("найдвар муутай", "low reliability"),
    "status_V": ("шалгаагүй", "not validated"),
    "file_name": ("Нэр", "Name"),
    "file_format": ("Формат", "Format"),
    "file_size": ("Хэмжээ, байт", "Size, bytes"),
    "file_check": ("Хаягийн шалгалт", "Check of the address"),
    "not_checked": ("хараахан шалгаагүй", "not checked yet"),
    "check_page": ("файл биш, хуудас ирсэн", "a web page came, not a file"),
    "files_more": (
        "{all} файлаас {shown} нь. Бүгд өгөгдөл хэлбэрт бий.",
        "{shown} of {all} [all: file|files]. All of them are in the data formats.",
    ),
    "files_none": ("Нэг ч файл заагаагүй.", "No file is stated."),
    "period_by_quarters": ("улирлаар {span}", "by quarters {span}"),
    "period_by_months": ("сараар {span}", "by months {span}"),
    "period_by_days": ("өдрөөр {span}", "by days {span}"),
    "period_part": ("нэг хэсэг нь {span}", "a part {span}"),
    "names_of_source": (
        "Эх сурвалж зарим нэрийг зөвхөн англиар өгсөн, монгол нэр нь алга",
        "The source gives some names in Mongolian only",
    ),
    "captured_range": (
        "Архивласан {total} файлаас {first}–{last} нь",
        "Archived files {first} to {last} of {total}",
    ),
    "captured_others": ("Эх сурвалжийн бусад файл", "Other files of the source"),
    "captured_own": (
        "Энэ хүснэгтийг гаргасан, Өлзий архивласан файл",
        "The files, archived by Ulzii, that this table was made from",
    ),
    "captured_files": (
        "Эх сурвалжийн бүх файл, бусад багцынх ч орсон: {number}, нийт {size} байт",
        "All files of the source, those of other datasets too: {number}, {size} [size: byte|bytes]",
    ),
    "use_query": ("SPARQL цонхонд нээх", "Open in the SPARQL editor"),
    "figures_in_text": ("Бичвэрт хэлсэн тоо", "Figures stated in the text"),
    "figure_trace": ("хаанаас гарсан бэ", "where it comes from"),
    "findings_none": ("Илрүүлсэн зөрүү алга.", "Nothing was found."),
    "findings_all": (
        "Энэ багцын бүх зөрүү: {number}",
        "All findings of this dataset: {number}",
    ),
    "quality_none": (
        "Чанарыг хараахан үнэлээгүй.",
        "The quality has not been scored yet.",
    ),
    "to_mend": ("Нийтлэгч юуг нөхөх вэ", "What the publisher can mend"),
    "mend_missing": ("Оноогүй хэмжүүр", "Metric without points"),
    "mend_write": ("Юу бичих вэ", "What to write"),
    "mend_gains": ("Нэмэх оноо", "Gains"),
    "quality_inferred": (
        "{all} шинжийн {number}-г Өлзий дүгнэсэн (◇). Дүгнэсэн утга оноо авдаг тул нийтлэгч өөрөө"
        " хэлэх нь чухал.",
        "{number} of {all} [all: property|properties] are inferred by Ulzii (◇). They earn "
        "points, so it matters that the publisher states them.",
    ),
    "quality_more": ("Бүх хэмжүүр", "All metrics"),
    "version_published": ("Нийтэлсэн", "Published"),
    "version_change": ("Өөрчлөлт", "Change"),
    "version_diff": ("юу өөрчлөгдсөн", "what changed"),
    "version_counts": (
        "+{added}, −{removed} мэдүүлэг",
        "+{added}, −{removed} [removed: statement|statements]",
    ),
    "versions_more": (
        "{all} өөрчлөлтөөс сүүлийн {shown}",
        "the last {shown} of {all} [all: change|changes]",
    ),
    "lineage_how": ("Яаж энд ирсэн бэ", "How it came here"),
    "lineage_whole": (
        "Файл, бичлэг, мэдүүлэг, шалгалтын тоо нь энэ багцынх биш, эх сурвалжийн сүүлийн"
        " хувилбарынх бүхэлдээ."
        " Шалгалт нь дүрмийн үр дүнг тоолно; зөрүүний жагсаалт ачаалахад тэмдэглэснийг ч"
        " тоолдог тул тоо нь зөрнө.",
        "Files, records, statements and checks are counted of the last version of the whole source,"
        " not of this dataset alone. Checks count the results of rules; the list of findings also"
        " counts what loading noted, so the two differ.",
    ),
    "way_source": ("Эх сурвалж", "Source"),
    "way_archive": ("Архив", "Archive"),
    "way_archived": (
        "{number} файл, {size} байт",
        "{number} [number: file|files], {size} [size: byte|bytes]",
    ),
    "way_mapped": ("Буулгалт", "Mapping"),
    "way_records": (
        "{number} бичлэг, {rejected} татгалзсан; {statements} мэдүүлэг",
        "{number} [number: record|records], {rejected} rejected; {statements} [statements: "
        "statement|statements]",
    ),
    "way_checked": ("Шалгалт", "Checks"),
    "way_checks": (
        "{warnings} анхааруулга, {remarks} мэдээлэл",
        "{warnings} [warnings: warning|warnings], {remarks} [remarks: remark|remarks]",
    ),
    "way_logged": ("Бүртгэл", "Log"),
    "way_event": ("үйл явдал {number}", "event {number}"),
    "way_version": ("хувилбар {number}", "version {number}"),
    "history_all": ("Бүх түүх", "The whole history"),
    "cited": (
        "Өлзий, хувилбар {version}, агшин {snapshot} ({published}). Уншсан: {accessed}.",
        "Ulzii, version {version}, snapshot {snapshot} ({published}). Read on {accessed}.",
    ),
    "cited_publisher_missing": ("Нийтлэгч заагаагүй", "Publisher not stated"),
}
