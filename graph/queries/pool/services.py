"""SERVICE clauses of a query in the pool: executed before a worker gets the query."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from graph.queries.model.query import Query
from graph.queries.pool import codec
from graph.queries.pool.dispatch import Dispatch
from graph.queries.syntax.checks import QueryInfo

if TYPE_CHECKING:
    from graph.queries.pool.pool import Pool


def execute_services(pool: Pool, dispatch: Dispatch, info: QueryInfo | None, snapshot: str) -> str:
    """Put the solutions of SERVICE clauses into the query that the worker gets.

    Gives the snapshot on which it must run: that from which values were sent to other endpoints.
    """
    request = dispatch.in_flight.request
    if not (pool.federation and info and info.service and isinstance(request, Query)):
        return snapshot
    # a part of the query has no FROM, and a remote store no snapshot for both parts
    alone = bool(pool.instance.remote or info.from_graphs or info.from_named_graphs)
    snapshot = snapshot if alone else snapshot or pool.snapshot()
    local = None if alone else partial(_local_rows, pool, dispatch, info.prologue, snapshot)
    expanded, checked = pool.federation.expand(
        request, info.prologue, dispatch.in_flight.deadline, dispatch.check, local
    )
    dispatch.wire = codec.replace_query(dispatch.wire, expanded, checked)
    return snapshot


def _local_rows(pool: Pool, dispatch: Dispatch, prologue: str, snapshot: str, text: str) -> bytes:
    """The solutions of a part of a query as JSON, within half of the time that is left."""
    request, in_flight = dispatch.in_flight.request, dispatch.in_flight
    assert isinstance(request, Query)
    with pool.run(
        request._replace(text=f"{prologue}\n{text}", format="json", notices=False),
        timeout=max(0.01, (in_flight.deadline - time.monotonic()) / 2),
        snapshot=snapshot,
        readable=dispatch.wire.readable,
        client=in_flight.client,
        connection_fd=dispatch.connection_fd,
    ) as answer:
        return answer.read()
