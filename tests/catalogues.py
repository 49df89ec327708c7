"""Catalogues to harvest: datasets in Turtle, and all pages of a published list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pyoxigraph as ox

from graph.catalogue import listing
from graph.catalogue.listing import Listing, Selection
from graph.catalogue.page import Addresses, PageRequest, assemble, pages
from graph.catalogue.syntax import SYNTAXES
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.publication.publish import Publisher
from graph.snapshots import Snapshot
from tests import turtle, versions

OWN = """
<catalog> a dcat:Catalog ; dct:title "Каталог"@mn ; dct:description "Бүгд"@mn ;
  dct:publisher <https://w3id.org/ulzii/id/org/5296722> .
<https://w3id.org/ulzii/id/org/5296722> a foaf:Agent ; foaf:name "Улсын бүртгэл"@mn .
"""
_DATASET = """
<id/dataset/{source}/{name}> a dcat:Dataset ; dct:title "Багц {name}{more}"@mn ;
  dct:description "Тайлбар {name}"@mn ; dct:identifier "{source}:{name}" ;
  dct:publisher <https://w3id.org/ulzii/id/org/5296722> ; dcat:theme theme:AGRI ;
  dcat:distribution <id/dataset/{source}/{name}/file/1> .
<id/dataset/{source}/{name}/file/1> a dcat:Distribution ; dcat:accessURL <http://x/{name}> .
"""
ADDRESSES = Addresses(lambda number: f"http://here/catalog?page={number}", "http://here/")


def iri(name: str, source: str = "agency") -> str:
    return f"https://example.mn/id/dataset/{source}/{name}"


def datasets(
    names: Iterable[str], changed: Iterable[str] = (), source: str = "agency"
) -> list[bytes]:
    """The lines of datasets; the changed ones have another title."""
    text = (
        _DATASET.format(source=source, name=name, more=" шинэ" if name in changed else "")
        for name in names
    )
    return turtle.lines("".join(text))


def publish(instance: Instance, text: str, source: str = "agency", **more: str) -> Snapshot:
    """Publish a document as the next version of a source."""
    return versions.publish(instance, source, turtle.lines(text), **more)


def page(found: Listing, instance: Instance, number: int = 1, syntax: str = "nt") -> bytes:
    """A page of the whole catalogue."""
    request = PageRequest(Selection(), number, SYNTAXES[syntax], frozen=True)
    found_page = assemble(found, instance, request, ADDRESSES)
    body = b"".join(found_page.segments())
    assert len(body) == found_page.length
    return body


def all_pages(instance: Instance, syntax: str = "nt") -> list[bytes]:
    """All pages of the current catalogue."""
    found = listing.current(instance)
    numbers = range(1, pages(found, Selection()) + 1)
    return [page(found, instance, number, syntax) for number in numbers]


def triples(instance: Instance) -> set[ox.Triple]:
    """All that the current catalogue states."""
    found = b"".join(all_pages(instance))
    return {quad.triple for quad in ox.parse(found, ox.RdfFormat.N_TRIPLES)}


def values(instance: Instance, subject: str, predicate: ox.NamedNode) -> set[str]:
    node = ox.NamedNode(subject)
    found = (t for t in triples(instance) if (t.subject, t.predicate) == (node, predicate))
    return {t.object.value for t in found if not isinstance(t.object, ox.Triple)}


def rebuild(instance: Instance) -> None:
    Publisher(instance, Ledger(instance)).rebuild()


def sized(instance: Instance, size: int) -> Instance:
    return replace(instance, page_size=size)
