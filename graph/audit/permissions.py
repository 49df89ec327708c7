"""Warnings about files of an instance that other users of the machine can read or write."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from graph.audit.model.problem import Fault, IntegrityProblem
from graph.core.instance import Instance


def check(instance: Instance) -> Iterator[IntegrityProblem]:
    """A warning for each directory, and for each secret file, that is open to group or others."""
    folders = (instance.ledger, instance.archive, instance.snapshots, instance.keys)
    secrets = (*sorted(instance.keys.glob("*")), instance.tokens)
    for path in (*folders, *secrets):
        if path.exists() and (mode := _open_bits(path)):
            what = f"open to other users (mode {mode:04o}); `chmod go= {path.name}`"
            yield IntegrityProblem(0, str(path), what, Fault.WARNING)


def _open_bits(path: Path) -> int:
    """The whole mode where group or others have any right, else 0."""
    mode = stat.S_IMODE(path.stat().st_mode)
    return mode if mode & 0o077 else 0
