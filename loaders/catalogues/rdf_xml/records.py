"""RDF/XML that cannot be read as a whole: each dataset by its tags alone, then all the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyoxigraph as ox

from loaders.catalogues.model import ReadItem, ReadProblem, ReceivedDocument
from loaders.catalogues.model.positions import LineCounter, line_locator
from loaders.catalogues.model.terms import TermReader
from loaders.catalogues.rdf_xml.root import ROOT
from loaders.catalogues.rdf_xml.scan import scan
from loaders.catalogues.rdf_xml.structure import Edit, StructureRepair, edited
from loaders.catalogues.rdf_xml.triples import triples

_RECORD = rb"(?:Dataset|DatasetSeries|DataService|CatalogRecord)"
_TAG = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)"
    rb"|<(?P<slash>/?)(?P<name>(?:[\w.-]+:)?"
    + _RECORD
    + rb")(?P<attributes>\s[^<>]*?)?(?P<empty>/?)>",
    re.S,
)
_NAMESPACE = re.compile(rb"\sxmlns(?::[\w.-]+)?\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")
_XML_ATTRIBUTE = re.compile(rb"\sxml:(?:base|lang)\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")
_NAME = re.compile(rb"\s(?:[\w.-]+:)?(about|nodeID|ID)\s*=\s*(\"[^\"<]*\"|'[^'<]*')")
_RDF = b"http://www.w3.org/1999/02/22-rdf-syntax-ns#"


@dataclass(frozen=True, slots=True)
class RecordSpan:
    """The bytes of one record element, and the reference that stands for it in the rest."""

    start: int
    end: int
    text: bytes
    reference: bytes


def read(document: ReceivedDocument) -> Iterator[ReadItem]:
    """The triples of every record that can be read, and a problem for every one that cannot."""
    isolated, lines = _Isolated(document), LineCounter(document.data)
    for span in isolated.spans:
        yield from isolated.read(span.text, lines.line(span.start))
    rest = edited(document.data, [Edit(s.start, s.end, s.reference) for s in isolated.spans])
    yield from isolated.read(isolated.content(rest), 1)


class _Isolated:
    """The records of a document, each with all that it needs of the document around it."""

    def __init__(self, document: ReceivedDocument) -> None:
        self._document, self._terms = document, TermReader(document)
        data = document.data
        root = ROOT.search(data)
        self._root, self._name = (root[0], root["name"]) if root else (b"", b"")
        self._before = data[: root.start()] if root else b""
        declared = {b" xmlns:rdf": b' xmlns:rdf="' + _RDF + b'"'}
        for match in _NAMESPACE.finditer(data):
            declared.setdefault(match[0].partition(b"=")[0].rstrip(), match[0])
        attributes = [*declared.values(), *_XML_ATTRIBUTE.findall(self._root)]
        self._start = self._before + b"<rdf:RDF" + b"".join(attributes) + b">"
        self.spans = list(_spans(data))

    def content(self, data: bytes) -> bytes:
        """What stands inside of the root element, if this is rdf:RDF."""
        body = data[len(self._before) :]
        if self._name.rpartition(b":")[2] != b"RDF":
            return body
        return body.removeprefix(self._root).rpartition(b"</" + self._name)[0]

    def read(self, text: bytes, line: int) -> Iterator[ReadItem]:
        """One record whole, or a problem."""
        quads, error = self._parse(text)
        if error:  # the tags of this record alone may still be put in order
            part = replace(self._document, first_line=line - 1)
            text, problems = StructureRepair(part, text, close=True).run()
            quads, error = self._parse(text)
            yield from problems if not error else ()
        locator = line_locator(line + self._document.first_line, None)
        if error:
            yield ReadProblem("record-isolated", self._subject(text), locator, error)
        for quad in quads:
            yield from self._terms.items(quad.subject, quad.predicate, quad.object, locator)

    def _parse(self, text: bytes) -> tuple[list[ox.Quad], str]:
        data = self._start + text + b"</rdf:RDF>"
        if fault := scan(data).fault:
            return [], fault.message
        try:
            return list(triples(self._document, data)), ""
        except (SyntaxError, ValueError) as error:
            return [], str(getattr(error, "msg", None) or error)

    def _subject(self, text: bytes) -> ox.NamedNode | ox.BlankNode | None:
        """The node of a record that cannot be read, so that its last version can be kept."""
        name = _NAME.search(text[: text.find(b">")])
        if name is None:
            return None
        node = b"<rdf:Description" + name[0] + b"><rdf:value/></rdf:Description>"
        for quad in self._parse(node)[0]:
            for item in self._terms.items(quad.subject, quad.predicate, quad.object, ""):
                return item.subject
        return None


def _spans(data: bytes) -> Iterator[RecordSpan]:
    """The outermost record elements; one whose end tag is missing ends where the next begins."""
    depth, start, opening = 0, 0, b""
    for match in _TAG.finditer(data):
        if not match["name"]:
            continue
        if match["empty"]:
            continue
        if not match["slash"]:
            depth += 1
            if depth == 1:
                start, opening = match.start(), match[0]
        elif depth:
            depth -= 1
            if depth == 0:
                yield _span(data, start, match.end(), opening)


def _span(data: bytes, start: int, end: int, opening: bytes) -> RecordSpan:
    text = data[start:end]
    name = _NAME.search(opening)
    if name is None:  # a label joins the record and what refers to it
        label = b' rdf:nodeID="isolated-%d"' % start
        text = opening[:-1] + label + b">" + text[len(opening) :]
    else:
        label = name[0] if name[1] != b"ID" else b' rdf:about="#' + name[2][1:]
    return RecordSpan(start, end, text, b"<rdf:Description" + label + b"/>")
