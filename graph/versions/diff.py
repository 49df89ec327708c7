"""The changes from one version of a source to another, as lines of its named graphs."""

from __future__ import annotations

from collections.abc import Iterator

from graph.archive import Archive
from graph.core.instance import Instance
from graph.ledger import Event
from graph.statements import patch
from graph.statements.layer import NAMES, read

Change = tuple[str, str, bytes]  # graph IRI, A or D, line


def patch_applies(old: Event | None, new: Event) -> bool:
    """Whether the archived patch of version `new` is the difference from `old`."""
    return old is not None and bool(old["version"] + 1 == new["version"])


def changes_between(instance: Instance, old: Event | None, new: Event) -> Iterator[Change]:
    """The changes from one version to another, given by their Load events.

    They are read from the archived patch where there is one, else both versions are compared.
    `old` is None where nothing was published before.
    """
    archive, names = Archive(instance.archive), instance.names
    if patch_applies(old, new):
        yield from patch.read(archive, new["patch"]["sha256"])
        return
    for name in NAMES:
        graph = names.graph(new["source"], name)
        after = read(archive, new["layers"][name]["lines"])
        if old is None:  # the same as below, in a third of the time
            yield from ((graph, "A", line) for line in after)
            continue
        before = read(archive, old["layers"][name]["lines"])
        yield from ((graph, sign, line) for sign, line in patch.difference(before, after))
