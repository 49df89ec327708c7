"""Pools of query workers, for tests."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from graph.core.errors import QueryTimeout
from graph.queries import Pool, Query
from graph.queries.pool.dispatch import SLOW_AFTER

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


def slow(pool: Pool) -> list[int]:
    """The workers that have run a query for longer than one may without a slot, surely."""
    latest = time.monotonic() - 2 * SLOW_AFTER
    return [run.pid for run in pool._state.scoreboard.running() if run.started_at < latest]


def stand_still(pool: Pool) -> None:
    """Stop the workers that run a query: for the pool they go on for ever, but take no CPU time.

    They end with the pool, not earlier.
    """
    for run in pool._state.scoreboard.running():
        with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
            os.kill(run.pid, signal.SIGSTOP)
