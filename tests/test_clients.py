"""Clients that others wrote, against a served instance: SPARQLWrapper and rdflib's store.

Comunica and YASGUI are in `.ci/clients.sh`; for QLever UI see `tests/test_qlever.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, JSONLD, POST, POSTDIRECTLY, RDFXML, TSV, TURTLE, XML
from SPARQLWrapper import SPARQLWrapper as Wrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from graph.core.instance import Instance
from graph.federation.expanding import ServiceLimits
from graph.store.engines import ENGINES
from server.cli import main
from tests.server_processes import Server

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parent.parent / "docs"
PLACE = URIRef("https://w3id.org/ulzii/id/place/066")
NUMBER = URIRef("https://w3id.org/ulzii/def/core#number")
LABEL = URIRef("http://www.w3.org/2000/01/rdf-schema#label")
NAME = f"SELECT ?name WHERE {{ <{PLACE}> <{LABEL}> ?name FILTER (lang(?name) = 'mn') }}"


@pytest.fixture(scope="module")
def endpoint(small: Instance) -> Iterator[str]:
    with Server(small) as running:
        yield f"http://{running.address.netloc}/sparql"


@pytest.mark.parametrize("way", ["GET", POST, POSTDIRECTLY])
@pytest.mark.parametrize("form", [JSON, XML, CSV, TSV])
def test_sparqlwrapper_asks_in_every_way(endpoint: str, way: str, form: str) -> None:
    client = Wrapper(endpoint, returnFormat=form)
    client.setQuery(NAME)
    if way != "GET":
        client.setMethod(POST)
    if way == POSTDIRECTLY:
        client.setRequestMethod(POSTDIRECTLY)
    found: Any = client.queryAndConvert()
    told = found.toxml() if form == XML else str(found if form == JSON else found.decode())
    assert "Өвөрхангай" in told


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # its own reader's
@pytest.mark.parametrize("form", [TURTLE, RDFXML, JSONLD])
def test_sparqlwrapper_gets_graphs(endpoint: str, form: str) -> None:
    client = Wrapper(endpoint, returnFormat=form)
    client.setQuery(f"CONSTRUCT WHERE {{ <{PLACE}> <{LABEL}> ?name }}")
    found: Any = client.queryAndConvert()
    graph = found if isinstance(found, Graph) else Graph().parse(data=found, format="turtle")
    assert (PLACE, LABEL, Literal("Өвөрхангай", lang="mn")) in graph


def test_sparqlwrapper_is_told_what_is_wrong(endpoint: str) -> None:
    client = Wrapper(endpoint)
    client.setQuery("SELECT ?x WHERE { ?x")
    with pytest.raises(QueryBadFormed, match="problem/syntax"):
        client.query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_reads_it_as_a_store(endpoint: str, method: str) -> None:
    graph = Graph(SPARQLStore(endpoint, method=method, returnFormat="json"))
    assert graph.value(PLACE, NUMBER) == Literal(5)
    assert Literal("Uvurkhangai", lang="en") in set(graph.objects(PLACE, LABEL))
    assert (PLACE, LABEL, Literal("Өвөрхангай", lang="mn")) in graph
    rows: Any = graph.query(NAME)
    assert [str(name) for (name,) in rows] == ["Өвөрхангай"]
    assert graph.query(f"ASK {{ <{PLACE}> ?p ?o }}").askAnswer
    other = Graph(SPARQLStore(endpoint, method=method))
    made = other.query(f"CONSTRUCT WHERE {{ <{PLACE}> <{LABEL}> ?o }}").graph
    assert made is not None
    assert len(made) == 2
    assert len(graph) > 10


# --- the pages about remote stores and federation ---


def commands(page: str) -> list[str]:
    text = (DOCS / page).read_text("utf-8").replace("\\\n", " ")
    fenced = "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S))
    return re.findall(r"^ulzii (.*)$", fenced, re.M)


@pytest.mark.parametrize("page", ["remote.md", "federation.md"])
def test_commands_of_the_pages_have_these_options(page: str) -> None:
    assert commands(page)
    for line in commands(page):
        name, *words = line.split()
        known = {option for p in main.commands[name].params for option in p.opts}
        assert {word for word in words if word.startswith("--")} <= known
        assert isinstance(main.commands[name], click.Command)


def test_every_engine_of_the_table_is_described() -> None:
    text = (DOCS / "remote.md").read_text("utf-8")
    for name, engine in ENGINES.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{name}`"))
        unit = {1: "s", 1000: "ms"}[engine.timeout_unit]
        assert (f"`{engine.timeout}` in {unit}" if engine.timeout else "none") in row
        assert f"| {engine.auth} |" in row or name == "oxigraph"
        assert all(header in text for header in engine.truncation_headers)


def test_limits_of_services_are_as_the_page_says() -> None:
    text, limits = (DOCS / "federation.md").read_text("utf-8"), ServiceLimits()
    assert f"{limits.seconds:g} s for one call" in text
    assert f"{limits.max_bytes >> 20} MiB, {limits.max_solutions:,} solutions" in text
    assert f"{limits.max_calls} clauses" in text
