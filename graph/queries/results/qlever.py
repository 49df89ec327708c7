"""`application/qlever-results+json`: the answers of QLever, which its user interface asks for.

Nowhere specified; the fields are those that QLever writes. `res` has a row for each solution, or
for each triple of a graph, and a text for each term: `<iri>`, `"literal"@en`, `_:node`; inside of
the outer quotes nothing is escaped. `resultsize` is how many rows there are, whatever number of
them was wanted (`Query.send`), so a cut is told.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pyoxigraph as ox

from graph.queries.model.query import Query
from graph.queries.results.spool import ResultSpool, too_many_rows
from vocab.namespaces import XSD
from vocab.terms import Term

QueryResult = ox.QuerySolutions | ox.QueryBoolean | Iterable[ox.Triple]
_BATCH_ROWS = 1000  # rows
_PLAN_NOTE = {
    "mn": "Хөдөлгүүр төлөвлөгөөгөө хэлдэггүй: энэ бол асуулга бүхэлдээ, хэмжээ нь жинхэнэ хэмжээ",
    "en": "The engine tells no plan: this is the whole query, and its estimated size the real one",
}


def write(result: QueryResult, query: Query, spool: ResultSpool) -> None:
    """Write the result of a query.

    Raises QueryTooLarge for more bytes or rows than the spool takes.
    """
    names = _names(result)
    head = {"query": query.text, "status": "OK", "warnings": [], "selected": names}
    spool.write(_json(head)[:-1] + b',"res":[')
    rows = _RowWriter(result, spool)
    rows.send(query.send)
    spool.write(b"]," + _json(_tail(rows, names))[1:])


def _names(result: QueryResult) -> list[str]:
    if isinstance(result, ox.QuerySolutions):
        return [str(variable) for variable in result.variables]
    if isinstance(result, ox.QueryBoolean):
        return ["?result"]
    return ["?subject", "?predicate", "?object"]


class _RowWriter:
    """The rows of a result: how many there are, how many were written, and how many seconds it
    took to have them all."""

    def __init__(self, result: QueryResult, spool: ResultSpool) -> None:
        asked = isinstance(result, ox.QueryBoolean)
        self._left: Iterator[Any] = iter([bool(result)] if asked else result)  # type: ignore[arg-type]
        self.spool = spool
        self.number = self.written = 0
        self.took = time.monotonic() - spool.begun

    def send(self, most: int | None) -> None:
        """Write at most so many rows, and count the others."""
        while block := self._next(
            _BATCH_ROWS if most is None else min(_BATCH_ROWS, most - self.written)
        ):
            if self.spool.rows and self.written + len(block) > self.spool.rows:
                raise too_many_rows(self.spool.rows)
            start = b"," if self.written else b""
            self.spool.write(start + _json([_row(one) for one in block])[1:-1])
            self.written += len(block)
        began = time.monotonic()
        self.number = self.written + sum(1 for _ in self._left)
        self.took += time.monotonic() - began

    def _next(self, number: int) -> list[Any]:
        began = time.monotonic()
        block = list(islice(self._left, number))
        self.took += time.monotonic() - began
        return block


def _row(one: Any) -> list[str | None]:
    if isinstance(one, bool):
        return [_text(ox.Literal(one))]
    if isinstance(one, ox.Triple):
        return [_text(one.subject), _text(one.predicate), _text(one.object)]
    return [_text(term) for term in one]


def _text(term: Term | None) -> str | None:
    if not isinstance(term, ox.Literal):
        return None if term is None else str(term)
    if term.language:
        direction = f"--{term.direction}" if term.direction else ""
        return f'"{term.value}"@{term.language}{direction}'
    kind = "" if term.datatype == XSD.string else f"^^{term.datatype}"
    return f'"{term.value}"{kind}'


def _tail(rows: _RowWriter, names: list[str]) -> dict[str, Any]:
    """What is known at the end; milliseconds in whole numbers, as QLever gives them."""
    took, total = round(1000 * rows.took), round(1000 * (time.monotonic() - rows.spool.begun))
    return {
        "runtimeInformation": {"meta": {}, "query_execution_tree": _tree(rows.number, names, took)},
        "resultSizeExported": rows.written,
        "resultSizeTotal": rows.number,
        "resultsize": rows.number,
        "time": {"total": f"{total}ms", "computeResult": f"{took}ms"},
    }


def _tree(number: int, names: list[str], took: int) -> dict[str, Any]:
    """A plan of one step. Readers want every field of it, so what is not estimated is what is."""
    return {
        "description": "Query",
        "result_rows": number,
        "result_cols": len(names),
        "column_names": names,
        "total_time": took,
        "operation_time": took,
        "original_total_time": 0,
        "original_operation_time": 0,
        "cache_status": "computed",
        "details": _PLAN_NOTE,
        "estimated_total_cost": 0,
        "estimated_operation_cost": 0,
        "estimated_column_multiplicities": [],
        "estimated_size": number,
        "status": "fully materialized",
        "children": [],
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
