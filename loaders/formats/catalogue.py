"""Entries of the catalogue: the DCAT statements that all loaders share.

The catalogue names the dataset. A dcat:CatalogRecord describes the entry itself: the profile it
follows, when the description took its present form, and which properties Ulzii inferred. That list
is data because pages and exports do not show named graphs.
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
    """Statements about one subject, all made by one rule."""
    for predicate, value in pairs:
        yield Statement(subject, predicate, value, rule, layer)


def in_languages(predicate: ox.NamedNode, texts: Mapping[str, str]) -> list[PropertyObject]:
    """A text in each language it is given in (`{"mn": …, "en": …}`)."""
    return [(predicate, ox.Literal(text, language=lang)) for lang, text in texts.items()]


def agent(organisation: ox.NamedNode, names: Mapping[str, str]) -> Iterator[Statement]:
    """An organisation and its names: foaf:Agent for DCAT, org:Organization for ORG."""
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
    """The statements of a dataset, and its entry and record in the catalogue.

    `described` is when the description, mapping included, took its present form, with time zone.
    Inferred properties of the dataset and of `parts` (its cube) are listed on the record.
    """
    subjects = {dataset, *parts}
    # collected while statements pass, so that a large description is not held in memory
    inferred = set()
    for statement in statements:
        if statement.layer == INFERRED and statement.subject in subjects:
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
    """A dcat:DataService in the catalogue: the interface that the data came through."""
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
