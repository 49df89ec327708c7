"""Queries of rules that differ in their last FILTER are evaluated once, with the same results."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest
from pyshacl.graph_abstraction import OxigraphDataGraph
from rdflib import URIRef

from shapes.pyshacl_store import PyshaclStore
from shapes.validate import own_rules
from tests.shape_examples import AREAS, CUBE, RULE, check, observation

DATA = b"".join(
    b"<urn:%s> <urn:p> %s .\n" % (name, value)
    for name, value in (
        (b"a", b'"3"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (b"a", b'"7"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (b"a", b'"text"'),
        (b"b", b'"5"^^<http://www.w3.org/2001/XMLSchema#integer>'),
    )
)
QUERY = """
SELECT $this ?value ?half WHERE {
  $this <urn:p> ?value . BIND(?value / 2 AS ?half)
  FILTER(%s)
}"""


def stores(*queries: str) -> tuple[PyshaclStore, OxigraphDataGraph]:
    store = ox.Store()
    store.load(DATA, ox.RdfFormat.N_TRIPLES)
    return PyshaclStore(store, queries), OxigraphDataGraph(store)


def rows(graph: OxigraphDataGraph, query: str, focus: str) -> list[Any]:
    found: Any = graph.query(query, initBindings={"this": URIRef(focus)})
    return sorted((row.asdict() for row in found), key=str)


@pytest.fixture
def evaluated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queries that reach the store."""
    asked: list[str] = []
    plain = OxigraphDataGraph.query

    def query(self: Any, text: str, **named: Any) -> Any:
        asked.append(text)
        return plain(self, text, **named)

    monkeypatch.setattr(OxigraphDataGraph, "query", query)
    return asked


@pytest.mark.parametrize(
    "conditions",
    [
        ("?value > 4", "?value <= 4"),
        ("?half > 1", "?half > 3", "?half < 2"),  # that overlap
        ("?value", "!?value"),  # a text has a truth value, and no half
        ("ABS(?value - 5) > 1", "(?value = 5 || ?half = 2.5)"),
        ("?value + 1 > 0", "STRLEN(?value) > 0"),  # that fail for a text, or for a number
    ],
)
def test_rows_are_those_of_each_query_alone(conditions: tuple[str, ...]) -> None:
    queries = [QUERY % condition for condition in conditions]
    shared, plain = stores(*queries)
    for focus in ("urn:a", "urn:b", "urn:nothing"):
        for query in queries:
            assert rows(shared, query, focus) == rows(plain, query, focus)
    assert any(rows(plain, query, "urn:a") for query in queries)


def test_one_evaluation_for_each_focus_node(evaluated: list[str]) -> None:
    queries = [QUERY % "?value > 4", QUERY % "?value <= 4"]
    shared, _ = stores(*queries)
    for query in queries:
        for focus in ("urn:a", "urn:b"):
            rows(shared, query, focus)
    assert len(evaluated) == 2


@pytest.mark.parametrize(
    "other",
    [
        QUERY % "?value > 4" + " LIMIT 1",
        QUERY % "?value > 4) FILTER(?half > 2",
        QUERY % "?value > <urn:x>",  # a name may need a prefix that only one query declares
        QUERY.replace("?value ?half", "?value (?half AS ?h)") % "?value < 4",
        QUERY.replace("/ 2", "/ 3") % "?value < 4",
    ],
)
def test_others_are_evaluated_as_they_are(other: str, evaluated: list[str]) -> None:
    shared, plain = stores(QUERY % "?value > 4", other)
    expected = rows(plain, other, "urn:a")
    evaluated.clear()
    assert rows(shared, other, "urn:a") == expected
    assert evaluated == [other]


def test_a_sum_beyond_rounding_and_within_it_is_one_question(evaluated: list[str]) -> None:
    queries = own_rules()[2].structure.queries
    sums = [query for query in queries if "?tolerance" in query]
    cells = [observation(area, "3038.7") for area in ("361", "363", "367")]
    report = check(CUBE + AREAS + observation("3", "9116.2") + "".join(cells))
    assert {one.rule for one in report.results} == {RULE + "parent-equals-children/1"}
    assert len(sums) == 2
    assert sum("?tolerance" in query for query in evaluated) == 1
