"""The whole way of a prefiltered validation, in one process or several."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from rdflib import Graph

from shapes.prefilter.compiler import Compiler, Read
from shapes.prefilter.graph import graph, merged
from shapes.prefilter.index import Index
from shapes.prefilter.judge import Found, Judge
from shapes.prefilter.select import Pair, Selector
from shapes.prefilter.spool import Group, Spool, canonical, watched

Progress = Callable[[int, int], None]
"""Told how many bytes of how many are read."""

Part = tuple[int, int]
Judged = tuple[list[Found], list[Pair], set[int]]

_PART = 1 << 23


class Prefiltered:
    """A candidate and its reference, read once; ready to be held against the shapes.

    Focus nodes only the reference describes are not judged.
    """

    def __init__(
        self,
        shapes: Graph | Read,
        candidate: Iterable[bytes],
        reference: Iterable[bytes] = (),
        folder: Path | None = None,
    ) -> None:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        read = shapes if isinstance(shapes, Read) else Read(shapes)
        index = Index(read.needs.forward, read.needs.inverse)
        self.candidate = Spool(watched(canonical(candidate), index.add), folder)
        self.reference = Spool(watched(canonical(reference), index.add), folder)
        self.whole: list[Pair] = []
        self.unchecked: set[int] = set()
        self._described = {subject for subject, _ in self.reference.groups()}
        self._compiler = Compiler(read.shapes, index)
        self._selector = Selector(self._compiler)
        self.units = self._compiler.units
        self.data = graph([self.candidate, self.reference][: 1 + bool(self._described)], index)

    def pairs(self, start: int = 0, end: int | None = None) -> Iterator[Pair]:
        """Pairs that can fail, of the candidate's subjects in a range of its bytes."""
        for subject, group in self.candidate.groups(start, end):
            yield from self._selector.pairs(subject, self._with_reference(subject, group))

    def _with_reference(self, subject: bytes, group: Group) -> Group:
        if subject not in self._described:
            return group
        return merged([group, self.reference.group(subject)])

    def beyond(self) -> Iterator[Pair]:
        """Pairs of focus nodes that nothing is said of: named by the shapes, or only objects."""
        for focus in self._selector.beyond(self._described):
            if not self.candidate.has(focus):
                yield from self._selector.pairs(focus, {})

    def results(self, progress: Progress | None = None, jobs: int = 1) -> Iterator[Found]:
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

    def _of_parts(self, parts: list[Part], jobs: int) -> Iterator[Judged]:
        yield self._judged(self.beyond())
        if jobs < 2 or len(parts) < 2:
            yield from map(self._of_part, parts)
            return
        # forked, so that the workers share what has been read
        with _SharedWith(self), multiprocessing.get_context("fork").Pool(jobs) as pool:
            yield from pool.imap(_in_worker, parts)

    def _of_part(self, part: Part) -> Judged:
        return self._judged(self.pairs(*part))

    def _judged(self, pairs: Iterable[Pair]) -> Judged:
        whole: list[Pair] = []
        unchecked: set[int] = set()
        judge = Judge(self.units, self.data)
        found = list(judge.results(self._partial(pairs, whole, unchecked)))
        return found, whole, unchecked

    def _partial(
        self, pairs: Iterable[Pair], whole: list[Pair], unchecked: set[int]
    ) -> Iterator[Pair]:
        for pair in pairs:
            unit = self.units[pair[1]]
            if unit.unchecked:
                unchecked.add(pair[1])
            if unit.whole:
                whole.append(pair)
            else:
                yield pair

    def on_the_whole(self, data: Graph) -> Iterator[Found]:
        """The results of the units that go whole, asked of a graph with all statements."""
        return Judge(self.units, data).results(self.whole)


class _SharedWith:
    """What forked workers find in the memory they begin with."""

    made: Prefiltered | None = None

    def __init__(self, made: Prefiltered) -> None:
        self._made = made

    def __enter__(self) -> None:
        _SharedWith.made = self._made

    def __exit__(self, *_: object) -> None:
        _SharedWith.made = None


def _in_worker(part: Part) -> Judged:
    assert _SharedWith.made is not None
    return _SharedWith.made._of_part(part)
