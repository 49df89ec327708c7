"""Run a prefiltered validation from start to end, in one process or several."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from rdflib import Graph

from shapes.prefilter.blocks import Statements, blocks, canonical
from shapes.prefilter.compiler import CompiledShapes, ShapeCompiler
from shapes.prefilter.focus_validator import FocusValidator, ResultTriples
from shapes.prefilter.graph import graph, merged
from shapes.prefilter.index import TYPE, GraphIndex
from shapes.prefilter.select import FocusPair, Selector
from shapes.prefilter.spool import Group, LineSpool, tee

ProgressCallback = Callable[[int, int], None]
"""Called with the number of bytes read and the total."""

LineRange = tuple[int, int]
PartResults = tuple[list[ResultTriples], list[FocusPair], set[int]]

_REMEMBERED = 1 << 16  # things whose types were looked up
_PART_SIZE = 1 << 23  # bytes; also how often `progress` is called


class Prefiltered:
    """A candidate and its reference, read once and ready to be validated against the shapes.

    Focus nodes that only the reference describes are not validated.
    """

    def __init__(
        self,
        shapes: Graph | CompiledShapes,
        candidate: Statements,
        reference: Statements = b"",
        folder: Path | None = None,
    ) -> None:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        compiled = shapes if isinstance(shapes, CompiledShapes) else CompiledShapes(shapes)
        index = GraphIndex(compiled.needs.forward, compiled.needs.inverse)
        self.candidate = LineSpool(tee(canonical(blocks(candidate)), index.add), folder)
        self.reference = LineSpool(tee(canonical(blocks(reference)), index.add), folder)
        index.look_up = lru_cache(_REMEMBERED)(self._types)
        self.full_graph_pairs: list[FocusPair] = []
        self.unchecked: set[int] = set()
        self._reference_subjects = {subject for subject, _ in self.reference.groups()}
        self._compiler = ShapeCompiler(compiled.structure, index)
        self._selector = Selector(self._compiler)
        self.units = self._compiler.units
        self.queries = compiled.structure.queries
        spools = [self.candidate, self.reference] if self._reference_subjects else [self.candidate]
        self.data = graph(spools, index)  # with one spool no groups need to be merged

    def _types(self, node: bytes) -> tuple[bytes, ...]:
        """The types of a node, looked up in the lines."""
        groups = [spool.group(node) for spool in (self.candidate, self.reference)]
        return tuple(merged(groups).get(TYPE, ()))

    def pairs(self, start: int = 0, end: int | None = None) -> Iterator[FocusPair]:
        """Pairs that can fail, for the candidate's subjects in a range of its bytes."""
        for subject, group in self.candidate.groups(start, end):
            yield from self._selector.pairs(subject, self._with_reference(subject, group))

    def _with_reference(self, subject: bytes, group: Group) -> Group:
        if subject not in self._reference_subjects:
            return group
        return merged([group, self.reference.group(subject)])

    def absent_focus_pairs(self) -> Iterator[FocusPair]:
        """Pairs at focus nodes without statements: named by the shapes, or only objects."""
        for focus in self._selector.absent_focus_nodes(self._reference_subjects):
            if not self.candidate.has_subject(focus):
                yield from self._selector.pairs(focus, {})

    def results(
        self, progress: ProgressCallback | None = None, jobs: int = 1
    ) -> Iterator[ResultTriples]:
        """The results of all pairs, except those whose unit needs the full graph.

        Afterwards `full_graph_pairs` lists the exceptions, and `unchecked` the units that have
        pairs but no compiled check. With `jobs` 0 all processors share the work if there is enough.
        """
        self.full_graph_pairs, self.unchecked = [], set()
        jobs = jobs or self._default_jobs()
        parts = self.candidate.split(max(jobs, len(self.candidate) // _PART_SIZE))
        # the first results are those of absent_focus_pairs, before any part is read
        for end, (found, full_graph_pairs, unchecked) in zip(
            [0, *(end for _, end in parts)], self._validate_parts(parts, jobs), strict=True
        ):
            self.full_graph_pairs += full_graph_pairs
            self.unchecked |= unchecked
            yield from found
            if progress:
                progress(end, len(self.candidate))

    def _default_jobs(self) -> int:
        # for little data starting processes takes longer than the validation
        return os.cpu_count() or 1 if len(self.candidate) > _PART_SIZE else 1

    def _validate_parts(self, parts: list[LineRange], jobs: int) -> Iterator[PartResults]:
        yield self._validate_pairs(self.absent_focus_pairs())
        if jobs < 2 or len(parts) < 2:
            yield from map(self._validate_part, parts)
            return
        # forked, so that the workers share what has been read
        with _WorkerState(self), multiprocessing.get_context("fork").Pool(jobs) as pool:
            yield from pool.imap(_validate_in_worker, parts)

    def _validate_part(self, part: LineRange) -> PartResults:
        return self._validate_pairs(self.pairs(*part))

    def _validate_pairs(self, pairs: Iterable[FocusPair]) -> PartResults:
        full_graph_pairs: list[FocusPair] = []
        unchecked: set[int] = set()
        validator = FocusValidator(self.units, self.data)
        found = list(validator.results(self._streamable(pairs, full_graph_pairs, unchecked)))
        return found, full_graph_pairs, unchecked

    def _streamable(
        self, pairs: Iterable[FocusPair], full_graph_pairs: list[FocusPair], unchecked: set[int]
    ) -> Iterator[FocusPair]:
        for pair in pairs:
            unit = self.units[pair[1]]
            if unit.unchecked:
                unchecked.add(pair[1])
            if unit.full_graph:
                full_graph_pairs.append(pair)
            else:
                yield pair

    def validate_full_graph(
        self, data: Graph, pairs: Iterable[FocusPair] | None = None
    ) -> Iterator[ResultTriples]:
        """The results of `full_graph_pairs`, or of some of them, validated over a graph with all
        statements."""
        return FocusValidator(self.units, data).results(pairs or self.full_graph_pairs)


class _WorkerState:
    """The object that forked workers inherit in their memory."""

    prefiltered: Prefiltered | None = None

    def __init__(self, prefiltered: Prefiltered) -> None:
        self._prefiltered = prefiltered

    def __enter__(self) -> None:
        _WorkerState.prefiltered = self._prefiltered

    def __exit__(self, *_: object) -> None:
        _WorkerState.prefiltered = None


def _validate_in_worker(part: LineRange) -> PartResults:
    assert _WorkerState.prefiltered is not None
    return _WorkerState.prefiltered._validate_part(part)
