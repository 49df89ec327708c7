"""`application/qlever-results+json`: the result format of QLever, which its user interface needs.

There is no specification; the fields are those that QLever writes. `res` has a row for each
solution, or for each triple of a graph, and a string for each term: `<iri>`, `"literal"@en`,
`_:node`; nothing is escaped between the outer quotes. `resultsize` is the number of all rows even
if only the first ones were requested (`Query.send`), so a client can see that the rows are cut.
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
    "mn": "Хөдөлгүүр гүйцэтгэлийн төлөвлөгөө гаргадаггүй: энэ нь асуулга бүхэлдээ, хэмжээ нь бодит",
    "en": "The engine gives no query plan: this is the whole query, and its size is the actual one",
}


def write(result: QueryResult, query: Query, spool: ResultSpool) -> None:
    """Write the result of a query.

    Raises QueryTooLarge for more bytes or rows than the spool allows.
    """
    names = _names(result)
    head = {"query": query.text, "status": "OK", "warnings": [], "selected": names}
    # one document in three parts, so that rows are never all in memory
    spool.write(_json(head)[:-1] + b',"res":[')
    rows = _RowWriter(result, spool)
    rows.write(query.send)
    spool.write(b"]," + _json(_tail(rows, names))[1:])


def _names(result: QueryResult) -> list[str]:
    if isinstance(result, ox.QuerySolutions):
        return [str(variable) for variable in result.variables]
    if isinstance(result, ox.QueryBoolean):
        return ["?result"]
    return ["?subject", "?predicate", "?object"]


class _RowWriter:
    """Writes the rows of a result, and counts them.

    `total` is the number of rows, `written` that of the rows written, `compute_seconds` the time
    that the engine took, without the time for writing.
    """

    def __init__(self, result: QueryResult, spool: ResultSpool) -> None:
        is_boolean = isinstance(result, ox.QueryBoolean)
        self._remaining: Iterator[Any] = iter([bool(result)] if is_boolean else result)  # type: ignore[arg-type]
        self.spool = spool
        self.total = self.written = 0
        self.compute_seconds = time.monotonic() - spool.started

    def write(self, limit: int | None) -> None:
        """Write at most `limit` rows (None: all), and count the rest."""
        while block := self._next(self._batch_size(limit)):
            if self.spool.max_rows and self.written + len(block) > self.spool.max_rows:
                raise too_many_rows(self.spool.max_rows)
            separator = b"," if self.written else b""
            self.spool.write(separator + _json([_row(row) for row in block])[1:-1])
            self.written += len(block)
        # the rest is evaluated even if it is not written: the total is the actual number
        started = time.monotonic()
        self.total = self.written + sum(1 for _ in self._remaining)
        self.compute_seconds += time.monotonic() - started

    def _batch_size(self, limit: int | None) -> int:
        return _BATCH_ROWS if limit is None else min(_BATCH_ROWS, limit - self.written)

    def _next(self, number: int) -> list[Any]:
        started = time.monotonic()
        block = list(islice(self._remaining, number))
        self.compute_seconds += time.monotonic() - started
        return block


def _row(row: Any) -> list[str | None]:
    if isinstance(row, bool):
        return [_text(ox.Literal(row))]
    if isinstance(row, ox.Triple):
        return [_text(row.subject), _text(row.predicate), _text(row.object)]
    return [_text(term) for term in row]


def _text(term: Term | None) -> str | None:
    if not isinstance(term, ox.Literal):
        return None if term is None else str(term)
    if term.language:
        direction = f"--{term.direction}" if term.direction else ""
        return f'"{term.value}"@{term.language}{direction}'
    datatype = "" if term.datatype == XSD.string else f"^^{term.datatype}"
    return f'"{term.value}"{datatype}'


def _tail(rows: _RowWriter, names: list[str]) -> dict[str, Any]:
    """The fields after the rows; times are whole milliseconds, as in QLever's own results."""
    compute = round(1000 * rows.compute_seconds)
    total = round(1000 * (time.monotonic() - rows.spool.started))
    tree = _execution_tree(rows.total, names, compute)
    return {
        "runtimeInformation": {"meta": {}, "query_execution_tree": tree},
        "resultSizeExported": rows.written,
        "resultSizeTotal": rows.total,
        "resultsize": rows.total,
        "time": {"total": f"{total}ms", "computeResult": f"{compute}ms"},
    }


def _execution_tree(rows: int, names: list[str], milliseconds: int) -> dict[str, Any]:
    """A query plan of one step.

    The user interface reads every field, so the estimates are the actual values.
    """
    return {
        "description": "Query",
        "result_rows": rows,
        "result_cols": len(names),
        "column_names": names,
        "total_time": milliseconds,
        "operation_time": milliseconds,
        "original_total_time": 0,
        "original_operation_time": 0,
        "cache_status": "computed",
        "details": _PLAN_NOTE,
        "estimated_total_cost": 0,
        "estimated_operation_cost": 0,
        "estimated_column_multiplicities": [],
        "estimated_size": rows,
        "status": "fully materialized",
        "children": [],
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
