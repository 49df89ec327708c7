"""A publisher's catalogue in any syntax, as N-Triples lines that can be validated.

Reads what pyoxigraph reads (Turtle, TriG, N-Triples, N-Quads, RDF/XML, JSON-LD, N3), what only
rdflib reads (TriX, Hextuples), and data.json. Nothing is repaired: literals stay as written, blank
nodes are kept and numbered in order of mention.
"""

from __future__ import annotations

import hashlib
import json
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple, cast

import pyoxigraph as ox
import rdflib

from graph.core import limited_process
from graph.core.errors import InputError
from graph.core.iris import ROOT, Names
from loaders.catalogues.json_forms import data_json
from loaders.catalogues.model import ReceivedDocument
from loaders.formats import json_limits, xml_entities
from loaders.validation import data_json_lines
from vocab.terms import Term

_BOM = b"\xef\xbb\xbf"
_RDFLIB = {"trix": "trix", "hext": "hext"}
_POSITION = re.compile(r"^Parser error at line \d+ (between columns|column) \d+( and [^:]*)?: ")

_HINTS = (
    ("LoadDocumentCallback", "Put the JSON-LD context into the file; none is fetched."),
    ("scheme", "Write absolute IRIs, with https:// at the beginning."),
    ("IRI", "Percent-encode spaces and letters outside ASCII in IRIs."),
    ("prefix", "Declare the prefix at the top of the file."),
    ("language", "A language tag is like @mn or @en: letters, digits and hyphens."),
)


