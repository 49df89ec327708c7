"""Open a published store for reading in this process: for exports and quality scores.

The embedded store is opened directly. A remote store is not read over HTTP: everything it shows is
in ledger and archive, so an embedded store is made from these and deleted afterwards.
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
    """The store of a snapshot, read-only; the snapshot is not removed while the block runs.

    Raises FileNotFoundError where it is removed already.
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
