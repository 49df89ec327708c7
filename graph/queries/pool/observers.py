"""What a query came to, for those who count and log."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from graph.core.errors import QueryError
from graph.queries.model.query import PoolRequest, Query


class QueryFinished(NamedTuple):
    """A query that has come to its end.

    `form` is SELECT, ASK, CONSTRUCT, DESCRIBE, or what else was asked for, in lower case. `ran`
    and `waited` are seconds; `length` is in bytes. `hung_up` says that whoever asked is gone.
    """

    request: PoolRequest
    form: str
    client: str
    error: QueryError | None
    hung_up: bool
    ran: float
    waited: float
    length: int
    snapshot: str

    @property
    def text(self) -> str:
        """What was asked."""
        return self.request.text if isinstance(self.request, Query) else self.request.iri


class QueryObserver(Protocol):
    """Who wants to know."""

    def on_start(self) -> None:
        """A query begins to wait."""

    def on_finish(self, done: QueryFinished) -> None:
        """It has come to its end."""
