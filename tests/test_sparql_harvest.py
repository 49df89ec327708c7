"""Harvests of SPARQL endpoints: in pages, compared with the numbers that the endpoint states."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pyoxigraph as ox
import pytest

from graph.core.errors import InputError
from tests.stand_ins import HOST, StandIn, StandInAnswer, StandInRequest, run

PREFIXES = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix spdx: <http://spdx.org/rdf/terms#> .
"""
AGENT = f'<{HOST}/agent> a foaf:Agent ; foaf:name "Agency" .'


def datasets(count: int) -> str:
    described = "".join(
        f'<{HOST}/{n}> a dcat:Dataset ; dct:title "t{n:02}" ; dct:publisher <{HOST}/agent> ; '
        f'dcat:distribution [ a dcat:Distribution ; dct:title "f{n}" ; '
        f'spdx:checksum [ spdx:checksumValue "ab" ] ] .\n'
        for n in range(count)
    )
    return f'<{HOST}/c> a dcat:Catalog ; dct:title "Catalogue" .\n{AGENT}\n{described}'


def endpoint(count: int, *, cap: int = 10_000, graph: str = "") -> StandIn:
    """An endpoint that gives at most `cap` triples and does not say so."""
    store = ox.Store()
    name = ox.NamedNode(graph) if graph else None
    store.load((PREFIXES + datasets(count)).encode(), ox.RdfFormat.TURTLE, to_graph=name)

    def answer(request: StandInRequest) -> StandInAnswer:
        query = dict(parse_qsl(request.body))["query"]
        results = store.query(query)
        if isinstance(results, ox.QuerySolutions):
            data = results.serialize(format=ox.QueryResultsFormat.JSON)
            return StandInAnswer(data or b"", "application/sparql-results+json")
        assert isinstance(results, ox.QueryTriples)
        lines = [f"{triple} ." for triple in results][:cap]
        return StandInAnswer("\n".join(lines).encode(), "application/n-triples")

    return answer


def test_an_endpoint_is_harvested_in_pages() -> None:
    harvest = run(endpoint(7), HOST + "/sparql", protocol="sparql", page_size=3)
    assert harvest.titles() == [f"t{n:02}" for n in range(7)]
    assert len(harvest.captures) == 1 + 1 + 3
    texts = {s.object.value for s in harvest.statements() if not isinstance(s.object, ox.NamedNode)}
    assert {"Agency", "ab", "f6", "Catalogue"} <= texts


def test_a_named_graph_can_be_stated() -> None:
    graph = "http://portal.example/graph"
    harvest = run(endpoint(2, graph=graph), HOST + "/sparql", protocol="sparql", graph=graph)
    assert harvest.titles() == ["t00", "t01"]


def test_an_endpoint_that_cuts_answers_fails_the_run() -> None:
    harvest = run(endpoint(30, cap=60), HOST + "/sparql", protocol="sparql")
    with pytest.raises(InputError, match=r"but only|files"):
        harvest.fetch()
    smaller = run(endpoint(30, cap=60), HOST + "/sparql", protocol="sparql", page_size=5)
    assert len(smaller.titles()) == 30


def test_an_endpoint_without_datasets_has_no_page() -> None:
    harvest = run(endpoint(0), HOST + "/sparql", protocol="sparql")
    assert len(harvest.fetch()) == 2
    assert harvest.datasets() == set()


def test_what_is_no_result_is_refused() -> None:
    page = StandInAnswer(b"<html>Virtuoso</html>", "text/html")
    with pytest.raises(InputError, match="did not answer with a number"):
        run(lambda _: page, HOST + "/sparql", protocol="sparql").fetch()
