"""A page of a list as data: JSON, CSV, Turtle."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pyoxigraph as ox

from graph.lists.document import spoken
from graph.lists.index import FacetValue
from graph.lists.query import ListEntry, ListPage
from server.http.urls import Urls
from server.pages.find.addresses import ListAddress
from server.sparql.service_description import serialize
from vocab.namespaces import RDF, RDFS, SCHEMA, XSD


def as_json(address: ListAddress, page: ListPage, urls: Urls) -> str:
    """The things with their facets, how many there are of each value, and the next page."""
    following = address.at(page=str(address.page + 1)) if address.page < page.last else ""
    found = {
        "total": page.total,
        "totalIsMore": page.is_over,
        "page": address.page,
        "pages": page.last,
        "next": urls.absolute(following) if following else None,
        "items": [_item(page, entry) for entry in page.entries],
        "facets": {
            facet.name: {
                "values": [
                    _value(value) | {"count": value.count, "inferred": value.inferred}
                    for value in facet.values
                ],
                "more": facet.more,
            }
            for facet in page.facets
        },
    }
    return json.dumps(found, ensure_ascii=False)


def _item(page: ListPage, entry: ListEntry) -> dict[str, object]:
    document = entry.document
    return {
        "id": document.iri,
        "title": document.titles,
        "about": {tag: spoken(words) for tag, words in document.about.items()} or None,
        "codes": document.codes,
        "inferred": document.inferred,
        **{
            facet: [_value(value) for value in entry.of(facet)]
            for facet in page.request.kind.facets
        },
    }


def _value(value: FacetValue) -> dict[str, object]:
    return {"key": value.key, "value": value.term.strip("<>") or None, "label": value.labels}


def as_csv(page: ListPage) -> str:
    """One thing a row; several values of a facet are divided by blanks, and not stated is empty."""
    out = io.StringIO()
    facets = page.request.kind.facets
    writer = csv.writer(out)
    writer.writerow(["id", "title_mn", "title_en", "title", "codes", *facets, "inferred"])
    for entry in page.entries:
        titles = entry.document.titles
        others = (titles[tag] for tag in sorted(titles) if tag not in {"mn", "en"})
        writer.writerow(
            [
                entry.document.iri,
                *(titles.get(tag, "") for tag in ("mn", "en")),
                next(others, ""),
                " ".join(entry.document.codes),
                *(" ".join(v.term.strip("<>") for v in entry.of(facet)) for facet in facets),
                " ".join(entry.document.inferred),
            ]
        )
    return out.getvalue()


def as_turtle(address: ListAddress, page: ListPage, urls: Urls) -> bytes:
    """The things and their titles, as the items of a schema:ItemList."""
    return serialize(_triples(urls.absolute(address.at(page=str(address.page))), page), "ttl")


def _triples(iri: str, page: ListPage) -> Iterator[ox.Triple]:
    listed = ox.NamedNode(iri)
    yield ox.Triple(listed, RDF.type, SCHEMA.ItemList)
    if not page.is_over:
        total = ox.Literal(str(page.total), datatype=XSD.integer)
        yield ox.Triple(listed, SCHEMA.numberOfItems, total)
    for entry in page.entries:
        thing = ox.NamedNode(entry.document.iri)
        yield ox.Triple(listed, SCHEMA.itemListElement, thing)
        for tag, title in entry.document.titles.items():
            literal = ox.Literal(title, language=tag) if tag else ox.Literal(title)
            yield ox.Triple(thing, RDFS.label, literal)
