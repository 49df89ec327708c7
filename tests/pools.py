"""Pools of query workers, for tests."""

from __future__ import annotations

import time

from graph.core.errors import QueryTimeout
from graph.queries import Pool, Query

LOOK_UP = Query("ASK { ?s ?p ?o }")
_PATIENCE = 60.0  # seconds in which workers begin on the busiest of machines


def ready(pool: Pool) -> Pool:
    """The pool, once it answers: its workers may take longer to begin than a query may."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            pool.run(LOOK_UP)
        except QueryTimeout:
            if time.monotonic() > end:
                raise
        else:
            return pool
