"""Validate statements against SHACL shapes; every result comes from pySHACL.

`validate` applies our rules, `check` any shapes graph. The prefilter (`shapes/prefilter`) selects
what can fail, and pySHACL validates only that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
from rdflib import SH, Graph, URIRef

from shapes.asked import of_foreign_source
from shapes.comparisons import compare
from shapes.files import graph_digest, shape_files, shapes_digest, shapes_graph
from shapes.prefilter.blocks import Statements
from shapes.prefilter.compiler import CompiledShapes
from shapes.prefilter.run import Prefiltered, ProgressCallback
from shapes.pyshacl_results import ResultBuilder
from shapes.pyshacl_store import PyshaclStore
from shapes.results import ValidationReport, ValidationResult, make_report
from shapes.rules import Rule, read_rules
from shapes.statements import StatementReader

_IN_MEMORY_LIMIT = 64 << 20
"""Up to this many bytes of statements, SPARQL constraints run on a store in memory (faster)."""

__all__ = [
    "PreparedShapes",
    "ValidationReport",
    "ValidationResult",
    "check",
    "prepare",
    "shape_files",
    "shapes_digest",
    "validate",
]


def validate(
    candidate: Statements,
    reference: Statements = b"",
    *,
    workspace: Path | None = None,
    jobs: int = 1,
    progress: ProgressCallback | None = None,
    foreign: bool = False,
) -> ValidationReport:
    """Validate the candidate's statements against our rules.

    The reference's statements are visible to the rules, but only focus nodes that are subjects of
    the candidate are validated. Both are N-Triples: bytes, an open binary file, or lines. They are
    held in memory (about 200 bytes a statement), or in `workspace`, an empty directory, if given.
    `jobs` processes share the work (0: all processors, if there is enough work); `progress` is
    called with the bytes read and their total. Of a `foreign` source's statements less is asked
    (shapes.asked).
    Raises SyntaxError if the input is not N-Triples.
    """
    shapes, rules_by_shape, compiled = own_rules()
    reader = StatementReader(shapes, rules_by_shape, foreign=foreign)
    builder = ResultBuilder(shapes, rules_by_shape)
    prefiltered = Prefiltered(compiled, reader.read(candidate), reference, workspace)
    # other focus nodes belong to the reference, which was validated before it was published
    is_own = prefiltered.candidate.has_subject
    found = _results(prefiltered, builder, workspace, jobs, progress, is_own)
    own = [result for result in found if is_own(f"<{result.focus}>".encode())]
    whole = _fully_validated_shapes(prefiltered, builder)
    compared = compare(prefiltered.candidate, rules_by_shape)
    results: Iterable[ValidationResult] = [*reader.results, *compared, *own]
    if foreign:
        results = of_foreign_source(
            results, rules_by_shape, has_observations=reader.has_observations
        )
    return make_report(results, prefiltered.candidate.count, shapes_digest(), whole)


@cache
def own_rules() -> tuple[Graph, dict[str, Rule], CompiledShapes]:
    """Our rules, read once per process."""
    shapes = shapes_graph()
    return shapes, read_rules(shapes), CompiledShapes(shapes)


@dataclass(frozen=True, slots=True)
class PreparedShapes:
    """A shapes graph read for `check`, for more than one candidate."""

    graph: Graph
    digest: str
    rules: dict[str, Rule]
    compiled: CompiledShapes


def prepare(shapes: Graph) -> PreparedShapes:
    """Read a shapes graph, which must not be changed afterwards. Raises what `check` raises."""
    digest = graph_digest(shapes)
    return PreparedShapes(shapes, digest, _rules_with_messages(shapes), CompiledShapes(shapes))


def check(
    shapes: Graph | PreparedShapes,
    candidate: Statements,
    reference: Statements = b"",
    *,
    workspace: Path | None = None,
    jobs: int = 1,
    progress: ProgressCallback | None = None,
) -> ValidationReport:
    """Validate the candidate's statements against any SHACL shapes graph; otherwise as `validate`.

    Every focus node is validated except those that only the reference describes. `shape` and `rule`
    of a result are the IRI of its shape, or of the nearest shape that contains it; messages are
    those of the report, under "" if they have no language. SPARQL constraints run on a store that
    normalises literals ("007"^^xsd:integer becomes 7); all others see literals as given.
    Raises SyntaxError if the input is not N-Triples, pyshacl.errors.ReportableRuntimeError or
    ConstraintLoadError if the shapes are not valid SHACL.
    """
    prepared = shapes if isinstance(shapes, PreparedShapes) else prepare(shapes)
    prefiltered = Prefiltered(prepared.compiled, candidate, reference, workspace)
    builder = ResultBuilder(prepared.graph, prepared.rules)
    found = list(_results(prefiltered, builder, workspace, jobs, progress, lambda focus: True))
    whole = _fully_validated_shapes(prefiltered, builder)
    return make_report(found, prefiltered.candidate.count, prepared.digest, whole)


def _rules_with_messages(shapes: Graph) -> dict[str, Rule]:
    """The named shapes whose messages have languages, which pySHACL loses in placeholders."""
    rules_by_shape = read_rules(shapes)
    named = (str(node) for node in shapes.subjects(SH.severity) if isinstance(node, URIRef))
    return {iri: rules_by_shape[iri] for iri in named if rules_by_shape[iri].messages}


def _results(
    prefiltered: Prefiltered,
    builder: ResultBuilder,
    workspace: Path | None,
    jobs: int,
    progress: ProgressCallback | None,
    is_asked: Callable[[bytes], bool],
) -> Iterator[ValidationResult]:
    """The results, of SPARQL constraints those at focus nodes that are asked for."""
    for found in prefiltered.results(progress, jobs):
        yield builder.result(found)
    # a store of all statements takes longer than everything else: mostly no query has a focus node
    if pairs := [pair for pair in prefiltered.full_graph_pairs if is_asked(pair[0])]:
        data = PyshaclStore(_store(prefiltered, workspace), prefiltered.queries)
        for found in prefiltered.validate_full_graph(data, pairs):
            yield builder.result(found)


def _store(prefiltered: Prefiltered, workspace: Path | None) -> ox.Store:
    large = len(prefiltered.candidate) + len(prefiltered.reference) > _IN_MEMORY_LIMIT
    store = ox.Store(str(workspace / "store")) if workspace and large else ox.Store()
    for spool in (prefiltered.candidate, prefiltered.reference):
        for block in spool.blocks():
            store.bulk_load(block, ox.RdfFormat.N_TRIPLES)
    return store


def _fully_validated_shapes(prefiltered: Prefiltered, builder: ResultBuilder) -> Iterator[str]:
    units = prefiltered.unchecked.union(unit for _, unit in prefiltered.full_graph_pairs)
    return (builder.name(prefiltered.units[unit].shape.node) for unit in units)
