"""Texts of the pages of things."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "trace_this": ("Мөшгих", "Trace"),
    "history_this": ("Түүх", "History"),
    "versions_this": ("Хувилбарууд", "Versions"),
    "named_version": ("{whole}: хувилбар {key}", "{whole}: version {key}"),
    "named_code": ("{whole}: архивласан код {key}…", "{whole}: archived code {key}…"),
    "named_capture": ("Архивласан файл {key}…", "Archived file {key}…"),
    "named_graph": ("{whole}: эх сурвалжийн мэдүүлэг", "{whole}: statements of the source"),
    "named_graph_inferred": ("{whole}: дүгнэсэн мэдүүлэг", "{whole}: inferred statements"),
    "named_graph_findings": ("{whole}: илрүүлсэн зөрүү", "{whole}: findings"),
    "named_text_mn": ("{whole}: монгол бичвэр", "{whole}: text in Mongolian"),
    "named_text_en": ("{whole}: англи бичвэр", "{whole}: text in English"),
    "whole_source": ("Эх сурвалж бүтнээрээ (N-Quads)", "The whole source (N-Quads)"),
    "parts": ("Хэсэг", "Parts"),
    "parts_all": ("Бүх хэсэг нь", "All its parts"),
    "property": ("Шинж", "Property"),
    "value": ("Утга", "Value"),
    "incoming": ("Үүн рүү заасан холбоос", "Links to this"),
    "times": ("{number} удаа", "{number} [number: time|times]"),
    "for_example": ("жишээлбэл", "for example"),
    "stated_in": ("Мэдүүлэг байгаа граф", "Stated in"),
    "shown_of": (
        "Нийт {total} мэдүүлгээс {shown}-г харуулав. Бусад хэлбэрт бүгд бий.",
        "{shown} of {total} [total: statement|statements] are shown. The other formats contain "
        "all of them.",
    ),
    "shown_of_more": (
        "{total}-аас олон мэдүүлгээс {shown}-г харуулав. Бусад хэлбэрт бүгд бий.",
        "{shown} of more than {total} statements are shown. The other formats contain all of them.",
    ),
    "graph_of": ("Нэрлэсэн граф", "Named graph"),
    "gone_since": (
        "Энэ өгөгдлийн багцыг эх сурвалж нь {day}-нд хассан. Өмнөх хувилбар архивт бий.",
        "The source withdrew this dataset on {day}. Its earlier versions are kept in the archive.",
    ),
    "identifier": ("Танигч", "Identifier"),
    "first_seen": ("Анх нийтэлсэн", "First published here"),
    "last_seen": ("Хассан", "Withdrawn"),
}
