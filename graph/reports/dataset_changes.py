"""Which datasets a version adds, changes and deletes, compared with the version before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graph.archive import Archive
from graph.core.iris import Names
from graph.ledger import Event
from graph.statements import layer, patch
from graph.statements.layer import FINDINGS, STATED
from graph.versions import described

_DEPTH = 2  # a dataset's distribution, and the parts of that


@dataclass(frozen=True, slots=True)
class DatasetChanges:
    """The datasets of a version by IRI, and those it adds, changes and deletes."""

    datasets: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    deleted: tuple[str, ...]


def between(archive: Archive, names: Names, load: Event, previous: Event | None) -> DatasetChanges:
    """The changes that the version of a Load event makes to the one it was compared with."""
    now = described.datasets(_blocks(archive, load))
    before = described.datasets(_blocks(archive, previous)) if previous else set()
    return DatasetChanges(
        datasets=len(now),
        added=tuple(sorted(now - before)),
        changed=tuple(sorted(_changed(archive, names, load, now & before))),
        deleted=tuple(sorted(before - now)),
    )


def _blocks(archive: Archive, load: Event) -> Iterator[bytes]:
    return layer.read_blocks(archive, load["layers"][STATED]["lines"])


def _stated(archive: Archive, load: Event) -> Iterator[bytes]:
    return layer.read(archive, load["layers"][STATED]["lines"])


def _changed(archive: Archive, names: Names, load: Event, kept: set[str]) -> set[str]:
    """Of these datasets those that have a changed statement, or a changed part."""
    touched = _touched(archive, names, load) if kept and load["patch"] else set()
    found: set[str] = set()
    for _ in range(_DEPTH):
        found |= {owner for one in touched if (owner := _owner(one, kept))}
        touched = _linking_to(archive, load, touched) if touched else touched
    return found | {owner for one in touched if (owner := _owner(one, kept))}


def _touched(archive: Archive, names: Names, load: Event) -> set[str]:
    """The subjects of the statements that came or went; findings say nothing of the data."""
    findings = names.graph(load["source"], FINDINGS)
    changes = patch.read(archive, load["patch"]["sha256"])
    return {
        line.split(b" ", 1)[0][1:-1].decode() for graph, _, line in changes if graph != findings
    }


def _owner(iri: str, datasets: set[str]) -> str:
    """The dataset that an IRI is, or is a part of: the dataset's IRI plus `#…` or `/…`."""
    while iri not in datasets:
        cut = max(iri.rfind("#"), iri.rfind("/"))
        if cut <= 0:
            return ""
        iri = iri[:cut]
    return iri


def _linking_to(archive: Archive, load: Event, iris: set[str]) -> set[str]:
    """The subjects with a statement whose object is one of these."""
    wanted = {f"<{iri}>".encode() for iri in iris}
    found: set[str] = set()
    for line in _stated(archive, load):
        subject, _, value = line.split(b" ", 2)
        if value[:-2] in wanted:
            found.add(subject[1:-1].decode())
    return found
