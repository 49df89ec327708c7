"""Joins of whole predicates (graph.queries.patterns.whole_joins): the same answers, and rewritten
only where the statistics prove that it gains."""

from __future__ import annotations

import json
from collections import Counter

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.core.iris import Names
from graph.queries.patterns import whole_joins
from graph.queries.patterns.whole_joins import hash_joins
from graph.statements import canonical
from graph.void import serialize
from graph.void.full_count import tally
from graph.void.serialize import GraphDescription

NAMES = Names("http://e/")
BASE = NAMES.endpoint
Triples = list[tuple[str, str, str]]


def _store(triples: Triples) -> ox.Store:
    """The triples, with the statistics that a snapshot has of them."""
    quads = [ox.Quad(*(ox.NamedNode(_iri(name)) for name in triple)) for triple in triples]
    lines = sorted({canonical.line(*quad.triple) + b"\n" for quad in quads})
    counted = [GraphDescription("", tally(lambda: lines, None))]
    store = ox.Store()
    store.bulk_extend(quads)
    written = b"\n".join(serialize.lines(counted, NAMES))
    store.bulk_load(input=written, format=ox.RdfFormat.N_TRIPLES)
    return store


def _iri(name: str) -> str:
    return "http://www.w3.org/1999/02/22-rdf-syntax-ns#type" if name == "a" else f"http://e/{name}"


def _rows(store: ox.Store, query: str) -> Counter[str]:
    result = store.query(query, base_iri=BASE)
    assert isinstance(result, ox.QuerySolutions)
    written = result.serialize(format=ox.QueryResultsFormat.JSON)
    assert written is not None
    rows = json.loads(written)["results"]["bindings"]
    return Counter(json.dumps(row, sort_keys=True) for row in rows)


def _hashed(store: ox.Store, query: str) -> str:
    return hash_joins(query, BASE, store, NAMES.void())


_NAMES = st.sampled_from("rst")
_DATA = st.lists(
    st.tuples(_NAMES, st.sampled_from("pqa"), _NAMES | st.just("C")), min_size=3, max_size=12
)
_VARIABLES = st.sampled_from(["?x", "?y", "$z"])
_VERBS = st.sampled_from(["<p>", ":q", "a", "<p>|<q>"])
_PATTERNS = st.builds("{} {} {}".format, _VARIABLES, _VERBS, _VARIABLES) | st.builds(
    "{} a <C>".format, _VARIABLES
)


@given(_DATA, st.lists(_PATTERNS, min_size=2, max_size=4), st.sampled_from(["", " . ", " ; a ?t "]))
def test_a_hash_join_has_the_same_rows(data: Triples, patterns: list[str], end: str) -> None:
    store = _store(data)
    query = f"PREFIX : <http://e/> SELECT * {{ {' . '.join(patterns)}{end} BIND(1 AS ?one) }}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole_joins, "_FEWEST", 0)
        patch.setattr(whole_joins, "_MOST_UNEQUAL", 100)
        hashed = _hashed(store, query)
    if hashed != query:
        assert _rows(store, hashed) == _rows(store, query), hashed


@pytest.fixture(scope="module")
def numbers() -> ox.Store:
    """2,000 observations that have a value and an area, half of them a note, the others a memo,
    300 a mark."""
    data = []
    for n in range(2000):
        about = f"o{n}"
        data += [(about, "a", "Observation"), (about, "value", f"v{n % 9}")]
        data += [(about, "area", f"o{n % 7}"), (f"x{n}", "other", "v1")]
        data += [(about, "note" if n % 2 else "memo", "v2")]
        data += [(about, "mark", "v3")] if n < 300 else []
    return _store(data)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?o <value> ?v ; <area> ?a }",
        "SELECT * { ?o <value> ?v . ?p <area> ?o . }",
        "SELECT (COUNT(*) AS ?n) { ?o a <Observation> ; <value> ?v }",
        "SELECT * { ?o <value> ?v ; <area> ?a ; a ?class }",
        "# one\nPREFIX : <http://e/>\nselect ?a { ?o :value ?v ; :area ?a } GROUP BY ?a LIMIT 1",
        "SELECT ?o { ?o <value> ?v ; <area> ?a BIND(?v AS ?w) } ORDER BY ?v LIMIT 5",
        "SELECT * { ?o <value> ?v ; <note> ?n }",
        "SELECT * { ?o <value> ?v ; <area> ?a ; <note> ?n }",  # at least 1,000 have all three
    ],
)
def test_whole_predicates_are_joined_by_hash(numbers: ox.Store, query: str) -> None:
    hashed = _hashed(numbers, query)
    assert hashed.count("SELECT") + hashed.count("select") > 2
    assert _rows(numbers, hashed) == _rows(numbers, query) or "LIMIT 1" in query


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?o <value> ?v ; <mark> ?m }",  # a look-up for each mark is faster
        "SELECT * { ?o <value> ?v ; <memo> ?m ; <note> ?n }",  # perhaps none has both
        "SELECT * { ?o <value> ?v ; <other> ?x ; <area> ?a }",  # no thing may have all three
        "SELECT * { ?o <value> ?v ; <area> ?a } LIMIT 5",
        "SELECT * { ?o <value> ?v ; <area> <o1> }",
        "SELECT * { ?o <value> ?v ; <area> ?a FILTER(?a = <o1>) }",
        "SELECT * { ?o <value> ?v ; <area> ?a } VALUES ?a { <o1> }",
        "SELECT * { ?o <value> ?v OPTIONAL { ?o <area> ?a } }",
        "SELECT * { ?o <value> ?v . ?p <area> ?a }",
        "SELECT * { ?o <value> ?v ; <area>* ?a }",
        "SELECT * { ?o <value> ?v ~ ?r ; <area> ?a }",
        "SELECT * { BIND(1 AS ?one) ?o <value> ?v ; <area> ?a }",
        "SELECT * FROM <void> { ?o <value> ?v ; <area> ?a }",
        "SELECT * { ?o <value> ?v ; nowhere:area ?a }",  # the engine says what is wrong
        "SELECT ?v { ?o <value> ?v ; <area> ?a } GROUP BY ?a",
        "ASK { ?o <value> ?v ; <area> ?a }",
    ],
)
def test_other_joins_stay_as_they_are(numbers: ox.Store, query: str) -> None:
    assert _hashed(numbers, query) == query


def test_without_statistics_nothing_is_proven(numbers: ox.Store) -> None:
    query = "SELECT * { ?o <value> ?v ; <area> ?a }"
    assert hash_joins(query, BASE, numbers, "") == query
    assert hash_joins(query, BASE, numbers, "http://e/other") == query
