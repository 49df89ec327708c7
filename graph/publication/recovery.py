"""What a writer does first: clear up after a crash, and bring the store up to the ledger."""

from __future__ import annotations

from graph.archive import Archive
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.publication.publish import Publisher, clear_staging
from graph.snapshots import Snapshot


def recover(instance: Instance, ledger: Ledger) -> Snapshot | None:
    """Finish or undo what a crash left; the caller holds the writer's lock.

    Gives the snapshot that had to be made, or None. Raises IntegrityError when signed lines of the
    ledger are missing or changed: then nothing is touched.
    """
    ledger.repair()
    clear_staging(instance)
    Archive(instance.archive).remove_drafts()
    return Publisher(instance, ledger).catch_up()
