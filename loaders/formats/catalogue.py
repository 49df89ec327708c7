"""What every entry of the catalogue has in common, whichever loader made it.

The catalogue names the dataset, and a dcat:CatalogRecord speaks of the entry itself: which profile
it follows, when its description was written, and which of its properties we inferred (DESIGN §2
rule 4: pages lose named graphs, so the list travels with the record).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from graph.core import iris
from graph.core.iris import Names
from loaders.formats.mapping import date_time
from loaders.pipeline.record import INFERRED, STATED, Statement
from vocab.namespaces import CORE, DCAT, DCT, FOAF, ORG, RDF
from vocab.terms import Object

PROFILE = ox.NamedNode(iris.DEF + "profile/dcat-ap-mn/0.1")
CUBE_STANDARD = ox.NamedNode("http://www.w3.org/TR/vocab-data-cube/")

PropertyObject = tuple[ox.NamedNode, Object]


def about(
    subject: ox.NamedNode, pairs: Iterable[PropertyObject], rule: str, layer: str = STATED
) -> Iterator[Statement]:
    """Statements about one subject by one rule."""
    for predicate, value in pairs:
        yield Statement(subject, predicate, value, rule, layer)


def in_languages(predicate: ox.NamedNode, texts: Mapping[str, str]) -> list[PropertyObject]:
    """A text in each language it is given in (`{"mn": …, "en": …}`)."""
    return [(predicate, ox.Literal(text, language=lang)) for lang, text in texts.items()]


def agent(organisation: ox.NamedNode, names: Mapping[str, str]) -> Iterator[Statement]:
    """An organisation and its names; DCAT asks for foaf:Agent, ORG for org:Organization."""
    kinds = [(RDF.type, FOAF.Agent), (RDF.type, ORG.Organization)]
    return about(organisation, kinds + in_languages(FOAF.name, names), "organisation")


def entry(
    names: Names,
    dataset: ox.NamedNode,
    statements: Iterable[Statement],
    *,
    described: str,
    parts: Iterable[ox.NamedNode] = (),
) -> Iterator[Statement]:
    """A dataset's statements, and its place in the catalogue.

    `described` is when the description took its present form (mapping included), with zone.
    Inferred properties of the dataset and of `parts` (its cube) are listed on the record.
    """
    of_interest = {dataset, *parts}
    inferred = set()
    for statement in statements:
        if statement.layer == INFERRED and statement.subject in of_interest:
            inferred.add(statement.predicate)
        yield statement
    record = ox.NamedNode(names.record(dataset.value))
    catalog = ox.NamedNode(names.catalog)
    yield from about(catalog, [(DCAT.dataset, dataset), (DCAT.record, record)], "catalogue-entry")
    pairs: list[PropertyObject] = [
        (RDF.type, DCAT.CatalogRecord),
        (FOAF.primaryTopic, dataset),
        (DCT.conformsTo, PROFILE),
        (DCT.modified, date_time(described)),
    ]
    yield from about(record, pairs, "catalogue-record")
    listed = [(CORE.inferredProperty, p) for p in sorted(inferred, key=str)]
    yield from about(record, listed, "catalogue-record")


def service(
    names: Names,
    key: str,
    *,
    titles: Mapping[str, str],
    endpoint: str,
    publisher: ox.NamedNode | None = None,
) -> Iterator[Statement]:
    """A dcat:DataService in the catalogue: the interface the data came through."""
    node = ox.NamedNode(names.service(key))
    pairs: list[PropertyObject] = [
        (RDF.type, DCAT.DataService),
        (DCAT.endpointURL, ox.NamedNode(endpoint)),
        *in_languages(DCT.title, titles),
    ]
    if publisher is not None:
        pairs.append((DCT.publisher, publisher))
    yield from about(node, pairs, "data-service")
    yield from about(ox.NamedNode(names.catalog), [(DCAT.service, node)], "catalogue-entry")
