"""The ledger as this process knows it: what a snapshot shows is computed from it, never from files.

A list beside a snapshot could be edited or deleted; the ledger's lines are signed. Its lines are
read once a process and after that only as far as it has grown.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.ledger import Events, Ledger
from graph.ledger.checkpoints import CHECKPOINT

_ledgers: dict[Path, tuple[Ledger, int]] = {}  # with the time of the checkpoint it was read by
_lock = Lock()


def events_of(instance: Instance, number: int) -> Events:
    """The events that the snapshot of this ledger size shows.

    Raises IntegrityError where the ledger is damaged, or shorter than that.
    """
    with _lock:
        ledger = _known(instance, number)
        if ledger.size < number:
            raise IntegrityError(
                f"the ledger has {ledger.size} events, the snapshot shows {number}",
                where=str(instance.ledger),
                hint="The ledger was set back: restore it from a backup.",
            )
        return ledger.prefix(number)


def size(instance: Instance) -> int:
    """The number of signed events now. Raises IntegrityError where the ledger is damaged."""
    with _lock:
        return _known(instance).size


def _known(instance: Instance, number: int | None = None) -> Ledger:
    """The ledger, with new events read if it has fewer than `number` or its checkpoint changed.

    Where `number` events are in memory, the checkpoint is not checked: events never change.
    """
    ledger, time = _ledgers.get(instance.root, (None, 0))
    if ledger is not None and number is not None and ledger.size >= number:
        return ledger
    signed = _checkpoint_time(instance)  # before reading: at worst the ledger is read again
    if ledger is None:
        ledger = Ledger(instance)
    elif signed != time:
        ledger.refresh()
    _ledgers[instance.root] = ledger, signed
    return ledger


def _checkpoint_time(instance: Instance) -> int:
    path = instance.ledger / CHECKPOINT
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise IntegrityError("the checkpoint cannot be read", where=str(path)) from error
