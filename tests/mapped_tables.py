"""Small described tables and what they are mapped to."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from graph.core import iris
from graph.core.iris import Names
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import (
    Capture,
    Mapped,
    Rejected,
    Statement,
)
from loaders.pipeline.source import Source
from loaders.tables import loader
from tests.one_by_one import one_by_one
from vocab.namespaces import FOAF, PLACE, RDF, SKOS
from vocab.terms import Object

SEX: dict[str, Any] = {"name": "Хүйс", "role": "dimension", "key": "sex"}
YEARS: dict[str, Any] = {
    "name": "2022",
    "to": "2023",
    "role": "measure",
    "heads": [{"kind": "period"}],
    "grows": True,
}


def options(*columns: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """The options of a table."""
    shared = {"becomes": "cube", "described": "2026-01-01T00:00:00Z", "dataset": {"id": "t"}}
    return {**shared, "columns": list(columns), **keys}


class TwoSoums:
    """Булган in two aimags, and nothing else."""

    def subjects(self, predicate: ox.NamedNode, value: Object) -> set[ox.NamedNode]:
        keys = ("065", "046", "06507", "04610")
        return {ox.NamedNode(iris.concept("au", key)) for key in keys}

    def objects(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> set[Object]:
        key = subject.value.rpartition("/")[2]
        names = {"065": "Архангай", "046": "Өмнөговь"}
        if predicate == SKOS.prefLabel:
            return {ox.Literal(names.get(key, "Булган"), language="mn")}
        if predicate == SKOS.broader and len(key) == 5:
            return {ox.NamedNode(iris.concept("au", key[:3]))}
        if predicate == FOAF.focus:
            return {ox.NamedNode(iris.place(key))}
        return {PLACE.Aimag if len(key) == 3 else PLACE.Soum} if predicate == RDF.type else set()


def mapped(text: str, said: dict[str, Any], others: Any = None) -> list[Mapped | str]:
    """What is made of a CSV; reasons of rejected records in between."""
    content = text.encode()
    capture = Capture(hashlib.sha256(content).hexdigest(), "t.csv", "", "text/csv", content)
    source = Source("t", {"mn": "Х"}, "table", (), "text/csv", Path("t.toml"), options=said)
    context = LoaderContext(source, Names("https://example.mn/"), others=others)
    made: list[Mapped | str] = []
    for record in loader.records([capture], context):
        try:
            found = list(loader.statements(record, context))
        except Rejected as reason:
            made.append(str(reason))
            continue
        made += one_by_one(found)
    return made


def figures(made: Sequence[Mapped | str]) -> dict[str, str]:
    """Figures by the keys of their observations."""
    return {
        one.subject.value.partition("/cube/")[2]: str(one.object.value)
        for one in made
        if isinstance(one, Statement) and one.rule == "cell-value"
    }
