"""Messages and hints for queries that cannot be parsed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from graph.core.errors import QuerySyntaxError
from graph.core.instance import Instance
from graph.queries import Pool
from graph.queries.engines.embedded import syntax_error
from graph.queries.syntax.positions import excerpt
from graph.queries.syntax.syntax_hints import _DETECTORS, KEYWORDS, explain
from graph.queries.syntax.tokens import tokenize
from server.app import create_app
from server.sparql.examples import examples

ROOT = Path(__file__).parent.parent


def explained(query: str) -> QuerySyntaxError:
    with pytest.raises(SyntaxError) as caught:
        ox.Store().query(query, base_iri="http://e/")
    return explain(query, syntax_error(str(caught.value)))


@pytest.mark.parametrize(
    ("query", "line", "column", "message", "hint"),
    [
        (
            "SELECT * {\n  ?s dct:title 'Өгөгдөл' }",
            *(2, 6, "the prefix “dct:” is not declared"),
            "Add at the top: PREFIX dct: <http://purl.org/dc/terms/>",
        ),
        (
            "PREFIX a: <http://a/>\nASK { a:b my:c ?x }",
            *(2, 11, "the prefix “my:” is not declared", "Add at the top: PREFIX my: <…>"),
        ),
        ("ASK { ?s ?p ?o FILTR(?o) }", 1, 16, "“FILTR” is not a SPARQL keyword", "mean FILTER?"),
        ("SELCT * { ?s ?p 1e6 }", 1, 1, "“SELCT” is not a SPARQL keyword", "mean SELECT?"),
        ("ASK { ?s ?p xyzzy }", 1, 13, "“xyzzy” is not a SPARQL keyword", "begins with “?”"),
        ("ASK { ?s ?p ?o", 1, 15, "“{” in line 1, column 5 is not closed", "every bracket"),
        ("ASK {{\n ?s ?p (1 2 } }", 2, 13, "“}” has no matching", "every bracket"),
        ("ASK { ?s ?p 'a }", 1, 13, "the string that begins here is not closed", '"""'),
        ("PREFIX dcat <http://x/> ASK {}", 1, 8, "a prefix ends with a colon", "PREFIX dcat: <"),
        ("SELECT (COUNT(?s) ?n) { ?s ?p ?o }", 1, 19, "AS is missing before “?n”", "(… AS ?n)"),
        ("ASK { ?s ?p ?o FILTER ?o > 1 }", 1, 23, "must be in brackets", "FILTER(…)"),
        ("# x\nINSERT DATA { <a> <b> 1 }", 2, 1, "this is an update, not a query", "SELECT"),
        ("ASK { <http://a b> ?p ?o }", 1, 19, "this IRI is not valid", "contain spaces"),
        ("ASK { ?s ?p ?o ?a ?b }", 1, 23, "cannot be parsed after “}”", "“.” between"),
        ("", 1, 1, "the query is empty", ""),
        ("SELECT COUNT(?s) AS ?n { ?s ?p ?o }", 1, 8, "must be in brackets", "(COUNT(…) AS ?n)"),
        ("SELECT * { ?s ?p ?o OPTIONAL ?s ?q ?r }", 1, 21, "a pattern in braces", "OPTIONAL {"),
        ("ASK { { ?s ?p ?o } UNION ?s ?q ?r }", 1, 20, "a pattern in braces", "UNION {"),
        ("SELECT * { ?s ?p ?o } ORDER ?o", 1, 23, "ORDER is followed by BY", "ORDER BY ?a"),
        ("SELECT ?s { ?s ?p ?o } HAVING ?n > 1", 1, 24, "condition in brackets", "HAVING (…)"),
        ("ASK { ?s ?p ?o FILTER NOT (?o = 1) }", 1, 23, "followed by EXISTS or IN", "(!(…))"),
        ("SELECT (COUNT(*) AS 'n') { ?s ?p ?o }", 1, 18, "followed by a variable", "AS ?n)"),
        ("ASK { VALUES ?x (1 2) ?s ?p ?x }", 1, 17, "stand in braces", "VALUES ?x { … }"),
        ("SELECT * { ?s ?p ?o };", 1, 22, "ends without “;”", "Leave it out"),
        ('ASK { ?s ?p ?o FILTER(BOUND("a")) }', 1, 23, "takes a variable alone", "BOUND(?a)"),
        ("ASK { ?s ?p ?o FILTER(!bound(STR(?o))) }", 1, 24, "a variable alone", "BOUND(?o)"),
        ("ASK { ?s ?p ?o FILTER(BOUND(<x>)) }", 1, 23, "a variable alone", "BOUND(?a)"),
        ("SELECT * { ?s ?p ?o } ORDER BY DESC ?o", 1, 32, "in brackets", "DESC(?o)"),
        ("SELECT * { ?s ?p ?o } ORDER BY ?s asc LIMIT 3", 1, 35, "in brackets", "ASC(?s)"),
        ("SELECT * { { SELECT * { ?s ?p ?o } ORDER BY ?s DESC } }", 1, 48, "brack", "DESC(?s)"),
        ("SELECT * { ?s ?p ?o } ORDER BY ?s, ?p", 1, 34, "without commas", "ORDER BY ?a ?b"),
        ("SELECT ?s ?p { ?s ?p ?o } GROUP BY ?s, ?p", 1, 38, "without commas", "GROUP BY ?a ?b"),
        ("SELECT DISTINCT ?p STR(?o) { ?s ?p ?o }", 1, 20, "must be in brackets", "(STR(…) AS ?n)"),
        ('SELECT (SUBSTR("a") AS ?x) {}', 1, 9, "SUBSTR takes 2 or 3 arguments, not 1", ""),
        ("ASK { FILTER(CONTAINS(STR(?a, 1), ?b)) }", 1, 23, "STR takes 1 argument, not 2", ""),
        ("ASK { ?s ?p ?o BIND(1 AS ?s) }", 1, 26, "“?s” has a value already", "AS ?s2)"),
        ("ASK { { ?s ?p ?o } UNION { ?a ?b ?o } BIND(1 AS ?a) }", 1, 49, "has a value", "?a2"),
        ("ASK { ?s ?p ?o FILTER(COUNT(?s) > 1) }", 1, 23, "cannot stand in FILTER", "HAVING (…)"),
        ("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }", 1, 8, "neither grouped", "GROUP BY ?s"),
        (
            "SELECT ?a (STR(?b) AS ?t) (COUNT(*) AS ?n) { ?a ?p ?b } GROUP BY ?a",
            *(1, 16, "“?b” is neither grouped by nor aggregated", "SAMPLE(?b)"),
        ),
        ("SELECT * { ?s ?p ?o } GROUP BY ?s", 1, 8, "SELECT * cannot stand", "Name the variables"),
        (
            "SELECT (STR(?o) AS ?t) (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY (STR(?o))",
            *(1, 13, "“?o” is neither grouped by nor aggregated", "SAMPLE(?o)"),
        ),
        ("SELECT ?s { ?s ?p ?o } ORDER BY COUNT(?o)", 1, 8, "neither grouped", "GROUP BY ?s"),
        ("SELECT ?s, ?p { ?s ?p ?o }", 1, 10, "without commas", "SELECT ?a ?b"),
        ("SELECT (1 AS ?s) { ?s ?p ?o }", 1, 14, "“?s” has a value already", "AS ?s2)"),
        ("SELECT (1 AS ?x) (2 AS ?x) {}", 1, 24, "“?x” has a value already", "AS ?x2)"),
        (r'ASK { ?s ?p "\uD83D" }', 1, 14, r"“\uD83D” is no escape", r"backslash as \\,"),
        (r'ASK { ?s ?p ?o FILTER(REGEX(?o, "\d+")) }', 1, 34, r"“\d” is no escape", "backslash"),
        ('ASK { ?s ?p "a\\tb }', 1, 13, "the string that begins here is not closed", '"""'),
        ("ASK { ?s http://x/y ?o }", 1, 10, "must be in angle brackets", "<http://x/y>"),
        ("PREFIX e: http://e/ ASK {}", 1, 11, "must be in angle brackets", "<http://e/>"),
        ("ASK { ?s ?p ?o FILTER(?o == 1) }", 1, 26, "SPARQL has no “==”", "Write ="),
        ("ASK { ?s ?p ?o FILTER(?o AND ?s) }", 1, 26, "SPARQL has no “AND”", "Write &&"),
        ('ASK { ?s ?p ?o FILTER(?o LIKE "a%") }', 1, 26, "SPARQL has no “LIKE”", "CONTAINS("),
        (
            "ASK {\u00a0?s ?p ?o }".replace("\\u00a0", "\u00a0"),
            1,
            6,
            "U+00A0, no-break",
            "ordinary space",
        ),
        ("ASK { ?s ?p “x” }", 1, 13, "“ (U+201C) is no quotation mark", '"…"'),
        (r'SELECT ("\uD83D\uDE00" AS ?x) {}', 1, 10, "two halves of UTF-16", "\U0001f600"),
    ],
)
def test_the_mistake_is_named(query: str, line: int, column: int, message: str, hint: str) -> None:
    error = explained(query)
    assert (error.line, error.column) == (line, column)
    assert message in error.message
    assert hint in error.hint
    assert error.message_mn
    assert re.search("[а-яөү]", error.message_mn)
    assert bool(error.hint_mn) == bool(error.hint)


