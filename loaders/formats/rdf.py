"""RDF in any syntax that pyoxigraph reads: one record per subject, relative IRIs under the base.

The locator of a record is `iri=` and its subject. N-Triples without blank nodes are read as a
stream; there the locator is the range of lines. Blank nodes get IRIs under the subject that refers
to them (`loaders.formats.skolem`); where that is impossible the record is rejected. Names of graphs
are dropped, because a source has a graph of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import PurePosixPath
from urllib.parse import quote

import pyoxigraph as ox

from graph.core.errors import InputError
from loaders.formats import skolem, xml_entities
from loaders.formats.skolem import PropertyPairs
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Record, Rejected, Statement
from vocab.terms import Node, Object, Term

RULE = "as-stated"

GRAPH_LIMIT = 512 << 20
"""The largest capture, in bytes, that is not N-Triples without blank nodes: subjects are collected,
so the graph is held in memory."""

_HINTS = {
    "LoadDocumentCallback": "Put the JSON-LD context into the document; none is fetched.",
    "No scheme found": "This syntax has no relative IRIs; write absolute ones.",
}


_NOT_RDF = {"text/plain", "txt", ""}
"""pyoxigraph takes plain text for N-Triples, as RFC 2046 once did; web pages are plain text too."""


def is_rdf(capture: Capture) -> bool:
    """Whether this loader can read a capture, by its media type, else by its file extension."""
    return _format(capture) is not None


def _format(capture: Capture) -> ox.RdfFormat | None:
    media, extension = capture.media_type, PurePosixPath(capture.name).suffix.lstrip(".")
    # the media type decides: it is the agency's statement, an extension may be accidental
    by_media = None if media in _NOT_RDF else ox.RdfFormat.from_media_type(media)
    by_name = None if extension in _NOT_RDF else ox.RdfFormat.from_extension(extension)
    return by_media or by_name


def records(
    captures: Sequence[Capture], context: LoaderContext, base: str = ""
) -> Iterator[Record]:
    """One record for each subject of each capture, in order of first mention.

    Relative IRIs stand under `base`, or under the instance's.

    Raises InputError with line and column for a syntax error.
    """
    for capture in captures:
        if _is_streamable(capture):
            yield from _stream(capture)
        else:
            yield from subject_records(capture, parse(capture, base or context.names.base))


def _is_streamable(capture: Capture) -> bool:
    """N-Triples without blank nodes: each line has its meaning without the others."""
    return _format(capture) == ox.RdfFormat.N_TRIPLES and not capture.mentions(b"_:")


def _stream(capture: Capture) -> Iterator[Record]:
    """One record for each run of lines with the same subject."""
    with capture.open() as file:
        lines = enumerate(file)
        for subject, group in groupby(lines, key=lambda one: one[1].partition(b" ")[0].strip()):
            run = list(group)
            if subject and not subject.startswith(b"#"):
                text = b"".join(line for _, line in run)
                yield from _run_records(capture, text, start=run[0][0], end=run[0][0] + len(run))


def _run_records(capture: Capture, text: bytes, *, start: int, end: int) -> Iterator[Record]:
    """The record of the lines `start` to `end`; the locator is RFC 5147 `line=start,end`."""
    graph = _parse(capture, text, ox.RdfFormat.N_TRIPLES, None, first_line=start)
    for subject in graph:
        data = {"subject": subject, "graph": graph, "references": {}}
        yield Record(capture, f"line={start},{end}", "subject", data)


def subject_records(capture: Capture, graph: Mapping[Node, PropertyPairs]) -> Iterator[Record]:
    """One record for each subject of a capture's graph."""
    references, reachable = skolem.reference_counts(graph), skolem.reachable(graph)
    for number, subject in enumerate(graph):
        if isinstance(subject, ox.NamedNode):
            data = {"subject": subject, "graph": graph, "references": references}
            yield Record(capture, f"iri={_fragment(subject)}", "subject", data)
        elif subject not in reachable:  # a record too, so that it is rejected and counted
            yield Record(capture, f"iri=_:{number}", "blank node", {"subject": subject})


def _fragment(subject: ox.NamedNode) -> str:
    """An IRI as it can be written inside the fragment of another."""
    return quote(subject.value, safe="%/?:@!$&'()*+,;=~-._[]")


def parse(capture: Capture, base: str) -> dict[Node, PropertyPairs]:
    """The triples of a capture by subject, without duplicates.

    Raises InputError for an unknown syntax, and with line and column for a syntax error or for
    entities that are refused.
    """
    syntax = _format(capture)
    if syntax is None:
        raise InputError(
            f"“{capture.media_type}” is not an RDF syntax that can be read",
            where=capture.name,
            hint="These can: Turtle, TriG, N-Triples, N-Quads, RDF/XML, JSON-LD, N3.",
        )
    return _parse(capture, capture.whole(GRAPH_LIMIT), syntax, base)


def _parse(
    capture: Capture, data: bytes, syntax: ox.RdfFormat, base: str | None, first_line: int = 0
) -> dict[Node, PropertyPairs]:
    """The triples of `data`, which begins after `first_line` lines of the capture."""
    if syntax == ox.RdfFormat.RDF_XML:
        xml_entities.check(data, capture.name)
    graph: dict[Node, PropertyPairs] = {}
    try:
        for quad in ox.parse(data, syntax, base_iri=base):
            graph.setdefault(quad.subject, {})[(quad.predicate, quad.object)] = None
    except (SyntaxError, ValueError) as error:
        raise _input_error(capture, error, first_line) from error
    return graph


_POSITION = re.compile(r"^Parser error at line \d+ (between columns|column) \d+( and \d+)?: ")


def _input_error(capture: Capture, error: Exception, first_line: int) -> InputError:
    text = str(getattr(error, "msg", None) or error)
    row, column = getattr(error, "lineno", None), getattr(error, "offset", None)
    position = f" line {row + first_line} column {column}" if row else ""
    hint = next((h for key, h in _HINTS.items() if key in text), "Correct the file and load again.")
    return InputError(_POSITION.sub("", text), where=capture.name + position, hint=hint)


def statements(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The statements of a subject and of the blank nodes under it.

    Raises Rejected for blank nodes that cannot get an IRI and for RDF 1.2 triple terms.
    """
    subject = record.data["subject"]
    if not isinstance(subject, ox.NamedNode):
        raise Rejected(f"{record.location}: no subject refers to this blank node; give it an IRI")
    try:
        for one, predicate, value in skolem.triples(
            subject, record.data["graph"], record.data["references"]
        ):
            yield Statement(one, predicate, _object(value), RULE)
    except skolem.UnnameableError as error:
        raise Rejected(f"{record.location}: {error}") from error


def _object(value: Term) -> Object:
    """A term as it is published: language tags in lower case."""
    if isinstance(value, ox.NamedNode):
        return value
    if not isinstance(value, ox.Literal) or getattr(value, "direction", None) is not None:
        raise skolem.UnnameableError(f"{value} is RDF 1.2, which cannot be published yet")
    if value.language:
        return ox.Literal(value.value, language=value.language.lower())
    return value
