"""VoID says of every graph what SPARQL counts in it, whichever way the numbers were made."""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import cast

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import snapshots
from graph.audit.verify import verify
from graph.core.errors import ConfigError
from graph.core.instance import Instance, open_instance
from graph.core.iris import ROOT, Names
from graph.ledger import Ledger
from graph.publication.publish import Publisher
from graph.queries import Pool, Query, run_once
from graph.snapshots import Snapshot
from graph.statements import canonical
from graph.store.embedded import EmbeddedStore
from graph.void import GRAPH, full_count, incremental, refresh, serialize
from graph.void.counts import (
    WHOLE,
    Partition,
    PartitionKind,
    Tally,
    VoidMeasure,
    of_class,
    of_property,
)
from graph.void.distinct import Distinct
from loaders.pipeline.load import load
from loaders.pipeline.source import Source, read
from server.app import create_app
from tests import parts
from tests.test_publish import publish
from vocab.namespaces import RDF, VOID, XSD
from vocab.terms import Object

pytestmark = pytest.mark.slow

NAMES = Names("https://example.mn/")

# What one statement can be made of: few enough that everything meets everything.
_things = st.sampled_from([ox.NamedNode(f"http://e/{n}") for n in "abcd"])
_classes = st.sampled_from([ox.NamedNode(n) for n in ("http://e/C", "urn:D", "http://e/a")])
_values = st.one_of(
    _things,
    _classes,
    st.sampled_from(
        [
            ox.Literal("a"),
            ox.Literal("a", language="mn"),
            ox.Literal(1),
            ox.Literal(24),
            ox.Literal("2", datatype=XSD.decimal),
            ox.Literal('"> .', language="en"),
            ox.Literal(f"> {RDF.type} <urn:D> ."),
        ]
    ),
)
_names = st.sampled_from([ox.NamedNode(n) for n in ("http://e/p", "urn:q")])
_typed = st.builds(canonical.line, _things, st.just(RDF.type), _classes | _values)
_valued = st.builds(canonical.line, _things, _names, _values)
_lines = st.sets(st.one_of(_typed, _valued), min_size=1, max_size=12)
_loads = st.lists(st.tuples(st.sampled_from("xy"), _lines), min_size=1, max_size=4)

# What is counted, and by what: a class is an IRI.
QUERIES = (
    (
        "",
        """SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?distinctSubjects)
        (COUNT(DISTINCT ?o) AS ?distinctObjects) { ?s ?p ?o }""",
    ),
    ("", "SELECT (COUNT(DISTINCT ?s) AS ?entities) { ?s a ?c FILTER (isIRI(?c)) }"),
    (
        "property",
        """SELECT ?property (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?distinctSubjects)
        (COUNT(DISTINCT ?o) AS ?distinctObjects) { ?s ?property ?o } GROUP BY ?property""",
    ),
    (
        "class",
        """SELECT ?class (COUNT(DISTINCT ?s) AS ?entities) (COUNT(*) AS ?triples)
        { ?s a ?class ; ?p ?o FILTER (isIRI(?class)) } GROUP BY ?class""",
    ),
    (
        "class property",
        """SELECT ?class ?property (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?distinctSubjects)
        { ?s a ?class ; ?property ?o FILTER (isIRI(?class)) } GROUP BY ?class ?property""",
    ),
    (
        "class property other",
        """SELECT ?class ?property ?other (COUNT(*) AS ?triples)
        { ?s a ?class ; ?property [ a ?other ] FILTER (isIRI(?class) && isIRI(?other)) }
        GROUP BY ?class ?property ?other""",
    ),
    (
        "class property datatype",
        """SELECT ?class ?property ?datatype (COUNT(*) AS ?triples)
        { ?s a ?class ; ?property ?o FILTER (isLiteral(?o) && isIRI(?class))
          BIND (DATATYPE(?o) AS ?datatype) } GROUP BY ?class ?property ?datatype""",
    ),
)


def by_sparql(lines: Iterable[bytes]) -> Tally:
    """The tally of a graph, by asking the engine."""
    store = ox.Store()
    store.load(b"\n".join(lines), ox.RdfFormat.N_TRIPLES)
    found: Tally = Counter()
    for wanted, query in QUERIES:
        keys = wanted.split()
        rows = store.query(query)
        assert isinstance(rows, ox.QuerySolutions)
        measures = [v.value for v in rows.variables if v.value not in keys]
        for row in rows:
            part: Partition = tuple((KINDS[key], _text(row[key])) for key in keys)
            for measure in measures:
                found[part, cast(VoidMeasure, measure)] = int(_text(row[measure]))
    return +found


