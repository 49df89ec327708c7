"""Property functions in queries: calls are replaced by the hits of the index, and nothing else in
a query changes."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.core import instance as instances
from graph.core.errors import (
    QueryError,
    QuerySyntaxError,
    QueryTooComplex,
    QueryTooLarge,
    QueryUnsupported,
)
from graph.core.instance import Instance
from graph.ledger import create
from graph.queries import Pool, Query
from graph.queries.engines.embedded import run_query
from graph.queries.property_functions import triple_patterns
from graph.queries.results.spool import ResultSpool
from graph.queries.syntax.checks import query_info
from graph.queries.syntax.tokens import Token
from graph.search import query as finding
from graph.snapshots import Snapshot
from loaders.editable.updating import Update, execute
from server.app import create_app
from tests import parts
from tests.test_publish import publish
from tests.test_search_index import DESCRIPTION, LABEL, TITLE, line, mongolian, titles

pytestmark = pytest.mark.slow

BASE = "https://example.mn/"
PREFIXES = (
    "PREFIX text: <http://jena.apache.org/text#> PREFIX dct: <http://purl.org/dc/terms/>"
    " PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX e: <http://e/>\n"
)
PLACE = ox.NamedNode("http://e/Place")
Ask = Callable[..., list[str]]


@pytest.fixture(scope="module")
def stated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Instance, Snapshot]:
    instance = instances.create(tmp_path_factory.mktemp("searches") / "data", BASE)
    create(instance)
    instances.write_config(instance)
    publish(instance, "b", [*titles(both="Завхан аймаг"), line("both", LABEL, ox.Literal("both"))])
    publish(instance, "secret", titles(hidden="Завхан аймаг"), "restricted")
    snapshot = publish(
        instance,
        "a",
        [
            *titles(one="Завхан аймаг", two="Завханы сум", both="Завхан аймаг"),
            line("one", DESCRIPTION, mongolian('Завхан аймаг ба\n"төв"')),
            *(
                line(name, "http://e/kind", ox.NamedNode("http://e/Place"))
                for name in ("one", "two")
            ),
        ],
    )
    return instance, snapshot


@pytest.fixture(scope="module")
def ask(stated: tuple[Instance, Snapshot], tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Run a query as a worker does; give the rows of its CSV with the prefix http://e/ cut off."""
    _, snapshot = stated
    store = ox.Store.read_only(str(snapshot.path))
    folder = tmp_path_factory.mktemp("spool")
    secret = frozenset({f"{BASE}graph/secret"})

    def run(text: str, readable: bool = False, **options: object) -> list[str]:
        query = Query(PREFIXES + text, format="csv", **options)  # type: ignore[arg-type]
        with ResultSpool(1 << 20, folder) as spool:
            hidden = frozenset[str]() if readable else secret
            run_query(store, query, query_info(query.text), spool, snapshot.path, hidden)
            body = spool.body()
        assert isinstance(body, bytes)
        rows = list(csv.reader(StringIO(body.decode(), newline="")))[1:]
        return sorted(" ".join(row).replace("http://e/", "") for row in rows)

    return run


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('?s text:query "завхан"', ["both", "one", "two"]),
        ('?s text:query "завхан" .', ["both", "one", "two"]),
        ("?s text:query '''завханд''' ; dct:title ?t", ["both", "one", "two"]),
        ('?s <http://jena.apache.org/text#query> ("аймаг")', ["both", "one"]),
        ('?s <http://jena.apache.org/t\\u0065xt#query> ("аймаг")', ["both", "one"]),
        ('?s text:query (dct:description "завхан")', ["one"]),
        ('?s text:query (dct:title dct:description "завхан" 1)', ["one"]),
        ('?s text:query ("zavkhan" "lang:mn" 5)', ["both", "one", "two"]),
        ('?s text:query ("both" "lang:none")', ["both"]),
        ('(?s) text:query "аймаг"', ["both", "one"]),
        ('?s e:kind e:Place ; text:query "аймаг"', ["one"]),
        ('?s e:kind ?k ; text:query "аймаг" ; dct:title ?t .', ["one"]),
        ('?s e:kind ?k . ?s text:query "аймаг"', ["one"]),
        ('?s text:query "аймаг" ; text:query "төв"', ["one"]),
        ('{ ?s text:query "сум" } UNION { ?s text:query "төв" }', ["one", "two"]),
        ('?s e:kind ?k OPTIONAL { (?s ?b) text:query "сум" } FILTER(BOUND(?b))', ["two"]),
        ('?s e:kind ?k FILTER EXISTS { ?s text:query "сум" }', ["two"]),
        ('?s e:kind ?k FILTER(1 = 1 && NOT EXISTS { ?s text:query "сум" })', ["one"]),
        ('?s e:kind ?k MINUS { ?s text:query "сум" }', ["one"]),
        ('{ SELECT ?s { ?s text:query "завхан" } ORDER BY DESC(?s) LIMIT 1 }', ["two"]),
        ('?s text:query "алга"', []),
        ('?s e:kind ?k . FILTER(?k != text:query)', ["one", "two"]),
        ('?s e:kind ?k . BIND("?x text:query 1" AS ?b) # ?s text:query "no"', ["one", "two"]),
        ("?s ?p 1.5 , -2e3 , true , 'a'@mn-cyrl ; text:query \"аймаг\"", []),
        ('<http://e/one> text:query "аймаг" . BIND(e:one AS ?s)', ["one"]),
        ('<http://e/two> text:query "аймаг" . BIND(e:one AS ?s)', []),
        ('(e:one ?score ?l) text:query "төв" . BIND(e:one AS ?s)', ["one"]),
    ],
)  # fmt: skip
def test_a_search_is_a_pattern(ask: Ask, where: str, found: list[str]) -> None:
    assert ask(f"SELECT DISTINCT ?s WHERE {{ {where}\n}}") == found


