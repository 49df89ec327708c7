"""Texts of the SPARQL page and saved queries."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "examples": ("Жишээ асуулга", "Example queries"),
    "examples_all": ("Бүх жишээ, тайлбарын хамт", "All examples, with explanations"),
    "service_description": (
        "Үйлчилгээний тодорхойлолт: хэл, функц, хязгаар (SPARQL Service Description)",
        "Service description: languages, functions, limits (SPARQL Service Description)",
    ),
    "void": (
        "Графын агуулга тоогоор (VoID)",
        "What the graph holds, in numbers (VoID)",
    ),
    "notice_having-alias": (
        "HAVING нь ?{name}-г мэдэхгүй: утгыг нь SELECT дараа нь өгдөг. Илэрхийллийг нь HAVING "
        "дотор давтаж бичнэ үү.",
        "HAVING does not see ?{name}: SELECT gives it its value afterwards. Repeat the expression "
        "in HAVING.",
    ),
    "notice_aggregate-unbound": (
        "?{name} зарим мөрөнд утгагүй: SUM, AVG, MIN, MAX, GROUP_CONCAT нь бүлгийн аль нэг мөрд "
        "утга алга, эсвэл тооцож болохгүй утга байвал юу ч өгдөггүй. Тийм мөрийг "
        "FILTER(BOUND(…))-аар хасах, эсвэл COALESCE(…, 0) гэж бичиж болно.",
        "?{name} has no value in some rows: SUM, AVG, MIN, MAX and GROUP_CONCAT give none for a "
        "group with a row that has no value, or one that cannot be computed with. FILTER(BOUND(…)) "
        "leaves such rows out, COALESCE(…, 0) counts them as 0.",
    ),
    "notice_no-such-graph": (
        "<{name}> граф алга, эсвэл танд нээлттэй биш.",
        "There is no graph <{name}>, or it is not open to you.",
    ),
    "notice_no-such-property": (
        "<{name}> шинж чанартай мэдээлэл алга.",
        "No statement has the property <{name}>.",
    ),
    "notice_no-such-class": (
        "<{name}> ангид хамаарах юм алга.",
        "Nothing is of the class <{name}>.",
    ),
    "notice_no-such-namespace": (
        "Өгөгдөлд <{name}>-ээр эхэлсэн шинж чанар, анги алга. Угтвараа (PREFIX) шалгана уу.",
        "The data has no property or class that begins with <{name}>. Check the PREFIX.",
    ),
    "query": ("SPARQL асуулга", "SPARQL query"),
    "run": ("Ажиллуулах", "Run"),
    "cancel": ("Цуцлах", "Cancel"),
    "view_as": ("Харуулах", "Show as"),
    "view_table": ("хүснэгт", "table"),
    "view_bars": ("баганан зураг", "bars"),
    "view_line": ("шугаман зураг", "line"),
    "view_map": ("газрын зураг", "map"),
    "as_in_table": (
        "Тоонууд доорх хүснэгтэд бий.",
        "The figures are in the table below.",
    ),
    "drawn_from": (
        "Хариуны {columns} баганаас зурсан; нэгжийг хариу хэлээгүй.",
        "Drawn from the columns {columns} of the result, which states no unit.",
    ),
    "not_drawn_rows": (
        "Тоогүй тул зураагүй мөр: {number}",
        "Rows without a number, not drawn: {number}",
    ),
    "not_drawn": ("Зураагүй:", "Not drawn:"),
    "not_drawn_no_number": ("тоон багана алга.", "there is no column of numbers."),
    "not_drawn_no_name": (
        "тоо юуных болохыг хэлэх багана алга.",
        "no column says what the numbers are of.",
    ),
    "not_drawn_no_year": ("оны багана алга.", "there is no column of years."),
    "not_drawn_no_place": (
        "бүх мөр нь аймаг, нийслэл байх багана алга.",
        "there is no column in which every row is an aimag or the capital.",
    ),
    "not_drawn_repeats": (
        "нэг зүйлд хэд хэдэн мөр оногдож байна. GROUP BY-аар нэгтгэнэ үү.",
        "several rows are of the same thing. Combine them with GROUP BY.",
    ),
    "not_drawn_many": (
        "мөр 40-өөс олон. LIMIT-ээр цөөлнө үү.",
        "there are more than 40 rows. Ask for fewer with LIMIT.",
    ),
    "not_drawn_series": (
        "дөрвөөс олон шугам ялгагдахгүй. VALUES-ээр цөөнийг сонгоно уу.",
        "more than four lines cannot be told apart. Choose fewer with VALUES.",
    ),
    "not_drawn_one": ("ганц он байна.", "there is one year only."),
    "not_drawn_negative": (
        "0-ээс бага эсвэл төгсгөлгүй тоо байна.",
        "a number is below zero or not finite.",
    ),
    "timing": (
        "хүлээсэн {waited} сек, ажилласан {ran} сек",
        "waited {waited} s, ran {ran} s",
    ),
    "completions": ("Нөхөх боломж", "Completions"),
    "add_prefixes": ("Дутуу угтварыг нэмэх", "Add missing prefixes"),
    "seconds": ("сек", "s"),
    "for_spreadsheets": ("Excel-д зориулсан CSV", "CSV for Excel"),
    "share": ("Хуваалцах холбоос", "Link to share"),
    "copied": ("Хуулсан", "Copied"),
    "too_large_here": (
        "Хариу энд харуулахад хэт том байна. Татаж авна уу.",
        "The result is too large to be shown here. Download it.",
    ),
    "limits_note": (
        "Асуулга {seconds} секундээс удаан, хариу {size} МБ-аас том байж болохгүй. Ctrl+Enter: "
        "ажиллуулах.",
        "A query may take {seconds} [seconds: second|seconds] and return {size} MB. Ctrl+Enter "
        "runs it.",
    ),
    "results": ("Үр дүн", "Results"),
    "rows": ("{number} мөр", "{number} [number: row|rows]"),
    "first_rows": ("эхний {number} мөр", "the first {number} [number: row|rows]"),
    "saved": ("Хадгалсан асуулга", "Saved query"),
    "save": ("Богино хаягаар хадгалах", "Save with a short URL"),
    "title_mn": ("Нэр (монгол)", "Title (Mongolian)"),
    "title_en": ("Нэр (англи)", "Title (English)"),
}
