"""Tokens of SPARQL, and the checks of a query before it is sent to a worker."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.core.errors import (
    EngineFailure,
    QueryError,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooComplex,
    QueryTooLarge,
)
from graph.core.instance import Instance
from graph.queries import Pool, Query, inspect
from graph.queries.syntax.tokens import tokenize
from server.app import create_app
from tests import parts

SIZE = 100_000
TARGET = "<http://127.0.0.1:9/> { ?s ?p ?o }"
PREFIXES = "PREFIX : <http://127.0.0.1:9/> PREFIX service: <http://s/> PREFIX ex: <http://ex/> "


def kinds(text: str) -> list[tuple[str, str]]:
    return [(t.kind, t.text) for t in tokenize(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("?x", [("variable", "?x")]),
        ("<http://e/{x}>", [("sign", "<"), ("name", "http:"), ("sign", "/"), ("sign", "/")]),
        ("ex:a.b.", [("name", "ex:a.b"), ("sign", ".")]),
        ("'it''s'", [("string", "'it'"), ("string", "'s'")]),
        ('"a\\"b"@mn-Cyrl', [("string", '"a\\"b"'), ("tag", "@mn-Cyrl")]),
        ("1<2 # no <3\n&&", [("number", "1"), ("sign", "<"), ("number", "2"), ("sign", "&&")]),
        ('"""a"', [("string", '""'), ("string", '"a"')]),
        ("SELECT*", [("word", "SELECT"), ("sign", "*")]),
        (":үнэ", [("name", ":үнэ")]),
    ],
)
def test_tokens(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(text)[: len(expected)] == expected


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT * {{ SERVICE {TARGET} }}",
        f"SELECT * {{ service silent {TARGET} }}",
        f"SELECT * {{ SERVICE#\n{TARGET} }}",
        f"SELECT * {{ ?s ?p trueSERVICE {TARGET} }}",
        "SELECT * { service:a { ?s ?p ?o } }",  # SERVICE with the name `:a`
        f"SELECT * {{ FILTER(1<2)SERVICE#>\n{TARGET} }}",  # `<2)SERVICE#>` is no IRI
        f'SELECT * {{ FILTER(1<2)#>"""\nSERVICE {TARGET} #"""\n }}',
        f"SELECT * {{ FILTER(1<2#>'''\n) SERVICE {TARGET} #'''\n }}",  # `#>'''` is a comment
        f"SELECT * {{ FILTER(1<2||'>'=?x) SERVICE {TARGET} #'\n }}",
        f'SELECT * {{ VALUES ?x {{"""a"}} SERVICE {TARGET} #\\x"""\n }}',  # `""` then `"a"`
        f'SELECT * {{ VALUES ?x {{"""a"}} SERVICE {TARGET} #\\uD800"""\n }}',
    ],
)
def test_service_is_found_however_it_hides(query: str) -> None:
    with pytest.raises(QueryRefused):
        inspect(PREFIXES + query, SIZE)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s a service:ServiceGroup . service:Centre ?p ?o }",
        "SELECT * { <https://w3id.org/ulzii/id/service/x> ?p ?o }",
        "SELECT ?service { ?service ?p 'SERVICE <http://e/> {}' } # SERVICE",
        "SELECT * { GRAPH service:g { ?s ?p ?o } }",
        'SELECT * { ?s ?p """a "SERVICE" b""" }',
        "SELECT * { ?s ?p <http://e/(service)> }",
        "SELECT * { VALUES ?x { <urn:e:a)b> <urn:e:service> <mailto:service(x)@e.mn> } }",
        "SELECT * { VALUES (?x) { (<urn:e:a)#b>) (<urn:e:(service)#c>) } }",
        "SELECT * { ?s <#part)> ?o . ?o ?p 'a service' FILTER (?o = <urn:e:b)#service>) }",
    ],
)
def test_honest_mentions_of_services_pass(query: str) -> None:
    assert inspect(PREFIXES + query, SIZE).form == "SELECT"


HIDING = [
    "SELECT", " * ", "{", "}", "(", ")", "<", ">", "1<2", "#", "'", "'''", "\n", " ", "&&", "=",
    "FILTER(", "EXISTS {", "#>", "||", f"SERVICE {TARGET}", "SERVICE", TARGET, "?x", "''", "'=?x)",
]  # fmt: skip