def test_columns_tell_score_literal_graph_and_property(ask: Ask) -> None:
    pattern = '(?s ?score ?l ?g ?p) text:query (dct:title "аймаг")'
    rows = ask(f"SELECT ?s ?l ?g ?p (?score >= 2 AS ?exact) {{ {pattern} }}")
    title = "Завхан аймаг"
    assert rows == [
        f"both {title} {BASE}graph/a {TITLE} true",
        f"both {title} {BASE}graph/b {TITLE} true",
        f"one {title} {BASE}graph/a {TITLE} true",
    ]


def test_a_thing_is_found_once_unless_columns_tell_its_literals_apart(ask: Ask) -> None:
    assert ask('SELECT ?s { ?s text:query "завхан" }') == ["both", "one", "two"]
    assert ask('SELECT ?s { (?s ?score) text:query "завхан" }') == ["both", "one", "two"]
    by_literal = ask('SELECT ?s { (?s ?score ?literal) text:query "завхан" }')
    assert by_literal == ["both", "one", "one", "two"]


def test_graphs_are_kept(ask: Ask) -> None:
    b = f"<{BASE}graph/b>"
    assert ask(f'SELECT ?s {{ GRAPH {b} {{ ?s text:query "завхан" }} }}') == ["both"]
    assert ask(f'SELECT ?s FROM {b} {{ ?s text:query "завхан" }}') == ["both"]
    assert ask(f'SELECT ?s FROM NAMED {b} {{ ?s text:query "завхан" }}') == []
    named = f'SELECT ?s ?g FROM NAMED {b} {{ GRAPH ?g {{ ?s text:query "завхан" }} }}'
    assert ask(named) == [f"both {BASE}graph/b"]
    every = 'SELECT ?s ?g { GRAPH ?g { ?s text:query "аймаг" ; dct:title ?t } }'
    assert ask(every) == [f"both {BASE}graph/a", f"both {BASE}graph/b", f"one {BASE}graph/a"]
    same = 'SELECT ?s ?g { GRAPH ?g { (?s ?score ?l ?g) text:query "сум" } }'
    assert ask(same) == [f"two {BASE}graph/a"]
    by_protocol = ask('SELECT ?s { ?s text:query "завхан" }', default_graphs=(f"{BASE}graph/b",))
    assert by_protocol == ["both"]
    elsewhere = f'SELECT ?s FROM NAMED {b} {{ GRAPH <{BASE}graph/a> {{ ?s text:query "сум" }} }}'
    assert ask(elsewhere) == []


