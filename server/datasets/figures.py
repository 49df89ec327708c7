"""The figures of a dataset that stand in its text, not in a table: with a name, and an anchor."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyoxigraph as ox

from graph.queries import Pool
from server.sparql import internal_queries


@dataclass(frozen=True, slots=True)
class StatedFigure:
    """A figure: its IRI, the fragment of it, its value as text, its names by language."""

    iri: str
    value: str
    names: dict[str, str] = field(default_factory=dict)

    @property
    def anchor(self) -> str:
        """What stands behind the “#” of its IRI; empty where there is none."""
        return self.iri.partition("#")[2]


def figures(pool: Pool, dataset: str) -> tuple[StatedFigure, ...]:
    """The first figures of a dataset, in order of their IRIs."""
    found = dict[str, StatedFigure]()
    for row in internal_queries.select(pool, "datasets/figures", [dataset]):
        one = found.setdefault(row["figure"].value, _figure(row))
        label = row.get("label")
        if isinstance(label, ox.Literal):
            one.names[label.language or ""] = label.value
    return tuple(found.values())


def _figure(row: internal_queries.QueryRow) -> StatedFigure:
    return StatedFigure(row["figure"].value, row["value"].value)