@settings(max_examples=parts.examples(80, 800), deadline=None)
@given(
    st.lists(st.sampled_from(HIDING), max_size=9).map("".join),
    st.lists(st.sampled_from(HIDING), max_size=3).map("".join),
)
def test_no_query_that_passes_calls_another_endpoint(inside: str, end: str) -> None:
    """The engine itself refuses port 9: only then has it read SERVICE."""
    query = f"SELECT * {{ FILTER(1<2{inside}SERVICE {TARGET}{end}\n }}"
    try:
        list(ox.Store().query(query))  # type: ignore[arg-type]
    except OSError:
        with pytest.raises(QueryRefused):
            inspect(query, SIZE)
    except (SyntaxError, ValueError, RuntimeError):
        pass


def test_the_shape_of_a_query() -> None:
    shape = inspect(
        "PREFIX select: <http://e/> # ASK\nconstruct { ?s ?p ?o } from select:a FROM NAMED <n> {}",
        SIZE,
    )
    assert (shape.form, shape.kind) == ("CONSTRUCT", "graph")
    assert shape.from_graphs == ("select:a",)
    assert shape.from_named_graphs == ("<n>",)
    assert shape.prologue == "PREFIX select: <http://e/> # ASK\n"


@pytest.mark.parametrize(
    ("text", "stable"),
    [("SELECT ?now { }", True), ("SELECT (NOW() AS ?t) {}", False), ("SELECT * {[] ?p ?o}", False)],
)
def test_whether_two_runs_may_differ(text: str, stable: bool) -> None:
    if "?now" in text:  # a variable of that name only costs a cached answer
        stable = False
    assert inspect(text, SIZE).deterministic is stable


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("SELECT * { " + "{" * 101 + "}" * 101 + " }", QueryTooComplex),
        ("SELECT * { ?s ?p " + "(" * 101 + ")" * 101 + " }", QueryTooComplex),
        ("SELECT * { ?s " + "/".join(["<p>"] * 402) + " ?o }", QueryTooComplex),
        ("SELECT * {" + " UNION ".join(["{}"] * 502) + "}", QueryTooComplex),
        ("SELECT (" + "!" * 2001 + "1 AS ?x) {}", QueryTooComplex),
        ("SELECT * { ?s ?p '" + "x" * SIZE + "' }", QueryTooLarge),
        ("SELECT * { ?s ?p '" + "ү" * (SIZE // 2) + "' }", QueryTooLarge),
    ],
)
def test_what_would_break_the_engine_is_refused(query: str, error: type[QueryError]) -> None:
    with pytest.raises(error):
        inspect(query, SIZE)


def test_brackets_in_strings_do_not_nest() -> None:
    assert inspect(f"SELECT * {{ ?s ?p '{'(' * 500}' }}", SIZE).form == "SELECT"


def test_the_place_of_a_refusal_is_told() -> None:
    with pytest.raises(QueryRefused) as caught:
        inspect(f"SELECT *\n{{ ?s ?p ?o .\n  SERVICE {TARGET} }}", SIZE)
    assert caught.value.where == "line 3, column 3"


