"""Runs one request on an open store, inside a worker, and writes its answer into a spool.

Between a query's text and the engine stand, in this order: the text's own steps (`STEPS`), the
dataset (`graph.queries.dataset`), and functions that the engine lacks (`graph.queries.functions`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple, cast

import pyoxigraph as ox

from graph.errors import EngineFailure, QueryNotAcceptable, QuerySyntaxError, QueryUnsupported
from graph.queries import (
    columns,
    dataset,
    document,
    functions,
    hints,
    jsonld,
    prefixes,
    searches,
)
from graph.queries.formats import Format, Kind, find, of_kind
from graph.queries.preflight import Shape
from graph.queries.query import COUNTED, Document, Graph, Query
from graph.queries.spool import Spool

_DAMAGE = ("Corruption", "IO error")
_PREFIXED = frozenset({"ttl", "trig", "rdf", "jsonld"})
_MARKED = frozenset({"csv", "tsv"})
_BOM = "\ufeff".encode()
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_SENTENCE = re.compile(r"[A-Z][a-zA-Z]* [a-zA-Z*]")  # rather than a token it expects
_CLASS = re.compile(r"\['[^\]]*'\]", re.DOTALL)
Result = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


class Asked(NamedTuple):
    """What a step may look at: the open store, the query as it was asked, the snapshot's directory
    (None where there is no snapshot), and the dataset where the engine needs to be told."""

    store: ox.Store
    query: Query
    snapshot: Path | None
    dataset: dataset.Dataset | None


Step = Callable[[str, Asked], str]
# What a query's text goes through before the engine reads it. Every look-up passes here, so a step
# finds out cheaply whether it is meant, and gives the same text back where it is not.
STEPS: tuple[Step, ...] = (
    lambda text, asked: columns.as_written(text, asked.query.base),
    lambda text, asked: searches.answered(text, asked.query, asked.dataset, asked.snapshot),
)


def run_query(
    store: ox.Store,
    query: Query,
    shape: Shape | None,
    spool: Spool,
    snapshot: Path | None = None,
    hidden: frozenset[str] = frozenset(),
) -> Format:
    """Run a query and write its whole result; `shape` is wanted only where FROM occurs. The query
    does not see the graphs that are `hidden`.

    Raises QuerySyntaxError, QueryNotAcceptable, QueryUnsupported and QueryTooLarge.
    """
    try:
        wanted = dataset.visible(store, query, shape, hidden)
        result = _result(store, query, wanted, snapshot)
        chosen = _format("graph" if isinstance(result, ox.QueryTriples) else "results", query)
        if query.bom:
            _mark(chosen, spool)
        if isinstance(result, ox.QueryTriples):
            _write_graph(result, chosen, spool, query)
        else:
            _write_results(result, chosen, spool)
    except SyntaxError as error:
        raise hints.explain(query.text, syntax_error(str(error))) from error
    except (RuntimeError, ValueError) as error:
        kind = EngineFailure if str(error).startswith(_DAMAGE) else QueryUnsupported
        raise kind(str(error)) from error
    return chosen


def _result(
    store: ox.Store, query: Query, wanted: dataset.Dataset | None, snapshot: Path | None
) -> Result:
    text = query.text
    for step in STEPS:
        text = step(text, Asked(store, query, snapshot, wanted))
    chosen, graphs = dataset.select(store, wanted)
    return functions.with_functions(
        lambda known: chosen.query(text, base_iri=query.base, custom_functions=known, **graphs)
    )


def write_document(store: ox.Store, wanted: Document, spool: Spool) -> tuple[Format, int]:
    """Write a thing's document, or the beginning of it; tell how many statements there are."""
    chosen = _format("graph", wanted)
    found = document.statements(store, wanted.iri)
    if not wanted.limit:
        _write_graph(found, chosen, spool)
        return chosen, 0
    counted = list(islice(found, COUNTED))
    shown = document.abridged(counted, wanted.values) if wanted.values else counted
    _write_graph(islice(shown, wanted.limit), chosen, spool)
    return chosen, len(counted)


def write_graph(
    store: ox.Store, wanted: Graph, spool: Spool, hidden: frozenset[str]
) -> tuple[Format, int]:
    """Write all statements of a graph that is not hidden; tell how many there are."""
    chosen = _format("graph", wanted)
    name = ox.NamedNode(wanted.iri) if wanted.iri else ox.DefaultGraph()
    found = () if wanted.iri in hidden else store.quads_for_pattern(None, None, None, name)
    number = 0

    def counted() -> Iterator[ox.Triple]:
        nonlocal number
        for quad in found:
            number += 1
            yield quad.triple

    _write_graph(counted(), chosen, spool)
    return chosen, number


def _format(kind: Kind, request: Query | Document | Graph) -> Format:
    chosen = find(kind, request.format) if request.format else of_kind(kind)[0]
    if chosen is None:
        raise QueryNotAcceptable(
            f"this result cannot be written as “{request.format}”",
            hint="Formats: " + ", ".join(f.name for f in of_kind(kind)),
        )
    return chosen


def _mark(chosen: Format, spool: Spool) -> None:
    if chosen.name not in _MARKED:
        raise QueryNotAcceptable(
            f"{chosen.name} has no byte order mark", hint="It is for csv and tsv; leave “bom” out."
        )
    spool.write(_BOM)


def _write_results(
    result: ox.QuerySolutions | ox.QueryBoolean, chosen: Format, spool: Spool
) -> None:
    assert isinstance(chosen.engine, ox.QueryResultsFormat)
    result.serialize(cast(IO[bytes], spool), chosen.engine)


def _write_graph(
    triples: Iterable[ox.Triple], chosen: Format, spool: Spool, query: Query | None = None
) -> None:
    assert isinstance(chosen.engine, ox.RdfFormat)
    used: dict[str, str] = {}
    if chosen.name in _PREFIXED:
        own = prefixes.declared(query.text, query.base) if query else None
        triples, used = prefixes.for_triples(triples, own)
    if chosen.name == "jsonld":
        jsonld.write(triples, spool, used)
    else:
        ox.serialize(triples, cast(IO[bytes], spool), chosen.engine, prefixes=used or None)


def syntax_error(text: str) -> QuerySyntaxError:
    """What the engine says of a query it cannot parse, without its pages of character classes."""
    match = _POSITION.match(text)
    if not match:
        return QuerySyntaxError(text)
    expected = re.sub(r"\s+", " ", _CLASS.sub("a letter of a name", match[3])).replace("[_]", "…")
    once = dict.fromkeys(re.sub("^expected (one of )?", "", expected).split(", "))
    told = [words for words in once if _SENTENCE.match(words)]
    return QuerySyntaxError(
        " ".join(told) or "expected " + ", ".join(once), line=int(match[1]), column=int(match[2])
    )
