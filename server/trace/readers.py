"""What a request may see, and the traces of the ledger as it is now."""

from __future__ import annotations

from functools import lru_cache

from flask import request

from graph.archive import Archive
from graph.core.instance import Instance
from graph.snapshots import published_events
from graph.trace import publications
from graph.trace.captures import Captures
from graph.trace.tracing import Tracer
from loaders.tables.showing import read_record
from server.auth import bearer
from server.auth.tokens import TokenStore


class TraceReaders:
    """Tracers of one instance, one for each size of its ledger."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.archive = Archive(instance.archive)
        self._tokens = TokenStore(instance)
        self._of_size = lru_cache(maxsize=2)(self._make)
        self._captures_of_size = lru_cache(maxsize=2)(self._make_captures)

    def readable(self) -> frozenset[str]:
        """The restricted sources that this request may read. Raises HttpProblem (401)."""
        token = bearer.token_of(request.headers.get("Authorization", ""), self._tokens)
        return token.readable if token else frozenset()

    def tracer(self) -> Tracer:
        """The tracer of all signed events."""
        return self._of_size(published_events.size(self.instance))

    def captures(self) -> Captures:
        """The captures of all published versions."""
        return self._captures_of_size(published_events.size(self.instance))

    def _make_captures(self, size: int) -> Captures:
        events = published_events.events_of(self.instance, size)
        return Captures(self.archive, publications.read(events))

    def _make(self, size: int) -> Tracer:
        events = published_events.events_of(self.instance, size)
        return Tracer(self.instance, events, self.archive, read_record)
