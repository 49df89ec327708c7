"""Repairs of the structure of RDF/XML, in which nodes and properties alternate (§2.2).

Text where none can stand is dropped, several nodes in one property get one each, and missing end
tags are put where the alternation needs them. Positions stay: no line feed is added or removed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from loaders.catalogues.model import ReadProblem, ReceivedDocument
from loaders.catalogues.model.positions import LineCounter

# linear in all inputs: a tag ends before the next `<`, and what has no end takes all the rest
TAG = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)"
    rb"|<!DOCTYPE[^\[<>]*(?:\[.*?(?:\]|\Z))?\s*>"
    rb"|</(?P<end>[^\s<>/]+)\s*>"
    rb"|<(?P<start>[^\s/<>!?=\"']+)"
    rb"(?P<attributes>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*?)(?P<empty>/?)>",
    re.S,
)
_PARSE_TYPE = re.compile(rb"parseType\s*=\s*[\"'](\w+)")
_PARSE_RESOURCE = b' rdf:parseType="Resource"'
_OBJECT = re.compile(rb"[\s:](?:resource|nodeID)\s*=")
_DETAIL = 60  # characters of dropped text in a problem
_CLASSES = frozenset(
    b"Catalog CatalogRecord Dataset DatasetSeries DataService Distribution Description Agent"
    b" Organization Person Group Individual Kind Location PeriodOfTime Document Standard Checksum"
    b" LicenseDocument RightsStatement ProvenanceStatement Concept ConceptScheme".split()
)
"""Local names that are classes for certain, so that their elements are nodes."""
UNLINKED = "urn:x-ulzii:unlinked"
"""The property put around a node that stands where only a property can; not a statement."""
_UNLINKED_START = b'<u:unlinked xmlns:u="urn:x-ulzii:">'
_UNLINKED_END = b"</u:unlinked>"


class Edit(NamedTuple):
    """Bytes from `start` to `end` are replaced by `text`."""

    start: int
    end: int
    text: bytes


@dataclass(slots=True)
class _Element:
    """An open element. `is_node`: it describes a resource, else it is a property or a container."""

    name: bytes
    is_node: bool
    start: int
    tag_end: int
    parse_type: bytes = b""
    has_object: bool = False
    unlinked: bool = False
    children: int = 0
    texts: list[tuple[int, int]] = field(default_factory=list)


class StructureRepair:
    """One pass over the tags of a document.

    With `close`, missing end tags are added and stray ones removed; without it the document must
    be well-formed.
    """

    def __init__(self, document: ReceivedDocument, data: bytes, *, close: bool) -> None:
        self._document, self._data, self._close = document, data, close
        self._open: list[_Element] = []
        self._edits: list[Edit] = []
        self._notes: list[tuple[int, str, str]] = []

    def run(self) -> tuple[bytes, list[ReadProblem]]:
        """The mended bytes, and a problem for each place."""
        end = 0
        for match in TAG.finditer(self._data):
            self._text(end, match.start())
            end = match.end()
            if match["end"]:
                self._end(match)
            elif match["start"]:
                self._start(match)
            elif match[0].startswith(b"<![CDATA["):
                self._text(match.start(), match.end())
        return edited(self._data, self._edits), list(self._problems())

    def _text(self, start: int, end: int) -> None:
        if self._open and not self._data[start:end].isspace() and start < end:
            self._open[-1].texts.append((start, end))

    def _start(self, match: re.Match[bytes]) -> None:
        if self._close:
            self._close_before(match)
        parent = self._open[-1] if self._open else None
        if parent and parent.parse_type not in (b"Literal", b"Collection"):
            self._alternate(parent, match)
        element = _element(parent, match)
        if parent:
            parent.children += 1
        if parent and parent.is_node and local_name(element.name) in _CLASSES:
            self._unlink(element, match)
        if match["empty"]:
            self._after(element, match.end())
        else:
            self._open.append(element)

    def _alternate(self, parent: _Element, match: re.Match[bytes]) -> None:
        """Mend a property whose content is not one node."""
        if parent.is_node or local_name(parent.name) == b"RDF" or parent.parse_type == b"Resource":
            return
        if not parent.children and not parent.has_object and not _names_class(match["start"]):
            parent.parse_type = b"Resource"  # its content is properties: the node was forgotten
            position = parent.tag_end - 1
            self._edits.append(Edit(position, position, _PARSE_RESOURCE))
            self._notes.append((parent.start, "xml-mended", 'rdf:parseType="Resource"'))
        elif parent.children or parent.has_object:
            self._one_node_only(parent, match)

    def _unlink(self, element: _Element, match: re.Match[bytes]) -> None:
        """Keep a node inside a node, which says what it is but not how the two are related."""
        element.is_node = element.unlinked = True
        self._edits.append(Edit(match.start(), match.start(), _UNLINKED_START))
        self._notes.append((match.start(), "xml-mended", match["start"].decode()))

    def _after(self, element: _Element, position: int) -> None:
        if element.unlinked:
            self._edits.append(Edit(position, position, _UNLINKED_END))

    def _close_before(self, match: re.Match[bytes]) -> None:
        """A property that holds text, or before another property, has lost its end tag."""
        while len(self._open) > 1:
            top = self._open[-1]
            may_hold = top.is_node or top.parse_type
            if may_hold or not (top.texts or not _names_class(match["start"])):
                return
            self._insert_end(match.start())

    def _insert_end(self, position: int) -> None:
        element = self._open.pop()
        self._drop_texts(element)
        if element.texts and not element.children:  # without the white space that follows the text
            start, end = element.texts[-1]
            position = start + len(self._data[start:end].rstrip())
        self._edits.append(Edit(position, position, b"</" + element.name + b">"))
        self._after(element, position)
        self._notes.append((element.start, "xml-mended", f"</{element.name.decode()}>"))

    def _one_node_only(self, parent: _Element, match: re.Match[bytes]) -> None:
        again = b"</" + parent.name + b"><" + parent.name + b">"
        position = match.start() if parent.children else parent.tag_end
        self._edits.append(Edit(position, position, again))
        self._notes.append((match.start(), "property-split", parent.name.decode()))

    def _end(self, match: re.Match[bytes]) -> None:
        name = match["end"]
        if all(element.name != name for element in self._open):
            self._edits.append(Edit(match.start(), match.end(), b""))
            self._notes.append((match.start(), "xml-mended", match[0].decode()))
            return
        while self._open[-1].name != name:
            self._insert_end(match.start())
        element = self._open.pop()
        self._drop_texts(element)
        self._after(element, match.end())

    def _drop_texts(self, element: _Element) -> None:
        """Drop text beside nodes, beside `rdf:resource`, and inside nodes."""
        is_value = not element.is_node and not element.children and not element.has_object
        is_container = local_name(element.name) == b"RDF" or element.parse_type == b"Resource"
        if element.parse_type == b"Literal" or (is_value and not is_container):
            return
        for start, end in element.texts:
            text = self._data[start:end]
            self._edits.append(Edit(start, end, b"\n" * text.count(b"\n")))
            detail = text.decode().strip()[:_DETAIL]
            self._notes.append((start, "text-dropped", detail))

    def _problems(self) -> Iterator[ReadProblem]:
        lines = LineCounter(self._data, self._document.first_line)
        for position, kind, detail in sorted(self._notes):
            yield ReadProblem(kind, None, lines.locator(position), detail)


def edited(data: bytes, edits: list[Edit]) -> bytes:
    """The bytes with edits, which do not overlap, applied."""
    pieces, end = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):  # stable: insertions keep their order
        pieces += [data[end : edit.start], edit.text]
        end = edit.end
    return b"".join([*pieces, data[end:]])


def local_name(name: bytes) -> bytes:
    """The part of a qualified name after its prefix."""
    return name.rpartition(b":")[2]


def _names_class(name: bytes) -> bool:
    """Classes begin with a capital letter in the vocabularies that catalogues use."""
    return local_name(name)[:1].isupper()


def _element(parent: _Element | None, match: re.Match[bytes]) -> _Element:
    parse_type = _PARSE_TYPE.search(match["attributes"])
    is_literal = parent is not None and parent.parse_type == b"Literal"
    return _Element(
        name=match["start"],
        is_node=_is_node(parent, match["start"]),
        start=match.start(),
        tag_end=match.end(),
        parse_type=b"Literal" if is_literal else parse_type[1] if parse_type else b"",
        has_object=bool(_OBJECT.search(match["attributes"])),
    )


def _is_node(parent: _Element | None, name: bytes) -> bool:
    if parent is None:
        return local_name(name) != b"RDF"
    return not parent.is_node and parent.parse_type != b"Resource"
