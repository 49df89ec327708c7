"""What every page may depend on besides its address and its reader's language."""

from __future__ import annotations

from collections.abc import Hashable

from graph import snapshots
from graph.core.instance import Instance
from graph.ledger.events import now
from loaders.link_checks import store_path
from server.log import trust


def page_state(instance: Instance) -> Hashable | None:
    """The snapshot, the files that the trust line is of, the checks of addresses, and the day.

    Pages made in one state are equal. None where nothing is published, and for a remote store,
    which may be written by others.
    """
    snapshot = None if instance.remote else snapshots.current(instance)
    if snapshot is None:
        return None
    checks = trust.changed(store_path(instance))
    return snapshot.name, trust.state(instance), checks, now()[:10]
