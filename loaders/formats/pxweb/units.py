"""Whether a table says another unit than the one that the source's description declares for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox

from loaders.formats.json_strict import pointer
from loaders.formats.pxweb.cube import Cube
from loaders.formats.pxweb.table import section
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import LoadFinding, Record

# words in table titles and units → the power of ten that they mean
_MULTIPLIERS = {
    r"мянга\w*|мян\.|thousands?|thous\.?": 3,
    r"сая|million?s?|mln\.?": 6,
    r"тэрбум|billions?|bln\.?": 9,
    r"их наяд|trillions?": 12,
}
_WORDS = {re.compile(rf"\b(?:{words})(?!\w)", re.I): power for words, power in _MULTIPLIERS.items()}


def contradictions(
    cube: Cube, lang: str, record: Record, context: LoaderContext
) -> Iterator[LoadFinding]:
    """A finding for each text of the response that contradicts the declared unit or multiplier."""
    response = cube.responses[lang]
    declared = section(context.source, "units", cube.table.unit).get(lang, "")
    texts = [("/label", response.label, False)]
    texts += [
        (pointer("dimension", axis.id, "category", "unit", code, "base"), unit, True)
        for axis in response.dimensions
        for code, unit in axis.units.items()
    ]
    for place, text, is_unit in texts:
        if _contradicts(text, declared, cube.table.multiplier, is_unit=is_unit):
            yield LoadFinding(
                "unit-contradicts",
                ox.NamedNode(cube.dataset),
                f"{record.capture.name}#{place}",
                detail=f"“{text}”, declared: {declared}, 10^{cube.table.multiplier}",
            )


def _contradicts(text: str, declared: str, multiplier: int, *, is_unit: bool) -> bool:
    powers = {power for words, power in _WORDS.items() if words.search(text)}
    if powers and multiplier not in powers:
        return True
    return is_unit and bool(declared) and not _same_unit(text, declared)


def _same_unit(text: str, declared: str) -> bool:
    """Whether one of the texts has all words of the other, without words for multipliers."""
    one, other = _unit_words(text), _unit_words(declared)
    return not one or not other or one <= other or other <= one


def _unit_words(text: Any) -> frozenset[str]:
    for words in _WORDS:
        text = words.sub(" ", text)
    return frozenset(re.findall(r"\w+", text.lower()))
