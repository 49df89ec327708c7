"""The properties of the catalogue that are exported, and their ranges in DCAT-AP 3.0.1.

The values of a property are of one of five kinds:
  part   a part of the dataset: all its properties are exported, with the dataset
  shared a thing that stands beside the datasets (a series, a service): all its properties are
         exported, once a page
  named  a thing that is only referred to: its types and names are exported, once a page, and the
         type that the profile requires
  link   an IRI that is exported without a description
  text   a literal (an IRI in its place is treated as a link)
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

import pyoxigraph as ox

from vocab.namespaces import (
    ADMS,
    CORE,
    DCAT,
    DCATAP,
    DCT,
    ELI,
    FOAF,
    ORG,
    OWL,
    PROV,
    RDF,
    RDFS,
    SKOS,
    SPDX,
    VCARD,
    Namespace,
)

ODRL = Namespace("http://www.w3.org/ns/odrl/2/")
LOCN = Namespace("http://www.w3.org/ns/locn#")
# StatDCAT-AP 1.0.1 prints “(xyz)”; this is what catalogues write until the EU assigns a name
STATDCAT = Namespace("http://data.europa.eu/xyz/statdcat-ap/")


class ValueKind(Enum):
    """How the values of a property are exported."""

    PART = "part"
    SHARED = "shared"
    NAMED = "named"
    LINK = "link"
    TEXT = "text"


class PropertyRange(NamedTuple):
    """The kind of a property's values, and the type that the profile requires of them, if any."""

    kind: ValueKind
    stub: ox.NamedNode | None = None


def _parts(*terms: ox.NamedNode) -> dict[ox.NamedNode, PropertyRange]:
    return dict.fromkeys(terms, PropertyRange(ValueKind.PART))


def _shared(stub: ox.NamedNode, *terms: ox.NamedNode) -> dict[ox.NamedNode, PropertyRange]:
    return dict.fromkeys(terms, PropertyRange(ValueKind.SHARED, stub))


def _texts(*terms: ox.NamedNode) -> dict[ox.NamedNode, PropertyRange]:
    return dict.fromkeys(terms, PropertyRange(ValueKind.TEXT))


def _links(*terms: ox.NamedNode) -> dict[ox.NamedNode, PropertyRange]:
    return dict.fromkeys(terms, PropertyRange(ValueKind.LINK))


def _named(stub: ox.NamedNode | None, *terms: ox.NamedNode) -> dict[ox.NamedNode, PropertyRange]:
    return dict.fromkeys(terms, PropertyRange(ValueKind.NAMED, stub))


PROPERTIES: dict[ox.NamedNode, PropertyRange] = {
    **_parts(DCAT.distribution, ADMS.sample, SPDX.checksum),
    **_parts(DCAT.qualifiedRelation, PROV.qualifiedAttribution),
    **_shared(DCAT.DatasetSeries, DCAT.inSeries),
    **_shared(DCAT.DataService, DCAT.accessService),
    **_named(FOAF.Agent, DCT.publisher, DCT.creator, PROV.agent),
    **_named(VCARD.Kind, DCAT.contactPoint),
    **_named(FOAF.Document, DCAT.landingPage, FOAF.page, FOAF.homepage),
    **_named(DCT.LinguisticSystem, DCT.language),
    **_named(DCT.Frequency, DCT.accrualPeriodicity),
    **_named(DCT.MediaTypeOrExtent, DCT["format"]),
    **_named(DCT.MediaType, DCAT.mediaType, DCAT.compressFormat, DCAT.packageFormat),
    **_named(DCT.LicenseDocument, DCT.license),
    **_named(DCT.RightsStatement, DCT.rights, DCT.accessRights),
    **_named(DCT.Standard, DCT.conformsTo),
    **_named(DCT.Location, DCT.spatial),
    **_named(DCT.PeriodOfTime, DCT.temporal),
    **_named(DCT.ProvenanceStatement, DCT.provenance),
    **_named(ELI.LegalResource, DCATAP.applicableLegislation),
    **_named(ADMS.Identifier, ADMS.identifier),
    **_named(DCAT.Role, DCAT.hadRole),
    **_named(ODRL.Policy, ODRL.hasPolicy),
    **_named(PROV.Activity, PROV.wasGeneratedBy),
    **_named(SKOS.Concept, DCAT.theme, DCATAP.availability, ADMS.status, DCT.type),
    **_named(SKOS.Concept, DCATAP.hvdCategory),
    **_named(SKOS.ConceptScheme, DCAT.themeTaxonomy),
    **_named(None, SPDX.algorithm),
    **_links(DCAT.accessURL, DCAT.downloadURL, DCAT.endpointURL, DCAT.endpointDescription),
    **_links(DCAT.servesDataset, FOAF.primaryTopic, DCT.hasFormat, DCT.isFormatOf, DCT.relation),
    **_links(DCT.source, DCT.isReferencedBy, DCT.hasVersion, DCT.isVersionOf, DCT.isReplacedBy),
    **_links(DCT.hasPart, DCT.isPartOf, DCT.requires, DCT.replaces, DCAT.prev),
    **_links(PROV.wasDerivedFrom, PROV.hadPrimarySource, CORE.inferredProperty, RDF.type),
    **_links(STATDCAT.dimension, STATDCAT.attribute, STATDCAT.statUnitMeasure),
    **_texts(DCT.title, DCT.description, DCT.identifier, DCT.issued, DCT.modified, DCT.created),
    **_texts(DCAT.keyword, DCAT.version, ADMS.versionNotes, SKOS.note, SPDX.checksumValue),
    **_texts(DCAT.byteSize, DCAT.spatialResolutionInMeters, DCAT.temporalResolution),
    **_texts(DCT.alternative, SKOS.prefLabel, RDFS.label, FOAF.name),
}
"""The exported properties of parts of the catalogue. Others, such as findings, are not exported."""

DESCRIPTION: dict[ox.NamedNode, PropertyRange] = {
    **_links(RDF.type, SKOS.exactMatch, OWL.sameAs, DCT.isReplacedBy, ORG.subOrganizationOf),
    **_links(VCARD.hasEmail, VCARD.hasURL, VCARD.hasTelephone, ADMS.schemaAgency),
    **_named(SKOS.ConceptScheme, SKOS.inScheme),
    **_named(FOAF.Document, FOAF.homepage),
    **_texts(SKOS.prefLabel, SKOS.notation, RDFS.label, DCT.title, DCT.identifier, FOAF.name),
    **_texts(VCARD.fn, DCAT.startDate, DCAT.endDate, DCAT.bbox, DCAT.centroid, LOCN.geometry),
}
"""The exported properties of things that are only referred to."""

NEEDS_NAME: dict[ox.NamedNode, ox.NamedNode] = {
    FOAF.Agent: FOAF.name,
    SKOS.Concept: SKOS.prefLabel,
    SKOS.ConceptScheme: DCT.title,
    DCAT.DatasetSeries: DCT.title,
    DCAT.DataService: DCT.title,
    ADMS.Identifier: SKOS.notation,
}
"""The property by which the profile requires a name of these types; others take rdfs:label."""
