"""XML envelopes as a stream: their own elements, and the payloads in them as documents.

A payload is cut out byte by byte and gets the namespaces that are declared around it, so that it
is read as if it had come alone; a broken one does not harm the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from graph.core.errors import InputError
from loaders.catalogues.model import ReadItem, ReadProblem, ReceivedDocument
from loaders.catalogues.model.positions import line_locator
from loaders.catalogues.rdf_xml import text
from loaders.catalogues.rdf_xml.scan import scan
from loaders.catalogues.reading.read import read_document
from loaders.formats import xml_entities
from loaders.formats.json_strict import FETCH_AGAIN

_BLOCK = 1 << 16
_TAG = re.compile(rb"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_TAG_NAME = re.compile(rb"<[^\s/>]+")

ElementPath = tuple[str, ...]
"""Local names from the root element down to an element."""


class EnvelopeElement(NamedTuple):
    """An element of the envelope itself, at its end: its path, attributes and text."""

    path: ElementPath
    attributes: dict[str, str]
    text: str


class EnvelopePayload(NamedTuple):
    """An element of another vocabulary in the envelope, as a document of its own.

    `name` is its namespace, a blank, and its local name; it begins after `lines` lines.
    """

    name: str
    data: bytes
    lines: int


EnvelopeItem = EnvelopeElement | EnvelopePayload


def well_formed(document: ReceivedDocument) -> tuple[ReceivedDocument, list[ReadProblem]]:
    """The envelope, with faults of its texts mended, and what was mended.

    Raises InputError for XML that is cut or cannot be mended, and for entities that are refused.
    """
    xml_entities.check(document.data, document.name)
    if scan(document.data).fault is None:
        return document, []
    data, problems = text.mend(document)
    if fault := scan(data).fault:
        raise InputError(
            f"the answer is cut or broken: {fault.message}",
            where=f"{document.name} line {fault.line} column {fault.column}",
            hint=FETCH_AGAIN,
        )
    return document.part(data, ""), problems


def items(data: bytes, is_payload: Callable[[ElementPath, str], bool]) -> Iterator[EnvelopeItem]:
    """The elements and payloads of XML, in the order of their ends.

    Raises ExpatError where it is not well-formed.
    `is_payload` gets the path of an element's parent and the element's name.
    """
    reader = _EnvelopeReader(data, is_payload)
    for start in range(0, len(data), _BLOCK):
        try:
            reader.parser.Parse(data[start : start + _BLOCK], False)
        except expat.ExpatError:
            yield from reader.taken()  # what stands before the fault in its block
            raise
        yield from reader.taken()
    reader.parser.Parse(b"", True)
    yield from reader.taken()


@dataclass(slots=True)
class _Open:
    """An element that is open: local name, attributes, text so far."""

    name: str
    attributes: dict[str, str]
    texts: list[str] = field(default_factory=list)


class _EnvelopeReader:
    def __init__(self, data: bytes, is_payload: Callable[[ElementPath, str], bool]) -> None:
        self._data, self._is_payload = data, is_payload
        self._open: list[_Open] = []
        self._found: list[EnvelopeItem] = []
        self._scopes: list[tuple[str, str]] = []  # prefix and namespace, innermost last
        self._declared = 0  # of them by the element that begins
        self._depth = 0  # in a payload
        self._start = 0
        self._before: dict[str, str] = {}
        self._payload_name = ""
        self._lines, self._counted = 0, 0
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartNamespaceDeclHandler = self._declare
        self.parser.EndNamespaceDeclHandler = lambda _: self._scopes.pop()

    def taken(self) -> list[EnvelopeItem]:
        """What was found since the last call."""
        found, self._found = self._found, []
        return found

    def _declare(self, prefix: str | None, namespace: str | None) -> None:
        self._scopes.append((prefix or "", namespace or ""))
        self._declared += 1

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        declared, self._declared = self._declared, 0
        if self._depth:
            self._depth += 1
        elif self._is_payload(self._path(), name):
            self._depth, self._payload_name = 1, name
            self._start = self.parser.CurrentByteIndex
            outer = self._scopes[: len(self._scopes) - declared]
            inner = {prefix for prefix, _ in self._scopes[len(self._scopes) - declared :]}
            self._before = {p: iri for p, iri in outer if p not in inner}
        else:
            self._open.append(_Open(name.rpartition(" ")[2], attributes))

    def _end(self, name: str) -> None:
        if self._depth:
            self._depth -= 1
            if self._depth == 0:
                self._found.append(self._payload())
            return
        path, one = self._path(), self._open.pop()
        self._found.append(EnvelopeElement(path, one.attributes, "".join(one.texts).strip()))

    def _text(self, written: str) -> None:
        if not self._depth and self._open:
            self._open[-1].texts.append(written)

    def _path(self) -> ElementPath:
        return tuple(one.name for one in self._open)

    def _payload(self) -> EnvelopePayload:
        first = _TAG.match(self._data, self._start)
        is_empty = first is not None and first[0].endswith(b"/>")
        last = first if is_empty else _TAG.match(self._data, self.parser.CurrentByteIndex)
        end = last.end() if last else len(self._data)
        self._lines += self._data.count(b"\n", self._counted, self._start)
        self._counted = self._start
        return EnvelopePayload(
            self._payload_name, self._with_namespaces(self._data[self._start : end]), self._lines
        )

    def _with_namespaces(self, part: bytes) -> bytes:
        declared = "".join(
            f" xmlns{':' + prefix if prefix else ''}={quoteattr(iri)}"
            for prefix, iri in self._before.items()
            if iri or not prefix
        )
        name = _TAG_NAME.match(part)
        end = name.end() if name else 0
        return part[:end] + declared.encode() + part[end:]


def read_payloads(
    envelope: ReceivedDocument, payloads: Iterable[EnvelopePayload]
) -> Iterator[ReadItem]:
    """The triples of payloads, each read alone with a scope of its own; a broken one costs itself.

    Raises InputError where not one can be read.
    """
    came, first = 0, None
    for number, payload in enumerate(payloads):
        place = line_locator(envelope.first_line + payload.lines + 1)
        try:
            found = list(read_document(_as_document(envelope, payload, number)))
        except InputError as error:
            first = first or error
            yield ReadProblem("record-rejected", None, place, str(error).partition("\n")[0])
        else:
            came += 1
            yield from found
    if first and not came:
        raise first


def _as_document(
    envelope: ReceivedDocument, payload: EnvelopePayload, number: int
) -> ReceivedDocument:
    return envelope.part(
        payload.data,
        f"r{number}.",
        media_type="application/rdf+xml",
        first_line=payload.lines,
    )
