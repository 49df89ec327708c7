"""Projections: files made with every snapshot, which lie beside it (`41.search.sqlite`, `41/`).

A projection is a function that writes one file from a staged store. It is called while that store
is being filled: it can use the ledger's events and the archive at once, and waits for the store
where it asks for its path. All projections are made before the publication is logged, moved beside
the snapshot before the pointer moves, and removed with the snapshot; `ulzii rebuild` makes them
again. To add one, add a line to `PROJECTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from graph.catalogue import build as catalogue
from graph.catalogue import schema as catalogue_schema
from graph.core.files import fsync
from graph.lists import build as lists
from graph.lists import schema as lists_schema
from graph.search import index, schema
from graph.snapshots import Snapshot, visibility
from graph.snapshots.staged import Staged

Projection = Callable[[Staged, Path], None]

# The function that writes the file, by its suffix.
PROJECTIONS: dict[str, Projection] = {
    schema.SUFFIX: index.build,
    visibility.SUFFIX: visibility.write,
    catalogue_schema.SUFFIX: catalogue.build,
    # after the catalogue, which passes on what it says of datasets
    lists_schema.SUFFIX: lists.build,
}


def make_projections(staged: Staged) -> Iterator[Path]:
    """Make all projections in `staging/`, named by their suffixes."""
    for suffix, project in PROJECTIONS.items():
        path = staged.instance.staging / suffix
        project(staged, path)
        fsync(path)
        yield path


def move_projections(files: Sequence[Path], snapshot: Snapshot) -> None:
    """Move projections from `staging/` beside a snapshot that is not current yet.

    The list of files, which is written next to them, syncs their names with its own.
    """
    for path in files:
        path.rename(snapshot.companion(path.name))
