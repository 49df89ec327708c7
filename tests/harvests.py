"""Harvests of foreign catalogues in memory, and real ones where they can be had."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from graph.core.iris import Names
from graph.statements.canonical import line, normalise
from loaders.catalogues import dcat
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, LoadFinding, Mapped, Statement
from loaders.pipeline.source import Source

BASE = "https://example.mn/"
DATASET = f"{BASE}id/dataset/test/"
PREFIXES = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix spdx: <http://spdx.org/rdf/terms#> . @prefix prov: <http://www.w3.org/ns/prov#> .
@prefix : <http://other.example/> .
"""

FOREIGN = Path(os.environ.get("ULZII_FOREIGN_CATALOGUES", ""))
"""Where real foreign catalogues are, which are not in the repository."""


def foreign_file(name: str) -> Path:
    """A real catalogue; the test is skipped where it cannot be had."""
    path = FOREIGN / name
    if not path.is_file():
        pytest.skip(f"ULZII_FOREIGN_CATALOGUES has no {name}")
    return path


@dataclass(frozen=True)
class EarlierVersion:
    """The lines of a harvest, as the published version gives them."""

    layers: Mapping[str, list[bytes]]

    def lines(self, layer: str) -> Iterator[bytes]:
        return iter(self.layers.get(layer, []))


SOURCE = Source("test", {"en": "Test"}, "dcat", ("x.ttl",), "text/turtle", Path("test.toml"))
CONTEXT = LoaderContext(SOURCE, Names(BASE))


def capture(data: bytes, name: str = "x.ttl", media_type: str = "text/turtle") -> Capture:
    return Capture(hashlib.sha256(data).hexdigest(), name, "", media_type, data)


def mapped(captures: Iterable[Capture], context: LoaderContext = CONTEXT) -> list[Mapped]:
    """All statements and findings of a harvest, record by record."""
    found: list[Mapped] = []
    for record in dcat.records(list(captures), context):
        found += dcat.statements(record, context)
    return found


def findings(found: Iterable[Mapped]) -> dict[str, int]:
    """How often each kind of finding was met."""
    counts: Counter[str] = Counter()
    for one in found:
        if isinstance(one, LoadFinding):
            counts[one.kind] += one.count
    return dict(counts)


def lines(found: Iterable[Mapped], layer: str = "stated") -> set[str]:
    """The canonical lines of a layer."""
    statements = (one for one in found if isinstance(one, Statement))
    texts = [line(s.subject, s.predicate, s.object) for s in statements if s.layer == layer]
    return {text.decode() for text in normalise(texts)}


def harvest(*pages: str, previous: set[str] | None = None) -> set[str]:
    """The stated lines of a harvest of Turtle pages; `previous` are those of the one before."""
    context = CONTEXT
    if previous is not None:
        before = EarlierVersion({"stated": [text.encode() for text in sorted(previous)]})
        context = replace(CONTEXT, previous=before)
    return lines(mapped([capture((PREFIXES + page).encode()) for page in pages], context))


def datasets(found: Iterable[str]) -> set[str]:
    """The IRIs of the datasets in lines."""
    return {text.split("> ")[0][1:] for text in found if text.endswith("dcat#Dataset> .")}
