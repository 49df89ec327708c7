"""What VoID describes and what not: dumps, restricted graphs, names, wrong numbers."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph import snapshots
from graph.audit.verify import verify
from graph.core.errors import ConfigError
from graph.core.instance import Instance, open_instance
from graph.core.iris import ROOT
from graph.queries import Pool, Query, run_once
from graph.statements import canonical
from graph.store.embedded import EmbeddedStore
from graph.void import GRAPH, serialize
from graph.void.counts import (
    WHOLE,
    Tally,
    of_class,
    of_property,
)
from loaders.pipeline.load import load
from loaders.pipeline.source import Source, read
from server.app import create_app
from tests.test_publish import publish
from tests.void_counts import NAMES, graphs
from vocab.namespaces import RDF, VOID

pytestmark = pytest.mark.slow


def dumps(instance: Instance) -> dict[str, str]:
    """The addresses of dumps by the named graphs that they are said to hold."""
    query = """PREFIX void: <http://rdfs.org/ns/void#>
        PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
        SELECT ?name ?dump { ?graph sd:name ?name ; sd:graph/void:dataDump ?dump }"""
    with run_once(instance, Query(query, "csv")) as answer:
        rows = csv.DictReader(answer.read().decode().splitlines())
        return {row["name"]: row["dump"] for row in rows}


def test_a_dump_holds_all_of_its_graph(few_datasets: Path) -> None:
    instance = open_instance(few_datasets)
    told = dumps(instance)
    now = snapshots.current(instance)
    assert now is not None
    store = EmbeddedStore(now.path, read_only=True)
    assert told.keys() == set(store.graphs()) - {instance.names.graph(GRAPH)}
    with Pool.start(instance, workers=1) as pool:
        client = create_app(instance, pool).test_client()
        for name, address in told.items():
            path = address.removeprefix(ROOT[:-1])
            with client.get(path, headers={"Accept": "text/html"}) as answer:
                assert answer.mimetype == "application/n-triples"
                assert sorted(answer.data.splitlines()) == sorted(store.lines(name))
    store.close()


def test_nobody_is_sent_to_a_dump_that_may_be_refused(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serialize, "DUMPED", 1)
    lines = [canonical.line(RDF.type, RDF.type, node) for node in (RDF.Property, RDF.type)]
    publish(instance, "x", sorted(lines))
    publish(instance, "y", lines[:1])
    assert dumps(instance) == {NAMES.graph("y"): "https://example.mn/graph/y.nt"}


def test_verify_finds_a_wrong_number(instance: Instance) -> None:
    now = publish(instance, "x", [canonical.line(RDF.type, RDF.type, RDF.Property)])
    assert [*verify(instance)] == []
    store = EmbeddedStore(now.path)
    node = ox.NamedNode(NAMES.void("x"))
    right, wrong = (canonical.line(node, VOID.triples, ox.Literal(n)) for n in (1, 2))
    store.change(NAMES.graph(GRAPH), [wrong], [right])
    store.finish()
    assert f"missing: {right.decode()}" in [problem.message for problem in verify(instance)]


def test_numbers_of_another_rule_are_not_used(instance: Instance) -> None:
    publish(instance, "x", [canonical.line(RDF.type, RDF.type, RDF.Property)])
    now = snapshots.current(instance)
    assert now is not None
    void = graphs(now)[GRAPH]
    older = {line.replace(b"/rule/void-statistics/1", b"/rule/void-statistics/0") for line in void}
    assert serialize.tallies(older, NAMES) == {}


def test_parts_have_names_that_stay(instance: Instance) -> None:
    tally: Tally = Counter({(of_class("http://e/C") + of_property("http://e/p"), "triples"): 3})
    tally[WHOLE, "triples"] = 3
    lines = serialize.lines([serialize.GraphDescription("", tally)], NAMES)
    assert serialize.tallies(lines, NAMES) == {"": tally}
    assert lines == serialize.lines([serialize.GraphDescription("", tally)], NAMES)
    assert any(b"void#class-" in line and b"-property-" in line for line in lines)


@pytest.mark.parametrize("subject", ["void", "void#default", "void/x#graph"])
def test_no_source_speaks_of_what_is_described_here(
    instance: Instance, tmp_path: Path, subject: str
) -> None:
    own, others = f"<{instance.base}{subject}>", f"<{instance.base}voided>"
    (tmp_path / "x.ttl").write_text(f'{own} <http://e/p> "x" . {others} <http://e/p> "x" .')
    done = load(instance, source(tmp_path, "codes"))  # one of our own may describe all else
    assert (done.counts["records"], done.counts["rejected"]) == (2, 1)


@pytest.mark.parametrize("name", ["void", "provenance"])
def test_no_source_is_called_as_a_graph_of_ours(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="is reserved"):
        source(tmp_path, name)


def test_what_is_restricted_is_not_described(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "x.ttl").write_text('<http://e/secret> <http://e/p> "x" ; a <http://e/Secret> .')
    load(instance, source(tmp_path, "open"))
    load(instance, source(tmp_path, "hidden", 'visibility = "restricted"\n'))
    now = snapshots.current(instance)
    assert now is not None
    shown = graphs(now)
    assert shown["hidden"] == shown["open"]
    assert serialize.tallies(shown[GRAPH], NAMES).keys() == {"", "open", "provenance"}
    assert not any(b"hidden" in line for line in shown[GRAPH])
    assert [*verify(instance)] == []


def source(folder: Path, name: str, more: str = "") -> Source:
    path = folder / "source.toml"
    path.write_text(
        f'id = "{name}"\nloader = "rdf"\nfiles = ["x.ttl"]\nmedia_type = "text/turtle"\n'
        f'reject_limit = 1.0\n{more}[title]\nen = "X"\n'
    )
    return read(path)


def test_lines_that_no_other_graph_has_are_changed_in_the_union_too(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "store")
    old, new = (
        canonical.line(ox.NamedNode("urn:ы"), RDF.type, ox.Literal(t)) for t in ('"\n', "b")
    )
    kept = canonical.line(ox.NamedNode("urn:a"), RDF.type, ox.Literal(255))
    store.change("urn:g", [old, kept], [])
    store.change("urn:g", [new], [old], shares=False)
    assert store.held_lines("urn:g") == sorted(store.lines(None)) == sorted([new, kept])
    assert store.held_lines("urn:nothing") == []
    store.close()
