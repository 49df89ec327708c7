"""The state of every named graph of a snapshot, in a list beside it: a part of its lines' hash.

It tells whether a graph is still what it was without looking at its statements. The provenance
graph grows with every snapshot, and so is named by its number.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from graph.snapshots.directory import Snapshot
from graph.snapshots.staged import Staged
from graph.versions import provenance
from graph.versions.state import all_layers, state

SUFFIX = "graphs.json"


def state_tag(lines: str) -> str:
    """The state of a graph by the hash of its lines."""
    return lines[:32]


def write(staged: Staged, path: Path) -> None:
    """The projection: a JSON object, state by IRI of the graphs that hold something."""
    names = staged.instance.names
    layers = all_layers(state(staged.events).values(), names)
    found = {one.graph: state_tag(one.lines) for one in layers}
    found[names.graph(provenance.GRAPH)] = str(len(staged.events))
    path.write_text(json.dumps(found, indent=0, sort_keys=True), "utf-8")


def state_of(snapshot: Snapshot, graph: str) -> str:
    """The state of a graph, or of the default graph (empty IRI): the snapshot's name where the
    list does not say."""
    try:
        return _read(str(snapshot.companion(SUFFIX))).get(graph, snapshot.name)
    except FileNotFoundError:
        return snapshot.name


@lru_cache(maxsize=8)
def _read(path: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(Path(path).read_text("utf-8"))
    return found