KINDS: dict[str, PartitionKind] = {
    "class": "class",
    "property": "property",
    "other": "class",
    "datatype": "datatype",
}


def _text(term: object) -> str:
    assert isinstance(term, Object)
    return term.value


def graphs(snapshot: Snapshot) -> dict[str, set[bytes]]:
    """The lines of every named graph by the end of its name, and of the default graph (“”)."""
    store = EmbeddedStore(snapshot.path, read_only=True)
    start = len(NAMES.graph_at(""))
    found = {name[start:]: set(store.lines(name)) for name in store.graphs()}
    found[""] = set(store.lines(None))
    store.close()
    return found


def check(instance: Instance, snapshot: Snapshot) -> None:
    """Every number of the graph is what SPARQL counts."""
    shown = graphs(snapshot)
    void = shown.pop(GRAPH)
    default = shown.pop("")
    told = serialize.tallies(void, instance.names)
    data: set[bytes] = set().union(*shown.values())
    assert default == data | void
    assert told.keys() == {"", *shown}
    for name, lines in shown.items():
        assert +told[name] == by_sparql(lines), name
    assert +told[""] == by_sparql(data)
    sizes = {"#default": len(default), "#description": len(void)}
    for end, size in sizes.items():
        node = ox.NamedNode(NAMES.void() + end)
        assert canonical.line(node, VOID.triples, ox.Literal(size)) in void


WAYS: dict[str, dict[str, int]] = {
    "the cheapest": {},
    "full count": {"INCREMENTAL_COST": 10**9, "MERGE_COST": 0},
    "incremental": {"INCREMENTAL_COST": 0, "MERGE_COST": 10**9},
    "delta too large": {"MAX_DELTA": 2},
}


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=parts.examples(2, 12), deadline=None)
@given(loads=_loads)
def test_every_way_counts_as_sparql_does(
    way: str, loads: list[tuple[str, set[bytes]]], another: Callable[[], Instance]
) -> None:
    instance = another()
    with pytest.MonkeyPatch.context() as patched:
        for name, value in WAYS[way].items():
            patched.setattr(refresh, name, value)
        for source, lines in loads:
            now = publish(instance, source, sorted(lines))
        check(instance, now)
        shown = graphs(now)
        rebuilt = Publisher(instance, Ledger(instance)).rebuild()
        assert rebuilt is not None
        assert graphs(rebuilt) == shown


@settings(max_examples=parts.examples(15, 120), deadline=None)
@given(before=_lines, after=_lines)
def test_following_a_change_gives_what_counting_gives(
    before: set[bytes], after: set[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    scratch = tmp_path_factory.mktemp("scratch")
    known = full_count.tally(lambda: whole(before), scratch)
    wanted = full_count.tally(lambda: whole(after), scratch)
    assert +known == by_sparql(before)
    was, is_now = (incremental.View(Lines(one), None, NAMES) for one in (before, after))
    assert incremental.apply_delta(known, was, is_now, before ^ after) == +wanted


def whole(lines: Iterable[bytes]) -> list[bytes]:
    """Sorted lines with their line feeds."""
    return [line + b"\n" for line in sorted(lines)]


class Lines:
    """A store of some lines."""

    def __init__(self, lines: set[bytes]) -> None:
        self._store = ox.Store()
        self._store.load(b"\n".join(lines), ox.RdfFormat.N_TRIPLES)

    def matching(
        self,
        subject: ox.NamedNode | None,
        predicate: ox.NamedNode | None,
        value: Object | None,
        graph: str | None,
    ) -> Iterator[ox.Quad]:
        assert graph is None
        return self._store.quads_for_pattern(subject, predicate, value, ox.DefaultGraph())


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


@pytest.mark.parametrize("in_memory", [4, 64, 10_000])
def test_objects_are_told_apart_however_little_memory_there_is(
    tmp_path: Path, in_memory: int
) -> None:
    chance = random.Random(1)
    taken = [(b"p%d" % chance.randrange(5), chance.randrange(-300, 300)) for _ in range(4000)]
    with Distinct(tmp_path, in_memory) as distinct:
        adders = {name: distinct.adder(name) for name, _ in taken}
        for number, (name, value) in enumerate(taken):
            adders[name](value)
            if number % 50 == 0:
                distinct.shrink()
        by_property, everything = distinct.count()
    pairs = set(taken)
    assert by_property == Counter(name for name, _ in pairs)
    assert everything == len({value for _, value in pairs})
    assert [*tmp_path.iterdir()] == []


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
