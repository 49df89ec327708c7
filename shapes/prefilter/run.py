"""The whole way of a prefiltered validation, in one process or several."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from rdflib import Graph

from shapes.prefilter.compiler import CompiledShapes, ShapeCompiler
from shapes.prefilter.graph import graph, merged
from shapes.prefilter.index import GraphIndex
from shapes.prefilter.judge import FocusValidator, ResultTriples
from shapes.prefilter.select import FocusPair, Selector
from shapes.prefilter.spool import Group, LineSpool, canonical, watched

ProgressCallback = Callable[[int, int], None]
"""Told how many bytes of how many are read."""

LineRange = tuple[int, int]
Judged = tuple[list[ResultTriples], list[FocusPair], set[int]]

_PART = 1 << 23


class Prefiltered:
    """A candidate and its reference, read once; ready to be held against the shapes.

    Focus nodes only the reference describes are not judged.
    """

    def __init__(
        self,
        shapes: Graph | CompiledShapes,
        candidate: Iterable[bytes],
        reference: Iterable[bytes] = (),
        folder: Path | None = None,
    ) -> None:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        read = shapes if isinstance(shapes, CompiledShapes) else CompiledShapes(shapes)
        index = GraphIndex(read.needs.forward, read.needs.inverse)
        self.candidate = LineSpool(watched(canonical(candidate), index.add), folder)
        self.reference = LineSpool(watched(canonical(reference), index.add), folder)
        self.whole: list[FocusPair] = []
        self.unchecked: set[int] = set()
        self._described = {subject for subject, _ in self.reference.groups()}
        self._compiler = ShapeCompiler(read.shapes, index)
        self._selector = Selector(self._compiler)
        self.units = self._compiler.units
        self.data = graph([self.candidate, self.reference][: 1 + bool(self._described)], index)

    def pairs(self, start: int = 0, end: int | None = None) -> Iterator[FocusPair]:
        """Pairs that can fail, of the candidate's subjects in a range of its bytes."""
        for subject, group in self.candidate.groups(start, end):
            yield from self._selector.pairs(subject, self._with_reference(subject, group))

    def _with_reference(self, subject: bytes, group: Group) -> Group:
        if subject not in self._described:
            return group
        return merged([group, self.reference.group(subject)])

    def beyond(self) -> Iterator[FocusPair]:
        """Pairs of focus nodes that nothing is said of: named by the shapes, or only objects."""
        for focus in self._selector.beyond(self._described):
            if not self.candidate.has(focus):
                yield from self._selector.pairs(focus, {})

    def results(
        self, progress: ProgressCallback | None = None, jobs: int = 1
    ) -> Iterator[ResultTriples]:
        """The results of all pairs but those whose unit goes whole: `whole` then names these.

        `unchecked` then has the units that no check was made of and that had pairs. With `jobs` 0
        all processors share the work where there is enough of it.
        """
        self.whole, self.unchecked = [], set()
        jobs = jobs or self._worthwhile()
        parts = self.candidate.parts(max(jobs, len(self.candidate) // _PART))
        for end, (found, whole, unchecked) in zip(
            [0, *(end for _, end in parts)], self._of_parts(parts, jobs), strict=True
        ):
            self.whole += whole
            self.unchecked |= unchecked
            yield from found
            if progress:
                progress(end, len(self.candidate))

    def _worthwhile(self) -> int:
        return os.cpu_count() or 1 if len(self.candidate) > _PART else 1

    def _of_parts(self, parts: list[LineRange], jobs: int) -> Iterator[Judged]:
        yield self._judged(self.beyond())
        if jobs < 2 or len(parts) < 2:
            yield from map(self._of_part, parts)
            return
        # forked, so that the workers share what has been read
        with _SharedWith(self), multiprocessing.get_context("fork").Pool(jobs) as pool:
            yield from pool.imap(_in_worker, parts)

    def _of_part(self, part: LineRange) -> Judged:
        return self._judged(self.pairs(*part))

    def _judged(self, pairs: Iterable[FocusPair]) -> Judged:
        whole: list[FocusPair] = []
        unchecked: set[int] = set()
        judge = FocusValidator(self.units, self.data)
        found = list(judge.results(self._partial(pairs, whole, unchecked)))
        return found, whole, unchecked

    def _partial(
        self, pairs: Iterable[FocusPair], whole: list[FocusPair], unchecked: set[int]
    ) -> Iterator[FocusPair]:
        for pair in pairs:
            unit = self.units[pair[1]]
            if unit.unchecked:
                unchecked.add(pair[1])
            if unit.whole:
                whole.append(pair)
            else:
                yield pair

    def on_the_whole(self, data: Graph) -> Iterator[ResultTriples]:
        """The results of the units that go whole, asked of a graph with all statements."""
        return FocusValidator(self.units, data).results(self.whole)


class _SharedWith:
    """What forked workers find in the memory they begin with."""

    made: Prefiltered | None = None

    def __init__(self, made: Prefiltered) -> None:
        self._made = made

    def __enter__(self) -> None:
        _SharedWith.made = self._made

    def __exit__(self, *_: object) -> None:
        _SharedWith.made = None


def _in_worker(part: LineRange) -> Judged:
    assert _SharedWith.made is not None
    return _SharedWith.made._of_part(part)
