"""Queries see nothing of what is restricted without a token for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from graph.core.instance import Instance
from graph.queries import Pool, QueryLimits, ResourceDocument
from loaders.pipeline.load import load
from server.cli import main
from tests.half_hidden import (
    BASE,
    GRAPH,
    PUBLIC_DATA,
    SECRET,
    TEXT,
    WORDS,
    answer,
    asked,
    describe,
    fresh,
    half_hidden,
)

__all__ = ["asked", "half_hidden"]
pytestmark = pytest.mark.slow


H = f"<{GRAPH}drafts>"
ATTEMPTS = [
    "SELECT * { ?s ?p ?o }",
    "SELECT ?g { GRAPH ?g {} }",
    "SELECT * { GRAPH ?g { ?s ?p ?o } }",
    f"SELECT * {{ GRAPH {H} {{ ?s ?p ?o }} }}",
    f"SELECT * FROM {H} {{ ?s ?p ?o }}",
    f"SELECT * FROM {H} FROM <{GRAPH}open> {{ ?s ?p ?o }}",
    f"SELECT * FROM{H}{{ ?s ?p ?o }}",
    f"SELECT * FROM NAMED {H} {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    f"SELECT * FROM <{GRAPH}open> FROM NAMED {H} {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    f"PREFIX g: <{GRAPH}> SELECT * FROM g:drafts {{ ?s ?p ?o }}",
    f"PREFIX g: <{GRAPH}> SELECT * FROM NAMED g:drafts {{ GRAPH g:drafts {{ ?s ?p ?o }} }}",
    f"PREFIX : <{GRAPH}> SELECT * FROM:drafts {{ ?s ?p ?o }}",
    f"BASE <{GRAPH}> SELECT * FROM <drafts> {{ ?s ?p ?o }}",
    f"BASE <{GRAPH}x/> SELECT * FROM NAMED <../drafts> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    f"SELECT * FROM <{GRAPH}\\u0064rafts> {{ ?s ?p ?o }}",
    f"SELECT * {{ GRAPH <{GRAPH}\\u0064rafts> {{ ?s ?p ?o }} }}",
    f"SELECT * {{ VALUES ?g {{ {H} }} GRAPH ?g {{ ?s ?p ?o }} }}",
    f'SELECT * {{ BIND(IRI("{GRAPH}drafts") AS ?g) GRAPH ?g {{ ?s ?p ?o }} }}',
    f"SELECT * {{ {{ SELECT * {{ GRAPH {H} {{ ?s ?p ?o }} }} }} }}",
    f"SELECT * {{ GRAPH <{GRAPH}open> {{ ?a ?b ?c GRAPH {H} {{ ?s ?p ?o }} }} }}",
    f"SELECT * {{ OPTIONAL {{ GRAPH {H} {{ ?s ?p ?o }} }} }}",
    f"SELECT * {{ {{ GRAPH {H} {{ ?s ?p ?o }} }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }} }}",
    f"SELECT * {{ GRAPH {H} {{ ?s (<http://e/next>|<http://e/p>)* ?o }} }}",
    "SELECT * { GRAPH ?g { <http://e/both> (<http://e/q>/<http://e/next>)+ ?o } }",
    "SELECT * { GRAPH ?g { ?s !<http://e/none> ?o } }",
    f"DESCRIBE <{SECRET}>",
    f"DESCRIBE ?s {{ GRAPH {H} {{ ?s <http://e/next> ?o }} }}",
    f"DESCRIBE <{SECRET}> FROM {H}",
    f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH {H} {{ ?s ?p ?o }} }}",
    f"CONSTRUCT FROM {H} WHERE {{ ?s ?p ?o }}",
    f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ GRAPH {H} {{ ?a ?b ?c }} }} }}",
    f"SELECT * {{ ?s ?p ?o MINUS {{ GRAPH {H} {{ ?s ?p ?z }} }} }}",
    f"ASK {{ GRAPH {H} {{}} }}",
    f"ASK {{ GRAPH {H} {{ <http://e/both> <http://e/q> ?o }} }}",
    "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s <http://e/p> ?o } }",
    "SELECT (GROUP_CONCAT(DISTINCT STR(?g)) AS ?all) { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER(CONTAINS(STR(?s), 'source')) }",
    "SELECT * { GRAPH ?g { ?v <http://www.w3.org/ns/dcat#version> ?n } }",
    f"PREFIX text: <{TEXT}> SELECT * {{ ?s text:query 'hidden' }}",
    f"PREFIX text: <{TEXT}> SELECT * {{ GRAPH {H} {{ ?s text:query 'hidden' }} }}",
    f"SELECT * {{ GRAPH <{GRAPH}void> {{ ?s ?p ?o }} }}",
]


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """The same instance as if there were no restricted source."""
    root = tmp_path_factory.mktemp("without")
    made = fresh(root)
    load(made, describe(root / "toml", "open", PUBLIC_DATA))
    with Pool.start(made, workers=1, limits=QueryLimits(timeout=10)) as running:
        yield running


def _same_time(text: str) -> bool:
    """Whether an answer is the same in two instances: those that speak of the log, or count what
    the provenance graph says, are not."""
    return "log/" not in text and "void#" not in text


@pytest.mark.parametrize("text", ATTEMPTS)
def test_whoever_has_no_token_sees_nothing(asked: Pool, without: Pool, text: str) -> None:
    try:
        found = answer(asked, text)
    except Exception as error:
        found = str(error)
    assert not [word for word in WORDS if word in found]
    if _same_time(found):
        assert sorted(found) == sorted(answer(without, text))


@pytest.mark.parametrize("text", ATTEMPTS)
@pytest.mark.parametrize("how", ["default", "named", "both"])
def test_the_protocols_graphs_open_nothing(asked: Pool, text: str, how: str) -> None:
    default, named = (f"{GRAPH}drafts" if how in {n, "both"} else "" for n in ("default", "named"))
    try:
        found = answer(asked, text, default=default, named=named)
    except Exception as error:
        found = str(error)
    assert not [word for word in WORDS if word in found]
    if text.startswith("ASK"):
        assert '"boolean":false' in found


@pytest.mark.parametrize(
    "text", [t for t in ATTEMPTS if H in t and not re.search(r"\?z|text:query", t)]
)
def test_with_the_right_to_read_the_same_queries_see_it(asked: Pool, text: str) -> None:
    found = answer(asked, text, (f"{GRAPH}drafts",))
    if not text.startswith("DESCRIBE ?s"):  # which describes from the default graph
        assert "secret" in found or '"boolean":true' in found or "http://e/open" in found


def test_a_reader_of_one_source_does_not_read_another(asked: Pool) -> None:
    for other in ("draft", "drafts/", "drafts/findings", "open", "draftsx"):
        assert "secret" not in answer(asked, ATTEMPTS[2], (GRAPH + other,))


def test_the_default_graph_is_public_even_for_those_who_may_read(asked: Pool) -> None:
    mine = (f"{GRAPH}drafts",)
    assert "secret" not in answer(asked, "SELECT * { ?s ?p ?o }", mine)
    shared = "SELECT (COUNT(*) AS ?n) { <http://e/both> <http://e/p> ?o }"
    assert '"value":"1"' in answer(asked, shared, mine)
    twice = f"SELECT (COUNT(*) AS ?n) FROM {H} FROM <{GRAPH}open> {{ <http://e/both> ?p ?o }}"
    assert '"value":"2"' in answer(asked, twice, mine)


def test_documents_know_nothing_of_it(asked: Pool) -> None:
    assert asked.run(ResourceDocument(SECRET)).read() == b""
    assert b"secret" not in asked.run(ResourceDocument("http://e/both")).read()
    assert asked.run(ResourceDocument(f"{BASE}id/source/drafts")).read() == b""


def test_the_operators_own_query_sees_everything(half_hidden: Instance) -> None:
    arguments = ["--data", str(half_hidden.root), "query", ATTEMPTS[3], "-F", "csv"]
    assert "hidden-words" in CliRunner().invoke(main, arguments).output
