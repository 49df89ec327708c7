"""Observers of queries: for metrics and the query log."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from graph.core.errors import QueryError
from graph.queries.model.query import PoolRequest, Query, RequestBatch


class QueryFinished(NamedTuple):
    """A request that has ended.

    `form` is SELECT, ASK, CONSTRUCT or DESCRIBE, `document` or `graph` for documents. `client` is
    the client's opaque key, empty for the server itself. `hung_up` says that the client closed its
    connection. `worker_seconds` and `waited` are seconds, `length` is bytes of the answer.
    """

    request: PoolRequest
    form: str
    client: str
    error: QueryError | None
    hung_up: bool
    worker_seconds: float
    waited: float
    length: int
    snapshot: str

    @property
    def text(self) -> str:
        """The query's text, or the IRI of a document; of a batch one after the other."""
        requests = self.request.requests if isinstance(self.request, RequestBatch) else ()
        return "\n".join(map(_text, requests)) if requests else _text(self.request)


def _text(request: PoolRequest) -> str:
    if isinstance(request, RequestBatch):
        return ""
    return request.text if isinstance(request, Query) else request.iri


class QueryObserver(Protocol):
    """What is called when queries start and end, in the thread that runs them."""

    def on_start(self) -> None:
        """Called when a query starts to wait for a worker."""

    def on_finish(self, finished: QueryFinished) -> None:
        """Called once for each `on_start`, when the query has ended."""
