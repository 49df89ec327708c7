"""The facets of a list: the most frequent values of each, how many things have them, and their keys
in addresses, which are short for things with known names."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from graph.core.iris import ID, RULE, SCHEME
from graph.lists.index import FacetValue, ListIndex
from graph.lists.kinds import Kind
from vocab.namespaces import (
    CV,
    DCAT,
    DCT,
    ELI,
    EU_FILE_TYPE,
    EU_FREQUENCY,
    EU_LICENCE,
    EU_THEME,
    MEDIA_TYPE,
    ORG,
    OWL,
    PLACE,
    SERVICE,
    SH,
    SKOS,
)

NOT_STATED = "none"
"""The key of the value that things without one count under; its term is empty."""
_LONGEST = 150  # characters of a key

_STARTS = {
    "publisher": (f"{ID}org/",),
    "theme": (str(EU_THEME), SCHEME),
    "place": (f"{ID}place/",),
    "format": (str(EU_FILE_TYPE), str(MEDIA_TYPE)),
    "frequency": (str(EU_FREQUENCY),),
    "licence": (str(EU_LICENCE),),
    "within": (f"{ID}place/",),
    "law": (f"{ID}law/",),
    "class": (f"{SCHEME}information-holder/",),
    "level": (str(PLACE), str(DCT)),
    "type": (str(SERVICE), str(ELI), str(CV), str(DCAT), str(ORG)),
    "status": (f"{SCHEME}centre-status/", SCHEME),
    "scheme": (SCHEME, str(OWL), str(SKOS)),
    "severity": (str(SH),),
    "rule": (RULE,),
}
"""What the IRIs of each facet often begin with, which their keys leave out."""

SHOWN = 10  # values of a facet, unless it is unfolded
UNFOLDED = 100  # of as many a page stays below 60 kB


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet, its most frequent values, and whether there are more; `selected` is in all of it."""

    name: str
    values: Sequence[FacetValue]
    more: bool
    selected: FacetValue | None = None


def facets_of(
    index: ListIndex,
    kind: Kind,
    unfolded: str,
    known: Sequence[FacetValue],
    counts: Mapping[int, int] | None,
    *,
    is_narrowed: bool,
) -> list[Facet]:
    """All facets of a kind. `counts` by value; None: the stored ones, or none where the list
    `is_narrowed`. `known` are the values that it is filtered by."""
    selected = {value.facet: value for value in known}
    counted = _by_facet(index, counts) if counts is not None else {}
    made = []
    for name in kind.facets:
        most = UNFOLDED if unfolded == name else SHOWN
        if counts is None:
            values = index.stored_values(kind, name, most + 1)
            if is_narrowed:
                values = [replace(v, count=None) for v in values]
        else:
            values = _most_frequent(index, counted.get(name, ()), most + 1)
        shown = [*values[:most], *_not_stated(index, kind, name, values, most, counts)]
        made.append(Facet(name, shown, len(values) > most, selected.get(name)))
    return made


def _not_stated(
    index: ListIndex,
    kind: Kind,
    facet: str,
    values: Sequence[FacetValue],
    most: int,
    counts: Mapping[int, int] | None,
) -> list[FacetValue]:
    """The value for things without one, where it is not among those that are shown: how much is
    missing is never folded away."""
    if len(values) <= most or any(not value.term for value in values[:most]):
        return []
    missing = index.value(kind, facet, NOT_STATED)
    if missing is None or (counts is not None and missing.id not in counts):
        return []
    counted = counts[missing.id] if counts is not None else missing.count
    return [replace(missing, count=None if values[0].count is None else counted)]


def _by_facet(index: ListIndex, counts: Mapping[int, int]) -> dict[str, list[tuple[int, int]]]:
    """Negative counts and values, by facet."""
    found: dict[str, list[tuple[int, int]]] = {}
    for value, number in counts.items():
        found.setdefault(index.facet_of[value], []).append((-number, value))
    return found


def _most_frequent(
    index: ListIndex, counted: Sequence[tuple[int, int]], most: int
) -> list[FacetValue]:
    chosen = heapq.nsmallest(most, counted)
    values = index.values(value for _, value in chosen)
    named = [replace(values[value], count=-number) for number, value in chosen]
    return sorted(named, key=lambda v: (-(v.count or 0), v.key))


def key_of(facet: str, term: str, base: str) -> str:
    """The key of a term: without a known beginning; a literal in quotation marks.

    Facets without IRIs (`data`, `year`) have their values for keys. `base` begins the instance's
    own IRIs.
    """
    if not term:
        return NOT_STATED
    if facet in {"data", "year"}:
        return term
    if not term.startswith("<"):
        return _short(f'"{term}"')
    iri = term[1:-1]
    starts = (*_STARTS.get(facet, ()), f"{base}id/source/", f"{base}id/dataset/")
    for start in starts:
        rest = iri.removeprefix(start)
        if rest != iri and rest and rest != NOT_STATED:
            return _short(rest)
    return _short(iri)


def _short(key: str) -> str:
    if len(key) <= _LONGEST:
        return key
    return f"sha256-{hashlib.sha256(key.encode()).hexdigest()[:24]}"
