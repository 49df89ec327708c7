"""Level 2: the lines of every version are sorted and distinct, their roots and row maps are those
of its Load event, and its patch leads to them from the version before.

The lines of a layer are read once, in bounded memory, and hashed on the way, so that level 1 leaves
these blobs to this. A patch is written in the order of the lines, and nothing is in it that the two
versions do not differ by; so it is compared with their differences as both go by.
"""

from __future__ import annotations

import random
from array import array
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from graph.archive import Archive
from graph.archive.blob import damaged
from graph.audit import blobs
from graph.audit.item_roots import ItemRoots
from graph.audit.layer_pass import LayerPass
from graph.audit.model.checked_archive import CheckedArchive
from graph.audit.model.problem import IntegrityProblem
from graph.audit.origin_roots import OriginRoots
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.core.progress import Reporter
from graph.ledger import Event, Ledger, of_kinds
from graph.statements import layer, patch, rowmap

Change = tuple[str, bytes]  # A or D, line with its line feed


@dataclass(frozen=True, slots=True)
class Step:
    """A version to check, and the published one that it follows on; None for a first one."""

    before: Event | None
    load: Event

    @property
    def where(self) -> str:
        """How the version is named in what is said of it."""
        load = self.load
        return f"log/{load['index']} {load['source']} version {load['version']}"


def steps(ledger: Ledger, sample: int | None) -> list[Step]:
    """All versions, or the published ones and so many others, taken at random."""
    found, published = list[Step](), dict[str, Event]()
    for item in of_kinds(ledger.events, "Load", "Publish"):
        if item["type"] == "Publish":
            # a version follows on the published one, not on the last that was logged
            published[item["source"]] = ledger[item["load"]]
        else:
            found.append(Step(published.get(item["source"]), item))
    if sample is None:
        return found
    shown = {load["index"] for load in published.values()}
    others = [n for n, step in enumerate(found) if step.load["index"] not in shown]
    chosen = {*random.SystemRandom().sample(others, min(sample, len(others)))}
    return [s for n, s in enumerate(found) if n in chosen or s.load["index"] in shown]


def read_lines(chosen: list[Step]) -> frozenset[str]:
    """The digests of the blobs that `check` hashes itself."""
    return frozenset(facts["lines"] for step in chosen for facts in step.load["layers"].values())


def check(
    instance: Instance, chosen: list[Step], archive: CheckedArchive, reporter: Reporter
) -> Iterator[IntegrityProblem]:
    """The problems of these versions: of level 2, and of level 1 those of their lines."""
    checked, roots = _Lines(archive), ItemRoots(archive)
    origins = OriginRoots(archive, checked.sizes)
    for step in chosen:
        yield from roots.check(step.load, step.where)
        graphs = {name: instance.names.graph(step.load["source"], name) for name in layer.NAMES}
        yield from _patch_length(archive, step, frozenset(graphs.values()))
        for name, graph in graphs.items():
            yield from checked.check(step, name, graph)
            yield from _row_map(archive, step, name)
            yield from origins.check(step.load["layers"][name], step.where)
        reporter.advance()


