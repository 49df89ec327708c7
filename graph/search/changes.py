"""What changed between the previous snapshot and a staged one, in public graphs."""

from __future__ import annotations

from collections.abc import Iterator

from graph.ledger import Event
from graph.snapshots.staged import Staged
from graph.versions import diff, provenance
from graph.versions.state import State, is_public, state

_REBUILD_SHARE = 4  # from scratch if more than a quarter of the statements change


def many_changes(staged: Staged) -> bool:
    """Whether building from scratch is faster, by the numbers in the ledger."""
    before, after = _states(staged)
    changed = sum(_changed(before.get(s), load) for s, load in after.items())
    return changed * _REBUILD_SHARE > sum(map(_statements, after.values()))


def _states(staged: Staged) -> tuple[State, State]:
    assert staged.previous is not None
    return state(staged.events[: staged.previous.number]), state(staged.events)


def _changed(old: Event | None, new: Event) -> int:
    if old == new:
        return 0
    if diff.patch_applies(old, new):
        return int(new["patch"]["adds"]) + int(new["patch"]["deletes"])
    return _statements(new) + (_statements(old) if old else 0)


def _statements(load: Event) -> int:
    return sum(int(layer["statements"]) for layer in load["layers"].values())


def changed_lines(staged: Staged) -> Iterator[tuple[str, str, bytes]]:
    """Graph, sign (A: added, D: deleted) and line of each changed statement."""
    assert staged.previous is not None
    before, after = _states(staged)
    for source, load in after.items():
        if before.get(source) != load and is_public(load):
            yield from diff.changes_between(staged.instance, before.get(source), load)
    names = staged.instance.names
    added_and_deleted = provenance.change(staged.events, staged.previous.number, names)
    for sign, lines in zip("AD", added_and_deleted, strict=True):
        yield from ((names.graph(provenance.GRAPH), sign, line) for line in lines)
