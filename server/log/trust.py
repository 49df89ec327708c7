"""What a reader may rely on, in short: for the foot of every page, and for `/verify`.

`read(instance)` costs a few file times while nothing has changed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from graph import snapshots
from graph.audit import record
from graph.audit.record import VerificationResult
from graph.core.errors import ConfigError, IntegrityError
from graph.core.instance import Instance
from graph.ledger.checkpoints import CHECKPOINT
from graph.ledger.cosigned import FOLDER
from graph.ledger.events import ULAANBAATAR
from graph.ledger.note import Checkpoint, split
from graph.snapshots.published_events import events_of
from graph.transparency import proofs, signed_log, witnesses
from graph.transparency.signed_log import SignedLog


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What a witness confirmed last: that the log grew to `size` events, at `at` (RFC 3339)."""

    name: str
    at: str
    size: int


@dataclass(frozen=True, slots=True)
class TrustSummary:
    """What stands behind the pages now.

    `snapshot` is the name of the one that is served and `published` when it was (RFC 3339, +08:00),
    both empty before the first; `events` the signed events of the log; `witnessed` the newest
    confirmation of each witness, none where the log is self-signed only; `verified` the last kept
    verification, None where none is kept or it is of another log.
    """

    snapshot: str
    published: str
    events: int
    witnessed: tuple[Witnessed, ...]
    verified: VerificationResult | None

    @property
    def is_self_signed_only(self) -> bool:
        """Whether no witness confirmed any of it."""
        return not self.witnessed


def read(instance: Instance) -> TrustSummary | None:
    """The summary as it is now; None where the log cannot be read."""
    return _read(instance, state(instance))


def state(instance: Instance) -> tuple[int, ...]:
    """When the files that the summary is of were changed: equal times, equal summaries."""
    return tuple(map(changed, _watched(instance)))


@lru_cache(maxsize=8)
def _watched(instance: Instance) -> tuple[str, ...]:
    folder = instance.ledger / FOLDER
    watched = (
        *(instance.ledger / CHECKPOINT, folder, folder / witnesses.POLICY),
        *(record.path_of(instance), instance.snapshots / snapshots.POINTER),
    )
    return tuple(map(str, watched))


def changed(path: str | Path) -> int:
    """When a file was changed, in nanoseconds; 0 where there is none."""
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - a third of the time of Path.stat
    except OSError:
        return 0


@lru_cache(maxsize=8)
def _read(instance: Instance, _: tuple[int, ...]) -> TrustSummary | None:
    try:
        log = signed_log.read(instance)
        snapshot = snapshots.current(instance)
        shown = events_of(instance, snapshot.number) if snapshot else ()
        return TrustSummary(
            snapshot=snapshot.name if snapshot else "",
            published=shown[-1]["at"] if shown else "",
            events=log.size,
            witnessed=tuple(witnessed(instance)),
            verified=_verified(instance, log),
        )
    except (ConfigError, IntegrityError):
        return None


def witnessed(instance: Instance) -> list[Witnessed]:
    """The newest confirmation of each witness. Raises ConfigError, IntegrityError: not readable."""
    found = []
    for witness in witnesses.read(instance):
        note = witnesses.kept(instance, witness)
        if note and (one := witness.cosigner.find(note)):
            size = Checkpoint.parse(split(note)[0]).size
            found.append(Witnessed(witness.name, local_time(one.time), size))
    return found


def _verified(instance: Instance, log: SignedLog) -> VerificationResult | None:
    try:
        result = record.read(instance)
    except ConfigError:
        return None
    return result if result and is_of(result, log) else None


def is_of(result: VerificationResult, log: SignedLog) -> bool:
    """Whether a result is of this log, as it is or as it was; one without root is of any."""
    if result.size is None:
        return True
    return result.size <= log.size and (
        proofs.encode([log.tree.root(result.size)]) == [result.root]
    )


def local_time(seconds: int) -> str:
    """A time since 1970 as RFC 3339, +08:00; empty where it is beyond all calendars."""
    try:
        return datetime.fromtimestamp(seconds, UTC).astimezone(ULAANBAATAR).isoformat()
    except (OverflowError, ValueError, OSError):
        return ""
