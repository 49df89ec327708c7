"""The prefixes that graphs are written with in Turtle, TriG, RDF/XML and JSON-LD."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

import pyoxigraph as ox

from graph.queries.syntax.checks import prologue
from vocab.terms import Triples

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "core": "https://w3id.org/ulzii/def/core#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "function": "https://w3id.org/ulzii/def/function#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "geof": "http://www.opengis.net/def/function/geosparql/",
    "glass": "https://w3id.org/ulzii/def/glass#",
    "oa": "http://www.w3.org/ns/oa#",
    "openness": "https://w3id.org/ulzii/def/openness#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "place": "https://w3id.org/ulzii/def/place#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "register": "https://w3id.org/ulzii/def/register#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sdmx-attribute": "http://purl.org/linked-data/sdmx/2009/attribute#",
    "sdmx-dimension": "http://purl.org/linked-data/sdmx/2009/dimension#",
    "sdmx-measure": "http://purl.org/linked-data/sdmx/2009/measure#",
    "service": "https://w3id.org/ulzii/def/service#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spatial": "http://jena.apache.org/spatial#",
    "spdx": "http://spdx.org/rdf/terms#",
    "stat": "https://w3id.org/ulzii/def/stat#",
    "tender": "https://w3id.org/ulzii/def/tender#",
    "text": "http://jena.apache.org/text#",
    "uom": "http://www.opengis.net/def/uom/OGC/1.0/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "void-ext": "http://ldf.fi/void-ext#",
    "vs": "http://www.w3.org/2003/06/sw-vocab-status/ns#",
    "xkos": "http://rdf-vocabulary.ddialliance.org/xkos#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
# Suggested for a prefix that a query uses without declaring it.
WELL_KNOWN = PREFIXES | {
    "bibo": "http://purl.org/ontology/bibo/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcatap": "http://data.europa.eu/r5r/",
    "dcterms": "http://purl.org/dc/terms/",
    "ex": "http://example.org/",
    "locn": "http://www.w3.org/ns/locn#",
    "sf": "http://www.opengis.net/ont/sf#",
    "time": "http://www.w3.org/2006/time#",
    "wgs84": "http://www.w3.org/2003/01/geo/wgs84_pos#",
}
_LOOK_AHEAD = 1000
_TURTLE = ox.RdfFormat.TURTLE
_PLACEHOLDER = "urn:x-ulzii:seen"


def declared(text: str, base: str | None) -> dict[str, str]:
    """The prefixes that a query declares, read by the engine's Turtle parser.

    Empty if the prologue cannot be read as Turtle.
    """
    if "prefix" not in text.lower():
        return {}
    parser = ox.parse(
        f"{prologue(text)}\n<{_PLACEHOLDER}> <{_PLACEHOLDER}> <{_PLACEHOLDER}> .",
        _TURTLE,
        base_iri=base,
    )
    try:
        return parser.prefixes if list(parser) else {}
    except SyntaxError:  # SPARQL allows escapes that Turtle does not
        return {}


def for_triples(
    triples: Iterable[ox.Triple], own: Mapping[str, str] | None = None
) -> tuple[Triples, dict[str, str]]:
    """The same triples, and the prefixes they use; all known prefixes if there are many triples.

    `own` are the prefixes of the query; they take precedence over PREFIXES.
    """
    known = _merge(own or {})
    rest = iter(triples)
    first = list(islice(rest, _LOOK_AHEAD))
    if len(first) == _LOOK_AHEAD:  # the prefixes used further on are not known yet
        return chain(first, rest), known
    iris = {term for triple in first for term in _iris(triple)}
    used = {_namespace(iri) for iri in iris}
    return iter(first), {p: n for p, n in known.items() if n in used or _is_used(n, iris)}


def _merge(own: Mapping[str, str]) -> dict[str, str]:
    """PREFIXES and the query's own, so that each prefix has one namespace and the reverse."""
    named = {namespace: prefix for prefix, namespace in own.items()}
    defaults = {p: n for p, n in PREFIXES.items() if p not in own and n not in named}
    return defaults | {prefix: namespace for namespace, prefix in named.items()}


def _is_used(namespace: str, iris: Iterable[str]) -> bool:
    """Whether an IRI is in a namespace that ends in neither `#` nor `/`, which `_namespace`
    misses."""
    return namespace[-1:] not in {"#", "/"} and any(iri.startswith(namespace) for iri in iris)


def _iris(triple: ox.Triple) -> Iterator[str]:
    for term in (triple.subject, triple.predicate, triple.object):
        if isinstance(term, ox.NamedNode):
            yield term.value
        elif isinstance(term, ox.Literal):
            yield term.datatype.value


def _namespace(iri: str) -> str:
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
