"""Behind the prefilter the official shapes find in samples what pySHACL finds alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph

from bench.validation.prefilter import CASES
from bench.validation.whole import compare
from bench.validation.whole import report as report_of
from tests.prefiltered import prefiltered, pyshacl_alone
from tests.shared import DCAT_SAMPLES, DCAT_SHAPES, needs_shared, official_shapes

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pyshacl.errors.ShapeRecursionWarning"),
]


# ---- real files under the official shapes

FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}
OFFICIAL = (
    "html_shacl_shapes.ttl",
    "html_shacl_range.ttl",
    "html_shacl_shapes_recommended.ttl",
    "html_shacl_mdr-vocabularies.shape.ttl",
)


def sample_lines(path: Path) -> list[bytes]:
    quads = ox.parse(path.read_bytes(), FORMATS[path.suffix], base_iri="https://example.mn/")
    return [f"{q.subject} {q.predicate} {q.object} .\n".encode() for q in quads]


def samples() -> Iterator[tuple[str, list[bytes]]]:
    """Every file that can be read; JSON-LD of the same name as Turtle says the same."""
    for path in sorted(DCAT_SAMPLES.rglob("*")):
        same = path.suffix == ".jsonld" and path.with_suffix(".ttl").exists()
        if path.suffix in FORMATS and not same:
            # some are broken, as `ulzii validate` says
            with suppress(SyntaxError, ValueError):
                yield path.name, sample_lines(path)


@cache
def official() -> Graph:
    graph = Graph()
    for name in OFFICIAL:
        graph.parse(DCAT_SHAPES / name)
    return graph


@needs_shared
def test_the_official_shapes_on_small_samples() -> None:
    together = [line for _, data in samples() if len(data) <= 200 for line in data]
    assert len(together) > 1000
    assert prefiltered(official(), together) == pyshacl_alone(official(), together)


@needs_shared
@pytest.mark.ci
def test_the_official_shapes_on_large_samples() -> None:
    for name, data in samples():
        if len(data) > 200:
            assert prefiltered(official(), data) == pyshacl_alone(official(), data), name


@needs_shared
def test_the_equality_run_compares_every_result() -> None:
    graph = Graph()
    for path in official_shapes():
        graph.parse(path)
    every_tenth = next(case for case in CASES if case.every == 10)
    found = compare(graph, every_tenth, 40)
    assert (found.results, found.only_ours, found.only_theirs) == (16, 0, 0)
    assert found.equal and not found._replace(only_theirs=1).equal
    assert not found._replace(results=0).equal
    assert "| 16 | 0 | 0 | yes |" in report_of([found])
