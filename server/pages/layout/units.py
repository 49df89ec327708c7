"""Names and units of measure in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from flask import g
from markupsafe import Markup, escape

from server.cubes.structure import UnitOfMeasure
from server.http.language import LANGUAGES, text

_POWERS = {3: "thousand", 6: "million", 9: "billion"}


def name_in(labels: Mapping[str, str], otherwise: str) -> tuple[str, str]:
    """A name and its language where that is not the reader's (else empty)."""
    for tag in (g.language, "", *LANGUAGES, *labels):
        if labels.get(tag):
            return labels[tag], tag if tag not in ("", g.language) else ""
    return otherwise, ""


def in_its_language(name: str, tag: str) -> Markup:
    """A name, marked where it is not in the reader's language."""
    return Markup('<span lang="{}">{}</span>').format(tag, name) if tag else escape(name)


def unit_text(unit: UnitOfMeasure | None) -> Markup:
    """A unit with its power of ten: “thousand togrog”; empty for none."""
    if unit is None:
        return Markup("")
    name = in_its_language(*name_in(unit.labels, ""))
    if not unit.power:
        return name
    power = text(f"power_{_POWERS[unit.power]}") if unit.power in _POWERS else f"10^{unit.power}"
    return Markup("{} {}").format(power, name)
