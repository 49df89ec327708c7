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
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

import pyoxigraph as ox
import rdflib

from graph.core.errors import InputError
from graph.core.iris import ROOT, Names
from loaders.formats import dcat_us
from vocab.terms import Term

_IN_MEMORY = 16 << 20
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
    """Lines that can be iterated any number of times; many are kept in a temporary file."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        self._file.writelines(line + b"\n" for line in lines)

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
    digest = hashlib.sha256(data).hexdigest()
    body = data.removeprefix(_BOM)
    if not body.strip():
        raise InputError(
            "the file is empty", where=name, hint="Validate a catalogue in RDF or data.json."
        )
    extension = PurePosixPath(name).suffix.lstrip(".").lower()
    if extension in _RDFLIB:
        return _by_rdflib(name, body, extension, digest)
    document = _json(name, body) if _looks_like_json(body, extension, media_type) else None
    if dcat_us.is_data_json(document):
        return _data_json(name, document, digest)
    syntax = _syntax(name, body, extension, media_type, document)
    return _by_oxigraph(name, body, syntax, base or f"file:///{name}", digest)


def _looks_like_json(body: bytes, extension: str, media_type: str) -> bool:
    return "json" in media_type or "json" in extension or body.lstrip()[:1] == b"{"


def _json(name: str, body: bytes) -> Any:
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        raise InputError(
            f"this is not JSON: {error.msg}",
            where=f"{name} line {error.lineno} column {error.colno}",
            hint="Correct the file there and validate it again.",
        ) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: Exception) -> InputError:
    if isinstance(error, UnicodeDecodeError):
        hint = "Save the file as UTF-8."
        return InputError(f"byte {error.start} is not UTF-8", where=name, hint=hint)
    return InputError("the JSON is nested too deeply", where=name, hint="Use fewer levels.")


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
    found = None if media_type in _NOT_RDF else ox.RdfFormat.from_media_type(media_type)
    found = found or (ox.RdfFormat.from_extension(extension) if extension != "txt" else None)
    if found in (None, ox.RdfFormat.RDF_XML):
        found = _sniff(name, body[:65536])
    return found


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
    name: str, body: bytes, syntax: ox.RdfFormat, base: str, digest: str
) -> CatalogueDocument:
    source, labels = _LineReader(body), _BlankNodeLabels()
    locations: dict[str, str] = {}

    def read_lines() -> Iterator[bytes]:
        for quad in ox.parse(cast(IO[bytes], source), syntax, base_iri=base or None):
            subject = labels.relabel(quad.subject)
            locations.setdefault(str(subject).strip("<>"), f"line {source.line}")
            yield f"{subject} {quad.predicate} {labels.relabel(quad.object)} .".encode()

    try:
        lines = SpooledLines(read_lines())
    except (SyntaxError, ValueError) as error:
        raise _input_error(name, error, source.line) from error
    # the parser of JSON-LD gives the first triple when it has read the last line
    known = {} if syntax == ox.RdfFormat.JSON_LD else locations
    return CatalogueDocument(name, syntax.name, digest, lines, known)


def _input_error(name: str, error: Exception, line: int = 0) -> InputError:
    text = str(getattr(error, "msg", None) or error)
    row, column = getattr(error, "lineno", None), getattr(error, "offset", None)
    position = f" line {row} column {column}" if row else f" line {line}" if line else ""
    hint = next((hint for key, hint in _HINTS if key in text), "Correct the file there.")
    return InputError(_POSITION.sub("", text), where=name + position, hint=hint)


def _by_rdflib(name: str, body: bytes, extension: str, digest: str) -> CatalogueDocument:
    data = rdflib.Dataset()
    try:
        with warnings.catch_warnings(action="ignore"):  # its parsers use deprecated parts of rdflib
            data.parse(data=body, format=_RDFLIB[extension])
        document = "".join(_n3(*quad[:3]) for quad in data.quads()).encode()
    except Exception as error:  # parsers of rdflib raise many types
        raise _input_error(name, error) from error
    return replace(
        _by_oxigraph(name, document, ox.RdfFormat.N_TRIPLES, "", digest),
        locations={},
        syntax=extension,
    )


def _n3(*terms: Any) -> str:
    return f"{' '.join(term.n3() for term in terms)} .\n"


def _data_json(name: str, document: Any, digest: str) -> CatalogueDocument:
    base = Names(ROOT).capture(digest)
    lines = sorted({f"{triple} .".encode() for triple in dcat_us.triples(document, base)})
    subjects = {line[1:].split(b">", 1)[0].decode() for line in lines}
    own = {iri for iri in subjects if iri.startswith(base)}
    locations = {iri: dcat_us.pointer(iri, base) or "/" for iri in own}
    return CatalogueDocument(name, "data.json", digest, SpooledLines(lines), locations)


class _BlankNodeLabels:
    """Labels of blank nodes: numbers in order of mention."""

    def __init__(self) -> None:
        self._labels: dict[ox.BlankNode, ox.BlankNode] = {}

    def relabel(self, term: Term) -> Term:
        """The term; a blank node with its new label."""
        if isinstance(term, ox.BlankNode):
            return self._labels.setdefault(term, ox.BlankNode(f"b{len(self._labels) + 1}"))
        return term