@pytest.mark.parametrize("unit", ["1<'#>", "1<#>\n", "1<(#>'", "1<)#>'''\n", "<'>'<#>"])
def test_readings_of_a_hostile_query_are_bounded(unit: str) -> None:
    start = time.process_time()
    with contextlib.suppress(QueryError):
        inspect("(" + unit * (SIZE // len(unit) - 10) + " SERVICE", SIZE)
    assert time.process_time() - start < 3


@pytest.mark.parametrize("text", ["<" * 50_000, '"' * 50_001, "a:" * 40_000, "\\" * 50_000])
def test_hostile_text_costs_little(text: str) -> None:
    start = time.process_time()
    list(tokenize(text))
    assert time.process_time() - start < 1.0


# Shapes that overflow the engine's stack or keep its planner busy, by length.
_HOSTILE: dict[str, Callable[[int], str]] = {
    "groups": lambda n: "SELECT * " + "{" * n + "}" * n,
    "brackets": lambda n: f"SELECT ({'(' * n}1{')' * n} AS ?x) {{}}",
    "not": lambda n: f"SELECT ({'!' * n}1 AS ?x) {{}}",
    "union": lambda n: f"SELECT * {{{' UNION '.join(['{}'] * n)}}}",
    "sum": lambda n: f"SELECT ({'+'.join('1' * n)} AS ?x) {{}}",
    "and": lambda n: f"SELECT * {{ FILTER({'&&'.join(['?x=1'] * n)}) }}",
    "optional in optional": lambda n: f"SELECT * {{{'OPTIONAL{' * n}{'}' * n}}}",
    "optional after optional": lambda n: f"SELECT * {{{'OPTIONAL{?s ?p ?o}' * n}}}",
    "path": lambda n: f"SELECT * {{ ?s {'/'.join(['<http://e/p>'] * n)} ?o }}",
    "exists": lambda n: f"SELECT * {{{'FILTER EXISTS{?s ?p ?o ' * n}{'}' * n}}}",
    "subselects": lambda n: f"SELECT * {{{'{SELECT * {' * n}{'}}' * n}}}",
    "blank nodes": lambda n: f"SELECT * {{ ?s ?p {'[ <http://e/p> ' * n}1{' ]' * n} }}",
    "lists": lambda n: f"SELECT * {{ ?s ?p {'(' * n}{')' * n} }}",
    "bind": lambda n: f"SELECT * {{ {' '.join(f'BIND(1 AS ?v{i})' for i in range(n))} }}",
    "disconnected": lambda n: (
        f"SELECT * {{ {' . '.join(f'?a{i} ?b{i} ?c{i}' for i in range(n))} }}"
    ),
    "inline data": lambda n: f"SELECT * {{ VALUES ?x {{{' 1' * n}}} }}",
}
_ANNOUNCED = (EngineFailure, QuerySyntaxError, QueryTimeout, QueryTooComplex, QueryTooLarge)


@pytest.mark.parametrize("name", _HOSTILE)
@pytest.mark.parametrize("length", [600, 9_000])
def test_hostile_shapes_end_with_an_announced_error_in_time(
    pool: Pool, name: str, length: int
) -> None:
    start = time.monotonic()
    with contextlib.suppress(*_ANNOUNCED):
        pool.run(Query(_HOSTILE[name](length)), timeout=0.6).close()
    assert time.monotonic() - start < 0.6 + 5
    assert pool.run(Query("ASK {}")).read()


_VALUES = "SELECT * {{ VALUES ?x {{ {0} }} VALUES (?y) {{ (1) }} ?x ?p ?o }}"


@pytest.mark.parametrize("term", ["<http://e/12345>", '"a } text { VALUES"', "-1", "e:x", "UNDEF"])
def test_data_in_values_may_be_longer_than_a_query(term: str) -> None:
    text = _VALUES.format(f"{term} " * 9000)
    assert inspect(f"PREFIX e: <http://e/> {text}", SIZE, with_values=1 << 20).form == "SELECT"


@pytest.mark.parametrize(
    "text",
    [
        _VALUES.format("<http://e/> " * 100_000),  # over 1 MiB
        _VALUES.format("1") + "# VALUES ?x { 1 " + "x" * SIZE,
        f"ASK {{ BIND('VALUES ?x {{ ' AS ?y) {'?a ?b ?c . ' * 10_000} }}",
        f"ASK {{ VALUES ?x {{ 1 }} {'?a ?b ?c . ' * 10_000} }}",
        f"ASK {{ VALUES ?x {{ {{ {'?a ?b ?c . ' * 10_000} }} }} }}",
    ],
)
def test_nothing_else_may(text: str) -> None:
    with pytest.raises((QueryTooLarge, QueryTooComplex)):
        inspect(text, SIZE, with_values=1 << 20)


@pytest.mark.parametrize("data", [True, False])
def test_more_data_than_a_query_may_have_is_answered_by_post(
    small: Instance, pool: Pool, data: bool
) -> None:
    query = f"SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {'<urn:x:1> ' * 20_000} }} }}"
    body: str | dict[str, str] = query if data else {"query": query}
    form = "application/sparql-query" if data else "application/x-www-form-urlencoded"
    headers = {"Accept": "text/csv", "Content-Type": form}
    client = create_app(small, pool).test_client()
    answer = client.post("/sparql", headers=headers, data=body)
    assert (answer.status_code, answer.data) == (200, b"n\r\n20000\r\n"), answer.data
    assert client.post("/sparql", headers=headers, data=query * 9).status_code == 413
