"""The SPARQL 1.1 Service Description of the endpoint.

It is built once for each snapshot, URL and format, from the tables below, the pool's limits, and
the snapshot.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from functools import lru_cache

import pyoxigraph as ox
from flask import Response, request

from graph.core.errors import ConfigError
from graph.queries import CUSTOM_FUNCTIONS, FORMATS
from graph.queries.model.formats import Format, find
from graph.queries.model.query import QueryLimits
from graph.queries.property_functions import rewrite
from graph.queries.results.serialize import write_triples
from graph.void import GRAPH
from server.core.context import AppContext
from server.http.negotiation import Offer
from server.http.service_links import LINKS
from server.sparql import internal_queries, tables
from vocab.namespaces import CORE, ENT, GEOF, RDF, SD, W3C_FORMAT, XSD
from vocab.terms import Object, Triples

# SPARQL 1.2 is a draft; docs/conformance.md lists what is missing. Updates require a token.
LANGUAGES = (SD.SPARQL10Query, SD.SPARQL11Query, SD.SPARQL12Query, SD.SPARQL11Update)

# The default graph is the set union of the named graphs listed here. Restricted graphs are neither
# in it nor in the list.
FEATURES = (SD.UnionDefaultGraph,)

# GeoSPARQL functions of the engine, for WKT and GeoJSON in longitude and latitude.
GEOSPARQL = tuple(
    GEOF[name]
    for name in """
    area asGeoJSON centroid convexHull coordinateDimension difference dimension distance
    ehContains ehCoveredBy ehCovers ehDisjoint ehEquals ehInside ehMeet ehOverlap
    envelope getSRID intersection isEmpty isSimple length perimeter
    rcc8dc rcc8ec rcc8eq rcc8ntpp rcc8ntppi rcc8po rcc8tpp rcc8tppi relate
    sfContains sfCrosses sfDisjoint sfEquals sfIntersects sfOverlaps sfTouches sfWithin
    spatialDimension symDifference union
    """.split()
)

# Field of `QueryLimits` → property that describes it. 0 means no limit and is not described.
LIMITS = {
    "timeout": CORE.queryTimeLimit,
    "memory": CORE.queryMemoryLimit,
    "result": CORE.queryResultLimit,
    "rows": CORE.queryRowLimit,
    "text": CORE.queryTextLimit,
    "values": CORE.queryValuesLimit,
    "budget": CORE.queryTimeBudget,
}


def _format(one: Format, endpoint: str) -> ox.NamedNode:
    """The W3C's IRI of a format (the engine uses another one for JSON-LD), or ours if the W3C has
    none."""
    if one.engine is None:
        return ox.NamedNode(f"{endpoint}#{one.name}")
    return W3C_FORMAT[one.engine.iri.rpartition("/")[2]]


def extension_functions() -> list[ox.NamedNode]:
    """All extension functions: the engine's and our own."""
    return [*GEOSPARQL, *CUSTOM_FUNCTIONS]


def property_functions() -> list[ox.NamedNode]:
    """All property functions: predicates that search an index."""
    return [ox.NamedNode(iri) for iri in rewrite.FUNCTIONS]


class ServiceDescription:
    """Service descriptions of one instance's endpoint."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._cached = lru_cache(maxsize=32)(self._write)

    def of(self, endpoint: str, form: str) -> bytes:
        """The description of the service at `endpoint`, in the graph format `form`."""
        try:
            snapshot = self._context.pool.snapshot()
        except ConfigError:  # nothing is published yet
            snapshot = ""
        return self._cached(endpoint, form, snapshot)

    def _write(self, endpoint: str, form: str, snapshot: str) -> bytes:
        return serialize([*self._service(endpoint), *self._dataset(endpoint, snapshot)], form)

    def _service(self, endpoint: str) -> Triples:
        service = ox.NamedNode(f"{endpoint}#service")
        properties: list[tuple[ox.NamedNode, Object]] = [
            (RDF.type, SD.Service),
            (SD.endpoint, ox.NamedNode(endpoint)),
            (SD.defaultDataset, ox.NamedNode(f"{endpoint}#dataset")),
            (SD.defaultEntailmentRegime, ENT.Simple),
            *((SD.supportedLanguage, language) for language in LANGUAGES),
            *((SD.feature, feature) for feature in self._features()),
            *((SD.resultFormat, _format(f, endpoint)) for f in FORMATS),
            *((SD.extensionFunction, function) for function in extension_functions()),
            *((SD.propertyFeature, function) for function in property_functions()),
            *limit_triples(self._context.pool.limits),
        ]
        yield from (ox.Triple(service, predicate, value) for predicate, value in properties)
        for one in (f for f in FORMATS if f.engine is None):
            name = _format(one, endpoint)
            yield ox.Triple(name, RDF.type, W3C_FORMAT.Format)
            yield ox.Triple(name, W3C_FORMAT.media_type, ox.Literal(one.media_type))
        for function in extension_functions():
            yield ox.Triple(function, RDF.type, SD.Function)
        for function in property_functions():
            yield ox.Triple(function, RDF.type, SD.Feature)

    def _features(self) -> tuple[ox.NamedNode, ...]:
        federates = self._context.pool.federation is not None
        return (*FEATURES, *([SD.BasicFederatedQuery] if federates else []))

    def _dataset(self, endpoint: str, snapshot: str) -> Triples:
        dataset = ox.NamedNode(f"{endpoint}#dataset")
        described = [*self._described()] if snapshot else []
        default = ox.NamedNode(self._context.instance.names.void() + "#default")
        yield ox.Triple(dataset, RDF.type, SD.Dataset)
        yield ox.Triple(dataset, SD.defaultGraph, default)
        yield ox.Triple(default, RDF.type, SD.Graph)
        for triple in described:
            yield triple
            if triple.object == SD.NamedGraph:
                yield ox.Triple(dataset, SD.namedGraph, triple.subject)

    def _described(self) -> Triples:
        """The graphs as VoID describes them; if the snapshot has no VoID, only their names."""
        pool, graph = self._context.pool, self._context.instance.names.graph(GRAPH)
        with internal_queries.construct(pool, "sparql/described", [graph], "nt") as answer:
            described = [*tables.read_triples(answer)]
        yield from described
        names = "graph_names_of_any" if self._context.instance.remote else "graph_names"
        for row in [] if described else internal_queries.select(pool, f"sparql/{names}"):
            name = ox.NamedNode(row["graph"].value)
            yield ox.Triple(name, RDF.type, SD.NamedGraph)
            yield ox.Triple(name, SD.name, name)


def limit_triples(of: QueryLimits) -> Iterator[tuple[ox.NamedNode, Object]]:
    """The limits of a query, as properties of the service."""
    for field, announced in LIMITS.items():
        if value := getattr(of, field):
            kind = XSD.integer if isinstance(value, int) else XSD.decimal
            yield announced, ox.Literal(str(value), datatype=kind)


def serialize(triples: Iterable[ox.Triple], form: str) -> bytes:
    """Triples in the graph format `form`, with the prefixes they use."""
    chosen = find("graph", form)
    assert chosen is not None
    out = io.BytesIO()
    write_triples(triples, chosen, out)
    return out.getvalue()


def description_response(body: bytes, offer: Offer) -> Response:
    """A description as a response: with a strong validator and CORS headers, or 304."""
    answer = Response(body, content_type=offer.content_type)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cache-Control"] = "no-cache"  # may be stored, must be revalidated
    answer.headers["Link"] = LINKS
    answer.vary.add("Accept")
    answer.add_etag()
    answer.make_conditional(request)
    return answer
