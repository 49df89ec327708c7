"""Reading all that is published, for what needs a store at hand: exports, scores.

The embedded store is opened as it is. A remote one is not drained: what it shows is in the ledger
and the archive, so an embedded store is made from these, and thrown away.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox

from graph import snapshots
from graph.core.instance import Instance
from graph.core.progress import SilentReporter
from graph.ledger import Ledger
from graph.publication.apply import StoreLoader
from graph.publication.remote import write_embedded_copy
from graph.snapshots import Snapshot


@contextmanager
def open_snapshot(instance: Instance, snapshot: Snapshot) -> Iterator[ox.Store]:
    """The store of a snapshot, to read.

    Raises FileNotFoundError when the snapshot is gone.
    """
    with snapshots.lease(snapshot):
        if not instance.remote:
            yield ox.Store.read_only(str(snapshot.path))
            return
        with TemporaryDirectory(prefix="ulzii-") as folder:
            path = Path(folder) / "store"
            events = Ledger(instance).prefix(snapshot.number)
            write_embedded_copy(instance, StoreLoader(instance, SilentReporter()), events, path)
            yield ox.Store.read_only(str(path))
