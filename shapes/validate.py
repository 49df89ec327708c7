"""Holding a candidate against shapes; pySHACL is the authority and words every result.

`validate` knows our rules, `check` takes any shapes graph. Before pySHACL stands the prefilter
(`shapes/prefilter`): it is asked only about what can fail.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from pyshacl.graph_abstraction import OxigraphDataGraph
from rdflib import SH, Graph, Literal, URIRef

from shapes.files import digest_of, shape_files, shapes_digest, shapes_graph
from shapes.foreign import MessageFormatter
from shapes.prefilter.compiler import CompiledShapes
from shapes.prefilter.run import Prefiltered, ProgressCallback
from shapes.results import ValidationReport, ValidationResult, report
from shapes.rules import Rule, rules
from shapes.statements import StatementReader, Statements, lines

_LARGE = 64 << 20
"""Bytes of statements up to which constraints in SPARQL are asked in memory, which is faster."""

__all__ = [
    "ValidationReport",
    "ValidationResult",
    "check",
    "shape_files",
    "shapes_digest",
    "validate",
]


class _Data(OxigraphDataGraph):
    """A store as pySHACL wants it, without two of its traps.

    pySHACL asks `graph or other` twice for every result, which would count all statements; and it
    follows paths through literals, which the store refuses with a TypeError.
    """

    def __bool__(self) -> bool:
        return True

    def objects(
        self, subject: Any = None, predicate: Any = None, unique: bool = False
    ) -> Generator[Any, None, None]:
        """The values of a property; a literal has none."""
        if not isinstance(subject, Literal):
            yield from super().objects(subject, predicate, unique=unique)


def validate(
    candidate: Statements,
    reference: Statements = b"",
    *,
    workspace: Path | None = None,
    jobs: int = 1,
    progress: ProgressCallback | None = None,
) -> ValidationReport:
    """Hold the candidate's statements against our rules, looking at the reference's with them.

    Both are N-Triples: bytes, an open binary file, or lines. Only focus nodes that are subjects
    of the candidate are judged. The statements are held in memory, about 200 bytes each, or in
    an empty directory `workspace` if one is given. `jobs` processes share the work (0: all
    processors, where it is worth while); `progress` is told the bytes read and their total.
    Raises SyntaxError where the input is not N-Triples.
    """
    shapes, known, read = own_rules()
    reader, worder = StatementReader(shapes, known), MessageFormatter(shapes, known)
    made = Prefiltered(read, reader.read(candidate), lines(reference), workspace)
    found = _results(made, worder, workspace, jobs, progress)
    own = [result for result in found if made.candidate.has(f"<{result.focus}>".encode())]
    whole = _went_whole(made, worder)
    return report([*reader.results, *own], made.candidate.count, shapes_digest(), whole)


@cache
def own_rules() -> tuple[Graph, dict[str, Rule], CompiledShapes]:
    """Our rules, read once: they are the same as long as the process lives."""
    shapes = shapes_graph()
    return shapes, rules(shapes), CompiledShapes(shapes)


def check(
    shapes: Graph,
    candidate: Statements,
    reference: Statements = b"",
    *,
    workspace: Path | None = None,
    jobs: int = 1,
    progress: ProgressCallback | None = None,
) -> ValidationReport:
    """Hold the candidate's statements against any SHACL shapes graph; else as `validate`.

    Every focus node is judged but those only the reference describes. A result's `shape` and
    `rule` are the IRI of its shape, or of the nearest one around it; messages are the report's,
    under "" where they have no language. SPARQL constraints are asked of a store that writes
    literals its own way ("007"^^xsd:integer as 7); all others see them as given.
    Raises SyntaxError where the input is not N-Triples, pyshacl.errors.ReportableRuntimeError
    or ConstraintLoadError where the shapes are no SHACL.
    """
    digest = digest_of(shapes)
    made = Prefiltered(shapes, lines(candidate), lines(reference), workspace)
    worder = MessageFormatter(shapes, _worded(shapes))
    found = list(_results(made, worder, workspace, jobs, progress))
    return report(found, made.candidate.count, digest, _went_whole(made, worder))


def _worded(shapes: Graph) -> dict[str, Rule]:
    """Named shapes with messages in languages: pySHACL drops the tag where it fills one in."""
    known = rules(shapes)
    named = (str(node) for node in shapes.subjects(SH.severity) if isinstance(node, URIRef))
    return {iri: known[iri] for iri in named if known[iri].messages}


def _results(
    made: Prefiltered,
    worder: MessageFormatter,
    workspace: Path | None,
    jobs: int,
    progress: ProgressCallback | None,
) -> Iterator[ValidationResult]:
    for found in made.results(progress, jobs):
        yield worder.result(found)
    if made.whole:
        for found in made.on_the_whole(_Data(_store(made, workspace))):
            yield worder.result(found)


def _store(made: Prefiltered, workspace: Path | None) -> ox.Store:
    large = len(made.candidate) + len(made.reference) > _LARGE
    store = ox.Store(str(workspace / "store")) if workspace and large else ox.Store()
    for spool in (made.candidate, made.reference):
        for block in spool.blocks():
            store.bulk_load(block, ox.RdfFormat.N_TRIPLES)
    return store


def _went_whole(made: Prefiltered, worder: MessageFormatter) -> Iterator[str]:
    units = made.unchecked.union(unit for _, unit in made.whole)
    return (worder.name(made.units[unit].shape.node) for unit in units)
