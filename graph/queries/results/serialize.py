"""Writes the results of all engines to a spool, in the requested format."""

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
from graph.queries.results import (
    jsonld,
    qlever,
    resource_description,
    resource_parts,
    spreadsheet,
    xml_checks,
)
from graph.queries.results.jsonld import Writable
from graph.queries.results.qlever import QueryResult
from graph.queries.results.spool import ResultSpool, too_many_rows
from graph.queries.syntax import prefixes
from vocab.terms import Triples

_WITH_PREFIXES = frozenset({"ttl", "trig", "rdf", "jsonld"})
_WITH_BOM = frozenset({"csv", "tsv"})
T = TypeVar("T")
_BOM = "\ufeff".encode()
# A tuple, because isinstance with a union is slower, and every look-up passes here.
_SOLUTIONS_OR_BOOLEAN = (ox.QuerySolutions, ox.QueryBoolean)


def write_result(result: QueryResult, query: Query, spool: ResultSpool) -> Format:
    """Write the result of a query: solutions, a boolean, or triples.

    Raises QueryNotAcceptable and QueryTooLarge.
    """
    is_graph = not isinstance(result, _SOLUTIONS_OR_BOOLEAN)
    format_ = _format("graph" if is_graph else "results", query)
    if query.bom:
        _write_bom(format_, spool)
    if format_ is QLEVER:
        qlever.write(result, query, spool)
    elif isinstance(result, _SOLUTIONS_OR_BOOLEAN):
        if spool.max_rows and isinstance(result, ox.QuerySolutions):
            result = _checked_solutions(result, spool)
        _write_results(result, format_, query, spool)
    else:
        limited = _limit_rows(result, spool.max_rows) if spool.max_rows else result
        _write_graph(limited, format_, spool, query)
    return format_


def _write_results(
    result: ox.QuerySolutions | ox.QueryBoolean, format_: Format, query: Query, spool: ResultSpool
) -> None:
    if query.bom and isinstance(result, ox.QuerySolutions):
        spreadsheet.write(result, format_.name, spool)
        return
    assert isinstance(format_.engine, ox.QueryResultsFormat)
    out = xml_checks.XmlCheckedWriter(spool) if format_.name == "xml" else spool
    result.serialize(cast(IO[bytes], out), format_.engine)


def _checked_solutions(solutions: ox.QuerySolutions, spool: ResultSpool) -> ox.QuerySolutions:
    """The same solutions, after counting them.

    The engine writes all solutions in one call and cannot be stopped at a row, so they are first
    written to a temporary spool. Raises QueryTooLarge.
    """
    with ResultSpool(spool.max_bytes, spool.folder) as temporary:
        solutions.serialize(cast(IO[bytes], temporary), ox.QueryResultsFormat.JSON)
        for _ in _limit_rows(_parse_solutions(temporary), spool.max_rows):
            pass
        return _parse_solutions(temporary)


def _parse_solutions(spool: ResultSpool) -> ox.QuerySolutions:
    solutions = ox.parse_query_results(spool.open(), ox.QueryResultsFormat.JSON)
    assert isinstance(solutions, ox.QuerySolutions)
    return solutions


def _limit_rows(rows: Iterable[T], max_rows: int) -> Iterator[T]:
    for number, row in enumerate(rows, 1):
        if number > max_rows:
            raise too_many_rows(max_rows)
        yield row


def write_resource(
    links: resource_description.Links, document: ResourceDocument, spool: ResultSpool
) -> tuple[Format, int]:
    """Write the document of a resource, or its first triples if the document has a limit.

    Returns the format and the number of all triples, up to COUNTED; of members, for a page of
    them; 0 without a limit.
    """
    format_ = _format("graph", document)
    triples, members = resource_parts.document(links, document)
    if not document.limit:
        _write_graph(triples, format_, spool)
        return format_, members
    counted = list(islice(triples, COUNTED))  # counting all of a large resource would take too long
    values = document.values
    abridged = resource_description.abridge(counted, values) if values else counted
    _write_graph(islice(abridged, document.limit), format_, spool)
    return format_, len(counted)


def write_graph(
    triples: Iterable[ox.Triple], document: GraphDocument, spool: ResultSpool
) -> tuple[Format, int]:
    """Write all triples of a graph; returns the format and their number."""
    format_ = _format("graph", document)
    number = 0

    def counted() -> Triples:
        nonlocal number
        for triple in triples:
            number += 1
            yield triple

    _write_graph(counted(), format_, spool)
    return format_, number


def _format(kind: FormatKind, request: Query | ResourceDocument | GraphDocument) -> Format:
    offered, by_name = (of_query, find_for_query) if isinstance(request, Query) else (of_kind, find)
    format_ = by_name(kind, request.format) if request.format else offered(kind)[0]
    if format_ is None:
        raise QueryNotAcceptable(
            f"this result cannot be written as “{request.format}”",
            hint="Formats: " + ", ".join(f.name for f in offered(kind)),
        )
    return format_


def _write_bom(format_: Format, spool: ResultSpool) -> None:
    if format_.name not in _WITH_BOM:
        raise QueryNotAcceptable(
            f"a byte order mark cannot be written in {format_.name}",
            hint="Only csv and tsv have one; leave out the parameter “bom”.",
        )
    spool.write(_BOM)


def _write_graph(
    triples: Iterable[ox.Triple], format_: Format, spool: ResultSpool, query: Query | None = None
) -> None:
    own = None
    # the prefixes of the query make its result look familiar to the person who wrote it
    if query is not None and format_.name in _WITH_PREFIXES:
        own = prefixes.declared(query.text, query.base)
    write_triples(triples, format_, spool, own)


def write_triples(
    triples: Iterable[ox.Triple],
    format_: Format,
    out: Writable,
    own: Mapping[str, str] | None = None,
) -> None:
    """Write triples in a graph format.

    `own` are the prefixes of the query, which take precedence over ours. Raises QueryNotAcceptable
    for triples that the format cannot represent.
    """
    assert isinstance(format_.engine, ox.RdfFormat)
    used: dict[str, str] = {}
    if format_.name in _WITH_PREFIXES:
        triples, used = prefixes.for_triples(triples, own)
    if format_.name == "jsonld":
        jsonld.write(triples, out, used)
    elif format_.name == "rdf":
        _write_xml(xml_checks.checked_triples(triples), out, used)
    else:
        ox.serialize(triples, cast(IO[bytes], out), format_.engine, prefixes=used or None)


def _write_xml(triples: Iterable[ox.Triple], out: Writable, used: dict[str, str]) -> None:
    checked = cast(IO[bytes], xml_checks.XmlCheckedWriter(out))
    try:
        ox.serialize(triples, checked, ox.RdfFormat.RDF_XML, prefixes=used or None)
    except OSError as error:
        if not xml_checks.is_reserved_name_error(error):
            raise
        raise QueryNotAcceptable(str(error), hint="Request Turtle or JSON-LD.") from error
