"""Explains an empty result, or one with gaps (`graph.queries.patterns.notices`)."""

from __future__ import annotations

import csv
import io
import json

import pyoxigraph as ox

from graph.queries.model.formats import QLEVER, Format
from graph.queries.model.query import Notice, Query
from graph.queries.patterns.notices import (
    Visible,
    find_gaps,
    find_notices,
    may_be_silent,
    may_have_gaps,
)
from graph.queries.results.spool import ResultSpool

_MOST_READ = 1 << 20  # bytes of a result that is read for gaps
_SMALL = 4096  # bytes; a longer result is not empty
_SMALL_GRAPH = 500  # bytes; a graph of so many may be empty, with its prefixes
_EMPTY_ENDS = (  # JSON, XML
    b'"bindings":[]}}',
    b'"boolean":false}',
    b"<results></results></sparql>",
    b"<boolean>false</boolean></sparql>",
)
_SEPARATORS = {"csv": ",", "tsv": "\t"}


def explain_result(
    store: ox.Store, query: Query, chosen: Format, spool: ResultSpool, hidden: frozenset[str]
) -> tuple[Notice, ...]:
    """The notices of a result that is in the spool. A full one costs a look at the query's text."""

    def has_gaps(column: str) -> bool:
        return spool.length <= _MOST_READ and _has_gap(column, chosen.name, spool)

    if not (_may_be_empty(chosen, spool) or may_be_silent(query.text)):
        return find_gaps(query.text, has_gaps) if may_have_gaps(query.text) else ()
    named = (*query.default_graphs, *query.named_graphs)
    return find_notices(
        query.text,
        query.base,
        Visible(store, hidden),
        named,
        has_gaps,
    )


def _may_be_empty(chosen: Format, spool: ResultSpool) -> bool:
    if chosen.kind == "graph":
        return spool.length < _SMALL_GRAPH
    if spool.length > _SMALL:
        return False
    body = spool.body()  # in memory, since it is small
    assert isinstance(body, bytes)
    if chosen.name == "json":  # nearly all look-ups
        return body.endswith(_EMPTY_ENDS[:2])
    body = body.rstrip()
    if chosen is QLEVER:
        return b'"resultsize":0,' in body or b"false" in body
    return body.endswith(_EMPTY_ENDS) or (chosen.name in _SEPARATORS and b"\n" not in body)


def _has_gap(column: str, form: str, spool: ResultSpool) -> bool:
    """Whether a column is unbound in a row; no, for a format in which one does not see it."""
    body = spool.open()
    if form == "json":
        return any(column not in row for row in json.load(body)["results"]["bindings"])
    if form == "xml":
        text = body.read()
        return text.count(b"<result>") > text.count(b'<binding name="%b">' % column.encode())
    if form in _SEPARATORS:
        lines = io.TextIOWrapper(body, "utf-8-sig", newline="")
        head, *rows = csv.reader(lines, delimiter=_SEPARATORS[form])
        index = [name.removeprefix("?") for name in head].index(column)
        return any(not "".join(row[index : index + 1]) for row in rows)
    return False
