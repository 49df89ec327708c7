"""From a query to what a worker is sent, and from what it sends back to an answer."""

from __future__ import annotations

import json
import os
from typing import IO, Any

from graph.core import errors
from graph.core.errors import QueryError
from graph.queries.model.formats import FORMATS
from graph.queries.model.query import REQUEST_KINDS, Notice, PoolRequest, QueryAnswer
from graph.queries.pool.in_flight import InFlight
from graph.queries.pool.wire import ERROR, GONE, ResponseHeader, WireRequest
from graph.queries.syntax.checks import QueryInfo


class RetryRequest(Exception):
    """The worker died or its snapshot is gone: send the request once more."""


def encode_request(
    in_flight: InFlight, ticket: int, info: QueryInfo | None, readable: tuple[str, ...] = ()
) -> WireRequest:
    """What a worker is sent."""
    return WireRequest(
        snapshot=in_flight.snapshot,
        deadline=in_flight.deadline,
        ticket=ticket,
        kind=REQUEST_KINDS[type(in_flight.request)],
        fields=in_flight.request.to_wire(),
        info=encode_info(info),
        readable=readable,
    )


def replace_query(wire: WireRequest, request: PoolRequest, info: QueryInfo) -> WireRequest:
    """The same request with another query in it."""
    return wire._replace(fields=request.to_wire(), info=encode_info(info))


def encode_info(info: QueryInfo | None) -> tuple[Any, ...] | None:
    """What a worker needs of a query's info: nothing unless FROM occurs."""
    return info.to_wire() if info and (info.from_graphs or info.from_named_graphs) else None


def decode_response(header: ResponseHeader, body: bytes | int, snapshot: str) -> QueryAnswer:
    """The answer that a worker sent, of that snapshot.

    Raises the QueryError that it sent instead, and RetryRequest when the snapshot is gone.
    """
    if header.status == GONE:
        raise RetryRequest
    if header.status == ERROR:
        assert isinstance(body, bytes)
        raise _decode_error(json.loads(body))
    return QueryAnswer(
        format=FORMATS[header.format],
        length=header.length,
        body=_open(body) if isinstance(body, int) else body,
        snapshot=snapshot,
        total=header.total,
        worker_seconds=header.worker_microseconds / 1e6,
        notices=tuple(Notice(*pair) for pair in json.loads(header.notices or b"[]")),
    )


def _open(handle: int) -> IO[bytes]:
    file = os.fdopen(handle, "rb")
    file.seek(0)
    return file


def _decode_error(fields: dict[str, Any]) -> QueryError:
    kind: type[QueryError] = getattr(errors, fields.pop("kind"))
    return kind(fields.pop("message"), **fields)
