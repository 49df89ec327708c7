"""Linked Data Event Streams, such as a DCAT-AP Feed: of each object the last member counts.

A page has members with a time each. Read as a plain document it would mix old and new titles, so a
feed is read twice: first which member of all pages is the last of its object, then these. A member
is an activity (`as:Create`, `as:Update`, `as:Delete`) with its payload in the graph of its name, or
a version of an object (`ldes:versionOfPath`) in the default graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

import pyoxigraph as ox
from pyld import jsonld

from graph.core.errors import InputError
from loaders.catalogues.json_ld import contexts, lax_json
from loaders.catalogues.model import LocatedTriple, ReadItem, ReceivedDocument
from loaders.catalogues.model.positions import LineReader
from loaders.catalogues.model.terms import TermReader, parsing_base
from loaders.catalogues.reading.sniff import sniff
from loaders.pipeline.record import Capture
from vocab.namespaces import AS, DCT, LDES, RDF, TREE

_MEMBER = b"member"
_MARKS = (b"w3id.org/tree#", b"w3id.org/ldes#", b"EventStream")
_DELETES = frozenset({AS.Delete, AS.Remove})
_STREAM = frozenset({TREE.view, TREE.relation, TREE.node, TREE.member})
_TIMES = (AS.published, DCT.issued, DCT.modified, DCT.created)
_OBJECTS = (AS.object, DCT.isVersionOf)
_N_QUADS = "application/n-quads"
_SYNTAXES = {"turtle": ox.RdfFormat.TRIG, "n-triples": ox.RdfFormat.N_QUADS}


def is_feed(capture: Capture) -> bool:
    """Whether a document may be a page of an event stream: it names the vocabulary and members."""
    found = capture.mentions(_MEMBER, *_MARKS)
    return _MEMBER in found and len(found) > 1


class _LocatedQuad(NamedTuple):
    quad: ox.Quad
    locator: str


class _Place(NamedTuple):
    """When a member was published, and where it stands: later ones win."""

    time: datetime
    page: int
    position: int


@dataclass(frozen=True, slots=True)
class _Member:
    """A member of a feed: what it is about, whether it deletes it."""

    name: ox.NamedNode
    about: ox.NamedNode
    place: _Place
    deletes: bool


@dataclass(slots=True)
class Feed:
    """The pages of one event stream. Look at all of them, then read each."""

    _last: dict[ox.NamedNode, _Member] = field(default_factory=dict)
    _pages: set[int] = field(default_factory=set)

    def look(self, document: ReceivedDocument, page: int) -> Iterator[LocatedTriple]:
        """Find the members of a page; gives the triples by which pages are linked.

        Raises InputError for a document that cannot be read.
        """
        graphs = _graphs(document)
        members = _members(graphs, page)
        self._pages |= {page} if members else set()
        for one in members:
            known = self._last.get(one.about)
            if known is None or known.place < one.place:
                self._last[one.about] = one
        for found in graphs[None]:
            if found.quad.predicate in _STREAM:
                yield from _as_read(document, [found])

    def holds_members(self, page: int) -> bool:
        """Whether a page has members; others are read as plain documents."""
        return page in self._pages

    def read(self, document: ReceivedDocument, page: int) -> Iterator[ReadItem]:
        """What the members of a page say that are the last of their object."""
        graphs = _graphs(document)
        for one in _members(graphs, page):
            if self._last[one.about] == one and not one.deletes:
                yield from _items(document, _payload(graphs, one))


Graphs = dict[ox.NamedNode | None, list[_LocatedQuad]]


def _graphs(document: ReceivedDocument) -> Graphs:
    """The quads of a document: of each member its own graph, and under None all others, since a
    page in JSON-LD may itself be a graph with a name."""
    by_graph: Graphs = defaultdict(list)
    for found in _quads(document):
        name = found.quad.graph_name
        by_graph[name if isinstance(name, ox.NamedNode) else None].append(found)
    quads = [one for graph in by_graph.values() for one in graph]
    members = {one.quad.object for one in quads if one.quad.predicate == TREE.member}
    graphs: Graphs = {name: graph for name, graph in by_graph.items() if name in members}
    rest = (graph for name, graph in by_graph.items() if name not in members)
    return {**graphs, None: [one for graph in rest for one in graph]}


def _quads(document: ReceivedDocument) -> Iterator[_LocatedQuad]:
    form = sniff(document)
    base = parsing_base(document.base)
    try:
        if form == "json-ld":
            data = _from_json_ld(document, base).encode()
            for quad in ox.parse(data, ox.RdfFormat.N_QUADS, lenient=True):
                yield _LocatedQuad(quad, "")
            return
        reader = LineReader(document)
        syntax = _SYNTAXES.get(form, ox.RdfFormat.RDF_XML)
        for quad in ox.parse(reader.as_file(), syntax, base_iri=base, lenient=True):
            yield _LocatedQuad(quad, reader.locator)
    except (SyntaxError, ValueError, jsonld.JsonLdError) as error:
        raise InputError(
            f"the page of the feed cannot be read: {error}",
            where=document.name,
            hint="Fetch it again. If it is the same, ask its publisher.",
        ) from error


def _from_json_ld(document: ReceivedDocument, base: str) -> str:
    value, _ = lax_json.load(document)
    options: Any = {"base": base, "documentLoader": contexts.load, "format": _N_QUADS}
    written = jsonld.to_rdf(value, options)
    return cast(str, written)


def _members(graphs: Graphs, page: int) -> list[_Member]:
    """The members of a page that are about something, in order."""
    described: dict[Any, list[ox.Quad]] = defaultdict(list)
    for found in graphs[None]:
        described[found.quad.subject].append(found.quad)
    names = [one.quad.object for one in graphs[None] if one.quad.predicate == TREE.member]
    time, about = _path(graphs, LDES.timestampPath), _path(graphs, LDES.versionOfPath)
    members = []
    for position, name in enumerate(dict.fromkeys(names)):
        quads = described[name]
        objects = _values(quads, about, *_OBJECTS)
        if isinstance(name, ox.NamedNode) and objects and isinstance(objects[0], ox.NamedNode):
            place = _Place(_time(_values(quads, time, *_TIMES)), page, position)
            deletes = any(q.object in _DELETES for q in quads if q.predicate == RDF.type)
            members.append(_Member(name, objects[0], place, deletes))
    return members


def _path(graphs: Graphs, predicate: ox.NamedNode) -> ox.NamedNode | None:
    """The property that a stream names for times or objects."""
    found = (one.quad.object for one in graphs[None] if one.quad.predicate == predicate)
    return next((one for one in found if isinstance(one, ox.NamedNode)), None)


def _values(quads: list[ox.Quad], *predicates: ox.NamedNode | None) -> list[Any]:
    """The values of the first of some properties that there is."""
    for predicate in predicates:
        if found := [quad.object for quad in quads if quad.predicate == predicate]:
            return found
    return []


def _time(values: list[Any]) -> datetime:
    try:
        time = datetime.fromisoformat(values[0].value)
    except (ValueError, IndexError, AttributeError):
        return datetime.min.replace(tzinfo=UTC)  # then the order of the pages decides
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _payload(graphs: Graphs, member: _Member) -> list[_LocatedQuad]:
    """What a member says: its own graph, else itself with the blank nodes below it, under the
    name of its object."""
    if member.name in graphs:
        return graphs[member.name]
    by_subject: dict[Any, list[_LocatedQuad]] = defaultdict(list)
    for one in graphs[None]:
        by_subject[one.quad.subject].append(one)
    payload, pending = [], [cast(Any, member.name)]
    for node in pending:
        for quad, locator in by_subject.pop(node, []):
            pending += [quad.object] if isinstance(quad.object, ox.BlankNode) else []
            subject = member.about if node == member.name else quad.subject
            if not (node == member.name and quad.predicate in _OBJECTS):
                renamed = ox.Quad(subject, quad.predicate, quad.object)
                payload.append(_LocatedQuad(renamed, locator))
    return payload


def _items(document: ReceivedDocument, quads: list[_LocatedQuad]) -> Iterator[ReadItem]:
    terms = TermReader(document)
    for quad, locator in quads:
        yield from terms.items(quad.subject, quad.predicate, quad.object, locator)


def _as_read(document: ReceivedDocument, quads: list[_LocatedQuad]) -> Iterator[LocatedTriple]:
    return (one for one in _items(document, quads) if isinstance(one, LocatedTriple))
