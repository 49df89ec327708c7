"""Writes results into a spool, in the format asked for, whatever engine they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import IO, TypeVar, cast

import pyoxigraph as ox

from graph.core.errors import QueryNotAcceptable
from graph.queries.model.formats import (
    QLEVER,
    Format,
    FormatKind,
    find,
    find_for_query,
    of_kind,
    of_query,
)
from graph.queries.model.query import COUNTED, GraphDocument, Query, ResourceDocument
from graph.queries.results import jsonld, qlever, resource_description, xml_checks
from graph.queries.results.jsonld import Writable
from graph.queries.results.spool import ResultSpool, too_many_rows
from graph.queries.syntax import prefixes
from vocab.terms import Triples

_WITH_PREFIXES = frozenset({"ttl", "trig", "rdf", "jsonld"})
_WITH_BOM = frozenset({"csv", "tsv"})
T = TypeVar("T")
_BOM = "\ufeff".encode()
_SOLUTIONS_OR_BOOLEAN = (
    ox.QuerySolutions,
    ox.QueryBoolean,
)  # a union made for each look-up would be slower
QueryResult = ox.QuerySolutions | ox.QueryBoolean | Iterable[ox.Triple]


def write_result(result: QueryResult, query: Query, spool: ResultSpool) -> Format:
    """Write the result of a query: solutions, a boolean, or triples.

    Raises QueryNotAcceptable and QueryTooLarge.
    """
    solved = isinstance(result, _SOLUTIONS_OR_BOOLEAN)
    chosen = _format("results" if solved else "graph", query)
    if query.bom:
        _write_bom(chosen, spool)
    if chosen is QLEVER:
        qlever.write(result, query, spool)
    elif isinstance(result, _SOLUTIONS_OR_BOOLEAN):
        assert isinstance(chosen.engine, ox.QueryResultsFormat)
        if spool.rows and isinstance(result, ox.QuerySolutions):
            result = _checked_solutions(result, spool)
        out = xml_checks.XmlCheckedWriter(spool) if chosen.name == "xml" else spool
        result.serialize(cast(IO[bytes], out), chosen.engine)
    else:
        within = _limit_rows(result, spool.rows) if spool.rows else result
        _write_graph(within, chosen, spool, query)
    return chosen


def _checked_solutions(solutions: ox.QuerySolutions, spool: ResultSpool) -> ox.QuerySolutions:
    """The same solutions once they are known not to be too many: the engine writes them all at
    once, so they are written aside first."""
    with ResultSpool(spool.cap, spool.folder) as aside:
        solutions.serialize(cast(IO[bytes], aside), ox.QueryResultsFormat.JSON)
        for _ in _limit_rows(_parse_solutions(aside), spool.rows):
            pass
        return _parse_solutions(aside)


def _parse_solutions(aside: ResultSpool) -> ox.QuerySolutions:
    found = ox.parse_query_results(aside.reopened(), ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QuerySolutions)
    return found


def _limit_rows(found: Iterable[T], most: int) -> Iterator[T]:
    for number, one in enumerate(found, 1):
        if number > most:
            raise too_many_rows(most)
        yield one


def write_resource(
    found: Iterable[ox.Triple], wanted: ResourceDocument, spool: ResultSpool
) -> tuple[Format, int]:
    """Write a document's statements, or the first ones; tell how many there are, if counted."""
    chosen = _format("graph", wanted)
    if not wanted.limit:
        _write_graph(found, chosen, spool)
        return chosen, 0
    counted = list(islice(found, COUNTED))
    shown = resource_description.abridge(counted, wanted.values) if wanted.values else counted
    _write_graph(islice(shown, wanted.limit), chosen, spool)
    return chosen, len(counted)


def write_graph(
    found: Iterable[ox.Triple], wanted: GraphDocument, spool: ResultSpool
) -> tuple[Format, int]:
    """Write all statements of a graph; tell how many there are."""
    chosen = _format("graph", wanted)
    number = 0

    def counted() -> Triples:
        nonlocal number
        for triple in found:
            number += 1
            yield triple

    _write_graph(counted(), chosen, spool)
    return chosen, number


def _format(kind: FormatKind, request: Query | ResourceDocument | GraphDocument) -> Format:
    offered, found = (of_query, find_for_query) if isinstance(request, Query) else (of_kind, find)
    chosen = found(kind, request.format) if request.format else offered(kind)[0]
    if chosen is None:
        raise QueryNotAcceptable(
            f"this result cannot be written as “{request.format}”",
            hint="Formats: " + ", ".join(f.name for f in offered(kind)),
        )
    return chosen


def _write_bom(chosen: Format, spool: ResultSpool) -> None:
    if chosen.name not in _WITH_BOM:
        raise QueryNotAcceptable(
            f"{chosen.name} has no byte order mark", hint="It is for csv and tsv; leave “bom” out."
        )
    spool.write(_BOM)


def _write_graph(
    triples: Iterable[ox.Triple], chosen: Format, spool: ResultSpool, query: Query | None = None
) -> None:
    own = None
    if query is not None and chosen.name in _WITH_PREFIXES:
        own = prefixes.declared(query.text, query.base)
    write_triples(triples, chosen, spool, own)


def write_triples(
    triples: Iterable[ox.Triple],
    chosen: Format,
    out: Writable,
    own: Mapping[str, str] | None = None,
) -> None:
    """Write triples in a graph format; `own` are prefixes that beat ours, where it has prefixes.

    Raises QueryNotAcceptable for what the format cannot carry.
    """
    assert isinstance(chosen.engine, ox.RdfFormat)
    used: dict[str, str] = {}
    if chosen.name in _WITH_PREFIXES:
        triples, used = prefixes.for_triples(triples, own)
    if chosen.name == "jsonld":
        jsonld.write(triples, out, used)
    elif chosen.name == "rdf":
        _write_xml(xml_checks.checked_triples(triples), out, used)
    else:
        ox.serialize(triples, cast(IO[bytes], out), chosen.engine, prefixes=used or None)


def _write_xml(triples: Iterable[ox.Triple], out: Writable, used: dict[str, str]) -> None:
    checked = cast(IO[bytes], xml_checks.XmlCheckedWriter(out))
    try:
        ox.serialize(triples, checked, ox.RdfFormat.RDF_XML, prefixes=used or None)
    except OSError as error:
        if not xml_checks.is_reserved_name_error(error):
            raise
        raise QueryNotAcceptable(str(error), hint="Ask for Turtle or JSON-LD.") from error
