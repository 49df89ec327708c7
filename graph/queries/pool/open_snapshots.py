"""The snapshots that a worker has open."""

from __future__ import annotations

import contextlib
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from graph import snapshots
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.core.sandbox import limit_memory
from graph.queries.model.query import Query
from graph.snapshots import visibility
from graph.snapshots.visibility import Restricted

if TYPE_CHECKING:
    from graph.queries.engines.remote import RemoteEngine


class SnapshotReader:
    """Opens snapshots for a worker, and leases them so that they are not removed meanwhile.

    At most two are open while it is busy, since queries of an old snapshot may come between those
    of the current one. `folder` is the directory of the one used last, `name` its name.
    """

    def __init__(self, instance: Instance, memory: int) -> None:
        self.instance = instance
        self.memory = memory
        self.endpoint = instance.names.endpoint
        self.void = instance.names.void()
        self.name = ""
        self.folder = instance.snapshots
        self._stores: dict[str, ox.Store | RemoteEngine] = {}
        self._leases: dict[str, ExitStack] = {}
        self._pointer = str(instance.snapshots / snapshots.POINTER)
        self._version = ("", 0)
        self._restricted = Restricted()

    def store(self, name: str) -> ox.Store | RemoteEngine:
        """The store of a snapshot, opened now if it is not open yet.

        Raises FileNotFoundError when it is gone, OSError when it cannot be read.
        """
        if name not in self._stores:
            self._close([n for n in self._stores if n != self.name])
            limit_memory(None)  # the limit is for the query, not for the open store
            self._stores[name] = self._open_leased(name)
            limit_memory(self.memory)
        if name != self.name:
            self.name, self.folder = name, self.instance.snapshots / name
        return self._stores[name]

    def _open_leased(self, name: str) -> ox.Store | RemoteEngine:
        snapshot = snapshots.Snapshot(self.instance.snapshots / name)
        if not snapshot.path.is_dir():
            raise FileNotFoundError(snapshot.path)
        with ExitStack() as lease:
            lease.enter_context(snapshots.lease(snapshot))
            store = self._open(snapshot)
            self._leases[name] = lease.pop_all()
        return store

    def _open(self, snapshot: snapshots.Snapshot) -> ox.Store | RemoteEngine:
        if self.instance.remote:
            # Imported only here: it takes a while, and most pools do not need it.
            from graph.queries.engines.remote import RemoteEngine

            return RemoteEngine.of(self.instance, snapshot.path)
        try:
            return ox.Store.read_only(str(snapshot.path))
        except RuntimeError as error:  # what the engine raises for a damaged file
            raise OSError(str(error)) from error

    def query(self, fields: tuple[Any, ...]) -> Query:
        """A query from its fields (`Query.to_wire`), with the endpoint as base if it has none."""
        query = Query.from_wire(fields)
        return query if query.base is not None else query._replace(base=self.endpoint)

    def restricted(self) -> Restricted:
        """The restricted graphs of the snapshot used last; read again when another is current.

        Raises IntegrityError where the ledger does not say it.
        """
        version = (self.name, self._pointer_time())
        if version != self._version:
            self._restricted = visibility.restricted_in(self.instance, self.name)
            self._version = version
        return self._restricted

    def _pointer_time(self) -> int:
        try:
            return os.stat(self._pointer).st_mtime_ns  # noqa: PTH116 - faster than Path.stat
        except FileNotFoundError:  # what is restricted does not depend on the file
            return 0

    def follow(self) -> None:
        """Open the current snapshot ahead of the next query, and close others."""
        with contextlib.suppress(OSError, IntegrityError):  # the next query reports it
            now = snapshots.current(self.instance)
            if now is not None:
                self.store(now.name)
                self._close([name for name in self._stores if name != now.name])

    def _close(self, names: list[str]) -> None:
        for name in names:
            del self._stores[name]
            self._leases.pop(name).close()
