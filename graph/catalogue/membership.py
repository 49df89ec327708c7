"""Sub-catalogues: the datasets of an organisation, a theme, a place, or a source."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from graph.core.iris import ID
from vocab.namespaces import DCAT, DCT, EU_THEME

LISTS = {
    "org": (DCT.publisher, f"{ID}org/"),
    "theme": (DCAT.theme, str(EU_THEME)),
    "place": (DCT.spatial, f"{ID}place/"),
}
"""The property of each kind of list, and what its values begin with."""
SOURCES = "sources"


def lists_of(source: str, triples: Iterable[ox.Triple]) -> list[str]:
    """The lists that a dataset of a source is in: `org/5296722`, `theme/AGRI`, `sources/nso`."""
    found = {f"{SOURCES}/{source}"}
    kinds = {predicate: (kind, start) for kind, (predicate, start) in LISTS.items()}
    for triple in triples:
        if triple.predicate in kinds and isinstance(triple.object, ox.NamedNode):
            kind, start = kinds[triple.predicate]
            if triple.object.value.startswith(start):
                found.add(f"{kind}/{triple.object.value[len(start) :]}")
    return sorted(found)


def thing_of(name: str) -> str:
    """The IRI of the organisation, theme or place of a list; empty for a source's."""
    kind, _, key = name.partition("/")
    return LISTS[kind][1] + key if kind in LISTS else ""
