"""Graphs, and what SPARQL counts in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import cast

import pyoxigraph as ox
from hypothesis import strategies as st

from graph.core.instance import Instance
from graph.core.iris import Names
from graph.snapshots import Snapshot
from graph.statements import canonical
from graph.store.embedded import EmbeddedStore
from graph.void import GRAPH, serialize
from graph.void.counts import (
    Partition,
    PartitionKind,
    Tally,
    VoidMeasure,
)
from vocab.namespaces import RDF, VOID, XSD
from vocab.terms import Object

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
