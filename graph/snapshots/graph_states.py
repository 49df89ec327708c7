"""The state of every named graph of a snapshot, in a file beside it: the start of a digest.

By it one tells whether a graph has changed without reading its statements (ETags of the Graph Store
Protocol are made of it). The provenance graph grows with every snapshot, so its state is the
snapshot's number.
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
    """The state of a graph, given the digest of its lines."""
    return lines[:32]


def write(staged: Staged, path: Path) -> None:
    """The projection: a JSON object of states by the IRIs of graphs that are not empty."""
    names = staged.instance.names
    layers = all_layers(state(staged.events).values(), names)
    states = {layer.graph: state_tag(layer.lines) for layer in layers}
    states[names.graph(provenance.GRAPH)] = str(len(staged.events))
    path.write_text(json.dumps(states, indent=0, sort_keys=True), "utf-8")


def state_of(snapshot: Snapshot, graph: str) -> str:
    """The state of a graph, or of the default graph (empty IRI).

    It is the snapshot's name for graphs that are not in the file, and where there is no file.
    """
    try:
        return _read(str(snapshot.companion(SUFFIX))).get(graph, snapshot.name)
    except FileNotFoundError:
        return snapshot.name


@lru_cache(maxsize=8)
def _read(path: str) -> dict[str, str]:
    states: dict[str, str] = json.loads(Path(path).read_text("utf-8"))
    return states
