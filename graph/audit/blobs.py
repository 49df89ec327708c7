"""Level 1: every blob that the ledger refers to is there and has its SHA-256; nothing else is.

Where responses and row maps are logged with the root over their pieces, that is compared too.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field

from graph.archive import Archive
from graph.audit.model.checked_archive import CheckedArchive
from graph.audit.model.problem import IntegrityProblem
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.core.progress import Reporter
from graph.ledger import Event, Ledger, events, manifests, recovery
from graph.ledger.checkpoints import signed_size
from graph.ledger.chunks import ChunkTree
from graph.ledger.log import ENTRIES
from graph.ledger.sealing import SEALED


@dataclass(slots=True)
class NamedBlobs:
    """What the ledger names: of each digest the index of the first event that does, and the root
    over its pieces where one is logged."""

    first: dict[str, int] = field(default_factory=dict)
    chunks: dict[str, str] = field(default_factory=dict)

    def add(self, item: Event, archive: CheckedArchive) -> None:
        """What an event names, itself or in its manifest."""
        for digest in events.digests(item):
            self.first.setdefault(digest, item["index"])
        if item["type"] == "Load":
            layers = item["layers"].values()
            self.chunks |= {one["rows"]: one["chunks"] for one in layers if "chunks" in one}
        elif item["type"] == "Fetch":
            self._add_responses(item, archive)

    def _add_responses(self, item: Event, archive: CheckedArchive) -> None:
        # the same responses again have the same manifest
        if not manifests.is_inline(item) and self.first[item["manifest"]] < item["index"]:
            return
        listed = [r for r in manifests.responses(item, archive) if "sha256" in r]
        for response in listed:
            self.first.setdefault(response["sha256"], item["index"])
        self.chunks |= {r["sha256"]: r["chunks"] for r in listed if "chunks" in r}


def check(
    instance: Instance,
    ledger: Ledger,
    archive: CheckedArchive,
    reporter: Reporter,
    later: frozenset[str],
) -> Iterator[IntegrityProblem]:
    """The problems of the archive, but for the blobs in `later`, which level 2 reads anyway."""
    named = NamedBlobs()
    try:
        for item in ledger:
            named.add(item, archive)
    except IntegrityError as error:
        yield IntegrityProblem(1, error.where, f"a list of responses: {error.message}")
        return
    for digest, index in named.first.items():
        if digest not in later:
            yield from check_one(archive, digest, index, named.chunks.get(digest))
        reporter.advance()
    yield from _others(archive, {*named.first, *_announced(instance, ledger)})


def _announced(instance: Instance, ledger: Ledger) -> Iterator[str]:
    """What lines name that are announced and not written yet: their blobs are admitted first."""
    archive = Archive(instance.archive)
    try:
        waiting = recovery.pending(instance, ledger)
        for line in waiting.lines if waiting else ():
            yield from manifests.digests(events.decode(line), archive)
    except IntegrityError:
        return  # level 0 names what is wrong with the announcement


def check_of_lines(instance: Instance, archive: CheckedArchive) -> Iterator[IntegrityProblem]:
    """The problems of the blobs that the lines themselves name, where the body of a sealed event
    cannot be read: its lines are as they were signed, but nobody knows what it names."""
    named = NamedBlobs()
    lines = (instance.ledger / ENTRIES).read_bytes().splitlines()
    for item in map(events.decode, lines[: signed_size(instance)]):
        bodies = [item["digest"]] if item["type"] == SEALED else []
        for digest in [*bodies, *events.digests(item)]:
            named.first.setdefault(digest, item["index"])
    for digest, index in named.first.items():
        yield from check_one(archive, digest, index)


def check_one(
    archive: CheckedArchive, digest: str, index: int, chunks: str | None = None
) -> Iterator[IntegrityProblem]:
    """The problems of a blob that an event names, with this root over its pieces."""
    tree = ChunkTree()
    try:
        archive.check(digest, watch=tree.update if chunks else None)
    except IntegrityError as error:
        yield damaged(error, index)
        return
    if chunks and tree.root != chunks:
        what = f"the root over its pieces is not the logged one (named by log/{index})"
        yield IntegrityProblem(1, str(archive.path(digest)), what)


def damaged(error: IntegrityError, index: int) -> IntegrityProblem:
    """The problem of a blob that is missing, or not as its name says."""
    return IntegrityProblem(1, error.where, f"{error.message} (named by log/{index})")


def _others(archive: CheckedArchive, named: Set[str]) -> Iterator[IntegrityProblem]:
    for digest, path in archive:
        if path.is_symlink():
            what = "a symbolic link; a blob is a file"
            hint = "Replace the link by a copy of the file that it leads to."
            yield IntegrityProblem(1, str(path), what, hint=hint)
        elif digest not in named:
            what = "no event of the ledger refers to this blob"
            hint = "Move it out of the archive; an interrupted load may have left it."
            yield IntegrityProblem(1, str(path), what, hint=hint)
