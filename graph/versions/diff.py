"""What a new version changes in its source's named graphs, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from graph.archive import Archive
from graph.core.instance import Instance
from graph.ledger import Event
from graph.statements import patch
from graph.statements.layer import NAMES, read

Change = tuple[str, str, bytes]  # graph IRI, A or D, line


def patch_applies(old: Event | None, new: Event) -> bool:
    """Whether the archived patch of a version leads there from the other one."""
    return old is not None and bool(old["version"] + 1 == new["version"])


def changes_between(instance: Instance, old: Event | None, new: Event) -> Iterator[Change]:
    """The archived patch where it leads from one Load event to the other; else the two versions
    are compared."""
    archive, names = Archive(instance.archive), instance.names
    if patch_applies(old, new):
        yield from patch.read(archive, new["patch"]["sha256"])
        return
    for name in NAMES:
        graph = names.graph(new["source"], name)
        was = read(archive, old["layers"][name]["lines"]) if old else ()
        now = read(archive, new["layers"][name]["lines"])
        yield from ((graph, sign, line) for sign, line in patch.difference(was, now))
