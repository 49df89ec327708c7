"""Files made with every snapshot, which lie beside it: `41.search.sqlite` beside `41/`.

A projection is a function that writes one file from what a staged store shows. It is called while
that store is being filled: the ledger's lines and the archive are at hand, who asks for the store
waits until it is finished. All are made before the publication is logged, settled with the snapshot
before the pointer moves, and removed with it; `ulzii rebuild` makes them anew. To add one, add a
line to `PROJECTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from graph.core.files import fsync
from graph.search import index
from graph.snapshots import Snapshot, graph_states, visibility
from graph.snapshots.staged import Staged

Projection = Callable[[Staged, Path], None]

# By suffix: what writes the file.
PROJECTIONS: dict[str, Projection] = {
    index.SUFFIX: index.build,
    visibility.SUFFIX: visibility.write,
    graph_states.SUFFIX: graph_states.write,
}


def make_projections(staged: Staged) -> Iterator[Path]:
    """Make all projections, in staging, under their suffix."""
    for suffix, project in PROJECTIONS.items():
        path = staged.instance.staging / suffix
        project(staged, path)
        fsync(path)
        yield path


def move_projections(made: Sequence[Path], snapshot: Snapshot) -> None:
    """Lay what was made beside a snapshot that nobody reads yet."""
    for path in made:
        path.rename(snapshot.companion(path.name))
    fsync(snapshot.path.parent)
