"""The kinds of resources in a catalogue that get names of their own, and how each is told.

A kind is told by the type of a node, or by the property that refers to it. Where several apply, the
first in the order of KINDS counts: a dcat:Catalog is a dcat:Dataset too.
"""

from __future__ import annotations

from vocab.namespaces import ADMS, DCAT, DCT, FOAF, PROV, RDF, SPDX

CATALOG, RECORD, SERVICE, DATASET, DISTRIBUTION = KINDS = (
    "catalog",
    "record",
    "service",
    "dataset",
    "distribution",
)

LADDER = (CATALOG, SERVICE, DATASET)
"""Kinds that are named by their keys; the others by what they belong to."""

TYPE = str(RDF.type)

BY_TYPE = {
    str(DCAT.Catalog): CATALOG,
    str(DCAT.CatalogRecord): RECORD,
    str(DCAT.DataService): SERVICE,
    str(DCAT.Dataset): DATASET,
    str(DCAT.DatasetSeries): DATASET,
    str(DCAT.Distribution): DISTRIBUTION,
}

BY_PROPERTY = {
    str(DCAT.catalog): CATALOG,
    str(DCAT.record): RECORD,
    str(DCAT.service): SERVICE,
    str(DCAT.accessService): SERVICE,
    str(DCAT.dataset): DATASET,
    str(DCAT.inSeries): DATASET,
    str(DCAT.servesDataset): DATASET,
    str(DCAT.distribution): DISTRIBUTION,
    str(ADMS.sample): DISTRIBUTION,
}

BY_OWN_PROPERTY = {str(DCAT.distribution): DATASET}
"""The same for the node that has the property."""

DISTRIBUTION_LINKS = (str(DCAT.distribution), str(ADMS.sample))
TOPIC_LINKS = (str(FOAF.primaryTopic),)
TOPIC_INVERSES = (str(FOAF.isPrimaryTopicOf),)

PARTS = frozenset(
    map(str, (SPDX.checksum, PROV.qualifiedAttribution, DCAT.qualifiedRelation, ADMS.identifier))
)
"""Properties whose values belong to one owner; values of others are named by their content."""

IDENTIFIER = str(DCT.identifier)
LANDING_PAGE = str(DCAT.landingPage)
PUBLISHER = str(DCT.publisher)
ADDRESSES = frozenset(map(str, (DCAT.accessURL, DCAT.downloadURL, DCAT.endpointURL)))

CHANGING = frozenset(
    map(
        str,
        (
            *(DCT.title, DCT.description, DCT.alternative, DCT.abstract, DCAT.keyword),
            *(DCT.identifier, DCT.issued, DCT.modified, DCT.created, DCT.date, DCT.available),
        ),
    )
)
"""Properties that editors change: a resource is the same with others. An identifier may come later,
and is a key of its own."""
