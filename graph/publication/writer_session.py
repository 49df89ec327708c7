"""The writer's turn: its lock, and a ledger and store without traces of a crash."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from graph.core.errors import storage_error
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.publication.recovery import recover
from graph.publication.writer_lock import hold_writer_lock
from graph.transparency import asking


@contextmanager
def writer_session(instance: Instance, purpose: str, wait: float) -> Iterator[Ledger]:
    """Hold the writer lock, with everything published that the ledger records.

    Raises BusyError, and StorageError for an OSError inside the block.
    """
    ledger, before = None, 0
    try:
        with hold_writer_lock(instance, purpose, wait):
            ledger = Ledger(instance)
            before = ledger.size
            recover(instance, ledger)  # an earlier writer may have died between log and pointer
            yield ledger
    except OSError as error:
        raise storage_error(error, str(instance.root)) from error
    finally:
        if ledger is not None and ledger.size > before:
            asking.start(instance)  # after the lock is free: nobody waits for a witness
