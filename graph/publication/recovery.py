"""Recovery after a crash, which every writer does first."""

from __future__ import annotations

from graph.archive import Archive
from graph.catalogue import keeping
from graph.core.instance import Instance
from graph.ledger import Ledger, recovery
from graph.publication.publish import Publisher, clear_staging
from graph.snapshots import Snapshot


def recover(instance: Instance, ledger: Ledger) -> Snapshot | None:
    """Finish or undo what a crash left; the caller must hold the writer's lock.

    Returns the snapshot that had to be published, or None. Raises IntegrityError where signed lines
    of the ledger are missing or changed, or where lines follow that this instance did not announce;
    then nothing is touched.
    """
    # the ledger first: it says what else is to be done, and must be intact before anything is
    recovery.recover(instance, ledger)
    clear_staging(instance)
    Archive(instance.archive).remove_incoming()
    published = Publisher(instance, ledger).catch_up()
    keeping.keep(instance)  # the last things that a publication does, after its pointer
    keeping.prune(instance, list(ledger))
    return published