def test_the_excerpt_points_at_the_place() -> None:
    assert excerpt("SELECT *\n\tWHERE FILTR", 2, 8) == "\tWHERE FILTR\n\t      ^"
    long = "x" * 500 + "HERE" + "y" * 500
    line, mark = excerpt(long, 1, 501).split("\n")
    assert len(line) <= 102
    assert line.startswith("…")
    assert line.endswith("…")
    assert line[mark.index("^") :].startswith("HERE")


PIECES = st.lists(
    st.sampled_from([*sorted(KEYWORDS), "?x", "<a>", "a:b", "'", '"', *"{}().;1\nӨ"]),
    max_size=12,
)


@given(PIECES)
def test_whatever_is_sent_is_explained(pieces: list[str]) -> None:
    query = " ".join(pieces)
    try:
        ox.Store().query(query, base_iri="http://e/")
    except SyntaxError as error:
        shown = explain(query, syntax_error(str(error)))
        lines = query.split("\n")
        assert shown.message
        assert 1 <= shown.line <= len(lines)
        assert 1 <= shown.column <= len(lines[shown.line - 1]) + 1
        assert len(shown.excerpt) < 250
    except (RuntimeError, ValueError):
        pass


def test_no_mistake_is_found_where_there_is_none() -> None:
    """Detectors read tokens alone, so they are tried on every query of the project."""
    queries = [path.read_text("utf-8") for path in ROOT.glob("*/**/queries/*.rq")]
    queries += [example.query for example in examples("http://e/")]
    assert len(queries) > 60
    for query in queries:
        tokens = [*tokenize(query)]
        found = [hint.message.en for detect in _DETECTORS if (hint := detect(query, tokens))]
        assert not [one for one in found if "keyword" not in one and "prefix" not in one], query