def test_what_is_restricted_is_not_searched_and_that_is_said(ask: Ask) -> None:
    secret = f"{BASE}graph/secret"
    in_it = f'SELECT ?s {{ GRAPH <{secret}> {{ ?s text:query "завхан" }} }}'
    assert ask(in_it) == []  # as one that does not exist
    with pytest.raises(QuerySyntaxError, match="restricted"):
        ask(in_it, readable=True)
    assert "hidden" not in ask('SELECT ?s { GRAPH ?g { ?s text:query "завхан" } }', readable=True)
    assert ask(f"SELECT ?s {{ GRAPH <{secret}> {{ ?s dct:title ?t }} }}", readable=True) == [
        "hidden"
    ]


def test_a_template_is_no_search(ask: Ask) -> None:
    with pytest.raises(QueryError, match="csv"):  # it got as far as the format
        ask('CONSTRUCT { ?s text:query ?l } WHERE { (?s ?x ?l) text:query "төв" }')


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("SELECT * { ?s text:query ?x }", "no value yet", 15),
        ('SELECT * { ?s e:p 1 ; text:query ("a" ?x) }', "no value yet", 23),
        ('SELECT * { ?s text:query (e:p "a") }', "not in the search index", 15),
        ('SELECT * { ?s text:query ("a" dct:title) }', "before the text", 15),
        ('SELECT * { ?s text:query ("a" 0) }', "limit must be between", 15),
        ('SELECT * { ?s text:query ("a" "b") }', "neither a limit nor", 15),
        ('SELECT * { ?s text:query ("a" "lang:%") }', "not a language tag", 15),
        ("SELECT * { ?s text:query (5) }", "no text", 15),
        ("SELECT * { ?s text:query e:p }", "not in the search index", 15),
        ("SELECT * { ?s text:query [] }", "neither", 15),
        ('SELECT * { ?s text:query "-" }', "no word", 15),
        ('SELECT * { ?s text:query "a", "b" }', "one object", 31),
        ('SELECT * { (?s ?s) text:query "a" }', "twice", 20),
        ('SELECT * { (?s "x") text:query "a" }', "variable", 21),
        ('SELECT * { () text:query "a" }', "too many items", 15),
        ('SELECT * { (?a ?b ?c ?d ?e ?f) text:query "a" }', "too many items", 32),
        ('SELECT * { _:s text:query "a" }', "variable or an IRI", 16),
        ('SELECT * { "s" text:query "a" }', "variable or an IRI", 16),
        ('SELECT * { ?x e:p [ text:query "a" ] }', "square brackets", 21),
        ('SELECT * { [ text:query "a" ] e:p ?x }', "square brackets", 14),
        ("SELECT * { ?s text:query/e:p ?x }", "path", 15),
        ('SELECT * { ?s e:p|^(text:query) "a" }', "path", 15),
        ('SELECT * { (?s ?x) text:query "a" ; e:p ?y }', "triples of their own", 0),
        ('CONSTRUCT WHERE { ?s text:query "a" }', "plain triples", 19),
    ],
)
def test_misuse_is_said_with_its_place(ask: Ask, text: str, message: str, column: int) -> None:
    with pytest.raises(QuerySyntaxError, match=message) as raised:
        ask(text)
    assert raised.value.line == 2
    assert raised.value.column == column or not column
    assert raised.value.excerpt.endswith("^")
    assert raised.value.message_mn
    assert bool(raised.value.hint) == bool(raised.value.hint_mn)
    assert (
        raised.value.hint or "neither" in message or "variable or" in message or "limit" in message
    )


def test_syntax_errors_keep_their_place(ask: Ask) -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        ask('SELECT * {\n ?s text:query "завхан" . ?s e:p }')
    assert (raised.value.line, raised.value.column) == (3, 35)


def test_functions_that_do_not_exist_are_said(ask: Ask) -> None:
    with pytest.raises(QueryUnsupported, match="does not exist"):
        ask('SELECT * { ?s text:search "a" }')


