"""The store of a scratch instance, with the part of the pool's interface that the endpoint uses."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir
from typing import IO

import pyoxigraph as ox

from graph.core.errors import QueryUnsupported
from graph.core.instance import Instance
from graph.core.iris import ROOT
from graph.queries import Query, QueryAnswer, QueryInfo, QueryLimits, inspect
from graph.queries.engines.custom_functions import with_functions
from graph.queries.engines.embedded import run_query, syntax_error
from graph.queries.results.spool import ResultSpool
from graph.queries.syntax.syntax_hints import explain
from server.http.problem_details import HttpProblem

_STATE = ("already exists", "does not exist")


@dataclass(slots=True)
class InMemoryPool:
    """Runs queries and updates in the calling thread, one request at a time (`lock`)."""

    base: str = ""  # the base IRI of queries and updates: the endpoint's URL
    store: ox.Store = field(default_factory=ox.Store)
    limits: QueryLimits = field(default_factory=QueryLimits)
    # Nothing is on disk; the endpoint needs of its instance only the base of problem types.
    instance: Instance = field(default_factory=lambda: Instance(Path(gettempdir()), ROOT))
    lock: threading.Lock = field(default_factory=threading.Lock)
    federation: None = None  # SERVICE is refused
    _life: str = field(default_factory=lambda: secrets.token_hex(4))
    _writes: int = 0

    def snapshot(self) -> str:
        """A name for the current state of the store, which changes with each write."""
        return f"scratch-{self._life}-{self._writes}"

    def mark_changed(self) -> None:
        """Note that the store has changed."""
        self._writes += 1

    def inspect(self, text: str) -> QueryInfo:
        """Check a query before it runs (graph.queries.syntax.checks). Raises QueryError."""
        return inspect(text, self.limits.text)

    def run(
        self,
        query: Query,
        *,
        timeout: float | None = None,
        info: QueryInfo | None = None,
        **_: object,
    ) -> QueryAnswer:
        """The complete answer to a query.

        `timeout` and the pool's other options have no effect: there are no time limits, snapshots,
        restricted graphs or queue here.

        Raises QuerySyntaxError, QueryNotAcceptable, QueryUnsupported and QueryTooLarge.
        """
        spool = ResultSpool(self.limits.result, Path(gettempdir()))
        try:
            # Written out at once: the engine's iterators must not leave this thread.
            query = query._replace(base=query.base or self.base)
            chosen = run_query(self.store, query, info, spool)
        except BaseException:
            spool.__exit__()
            raise
        return QueryAnswer(chosen, spool.length, _body(spool), self.snapshot())

    def update(self, text: str) -> None:
        """Run an update, completely or not at all.

        Raises QuerySyntaxError, QueryUnsupported, and HttpProblem (409) if a graph already exists
        or is missing (SPARQL 1.1 Update §3.2).
        """
        try:
            with_functions(
                lambda known: self.store.update(text, base_iri=self.base, custom_functions=known)
            )
        except SyntaxError as error:
            raise explain(text, syntax_error(str(error)), update=True) from error
        except (RuntimeError, ValueError) as error:
            if str(error).endswith(_STATE):
                raise HttpProblem(409, str(error)) from error
            raise QueryUnsupported(str(error)) from error
        finally:
            self.mark_changed()


def _body(spool: ResultSpool) -> bytes | IO[bytes]:
    if spool.file is None:
        whole = spool.body()
        assert isinstance(whole, bytes)
        return whole
    spool.file.seek(0)
    return spool.file
