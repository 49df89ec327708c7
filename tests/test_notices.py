"""What explains an empty result, or gaps in one: found, and sent as `Ulzii-Notice`."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from graph.core.instance import Instance
from graph.queries import Pool, Query
from graph.queries.model.formats import FORMATS
from graph.queries.model.query import Notice
from graph.queries.patterns import notices
from graph.queries.patterns.notices import Visible, find_notices
from server.app import create_app
from server.http.notices import notice_header
from vocab.namespaces import VOID

SPACE = "http://e/ns#"
_STORE = ox.Store()
_STORE.bulk_load(
    input=f"""
        @base <http://e/> . @prefix : <{SPACE}> .
        <a> a :C ; :p 1 . <b> a :C ; :p 2 . <c> a :C .
        <void> <{VOID.vocabulary.value}> <{SPACE}> .
    """.encode(),
    format=ox.RdfFormat.TURTLE,
)
_STORE.add(ox.Quad(*[ox.NamedNode("http://e/secret")] * 4))
_STORE.add(ox.Quad(*[ox.NamedNode("http://e/open")] * 4))


def _found(text: str, *, gaps: bool = True, hidden: str = "", named: str = "") -> list[str]:
    visible = Visible(_STORE, frozenset([hidden] if hidden else []))
    query = f"PREFIX : <{SPACE}> PREFIX o: <http://other/> {text}"
    found = find_notices(query, "http://e/", visible, [named] if named else [], lambda _: gaps)
    return [f"{kind} {name.removeprefix('http://')}" for kind, name in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c HAVING(?n > 1)", "having-alias n"),
        (
            "SELECT ?x { { SELECT ?c (SUM(?v) * 2 AS ?n) { ?s :p ?v ; a ?c } GROUP BY ?c"
            " HAVING (SUM(?v) > 1 && $n < 9) ORDER BY ?n } }",
            "having-alias n",
        ),
        (
            "SELECT ?c (SUM(?v) AS ?n) { ?s a ?c OPTIONAL { ?s :p ?v } } GROUP BY ?c",
            "aggregate-unbound n",
        ),
        ("SELECT (1 + AVG(?v) AS ?n) (COUNT(?v) AS ?k) { ?s :p ?v }", "aggregate-unbound n"),
        ("SELECT * { ?s :q ?v }", "no-such-property e/ns#q"),
        ("ASK { ?s a ?c OPTIONAL { ?s :p/(^:q|:p)* ?v } }", "no-such-property e/ns#q"),
        ("SELECT * { ?s a ?c FILTER NOT EXISTS { ?s <ns#q> ?v } }", "no-such-property e/ns#q"),
        ("SELECT * { ?s a :D }", "no-such-class e/ns#D"),
        ("SELECT * { ?s o:p ?v ; o:q ?w }", "no-such-namespace other/"),
        ("SELECT * { ?s a o:C }", "no-such-namespace other/"),
        ("SELECT * { VALUES ?p { :p :q } ?s ?p ?v }", "no-such-property e/ns#q"),
        (
            'SELECT * { ?s $p ?v ; a ?c } VALUES (?n ?p ?c) { ("a"@mn :p :D) (1.5 :q UNDEF)'
            ' ("x"^^:p :p :C) }',
            "no-such-property e/ns#q,no-such-class e/ns#D",
        ),
        ("SELECT * { VALUES ?c { :C :D } ?s a/:p* ?c }", "no-such-class e/ns#D"),
        ("SELECT * { ?s a|:q :C }", "no-such-property e/ns#q"),
        ("SELECT * { ?s ?p ?v FILTER(?p IN (:p, :q)) }", "no-such-property e/ns#q"),
        ("SELECT * { ?s ?p ?v FILTER(?p = :p || :q = ?p) }", "no-such-property e/ns#q"),
        ("SELECT * { ?s ?p ?v FILTER(sameTerm(?p, :q)) }", "no-such-property e/ns#q"),
        ("SELECT * { BIND(:q AS ?p) ?s ?p ?v }", "no-such-property e/ns#q"),
        (
            "SELECT * { ?s <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> :D }",
            "no-such-class e/ns#D",
        ),
        ("SELECT * { GRAPH <nowhere> { ?s :p ?o } }", "no-such-graph e/nowhere"),
        (
            "SELECT * { VALUES ?g { <open> <nowhere> } GRAPH ?g { ?s ?p ?o } }",
            "no-such-graph e/nowhere",
        ),
        (
            "SELECT * FROM <open> FROM <nowhere> FROM NAMED o:g { ?s :p ?o }",
            "no-such-graph e/nowhere,no-such-graph other/g",
        ),
    ],
)  # fmt: skip
def test_what_is_silently_empty_is_named(text: str, expected: str) -> None:
    assert ",".join(_found(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c HAVING(COUNT(*) > 9)",
        "SELECT (SUM(?v) AS ?t) { ?s :p ?v } GROUP BY (STR(?s) AS ?n) HAVING(?n > 'a')",
        "SELECT (COUNT(?v) AS ?n) (SAMPLE(?v) AS ?m) { ?s a ?c OPTIONAL { ?s :p ?v } }",
        "SELECT * { ?s :p ?v ; a :C FILTER(?v > 10) }",
        "SELECT * { GRAPH <open> { ?s ?p ?o } GRAPH ?g { ?s ?p ?o } }",
        "SELECT * { ?s <http://jena.apache.org/text#query> 'word' }",
        "CONSTRUCT { ?s :new ?o } { ?s :p ?o }",
        "SELECT * { ?s :p }",
        "SELECT * { ?s nowhere:q ?o }",
        "SELECT * { VALUES (?p ?v) { (:p :q) (:p UNDEF) } ?s ?p ?v }",
        "SELECT * { VALUES ?s { :q :D } ?s ?p ?v FILTER(?v != :q) }",
        "SELECT * { BIND(STR(:q) AS ?p) ?s ?p ?v }",
        "SELECT * { ?s a [] }",
    ],
)
def test_nothing_else_is(text: str) -> None:
    assert _found(text, gaps=False) == []


def test_an_aggregate_without_gaps_is_not_named() -> None:
    assert _found("SELECT (SUM(?v) AS ?n) { ?s :p ?v }", gaps=False) == []


def test_what_is_hidden_does_not_exist() -> None:
    for text in ("SELECT * { GRAPH <secret> { ?s <secret> ?o } }", "ASK { ?s <secret> <secret> }"):
        assert _found(text) == []
    assert _found("SELECT * { GRAPH <secret> { ?s <secret> ?o } }", hidden="http://e/secret") == [
        "no-such-graph e/secret",
        "no-such-namespace e/",
    ]
    assert _found("ASK {}", named="http://e/secret", hidden="http://e/secret") == [
        "no-such-graph e/secret"
    ]


def test_at_most_ten_are_named() -> None:
    many = " ; ".join(f":x{n} ?v{n}" for n in range(12))
    assert len(_found(f"SELECT * {{ ?s {many} }}")) == 10


OPTIONAL = """PREFIX core: <https://w3id.org/ulzii/def/core#>
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    SELECT (SUM(?v) AS ?n) { ?s rdfs:label ?l OPTIONAL { ?s core:number ?v } }"""
FULL = OPTIONAL.replace("OPTIONAL { ?s core:number ?v }", "; core:number ?v")


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_a_gap_is_seen_in_each_format_of_rows(pool: Pool, form: str) -> None:
    for text, expected in ((OPTIONAL, ["aggregate-unbound"]), (FULL, [])):
        with pool.run(Query(text, form, notices=True)) as answer:
            assert [kind for kind, _ in answer.notices] == expected


@pytest.mark.parametrize("form", [form.name for form in FORMATS])
def test_an_empty_result_is_explained_in_every_format(pool: Pool, form: str) -> None:
    graph = next(one.kind for one in FORMATS if one.name == form) == "graph"
    head = "CONSTRUCT { ?s <urn:p> ?o } WHERE" if graph else "SELECT ?s"
    for text in (f"{head} {{ ?s <urn:nope> ?o }}", *([] if graph else ["ASK { ?s <urn:nope> 1 }"])):
        if form in ("csv", "tsv") and text.startswith("ASK"):
            continue
        with pool.run(Query(text, form, notices=True)) as answer:
            assert [*answer.notices] == [("no-such-property", "urn:nope")], text
        with pool.run(Query(text, form)) as answer:
            assert answer.notices == ()


def test_a_result_with_rows_is_not_looked_at(pool: Pool) -> None:
    assert not notices.may_be_silent("SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p")
    assert notices.may_be_silent("SELECT (COUNT(*) AS ?n) { ?s <urn:nothing> ?o }")
    with pool.run(Query("SELECT * { ?s ?p ?o } LIMIT 3", "json", notices=True)) as answer:
        assert answer.notices == ()


@pytest.fixture
def client(small: Instance, pool: Pool) -> Iterator[FlaskClient]:
    yield create_app(small, pool).test_client()


def test_the_header_is_sent_each_time_and_may_be_read_by_scripts(client: FlaskClient) -> None:
    query = {"query": "SELECT * { ?s <urn:хоосон> ?o ; a <urn:x> }"}
    for _ in range(2):  # the second one is kept
        response = client.get("/sparql", query_string=query, headers={"Accept": "text/csv"})
        assert response.headers["Ulzii-Notice"] == (
            'no-such-property;name="urn:%D1%85%D0%BE%D0%BE%D1%81%D0%BE%D0%BD", '
            'no-such-class;name="urn:x"'
        )
        assert "Ulzii-Notice" in response.headers["Access-Control-Expose-Headers"]
    full = client.get("/sparql?query=ASK%7B%7D", headers={"Accept": "application/json"})
    assert "Ulzii-Notice" not in full.headers


def test_the_page_says_it_in_both_languages(client: FlaskClient) -> None:
    query = {"query": "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p HAVING(?n > 1)"}
    for language, said in (("mn", "HAVING нь ?n-г мэдэхгүй"), ("en", "HAVING does not see ?n:")):
        page = client.get("/sparql", query_string={**query, "lang": language, "format": "html"})
        assert said in page.get_data(as_text=True)


def test_a_name_cannot_break_the_header() -> None:
    notice = Notice("no-such-graph", 'http://e/"\r\nX: y')
    assert notice_header([notice]) == [
        ("Ulzii-Notice", 'no-such-graph;name="http://e/%22%0D%0AX:%20y"')
    ]


def test_integers_are_computed_in_64_bits() -> None:
    """As docs/conformance.md says."""
    result = ox.Store().query(
        """SELECT (9223372036854775807 + 1 AS ?a) (SUM(?x) AS ?b) (99999999999999999999 AS ?c)
            (<http://www.w3.org/2001/XMLSchema#double>(9223372036854775807) * 2 AS ?d)
            { VALUES ?x { 9223372036854775807 1 } }"""
    )
    assert isinstance(result, ox.QuerySolutions)
    [row] = result
    assert [row["a"], row["b"]] == [None, None]
    assert row["c"] is not None
    assert row["c"].value == "99999999999999999999"
    assert row["d"] is not None
