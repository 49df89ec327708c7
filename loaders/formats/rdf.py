"""RDF in any syntax pyoxigraph reads: one record per subject, relative IRIs under the base.

A record's locator is `iri=` and its subject, percent-encoded where a fragment asks for it; of
N-Triples without blank nodes it is the lines, because those can be read as a stream. Blank
nodes become parts of the one subject they hang from (`loaders.formats.skolem`); what cannot be
named that way is rejected. Names of graphs are not kept: a source has its own.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import PurePosixPath
from urllib.parse import quote

import pyoxigraph as ox

from graph.core.errors import InputError
from loaders.formats import skolem
from loaders.formats.skolem import PropertyPairs
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Record, Rejected, Statement
from vocab.terms import Node, Object, Term

RULE = "as-stated"

_HINTS = {
    "LoadDocumentCallback": "Put the context into the document; nothing is fetched while reading.",
    "No scheme found": "This syntax knows no relative IRIs; write the whole address.",
}


_NOT_RDF = {"text/plain", "txt", ""}
"""pyoxigraph takes plain text for N-Triples, as RFC 2046 once did; a page is plain text too."""


def is_rdf(capture: Capture) -> bool:
    """Whether this loader can read a capture: by its media type, else by the end of its name."""
    return _format(capture) is not None


def _format(capture: Capture) -> ox.RdfFormat | None:
    media, extension = capture.media_type, PurePosixPath(capture.name).suffix.lstrip(".")
    by_media = None if media in _NOT_RDF else ox.RdfFormat.from_media_type(media)
    by_name = None if extension in _NOT_RDF else ox.RdfFormat.from_extension(extension)
    return by_media or by_name


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """One record for each subject of each capture, in the order of first mention.

    Raises InputError with line and column for what does not parse.
    """
    for capture in captures:
        yield from _by_line(capture) if _is_ground_lines(capture) else _records(capture, context)


def _is_ground_lines(capture: Capture) -> bool:
    """N-Triples without blank nodes can be read as a stream, however long it is."""
    return _format(capture) == ox.RdfFormat.N_TRIPLES and b"_:" not in capture.data


def _by_line(capture: Capture) -> Iterator[Record]:
    """One record for each run of lines with one subject; its locator is RFC 5147 `line=a,b`."""
    lines = enumerate(io.BytesIO(capture.data))
    for subject, found in groupby(lines, key=lambda one: one[1].partition(b" ")[0].strip()):
        run = list(found)
        if subject and not subject.startswith(b"#"):
            yield from _run(capture, run[0][0], b"".join(text for _, text in run), len(run))


def _run(capture: Capture, before: int, text: bytes, length: int) -> Iterator[Record]:
    graph = _parsed(capture, text, ox.RdfFormat.N_TRIPLES, None, before)
    for subject in graph:
        data = {"subject": subject, "graph": graph, "owners": {}}
        yield Record(capture, f"line={before},{before + length}", "subject", data)


def _records(capture: Capture, context: LoaderContext) -> Iterator[Record]:
    return subjects(capture, parse(capture, context.names.base))


def subjects(capture: Capture, graph: Mapping[Node, PropertyPairs]) -> Iterator[Record]:
    """One record for each subject of a capture's graph."""
    owners, reached = skolem.owners(graph), skolem.reached(graph)
    for number, subject in enumerate(graph):
        if isinstance(subject, ox.NamedNode):
            data = {"subject": subject, "graph": graph, "owners": owners}
            yield Record(capture, f"iri={_encoded(subject)}", "subject", data)
        elif subject not in reached:
            yield Record(capture, f"iri=_:{number}", "blank node", {"subject": subject})


def _encoded(subject: ox.NamedNode) -> str:
    return quote(subject.value, safe="%/?:@!$&'()*+,;=~-._[]")


def parse(capture: Capture, base: str) -> dict[Node, PropertyPairs]:
    """A capture's triples by subject; a triple said twice is kept once.

    Raises InputError for an unknown syntax, and with line and column for a broken file.
    """
    syntax = _format(capture)
    if syntax is None:
        raise InputError(
            f"“{capture.media_type}” is no RDF syntax we read",
            where=capture.name,
            hint="Turtle, TriG, N-Triples, N-Quads, RDF/XML, JSON-LD and N3 are.",
        )
    return _parsed(capture, capture.data, syntax, base)


def _parsed(
    capture: Capture, data: bytes, syntax: ox.RdfFormat, base: str | None, before: int = 0
) -> dict[Node, PropertyPairs]:
    """The triples of `data`, which begins after `before` lines of the capture."""
    graph: dict[Node, PropertyPairs] = {}
    try:
        for quad in ox.parse(data, syntax, base_iri=base):
            graph.setdefault(quad.subject, {})[(quad.predicate, quad.object)] = None
    except (SyntaxError, ValueError) as error:
        raise _broken(capture, error, before) from error
    return graph


_PLACE = re.compile(r"^Parser error at line \d+ (between columns|column) \d+( and \d+)?: ")


def _broken(capture: Capture, error: Exception, before: int) -> InputError:
    text = str(getattr(error, "msg", None) or error)
    row, column = getattr(error, "lineno", None), getattr(error, "offset", None)
    place = f" line {row + before} column {column}" if row else ""
    hint = next((h for key, h in _HINTS.items() if key in text), "Correct the file and load again.")
    return InputError(_PLACE.sub("", text), where=capture.name + place, hint=hint)


def statements(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """What a subject says, and what the blank nodes under it say.

    Raises Rejected for blank nodes that cannot be named and for RDF 1.2 triple terms.
    """
    subject = record.data["subject"]
    if not isinstance(subject, ox.NamedNode):
        raise Rejected(
            f"{record.location}: a blank node that hangs from no subject; give it an IRI"
        )
    try:
        for one, predicate, value in skolem.triples(
            subject, record.data["graph"], record.data["owners"]
        ):
            yield Statement(one, predicate, _published(value), RULE)
    except skolem.UnnameableError as error:
        raise Rejected(f"{record.location}: {error}") from error


def _published(value: Term) -> Object:
    """A term as published: tags in lower case."""
    if isinstance(value, ox.NamedNode):
        return value
    if not isinstance(value, ox.Literal) or getattr(value, "direction", None) is not None:
        raise skolem.UnnameableError(f"{value} is RDF 1.2, which is not published yet")
    if value.language:
        return ox.Literal(value.value, language=value.language.lower())
    return value
