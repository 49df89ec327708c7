"""The ledger as this process knows it: what a snapshot shows is computed from it, never from files.

A list beside a snapshot could be edited or deleted; the ledger's lines are signed. Its lines are
read once a process and after that only as far as it has grown.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.ledger import Event, Ledger

_ledgers: dict[Path, Ledger] = {}
_lock = Lock()


def events_of(instance: Instance, number: int) -> Sequence[Event]:
    """The events that the snapshot of this ledger size shows.

    Raises IntegrityError where the ledger is damaged, or shorter than that.
    """
    with _lock:
        ledger = _ledgers.get(instance.root)
        if ledger is None:
            ledger = _ledgers[instance.root] = Ledger(instance)
        elif ledger.size < number:
            ledger.refresh()
        if ledger.size < number:
            raise IntegrityError(
                f"the ledger has {ledger.size} events, the snapshot shows {number}",
                where=str(instance.ledger),
                hint="The ledger was set back: restore it from a backup.",
            )
        return ledger.prefix(number)