class SpooledLines:
    """Lines that can be iterated any number of times, kept in a temporary file. A forked process
    can fill it too, if it keeps `fileno`."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115

    def fileno(self) -> int:
        """The descriptor of the file."""
        return self._file.fileno()

    def fill(self, lines: Iterable[bytes]) -> None:
        """Write the lines, in place of what is there."""
        self._file.seek(0)
        self._file.truncate()
        self._file.writelines(line + b"\n" for line in lines)
        self._file.flush()

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(0)
        yield from (line.removesuffix(b"\n") for line in self._file)

    def __del__(self) -> None:
        self._file.close()


@dataclass(frozen=True, slots=True)
class CatalogueDocument:
    """A catalogue: N-Triples lines, SHA-256 of its bytes, and the location of each subject.

    A location is the line of the subject's first statement (`line 7`), or its JSON Pointer in
    data.json. There are none for JSON-LD, whose parser needs the whole document first.
    """

    name: str
    syntax: str
    digest: str
    lines: SpooledLines
    locations: Mapping[str, str] = field(default_factory=dict)


def read(name: str, data: bytes, media_type: str = "", base: str = "") -> CatalogueDocument:
    """Read a catalogue. `base` resolves relative IRIs; by default they get the scheme `file:`.

    Raises InputError that says what is wrong, in which line, and what to do.
    """
    body = data.removeprefix(_BOM)
    if not body.strip():
        raise InputError(
            "the file is empty", where=name, hint="Validate a catalogue in RDF or data.json."
        )
    lines, digest = SpooledLines(), hashlib.sha256(data).hexdigest()
    received = _Input(name, body, media_type, base or f"file:///{name}", digest)
    syntax, locations = limited_process.run(
        lambda _: _parse(received, lines),
        limited_process.limits_for(len(body)),
        where=name,
        files=[lines.fileno()],
    )
    return CatalogueDocument(name, syntax, digest, lines, locations)


class _Input(NamedTuple):
    """A catalogue as it was received, without a byte order mark; `base` resolves its IRIs."""

    name: str
    body: bytes
    media_type: str
    base: str
    digest: str


class _Parsed(NamedTuple):
    """A catalogue whose lines have been written; see CatalogueDocument."""

    syntax: str
    locations: Mapping[str, str]


def _parse(received: _Input, lines: SpooledLines) -> _Parsed:
    """Parse a catalogue into `lines`, in a process with limits."""
    name, body, media_type = received.name, received.body, received.media_type
    extension = PurePosixPath(name).suffix.lstrip(".").lower()
    if extension in _RDFLIB:
        return _by_rdflib(name, body, extension, lines)
    document = _json(name, body) if _looks_like_json(body, extension, media_type) else None
    if data_json.is_data_json(document):
        return _data_json(received, lines)
    syntax = _syntax(name, body, extension, media_type, document)
    return _by_oxigraph(name, body, syntax, received.base, lines)


def _looks_like_json(body: bytes, extension: str, media_type: str) -> bool:
    return "json" in media_type or "json" in extension or body.lstrip()[:1] == b"{"


def _json(name: str, body: bytes) -> Any:
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        problem = json_limits.JsonError(error.msg, error.lineno, error.colno)
    except UnicodeDecodeError as error:
        raise InputError(
            f"byte {error.start} is not UTF-8", where=name, hint="Save the file as UTF-8."
        ) from error
    except (ValueError, RecursionError) as error:
        problem = json_limits.explain(body.decode(json.detect_encoding(body)), error)
    raise InputError(
        f"this is not JSON that can be read: {problem.message}",
        where=name + problem.position("line"),
        hint="Correct the file there and validate it again.",
    )


_NOT_RDF = {"text/plain", "application/json", "text/html", "application/xml", "text/xml", ""}
_SIGNATURES = (
    (re.compile(rb"^\s*(<!doctype html|<html)", re.I), None),
    (re.compile(rb"<(\w+:)?RDF[\s>]"), ox.RdfFormat.RDF_XML),
    (re.compile(rb"^\s*(<\?xml|<[\w.-]+:?[\w.-]*\s[^>]*xmlns)"), None),
)
"""Beginning of a file → its syntax; None where it is not RDF."""


def _syntax(name: str, body: bytes, extension: str, media_type: str, document: Any) -> ox.RdfFormat:
    if document is not None:
        return _json_ld(name, document)
    syntax = None if media_type in _NOT_RDF else ox.RdfFormat.from_media_type(media_type)
    syntax = syntax or (ox.RdfFormat.from_extension(extension) if extension != "txt" else None)
    if syntax in (None, ox.RdfFormat.RDF_XML):
        syntax = _sniff(name, body[:65536])
    return syntax


def _json_ld(name: str, document: Any) -> ox.RdfFormat:
    items = document if isinstance(document, list) else [document]
    if any(isinstance(i, dict) and any(k.startswith("@") for k in i) for i in items):
        return ox.RdfFormat.JSON_LD
    raise InputError(
        "this JSON is neither JSON-LD (no @context) nor data.json (no list “dataset”)",
        where=name,
        hint="Validate one of the two. The responses of most APIs are neither.",
    )


def _sniff(name: str, head: bytes) -> ox.RdfFormat:
    for mark, syntax in _SIGNATURES:
        if mark.search(head):
            if syntax is None:
                break
            return syntax
    else:
        return ox.RdfFormat.TURTLE
    root = re.search(rb"<([A-Za-z][\w:.-]*)", head)
    raise InputError(
        f"this is not RDF: its first element is <{root[1].decode() if root else '?'}>",
        where=name,
        hint="Give the URL of the RDF file itself, not of a page about it.",
    )


class _LineReader:
    """Bytes that are read line by line, so that the position of the parser is known."""

    def __init__(self, body: bytes) -> None:
        self._rest = body
        self._start = 0
        self.line = 0

    def read(self, size: int = -1) -> bytes:
        """One line, or a part of it if it is longer than `size`."""
        end = self._rest.find(b"\n", self._start) + 1 or len(self._rest)
        stop = min(end, self._start + size) if size >= 0 else end
        part, self._start = self._rest[self._start : stop], stop
        self.line += stop == end and bool(part)
        return part


def _by_oxigraph(
    name: str, body: bytes, syntax: ox.RdfFormat, base: str, lines: SpooledLines
) -> _Parsed:
    source, labels = _LineReader(body), _BlankNodeLabels()
    locations: dict[str, str] = {}
    if syntax == ox.RdfFormat.RDF_XML:
        xml_entities.check(body, name)

    def read_lines() -> Iterator[bytes]:
        for quad in ox.parse(cast(IO[bytes], source), syntax, base_iri=base or None):
            subject = labels.relabel(quad.subject)
            locations.setdefault(str(subject).strip("<>"), f"line {source.line}")
            yield f"{subject} {quad.predicate} {labels.relabel(quad.object)} .".encode()

    try:
        lines.fill(read_lines())
    except (SyntaxError, ValueError) as error:
        raise _input_error(name, error, source.line) from error
    # the parser of JSON-LD gives the first triple when it has read the last line
    return _Parsed(syntax.name, {} if syntax == ox.RdfFormat.JSON_LD else locations)


def _input_error(name: str, error: Exception, line: int = 0) -> InputError:
    text = str(getattr(error, "msg", None) or error)
    row, column = getattr(error, "lineno", None), getattr(error, "offset", None)
    position = f" line {row} column {column}" if row else f" line {line}" if line else ""
    hint = next((hint for key, hint in _HINTS if key in text), "Correct the file there.")
    return InputError(_POSITION.sub("", text), where=name + position, hint=hint)


def _by_rdflib(name: str, body: bytes, extension: str, lines: SpooledLines) -> _Parsed:
    if extension == "trix":
        xml_entities.check(body, name)
    data = rdflib.Dataset()
    try:
        with warnings.catch_warnings(action="ignore"):  # its parsers use deprecated parts of rdflib
            data.parse(data=body, format=_RDFLIB[extension])
        document = "".join(_n3(*quad[:3]) for quad in data.quads()).encode()
    except (MemoryError, RecursionError):  # the process's limits
        raise
    except Exception as error:  # parsers of rdflib raise many types
        raise _input_error(name, error) from error
    _by_oxigraph(name, document, ox.RdfFormat.N_TRIPLES, "", lines)
    return _Parsed(extension, {})


def _n3(*terms: Any) -> str:
    return f"{' '.join(term.n3() for term in terms)} .\n"


def _data_json(received: _Input, lines: SpooledLines) -> _Parsed:
    base = Names(ROOT).capture(received.digest)
    document = ReceivedDocument(received.name, received.body, received.base, "")
    locations: dict[str, str] = {}
    written: dict[bytes, None] = {}
    for subject, predicate, value, locator in data_json_lines.triples(document, base):
        iri = str(subject)[1:-1]
        if iri.startswith(base):
            locations.setdefault(iri, locator)
        written[f"{subject} {predicate} {value} .".encode()] = None
    lines.fill(sorted(written))
    return _Parsed("data.json", locations)


class _BlankNodeLabels:
    """Labels of blank nodes: numbers in order of mention."""

    def __init__(self) -> None:
        self._labels: dict[ox.BlankNode, ox.BlankNode] = {}

    def relabel(self, term: Term) -> Term:
        """The term; a blank node with its new label."""
        if isinstance(term, ox.BlankNode):
            return self._labels.setdefault(term, ox.BlankNode(f"b{len(self._labels) + 1}"))
        return term
