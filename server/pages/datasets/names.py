"""Names of codes and dimensions in the reader's language; no two codes of a list have the same."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from server.cubes.members import CubeCode
from server.cubes.structure import AREA, TIME, Dimension
from server.http.language import text
from server.pages.layout.units import in_its_language, name_in
from vocab.namespaces import PLACE

_PLACES = {PLACE[name].value: name.lower() for name in ("Aimag", "Capital", "Soum", "District")}
"""Classes of places, and the ends of the keys of their texts."""


def name_and_tag(code: CubeCode) -> tuple[str, str]:
    """The name of a code and its language where that is not the reader's."""
    return name_in(code.labels, code.key.replace("--", "–"))


def code_name(code: CubeCode) -> str:
    """The name of a code."""
    return name_and_tag(code)[0]


def dimension_name(one: Dimension) -> Markup:
    """The name of a dimension; the usual ones have names of ours."""
    if not one.labels and one.kind in (TIME, AREA):
        return escape(text(f"dimension_{one.kind}"))
    return in_its_language(*name_in(one.labels, one.key))


def told_apart(codes: Iterable[CubeCode], among: Sequence[CubeCode] = ()) -> list[tuple[str, str]]:
    """Names of codes and their languages. Where several have one name, each is followed by what it
    is: the kind of its place, a total of others, else its key. `among`: all codes of the list."""
    listed = [*codes]
    every = [*among] or listed
    often = Counter(map(code_name, every))
    parts = {one.term: after.level > one.level for one, after in itertools.pairwise(every)}
    return [
        (f"{name} ({_kind(code, has_parts=parts.get(code.term, False))})", tag)
        if often[name] > 1
        else (name, tag)
        for code, (name, tag) in ((code, name_and_tag(code)) for code in listed)
    ]


def _kind(code: CubeCode, *, has_parts: bool) -> str:
    place = next((end for iri, end in _PLACES.items() if iri in code.classes), "")
    if place:
        return text(f"code_of_{place}")
    return text("code_with_parts") if has_parts else code.key


def joined(codes: Iterable[tuple[Dimension, CubeCode]], *more: str) -> Markup:
    """The names of codes and other words, with commas between. A name that codes of several
    dimensions have stands once, with the names of the dimensions."""
    same: dict[tuple[str, str], list[Dimension]] = {}
    for dimension, code in codes:
        same.setdefault(name_and_tag(code), []).append(dimension)
    named = [_with_dimensions(in_its_language(*name), of) for name, of in same.items()]
    return Markup(", ").join([*named, *(escape(one) for one in more if one)])


def _with_dimensions(name: Markup, of: Sequence[Dimension]) -> Markup:
    if len(of) == 1:
        return name
    return Markup("{} ({})").format(name, Markup(", ").join(map(dimension_name, of)))
