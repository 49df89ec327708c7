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
    "query": ("SPARQL асуулга", "SPARQL query"),
    "run": ("Ажиллуулах", "Run"),
    "cancel": ("Цуцлах", "Cancel"),
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
        "Асуулга {seconds} секундээс удаан, хариу {size} МБ-аас том байж болохгүй. "
        "Ctrl+Enter: ажиллуулах.",
        "A query may take {seconds} seconds and return {size} MB. Ctrl+Enter runs it.",
    ),
    "results": ("Үр дүн", "Results"),
    "rows": ("мөр", "rows"),
    "first_rows": ("эхний мөрүүд", "first rows"),
    "saved": ("Хадгалсан асуулга", "Saved query"),
    "save": ("Богино хаягаар хадгалах", "Save with a short URL"),
    "title_mn": ("Нэр (монгол)", "Title (Mongolian)"),
    "title_en": ("Нэр (англи)", "Title (English)"),
}
