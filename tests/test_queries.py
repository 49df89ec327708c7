"""What the pool answers: formats, graphs, documents, errors of a query; over a real store."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from graph.core.errors import (
    QueryNotAcceptable,
    QuerySyntaxError,
    QueryTooLarge,
    QueryUnsupported,
)
from graph.core.instance import Instance
from graph.queries import FORMATS, Pool, Query, ResourceDocument, run_once
from graph.queries.results.spool import INLINE
from tests.pool_workers import FOR_EVER, NUMBER

pytestmark = pytest.mark.slow

A, B = "https://example.mn/graph/a", "https://example.mn/graph/b"
AIMAG = "https://w3id.org/ulzii/id/place/066"
SUM = f"SELECT (SUM(?n) AS ?sum) %s WHERE {{ ?s <{NUMBER}> ?n }}"


def csv(pool: Pool, query: Query) -> str:
    return pool.run(query).read().decode().replace("\r\n", "\n")


def test_answers_with_its_length_its_format_and_its_snapshot(pool: Pool) -> None:
    answer = pool.run(Query("ASK { ?s ?p ?o }", format="json"))
    assert answer.format.name == "json"
    assert answer.snapshot == "1"
    body = answer.read()
    assert len(body) == answer.length
    assert body == b'{"head":{},"boolean":true}'


@pytest.mark.parametrize("name", [f.name for f in FORMATS if f.engine and f.kind == "results"])
def test_results_in_every_format(pool: Pool, name: str) -> None:
    answer = pool.run(Query(f"SELECT ?n {{ <{AIMAG}> <{NUMBER}> ?n }}", format=name))
    assert isinstance(answer.format.engine, ox.QueryResultsFormat)
    if name == "csv":  # the engine writes it and cannot read it
        assert answer.read() == b"n\r\n5\r\n"
        return
    found = ox.parse_query_results(answer.read(), answer.format.engine)
    assert isinstance(found, ox.QuerySolutions)
    assert [row["n"] for row in found] == [ox.Literal(5)]


@pytest.mark.parametrize("name", [f.name for f in FORMATS if f.kind == "graph"])
def test_graphs_in_every_format(pool: Pool, name: str) -> None:
    construct = f"CONSTRUCT WHERE {{ <{AIMAG}> <{NUMBER}> ?n }}"
    answer = pool.run(Query(construct, format=name))
    assert isinstance(answer.format.engine, ox.RdfFormat)
    [quad] = ox.parse(answer.read(), answer.format.engine)
    assert quad.object == ox.Literal(5)


def test_only_used_prefixes_are_written(pool: Pool) -> None:
    text = pool.run(Query(f"CONSTRUCT WHERE {{ <{AIMAG}> <{NUMBER}> ?n }}")).read().decode()
    assert "@prefix core:" in text
    assert "@prefix qb:" not in text


def test_columns_keep_the_order_in_which_they_are_asked_for(pool: Pool) -> None:
    assert csv(pool, Query("SELECT ?z ?a { } LIMIT 1", format="csv")).startswith("z,a\n")


def test_the_default_graph_counts_a_triple_of_two_sources_once(pool: Pool) -> None:
    assert csv(pool, Query(SUM % "", format="csv")) == "sum\n5\n"


def test_several_from_are_merged(pool: Pool) -> None:
    assert csv(pool, Query(SUM % f"FROM <{A}> FROM <{B}>", format="csv")) == "sum\n5\n"


def test_from_by_prefix_and_relative_to_base_is_merged(pool: Pool) -> None:
    text = "PREFIX g: <https://example.mn/graph/> " + SUM % "FROM g:a from <graph/b>"
    query = Query(text, format="csv", base="https://example.mn/")
    assert csv(pool, query) == "sum\n5\n"


def test_merged_from_sees_only_the_graphs_from_named(pool: Pool) -> None:
    query = (
        f"SELECT ?g FROM <{A}> FROM <{B}> FROM NAMED <{B}> {{ GRAPH ?g {{ ?s <{NUMBER}> ?n }} }}"
    )
    assert csv(pool, Query(query, format="csv")) == f"g\n{B}\n"


def test_several_default_graphs_of_the_protocol_are_merged(pool: Pool) -> None:
    assert csv(pool, Query(SUM % "", "csv", None, (A, B))) == "sum\n5\n"


def test_graphs_of_the_protocol_go_before_from(pool: Pool) -> None:
    query = Query("SELECT (COUNT(*) AS ?n) FROM <http://none/> { ?s ?p ?o }", "csv", None, (B,))
    assert csv(pool, query) == "n\n2\n"


def test_a_named_graph_alone_leaves_the_default_graph_empty(pool: Pool) -> None:
    query = Query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "csv", None, (), (B,))
    assert csv(pool, query) == "n\n0\n"


def test_a_document_holds_the_thing_and_its_parts_and_no_namesake(pool: Pool) -> None:
    answer = pool.run(ResourceDocument(AIMAG, "nt"))
    subjects = {str(q.subject.value) for q in ox.parse(answer.read(), ox.RdfFormat.N_TRIPLES)}
    assert subjects == {AIMAG, f"{AIMAG}#contact", f"{AIMAG}/part"}  # not …/0668


def test_a_short_document_tells_how_long_the_whole_is(pool: Pool) -> None:
    answer = pool.run(ResourceDocument(AIMAG, "nt", limit=2))
    assert answer.total == 9
    assert len(answer.read().splitlines()) == 2


def test_a_document_is_abridged_by_values(pool: Pool) -> None:
    answer = pool.run(ResourceDocument(AIMAG, "nt", limit=100, values=1))
    quads = list(ox.parse(answer.read(), ox.RdfFormat.N_TRIPLES))
    assert len({(q.subject, q.predicate) for q in quads}) == len(quads)
    assert answer.total == 9 > len(quads)


def test_a_large_answer_comes_as_a_file(pool: Pool) -> None:
    text = f"SELECT (STR({'9' * 3000}) AS ?t) ?a {{ VALUES ?a {{ {'1 ' * 500} }} }}"
    with pool.run(Query(text, format="tsv")) as answer:
        assert answer.length > INLINE
        assert not isinstance(answer.body, bytes)
        assert sum(map(len, answer.blocks())) == answer.length
    assert not list(pool.folder.glob("tmp*")), "the file has no name"


def test_an_answer_over_the_limit_is_no_answer(pool: Pool) -> None:
    with pytest.raises(QueryTooLarge, match="over 4,194,304 bytes"):
        pool.run(Query(FOR_EVER.replace("(COUNT(*) AS ?n)", "*")))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SELECT (1 AS ?x) (2 AS ?x) {}", "“?x” has a value already, so SELECT cannot set it"),
        (
            "SELECT * { ?s ?p ?o } GROUP BY ?s",
            "SELECT * cannot stand in a query that groups or aggregates",
        ),
        ("ASK { ?s a ex:y }", "the prefix “ex:” is not declared"),
    ],
)
def test_a_syntax_error_says_what_rather_than_what_else(pool: Pool, text: str, says: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        pool.run(Query(text))
    assert caught.value.message == says


@pytest.mark.parametrize(
    ("text", "line", "column"), [("SELECT", 1, 7), ("SELECT *\n{ ?s ?p ?o", 2, 11), ("", 1, 1)]
)
def test_a_syntax_error_says_where(pool: Pool, text: str, line: int, column: int) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        pool.run(Query(text))
    assert (caught.value.line, caught.value.column) == (line, column)
    assert len(str(caught.value)) < 400


def test_an_update_is_no_query(pool: Pool) -> None:
    with pytest.raises(QuerySyntaxError):
        pool.run(Query("INSERT DATA { <a:a> <a:b> <a:c> }"))


def test_errors_of_the_engine_are_told_apart(pool: Pool) -> None:
    with pytest.raises(QueryNotAcceptable, match="csv"):
        pool.run(Query("CONSTRUCT {} {}", format="csv"))
    with pytest.raises(QuerySyntaxError, match="not an IRI"):
        pool.run(Query("ASK {}", default_graphs=("not an IRI",)))


def test_unknown_functions_are_expression_errors(pool: Pool) -> None:
    f, g = "<http://e/f>", "<http://e/g>"
    unbound = f"SELECT ({f}(1) AS ?x) (COALESCE({g}(2), 3) AS ?y) {{}}"
    assert csv(pool, Query(unbound, "csv")) == "x,y\n,3\n"
    filtered = f"SELECT * {{ VALUES ?x {{ 1 2 }} FILTER({f}(?x) || ?x = 2) }}"
    assert csv(pool, Query(filtered, "csv")) == "x\n2\n"
    merged = f"SELECT (SUM(?n) AS ?sum) FROM <{A}> FROM <{B}> {{ ?s <{NUMBER}> ?n FILTER(!{f}()) }}"
    assert csv(pool, Query(merged, "csv")) == "sum\n0\n"


def test_what_the_engine_refuses_is_said(pool: Pool) -> None:
    many = "".join(f"(<http://e/{i}>() AS ?x{i})" for i in range(60))
    with pytest.raises(QueryUnsupported, match="http://e/50"):
        pool.run(Query(f"SELECT {many} {{}}"))


def test_relative_iris_are_the_instances_own(small: Instance) -> None:
    text = "SELECT (<id/x> AS ?a) (<> AS ?b) {}"
    base = small.base
    assert (
        run_once(small, Query(text, "csv")).read().decode() == f"a,b\r\n{base}id/x,{base}sparql\r\n"
    )
    own = Query(text, "csv", base="http://e/")
    assert run_once(small, own).read() == b"a,b\r\nhttp://e/id/x,http://e/\r\n"
