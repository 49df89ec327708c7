"""The name of the current snapshot, needed for every query."""

from __future__ import annotations

import os

from graph import snapshots
from graph.core.errors import ConfigError
from graph.core.instance import Instance


class CurrentSnapshot:
    """Reads the current snapshot's name, again only after the pointer file was replaced."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._path = str(instance.snapshots / snapshots.POINTER)
        self._known: tuple[tuple[int, int], str] = ((0, 0), "")

    def name(self) -> str:
        """The current snapshot's name.

        Raises ConfigError before the first publication.
        """
        try:
            status = os.stat(self._path)  # noqa: PTH116 - a third of the time of Path.stat
        except FileNotFoundError:
            raise _nothing_published() from None
        # The pointer is replaced by renaming: another inode. An inode can be used again: the time.
        version, name = self._known
        if version != (status.st_ino, status.st_mtime_ns):
            now = snapshots.current(self._instance)
            assert now is not None
            name = now.name
            self._known = ((status.st_ino, status.st_mtime_ns), name)
        return name


def _nothing_published() -> ConfigError:
    return ConfigError("nothing is published yet", hint="Load a source with `ulzii load`.")