def test_hits_are_never_cut_in_silence(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MAX_HITS", 2)
    with pytest.raises(QueryTooLarge, match="more than 2"):
        ask('SELECT * { ?s text:query "завхан" }')
    assert len(ask('SELECT * { ?s text:query ("завхан" 2) }')) == 2


def test_a_query_has_a_few_searches(ask: Ask) -> None:
    with pytest.raises(QueryTooComplex, match="51 searches"):
        ask("SELECT * { " + '?s text:query "завхан" . ' * 51 + "}")
    assert ask("SELECT DISTINCT ?s { " + '?s text:query "төв" . ' * 50 + "}") == ["one"]


def test_brackets_may_nest_as_deep_as_the_checks_allow(ask: Ask) -> None:
    deep = "?s dct:title ?t FILTER(" + "(" * 95 + "1" + ")" * 95 + ")"
    assert ask(f'SELECT DISTINCT ?s {{ ?s text:query "төв" . {deep} }}') == ["one"]
    groups = "{" * 95 + '?s text:query "төв"' + "}" * 95
    assert ask(f"SELECT ?s {{ {groups} }}") == ["one"]


def test_without_a_snapshot_there_is_nothing_to_search(tmp_path: Path) -> None:
    query = Query(PREFIXES + 'SELECT * { ?s text:query "a" }')
    with (
        ResultSpool(1000, tmp_path) as spool,
        pytest.raises(QueryUnsupported, match="not a published"),
    ):
        run_query(ox.Store(), query, None, spool)


def test_workers_answer_searches(stated: tuple[Instance, Snapshot]) -> None:
    with Pool.start(stated[0], workers=1) as pool:
        text = PREFIXES + 'SELECT ?s { ?s text:query "сум" }'
        assert pool.run(Query(text, format="csv")).read() == b"s\r\nhttp://e/two\r\n"


@pytest.mark.parametrize("name", ["text:query", "<http://jena.apache.org/text#query>"])
def test_a_search_in_an_update_is_refused(name: str) -> None:
    where = f'WHERE {{ ?s {name} "a" }}'
    update = Update(PREFIXES + f"DELETE {{ ?s ?p ?o }} {where}", BASE, {}, frozenset())
    with pytest.raises(QueryUnsupported, match="part of an update"):
        execute(update)
    harmless = replace(update, text=PREFIXES + 'DELETE DATA { <a> e:p "text:query" }')
    assert execute(harmless).graph == ""


def named(token: Token) -> str:
    return "f" if token.text == "text:query" else ""


PARTS = st.sampled_from(
    'SELECT * ASK { } { } ( ) [ ] . ; , ?s ?x text:query a e:p "a" "b"@mn 1 1.5 -3 OPTIONAL UNION'
    " FILTER EXISTS NOT GRAPH <g> VALUES BIND AS WHERE ^ / | + << >> {| |} ~ :".split(" ")
)


@settings(max_examples=parts.examples(60, 600))
@given(st.lists(PARTS, max_size=30).map(" ".join))
def test_no_text_confuses_the_reader(text: str) -> None:
    """It says that it cannot read it, or finds pieces that lie inside the text in order."""
    try:
        found = triple_patterns.find_edits(f"SELECT * {{ {text} }}", named)
    except (QuerySyntaxError, QueryUnsupported):
        return
    assert all(edit.start < edit.end <= len(text) + 13 and edit.calls for edit in found)


def test_a_search_over_http_is_answered_kept_and_refused_as_any_query(
    stated: tuple[Instance, Snapshot],
) -> None:
    with Pool.start(stated[0], workers=1) as pool:
        client = create_app(stated[0], pool).test_client(use_cookies=False)
        asked = {"query": PREFIXES + 'SELECT ?s { ?s text:query "сум" }', "format": "csv"}
        found = client.get("/sparql", query_string=asked)
        assert (found.status_code, found.data) == (200, b"s\r\nhttp://e/two\r\n")
        again = {"If-None-Match": found.headers["ETag"]}
        assert client.get("/sparql", query_string=asked, headers=again).status_code == 304
        wrong = {"query": PREFIXES + "SELECT ?s { ?s text:query ?x }"}
        refusal = client.get("/sparql", query_string=wrong)
        assert (refusal.status_code, refusal.mimetype) == (400, "application/problem+json")
        assert "?x" in refusal.text
        assert (refusal.json or {})["line"] == 2
