"""The SPARQL 1.1 Service Description of a scratch instance."""

from __future__ import annotations

import pyoxigraph as ox

from graph.queries import FORMATS
from server.http.negotiation import Offer
from server.scratch import writing
from vocab.terms import Triples

_SD = "http://www.w3.org/ns/sparql-service-description#"
_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


def write(store: ox.Store, endpoint: str, offer: Offer) -> bytes:
    """The description of the service at `endpoint` and of its current graphs."""
    return writing.serialize_graph(
        [*_service(endpoint), *_dataset(store, endpoint)], offer, {"sd": _SD}
    )


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SD + name)


def _service(endpoint: str) -> Triples:
    service = ox.NamedNode(f"{endpoint}#service")
    properties = [
        (_RDF_TYPE, _sd("Service")),
        (_sd("endpoint"), ox.NamedNode(endpoint)),
        (_sd("defaultDataset"), ox.NamedNode(f"{endpoint}#dataset")),
        (_sd("feature"), _sd("EmptyGraphs")),
        *((_sd("supportedLanguage"), _sd(n)) for n in ("SPARQL11Query", "SPARQL11Update")),
        *((_sd("resultFormat"), ox.NamedNode(f.engine.iri)) for f in FORMATS if f.engine),
        *(
            (_sd("inputFormat"), ox.NamedNode(f.engine.iri))
            for f in FORMATS
            if f.engine and f.kind == "graph"
        ),
    ]
    return (ox.Triple(service, predicate, value) for predicate, value in properties)


def _dataset(store: ox.Store, endpoint: str) -> Triples:
    dataset, default = (ox.NamedNode(f"{endpoint}#{n}") for n in ("dataset", "default-graph"))
    yield ox.Triple(dataset, _RDF_TYPE, _sd("Dataset"))
    yield ox.Triple(dataset, _sd("defaultGraph"), default)
    yield ox.Triple(default, _RDF_TYPE, _sd("Graph"))
    named = [g for g in store.named_graphs() if isinstance(g, ox.NamedNode)]
    for i, graph in enumerate(named, 1):
        node = ox.NamedNode(f"{endpoint}#graph-{i}")
        yield ox.Triple(dataset, _sd("namedGraph"), node)
        yield ox.Triple(node, _RDF_TYPE, _sd("NamedGraph"))
        yield ox.Triple(node, _sd("name"), graph)
