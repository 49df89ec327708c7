"""Names of codes in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from server.cubes.members import CubeCode
from server.pages.layout.units import in_its_language, name_in


def name_and_tag(code: CubeCode) -> tuple[str, str]:
    """The name of a code and its language where that is not the reader's."""
    return name_in(code.labels, code.key.replace("--", "–"))


def code_name(code: CubeCode) -> str:
    """The name of a code."""
    return name_and_tag(code)[0]


def joined(codes: Iterable[CubeCode], *more: str) -> Markup:
    """The names of codes and other words, with commas between."""
    named = [in_its_language(*name_and_tag(code)) for code in codes]
    return Markup(", ").join([*named, *(escape(one) for one in more if one)])
