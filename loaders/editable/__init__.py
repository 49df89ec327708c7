"""Editable sources: their statements are written over HTTP, graph by graph, with a token.

A write is a load like any other: its body is the capture, its subjects are the records, and the
same pipeline validates, logs and publishes the whole source as a new version, or nothing.

This module has the loader. A statement that is kept keeps its origin; a new statement has the body
of the write as its capture, and its subject as locator.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from graph.statements.rowmap import Origin
from loaders.formats import rdf
from loaders.formats.skolem import PropertyPairs
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Record, Statement
from vocab.terms import Node, Object

_KEPT = "kept"

KeptLines = Mapping[Origin, Sequence[bytes]]
"""N-Triples lines of the published version, by the origin of the statement."""


@dataclass(frozen=True, slots=True)
class EditedSource:
    """A loader for one write: the published lines that are kept, and the statements of its body."""

    unchanged_lines: KeptLines
    stated: Mapping[Node, PropertyPairs] = field(default_factory=dict)

    def records(self, captures: Sequence[Capture], _: LoaderContext) -> Iterator[Record]:
        """The kept lines by the records they came from, then the subjects of the body."""
        for origin, lines in self.unchanged_lines.items():
            earlier = Capture(origin.capture, "an earlier write", "", "", b"")
            data = {"lines": lines, "rule": origin.rule}
            yield Record(earlier, origin.locator, _KEPT, data)
        for capture in captures:
            yield from rdf.subject_records(capture, self.stated)

    def statements(self, record: Record, context: LoaderContext) -> Iterator[Statement]:
        """The statements of a record.

        Raises Rejected for blank nodes that cannot get an IRI and for RDF 1.2 triple terms.
        """
        if record.kind == _KEPT:
            return _kept_statements(record.data["lines"], record.data["rule"])
        return rdf.statements(record, context)


def _kept_statements(lines: Iterable[bytes], rule: str) -> Iterator[Statement]:
    for quad in ox.parse(b"\n".join(lines), ox.RdfFormat.N_TRIPLES):
        assert isinstance(quad.subject, ox.NamedNode)
        assert isinstance(quad.object, Object)
        yield Statement(quad.subject, quad.predicate, quad.object, rule)