class _Lines:
    """Checks the lines of layers, each blob once, and again only where a patch leads to it."""

    def __init__(self, archive: CheckedArchive) -> None:
        self._archive = archive
        self._facts: dict[str, tuple[int, str, bool]] = {}  # statements, root, sorted
        self._last: tuple[str, array[int]] = "", array("I")  # lines of each subject

    def check(self, step: Step, name: str, graph: str) -> Iterator[IntegrityProblem]:
        """The problems of a layer of a version."""
        digest = step.load["layers"][name]["lines"]
        if digest in self._archive.damaged:
            return
        done = LayerPass(self._archive, digest)
        known = digest in self._facts and _lines_before(step, name) in {None, digest}
        new = iter(()) if known else done.lines()
        yield from self._patch(step, name, graph, new, known=known)
        try:
            deque(new, 0)  # what the patch did not ask for
            if not known and done.digest != digest:
                raise done.error or damaged(self._archive.path(digest))
        except IntegrityError as error:
            self._archive.damaged.add(digest)
            yield blobs.damaged(error, step.load["index"])
            return
        if not known:
            self._facts[digest] = done.statements, done.root, done.is_sorted
            self._last = digest, done.sizes
        yield from self._compare(step, name)

    def sizes(self, digest: str) -> array[int]:
        """How many lines each subject has: of the lines that were read last, others are read again,
        since keeping those of every version would take memory without a bound."""
        if digest != self._last[0]:
            done = LayerPass(self._archive, digest)
            deque(done.lines(), 0)
            self._last = digest, done.sizes
        return self._last[1]

    def _patch(
        self, step: Step, name: str, graph: str, new: Iterator[bytes], *, known: bool
    ) -> Iterator[IntegrityProblem]:
        """Whether the patch leads to these lines, as far as it can be told."""
        before = _lines_before(step, name)
        if before is None:
            return
        try:
            changes = _changes(self._archive, step, graph)
            if known:
                leads = next(changes, None) is None
            else:
                with self._archive.open(before) as old:
                    leads = _are_equal(patch.difference(old, new), changes)
        except IntegrityError as error:
            if error.where != str(self._archive.path(step.load["layers"][name]["lines"])):
                yield IntegrityProblem.of_error(2, error)
            return
        if not leads:
            message = f"the patch does not lead to the lines of layer {name}"
            yield IntegrityProblem(2, step.where, message)

    def _compare(self, step: Step, name: str) -> Iterator[IntegrityProblem]:
        facts = step.load["layers"][name]
        statements, root, is_sorted = self._facts[facts["lines"]]
        if not is_sorted:
            message = f"the lines of layer {name} are not sorted and distinct"
            yield IntegrityProblem(2, step.where, message)
        if (statements, root) != (facts["statements"], facts["root"]):
            message = f"the Merkle root of layer {name} is not the recorded one"
            yield IntegrityProblem(2, step.where, message)


def _lines_before(step: Step, name: str) -> str | None:
    """The lines that a patch leads from; None where the version has no patch."""
    if step.before is None or step.load["patch"] is None:
        return None
    return str(step.before["layers"][name]["lines"])


def _are_equal(differences: Iterator[Change], changes: Iterator[Change]) -> bool:
    return all(one == other for one, other in zip_longest(differences, changes))


def _changes(archive: Archive, step: Step, graph: str) -> Iterator[Change]:
    """The changes of a graph in the patch of a version."""
    end = f" <{graph}> .\n".encode()
    with archive.open(step.load["patch"]["sha256"]) as blob:
        for text in blob:
            # only those of this graph are taken apart: most patches are of one
            if text.endswith(end) and text[:2] in _SIGNS:
                yield _SIGNS[text[:2]], text[2 : -len(end)] + b" .\n"


_SIGNS = {b"A ": "A", b"D ": "D"}


def _row_map(archive: CheckedArchive, step: Step, name: str) -> Iterator[IntegrityProblem]:
    facts = step.load["layers"][name]
    if facts["rows"] in archive.damaged:
        return
    try:
        rowmap.check(archive, facts["rows"], facts["statements"])
    except ValueError as error:
        yield IntegrityProblem(2, step.where, str(error))
    except IntegrityError as error:
        yield IntegrityProblem.of_error(2, error)


def _patch_length(
    archive: CheckedArchive, step: Step, graphs: frozenset[str]
) -> Iterator[IntegrityProblem]:
    """Whether a patch has as many changes as its event says, all of this source's graphs."""
    if step.before is None:
        return
    facts = step.load["patch"]
    if facts is None:
        yield IntegrityProblem(2, step.where, "it has no patch from the version before")
        return
    if facts["sha256"] in archive.damaged:
        return
    try:
        found = Counter(
            (graph in graphs, sign) for graph, sign, _ in patch.read(archive, facts["sha256"])
        )
    except IntegrityError as error:
        yield IntegrityProblem.of_error(2, error)
        return
    expected = Counter({(True, "A"): facts["adds"], (True, "D"): facts["deletes"]})
    if found != expected:
        yield IntegrityProblem(2, step.where, "the patch is not as long as its event says")
