"""Turtle for tests: the prefixes are given, relative addresses stand under https://example.mn/."""

from __future__ import annotations

import pyoxigraph as ox

_EU = "http://publications.europa.eu/resource/authority/"
PREFIXES = {
    "core": "https://w3id.org/ulzii/def/core#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "holder": "https://w3id.org/ulzii/scheme/information-holder/",
    "item": "https://w3id.org/ulzii/scheme/information-item-2021/",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "openness": "https://w3id.org/ulzii/def/openness#",
    "org": "http://www.w3.org/ns/org#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "iana": "http://www.iana.org/assignments/media-types/",
    "file": _EU + "file-type/",
    "frequency": _EU + "frequency/",
    "licence": _EU + "licence/",
    "right": _EU + "access-right/",
    "theme": _EU + "data-theme/",
}


def lines(turtle: str, base: str = "https://example.mn/") -> list[bytes]:
    """The document's statements as N-Triples lines."""
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    quads = ox.parse(head + turtle, ox.RdfFormat.TURTLE, base_iri=base)
    return [f"{q.subject} {q.predicate} {q.object} .".encode() for q in quads]
