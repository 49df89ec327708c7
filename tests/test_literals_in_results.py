"""A literal comes back as it was from every format that can carry it, whatever it holds."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.core.errors import QueryNotAcceptable
from graph.queries.model.formats import of_kind
from graph.queries.model.query import Query
from graph.queries.results.serialize import write_result, write_triples
from graph.queries.results.spool import ResultSpool

SUBJECT, PROPERTY = ox.NamedNode("http://example.mn/a"), ox.NamedNode("http://example.mn/def#b")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TYPES = st.sampled_from(["date", "integer", "token", "normalizedString"])
LITERALS = st.one_of(
    st.builds(ox.Literal, TEXTS),
    st.builds(lambda text: ox.Literal(text, language="mn-cyrl"), TEXTS),
    st.builds(lambda text, name: ox.Literal(text, datatype=_xsd(name)), TEXTS, TYPES),
)
STORE = ox.Store()
ENDS = "a\rb\r\nc\nd\te \u0085\u2028"  # every end of a line that some reader knows


def _xsd(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"http://www.w3.org/2001/XMLSchema#{name}")


def _selected(literal: ox.Literal, form: str) -> bytes:
    query = f"SELECT ?x {{ VALUES ?x {{ {literal} }} }}"
    with ResultSpool(1 << 20, Path()) as spool:
        write_result(STORE.query(query), Query(query, form), spool)
        return spool.open().read()


@pytest.mark.parametrize("form", ["json", "xml", "tsv"])
@given(literal=LITERALS)
@example(ox.Literal(ENDS))
def test_solutions_hold_the_literal(form: str, literal: ox.Literal) -> None:
    try:
        body = _selected(literal, form)
    except QueryNotAcceptable:
        assert form == "xml"  # it has no way to write some control characters
        return
    engine = next(f.engine for f in of_kind("results") if f.name == form)
    assert isinstance(engine, ox.QueryResultsFormat)
    read = ox.parse_query_results(io.BytesIO(body), engine)
    assert isinstance(read, ox.QuerySolutions)
    assert [row["x"] for row in read] == [literal]


@given(literal=LITERALS)
@example(ox.Literal(ENDS))
def test_csv_holds_the_text(literal: ox.Literal) -> None:
    rows = csv.reader(io.StringIO(_selected(literal, "csv").decode(), newline=""))
    assert [*rows][1:] in ([[literal.value]], [[]] if not literal.value else None)


@pytest.mark.parametrize("form", ["ttl", "nt", "trig", "rdf", "jsonld"])
@given(literal=LITERALS)
@example(ox.Literal(ENDS))
def test_graphs_hold_the_literal(form: str, literal: ox.Literal) -> None:
    format_ = next(f for f in of_kind("graph") if f.name == form)
    assert isinstance(format_.engine, ox.RdfFormat)
    out = io.BytesIO()
    try:
        write_triples([ox.Triple(SUBJECT, PROPERTY, literal)], format_, out)
    except QueryNotAcceptable:
        assert form == "rdf"
        return
    assert [quad.object for quad in ox.parse(out.getvalue(), format_.engine)] == [literal]
