"""Levels of a classification, of which a chart compares one at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from markupsafe import Markup, escape

from loaders.tables.values.totals import is_total
from server.cubes.members import CubeCode
from server.http.language import text
from server.http.problem_details import HttpProblem
from server.pages.datasets.names import name_and_tag
from server.pages.layout.units import in_its_language
from vocab.namespaces import PLACE

LEVEL = "level"
"""The parameter of an address that chooses the level of codes that bars compare."""
_PLACES = {
    "level_aimags": {PLACE.Aimag.value, PLACE.Capital.value},
    "level_soums": {PLACE.Soum.value, PLACE.District.value},
    "level_bags": {PLACE.Bag.value, PLACE.Khoroo.value},
}
"""The text that names a level of which every code stands for a place of these classes."""
_MOST_NAMED = 2  # codes that name a level


def levels_of(members: Sequence[CubeCode]) -> dict[str, list[CubeCode]]:
    """The codes of each level that has two or more: totals are never drawn beside their parts.

    Lists that do not say what is part of what have all at one level. There the kinds of places
    tell regions from aimags and aimags from soums, and names tell totals.
    """
    by_level = defaultdict[int, list[CubeCode]](list)
    for one in members:
        if not any(map(is_total, one.labels.values())):
            by_level[one.level].append(one)
    found = dict[str, list[CubeCode]]()
    for level, codes in sorted(by_level.items()):
        kinds = _by_kind(codes)
        found |= {f"{level}-{k}" if len(kinds) > 1 else f"{level}": c for k, c in kinds.items()}
    return {level: codes for level, codes in found.items() if len(codes) > 1}


def _by_kind(codes: Sequence[CubeCode]) -> dict[str, list[CubeCode]]:
    """Codes by the kind of their place. A single one of no known kind is no level of its own."""
    found = defaultdict[str, list[CubeCode]](list)
    for one in codes:
        kinds = (key for key, classes in _PLACES.items() if one.classes & classes)
        found[next(kinds, "level_other").removeprefix("level_")].append(one)
    return {"all": [*codes]} if len(found.get("other", ())) == 1 and len(found) == 2 else found


def asked_level(levels: Mapping[str, Sequence[CubeCode]], asked: str) -> str:
    """The level of an address, else the first: the parts of the total where there is one.

    Raises HttpProblem (400) for a level that there is not.
    """
    if asked and asked not in levels:
        raise HttpProblem(
            400,
            f"“{LEVEL}” must be one of {', '.join(levels)}",
            detail_mn=f"“{LEVEL}” дараахын нэг байна: {', '.join(levels)}",
        )
    return asked or next(iter(levels))


def level_links(
    levels: Mapping[str, Sequence[CubeCode]], drawn: str, asked: Mapping[str, str]
) -> tuple[tuple[Markup, str], ...]:
    """The name of each level and its address; of the one that is drawn an empty one."""
    return tuple(
        (
            _name(codes),
            "" if level == drawn else f"?{urlencode({**asked, LEVEL: level})}#charts",
        )
        for level, codes in levels.items()
    )


def _name(codes: Sequence[CubeCode]) -> Markup:
    """A level by the class of all its places, else by its first codes."""
    for key, classes in _PLACES.items():
        if all(code.classes & classes for code in codes):
            return escape(text(key))
    named = Markup(", ").join(in_its_language(*name_and_tag(code)) for code in codes[:_MOST_NAMED])
    more = len(codes) - _MOST_NAMED
    return named + (f" {text('and_more').format(number=more)}" if more > 0 else "")