@pytest.fixture(scope="module")
def client(small: Instance, pool: Pool) -> FlaskClient:
    return create_app(small, pool).test_client(use_cookies=False)


def test_the_problem_carries_it(client: FlaskClient) -> None:
    response = client.get("/sparql?query=" + quote("SELECT * {\n ?s a dcat:Dataset }"))
    assert response.status_code == 400
    problem = json.loads(response.data)
    assert (problem["line"], problem["column"]) == (2, 7)
    assert problem["excerpt"] == " ?s a dcat:Dataset }\n      ^"
    assert problem["hint"] == "Add at the top: PREFIX dcat: <http://www.w3.org/ns/dcat#>"
    assert problem["hint_mn"] == "Эхэнд нь нэмнэ үү: PREFIX dcat: <http://www.w3.org/ns/dcat#>"
    assert problem["detail_mn"] == "“dcat:” угтвар зарлагдаагүй байна"


@pytest.mark.parametrize("address", ["/sparql?query=ASK{}", "/sparql?query=oops"])
def test_limits_are_announced_to_everybody(client: FlaskClient, address: str) -> None:
    for response in (client.get(address), client.head(address), client.options("/sparql")):
        limits = dict(part.split("=") for part in response.headers["Ulzii-Limits"].split(", "))
        assert limits == {
            "timeout": "2",
            "result": "4194304",
            "memory": "268435456",
            "query": "100000",
            "values": "1048576",
        }
        assert "Ulzii-Limits" in response.headers["Access-Control-Expose-Headers"]
