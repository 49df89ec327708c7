"""The workers of a pool, and queries that keep them at work for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from graph.queries import Pool

NUMBER = "https://w3id.org/ulzii/def/core#number"


def endless(*names: str, rows: int = 300) -> str:
    """A query whose join has rows to the power of names."""
    values = " ".join(f"VALUES ?{name} {{ {'1 ' * rows} }}" for name in names)
    return f"SELECT (COUNT(*) AS ?n) {{ {values} }}"


FOR_EVER = endless("a", "b", "c", "d")


def children(pid: int) -> list[int]:
    """Processes started by a process."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    return [int(child) for child in text.split()]


def workers(pool: Pool) -> list[int]:
    """The pool's workers."""
    return children(pool._supervisor.pid)


def wait_until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
