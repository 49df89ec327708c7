"""Texts of the pages in Mongolian and English, by key; one module a family of pages.

A template calls `t("key")`, code `server.http.language.text("key")`. A key is in one module only.
"""

from __future__ import annotations

from server.texts import (
    about,
    common,
    datasets,
    errors,
    find,
    history,
    log,
    quality,
    reports,
    resources,
    sparql,
    start,
    things,
    trace,
)

FAMILIES = (
    common,
    start,
    find,
    things,
    resources,
    reports,
    sparql,
    log,
    datasets,
    quality,
    errors,
    about,
    trace,
    history,
)
TEXTS: dict[str, tuple[str, str]] = {
    key: both for family in FAMILIES for key, both in family.TEXTS.items()
}
