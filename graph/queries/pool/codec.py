"""What a worker is told of a request, and what its answer means."""

from __future__ import annotations

import json
import os
from typing import IO, Any

from graph.core import errors
from graph.core.errors import QueryError
from graph.queries.model.formats import FORMATS
from graph.queries.model.query import REQUEST_KINDS, PoolRequest, QueryAnswer
from graph.queries.pool.dispatch import RetryRequest
from graph.queries.pool.wire import ERROR, GONE, ResponseHeader
from graph.queries.syntax.checks import QueryInfo


def request(
    asked: PoolRequest,
    shape: QueryInfo | None,
    readable: tuple[str, ...],
) -> tuple[Any, ...]:
    """What a worker is to know of a request."""
    wanted = shape.to_wire() if shape and (shape.from_graphs or shape.from_named_graphs) else None
    return (REQUEST_KINDS[type(asked)], asked.to_wire(), wanted, readable)


def answer(header: ResponseHeader, body: bytes | int, snapshot: str) -> QueryAnswer:
    """An answer of that snapshot.

    Raises QueryError where it says so, and Again where the snapshot is gone.
    """
    if header.status == GONE:
        raise RetryRequest
    if header.status == ERROR:
        assert isinstance(body, bytes)
        raise _error(json.loads(body))
    content: bytes | IO[bytes]
    if isinstance(body, int):
        content = os.fdopen(body, "rb")
        content.seek(0)
    else:
        content = body
    chosen, took = FORMATS[header.format], header.ran / 1e6
    return QueryAnswer(chosen, header.length, content, snapshot, header.total, took)


def _error(told: dict[str, Any]) -> QueryError:
    kind: type[QueryError] = getattr(errors, told.pop("kind"))
    return kind(told.pop("message"), **told)
