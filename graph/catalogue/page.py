"""A page of the catalogue: its head, the fragments of its datasets, and what these refer to.

The head says which catalogue this is and what is on the page, and holds the Hydra block, typed and
linked in the two ways that harvesters read (docs/being-harvested.md). Every page of a snapshot has
the same bytes each time; next links lead into the snapshot, so that a harvest never drifts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pyoxigraph as ox

from graph.catalogue.compose import listed
from graph.catalogue.listing import Listing, Selection
from graph.catalogue.membership import thing_of
from graph.catalogue.packs import Fragments
from graph.catalogue.segments import Segments
from graph.catalogue.syntax import Syntax
from graph.core.instance import Instance
from vocab.namespaces import DCAT, DCT, FOAF, HYDRA, RDF, RDFS, XSD

_SPARQL = ox.NamedNode("https://www.w3.org/TR/sparql11-protocol/")


class PageRequest(NamedTuple):
    """A page: of which list, its number (from 1), whether by its address in the snapshot."""

    selection: Selection
    number: int
    syntax: Syntax
    frozen: bool


class Addresses(NamedTuple):
    """Absolute URLs: of the page with a number (0: the pointer page), and of the service's root."""

    page: Callable[[int], str]
    root: str


def pages(listing: Listing, selection: Selection) -> int:
    """The number of pages, at least one."""
    return max(1, -(-listing.count(selection) // listing.page_size))


class Page(NamedTuple):
    """A page: the tag that stands for its bytes; their start, fragments in packs, their end."""

    tag: str
    start: bytes
    fragments: Fragments | None = None
    end: bytes = b""

    @property
    def length(self) -> int:
        """The number of bytes."""
        between = self.fragments.length if self.fragments else 0
        return len(self.start) + between + len(self.end)

    @property
    def held(self) -> int:
        """The number of bytes in memory."""
        between = self.fragments.held if self.fragments else 0
        return len(self.start) + between + len(self.end)

    def segments(self, before: bytes = b"") -> Segments:
        """The bytes, after those of the response's head perhaps; those in packs are read when they
        are sent."""
        between = self.fragments.segments() if self.fragments else ()
        return Segments([before, self.start, *between, self.end])


def assemble(
    listing: Listing, instance: Instance, request: PageRequest, addresses: Addresses
) -> Page:
    """A page: its head, and fragments."""
    syntax, root = request.syntax, ox.NamedNode(instance.base + _path(request.selection.name))
    head = [*_paging(listing, request, addresses)]
    if request.number == 1:
        head += _endpoint(root, instance, addresses.root)
    if request.selection == Selection():
        first = syntax.fragment(sorted(head, key=str))
        fragments, digest = listing.composed(request.number, syntax)
        tag = hashlib.blake2b(first + digest + syntax.extension.encode(), digest_size=16)
        return Page(tag.hexdigest(), syntax.head + first, fragments, syntax.tail)
    body = b"".join(_selected(listing, instance, request, root, head))
    return Page(hashlib.blake2b(body, digest_size=16).hexdigest(), body)


def _selected(
    listing: Listing,
    instance: Instance,
    request: PageRequest,
    root: ox.NamedNode,
    head: list[ox.Triple],
) -> Iterator[bytes]:
    """A page of some datasets, which is put together from each one's fragment."""
    entries = listing.page(request.selection, request.number)
    head += listed(root, entries, instance)
    whole = not request.selection.name
    if not whole:
        head += _sub_catalogue(root, instance, listing, request.selection.name)
    refers = set[int]()
    first = request.syntax.fragment(sorted(head, key=str))
    datasets = list(listing.datasets(entries, request.syntax, refers))
    shared = listing.shared(refers, request.syntax, catalog=whole)
    return request.syntax.document(first, [*datasets, *shared])


def whole_catalogue(listing: Listing, instance: Instance, syntax: Syntax) -> Iterator[bytes]:
    """All pages as one document, without paging; its parts, so that it need not fit in memory."""
    root = ox.NamedNode(instance.names.catalog)
    first = syntax.fragment([ox.Triple(root, RDF.type, DCAT.Catalog)])
    return syntax.document(first, _all_fragments(listing, instance, syntax))


def _all_fragments(listing: Listing, instance: Instance, syntax: Syntax) -> Iterator[bytes]:
    root = ox.NamedNode(instance.names.catalog)
    services = listing.services()
    refers = {key for key, _ in services}
    yield syntax.following(ox.Triple(root, DCAT.service, ox.NamedNode(iri)) for _, iri in services)
    for number in range(1, pages(listing, Selection()) + 1):
        entries = listing.page(Selection(), number)
        yield syntax.following(sorted(listed(root, entries, instance), key=str))
        yield from listing.datasets(entries, syntax, refers)
    yield from listing.shared(refers, syntax, catalog=True)


def _path(name: str) -> str:
    return f"{name}/catalog" if name else "catalog"


def _paging(listing: Listing, request: PageRequest, addresses: Addresses) -> Iterator[ox.Triple]:
    """The Hydra block: without both types, both next links and the total some harvesters stop."""
    last = pages(listing, request.selection)
    this = ox.NamedNode(addresses.page(request.number if request.frozen else 0))
    yield ox.Triple(this, RDF.type, HYDRA.PagedCollection)
    yield ox.Triple(this, RDF.type, HYDRA.PartialCollectionView)
    for name, count in (
        ("totalItems", listing.count(request.selection)),
        ("itemsPerPage", listing.page_size),
    ):
        yield ox.Triple(this, HYDRA[name], ox.Literal(str(count), datatype=XSD.integer))
    links = {
        "first": 1,
        "last": last,
        "next": request.number + 1 if request.number < last else 0,
        "previous": request.number - 1,
    }
    for name, number in links.items():
        if number:
            target = ox.NamedNode(addresses.page(number))
            yield ox.Triple(this, HYDRA[name], target)
            yield ox.Triple(this, HYDRA[f"{name}Page"], target)


def _endpoint(root: ox.NamedNode, instance: Instance, address: str) -> Iterator[ox.Triple]:
    """Our SPARQL endpoint as a data service."""
    service, url = ox.NamedNode(instance.names.endpoint), ox.NamedNode(f"{address}sparql")
    yield ox.Triple(root, DCAT.service, service)
    yield ox.Triple(service, RDF.type, DCAT.DataService)
    yield ox.Triple(service, DCT.title, ox.Literal("SPARQL цэг", language="mn"))
    yield ox.Triple(service, DCT.title, ox.Literal("SPARQL endpoint", language="en"))
    yield ox.Triple(service, DCAT.endpointURL, url)
    yield ox.Triple(service, DCT.conformsTo, _SPARQL)
    yield ox.Triple(_SPARQL, RDF.type, DCT.Standard)
    yield ox.Triple(_SPARQL, DCT.title, ox.Literal("SPARQL 1.1 Protocol", language="en"))


def _sub_catalogue(
    root: ox.NamedNode, instance: Instance, listing: Listing, name: str
) -> Iterator[ox.Triple]:
    """What a sub-catalogue is; its publisher is the whole catalogue's.

    No dct:isPartOf: its value must be described as a second catalogue on the page, and harvesters
    would not know which of them it is of.
    """
    yield ox.Triple(root, RDFS.seeAlso, ox.NamedNode(instance.names.catalog))
    if listing.publisher:
        yield ox.Triple(root, DCT.publisher, ox.NamedNode(listing.publisher))
    titles = listing.titles(name) or {}
    titles.setdefault("en", titles.get("", name))
    for language, text in titles.items():
        if form := _DESCRIPTIONS.get(language):
            title, description = (ox.Literal(f.format(text), language=language) for f in form)
            yield ox.Triple(root, DCT.title, title)
            yield ox.Triple(root, DCT.description, description)
    if thing := thing_of(name):
        yield ox.Triple(root, FOAF.primaryTopic, ox.NamedNode(thing))


_DESCRIPTIONS = {
    "mn": ("{}: өгөгдлийн каталог", "Өлзий каталогийн хэсэг: {}."),
    "en": ("{}: catalogue of datasets", "The part of the Ulzii catalogue for: {}."),
}
