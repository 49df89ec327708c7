"""A page of the catalogue: its head, the fragments of its datasets, and what these refer to.

The head says which catalogue this is and what is on the page, and holds the Hydra block, typed and
linked in the two ways that harvesters read (docs/being-harvested.md). Every page of a snapshot has
the same bytes each time; next links lead into the snapshot, so that a harvest never drifts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import pyoxigraph as ox

from graph.catalogue.description.entry import Entry
from graph.catalogue.listing import Listing, Selection
from graph.catalogue.membership import thing_of
from graph.catalogue.syntax import Syntax
from graph.core.instance import Instance
from vocab.namespaces import DCAT, DCT, FOAF, RDF, XSD, Namespace

HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
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


def document(
    listing: Listing, instance: Instance, request: PageRequest, addresses: Addresses
) -> bytes:
    """The bytes of a page."""
    entries = listing.page(request.selection, request.number)
    services = _services(listing, request)
    root = ox.NamedNode(instance.base + _path(request.selection.name))
    head = [
        *_listed(root, entries, instance),
        *_paging(listing, request, addresses),
        *(ox.Triple(root, DCAT.service, ox.NamedNode(iri)) for _, iri in services),
    ]
    if request.number == 1:
        head += _endpoint(root, instance, addresses.root)
    whole = not request.selection.name
    if not whole:
        head += _sub_catalogue(root, instance, listing, request.selection.name)
    syntax, refers = request.syntax, {key for key, _ in services}
    fragments = [syntax.fragment(sorted(head, key=str))]
    fragments += listing.datasets(entries, syntax, refers)
    fragments += listing.shared(refers, syntax, catalog=whole)
    return b"".join(syntax.document(fragments))


def whole_catalogue(listing: Listing, instance: Instance, syntax: Syntax) -> Iterator[bytes]:
    """All pages as one document, without paging; its parts, so that it need not fit in memory."""
    return syntax.document(_all_fragments(listing, instance, syntax))


def _all_fragments(listing: Listing, instance: Instance, syntax: Syntax) -> Iterator[bytes]:
    root = ox.NamedNode(instance.names.catalog)
    services = listing.services()
    refers = {key for key, _ in services}
    linked = [ox.Triple(root, DCAT.service, ox.NamedNode(iri)) for _, iri in services]
    yield syntax.fragment(linked)
    for number in range(1, pages(listing, Selection()) + 1):
        entries = listing.page(Selection(), number)
        yield syntax.fragment(sorted(_listed(root, entries, instance), key=str))
        yield from listing.datasets(entries, syntax, refers)
    yield from listing.shared(refers, syntax, catalog=True)


def _path(name: str) -> str:
    return f"{name}/catalog" if name else "catalog"


def _services(listing: Listing, request: PageRequest) -> Sequence[tuple[int, str]]:
    """The data services on a page of the whole catalogue: as many as datasets, the rest last."""
    if request.selection != Selection():
        return ()
    size, last = listing.page_size, pages(listing, request.selection)
    start = (request.number - 1) * size
    return listing.services()[start : None if request.number == last else start + size]


def _listed(
    root: ox.NamedNode, entries: Sequence[Entry], instance: Instance
) -> Iterator[ox.Triple]:
    yield ox.Triple(root, RDF.type, DCAT.Catalog)
    for entry in entries:
        yield ox.Triple(root, DCAT.dataset, ox.NamedNode(entry.iri))
        yield ox.Triple(root, DCAT.record, ox.NamedNode(entry.record(instance.names)))


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
    """What a sub-catalogue is; its publisher is the whole catalogue's."""
    yield ox.Triple(root, DCT.isPartOf, ox.NamedNode(instance.names.catalog))
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
