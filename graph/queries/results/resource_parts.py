"""The document of a resource: its description, with counts of its observations and findings and
links to them; and these, page by page.

The lists are Hydra collections: `{iri}?part=observations`, a page `…&page=2`. Their addresses are
below the resource's IRI, which leads to its documents with whatever parameters it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

import pyoxigraph as ox

from graph.queries.model.query import ResourceDocument
from graph.queries.results.resource_description import Links, Members, describe
from vocab.namespaces import CORE, DQV, HYDRA, RDF, RDFS
from vocab.terms import Triples


def document(links: Links, request: ResourceDocument) -> tuple[Triples, int]:
    """The statements of a document, and how many members the list has that it is a page of."""
    if not request.part:
        return describe(links, request.iri), 0
    apart: Members = {"findings": _findings(links, request.iri)}
    if request.part == ResourceDocument.DESCRIPTION:
        return _description(links, request.iri, apart), 0
    for _ in describe(links, request.iri, apart):  # collects the members
        pass
    members = sorted({*apart.get(request.part, ())}, key=lambda node: node.value)
    return _page(links, request, members), len(members)


def _findings(links: Links, iri: str) -> list[ox.NamedNode]:
    """The findings about a resource or what belongs to it, which are no parts of it."""
    thing = ox.NamedNode(iri)
    noted = (t.object for t in links.outgoing([thing]) if t.predicate == DQV.hasQualityAnnotation)
    linked = {n for n in (*links.incoming([thing], ("", "")), *noted) if _is_iri(n)}
    found = links.of_class([*linked], CORE.Finding)
    return [node for node in found if isinstance(node, ox.NamedNode) and node.value != iri]


def _is_iri(node: object) -> TypeGuard[ox.NamedNode]:
    return isinstance(node, ox.NamedNode)


def _description(links: Links, iri: str, apart: Members) -> Triples:
    thing, listed_apart = ox.NamedNode(iri), {*apart["findings"]}
    for triple in describe(links, iri, apart):
        # of thousands of findings the links alone would be most of the document
        if triple.subject != thing or triple.object not in listed_apart:
            yield triple
    for name, members in apart.items():
        if members:
            listed = _list(iri, name)
            yield ox.Triple(ox.NamedNode(iri), RDFS.seeAlso, listed)
            yield from _collection(listed, len({*members}))


def _list(iri: str, name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{iri}?part={name}")


def _collection(listed: ox.NamedNode, total: int) -> Triples:
    yield ox.Triple(listed, RDF.type, HYDRA.Collection)
    yield ox.Triple(listed, HYDRA.totalItems, ox.Literal(total))


def _page(links: Links, request: ResourceDocument, members: list[ox.NamedNode]) -> Triples:
    listed, start = _list(request.iri, request.part), (request.page - 1) * request.PAGE
    yield from _collection(listed, len(members))
    yield from _view(listed, request.page, -(-len(members) // request.PAGE))
    shown = members[start : start + request.PAGE]
    yield from _links_to(links, request.iri, {*shown})
    for member in shown:
        yield from describe(links, member.value)


def _links_to(links: Links, iri: str, members: set[ox.NamedNode]) -> Triples:
    """The statements of a resource about members of its lists."""
    return (t for t in links.outgoing([ox.NamedNode(iri)]) if t.object in members)


def _view(listed: ox.NamedNode, page: int, last: int) -> Iterator[ox.Triple]:
    def at(number: int) -> ox.NamedNode:
        return ox.NamedNode(f"{listed.value}&page={number}")

    yield ox.Triple(listed, HYDRA.view, at(page))
    yield ox.Triple(at(page), RDF.type, HYDRA.PartialCollectionView)
    for name, number in (("first", 1), ("previous", page - 1), ("next", page + 1), ("last", last)):
        if 1 <= number <= last:
            yield ox.Triple(at(page), HYDRA[name], at(number))
