"""The properties whose values are indexed, and those that link to a geometry."""

from __future__ import annotations

from vocab.namespaces import ADMS, CV, DCAT, DCT, DQV, ELI, FOAF, ORG, RDFS, SKOS, VCARD

_SCHEMA = "https://schema.org/"
_SCHEMA_OLD = "http://schema.org/"
_DC = "http://purl.org/dc/elements/1.1/"
_OA = "http://www.w3.org/ns/oa#"
_GEO = "http://www.opengis.net/ont/geosparql#"
_LOCN = "http://www.w3.org/ns/locn#"
_REGORG = "http://www.w3.org/ns/regorg#"

LABELS: tuple[str, ...] = (
    *(p.value for p in (RDFS.label, SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)),
    *(p.value for p in (DCT.title, DCT.alternative, FOAF.name, FOAF.nick, VCARD.fn)),
    *(p.value for p in (DCAT.keyword, CV.prefLabel, ELI.title, ELI.title_short)),
    VCARD["organization-name"].value,
    f"{_REGORG}legalName",
    f"{_DC}title",
    *(ns + name for ns in (_SCHEMA, _SCHEMA_OLD) for name in ("name", "alternateName", "keywords")),
)
"""Names, titles and keywords."""

DESCRIPTIONS: tuple[str, ...] = (
    *(p.value for p in (DCT.description, DCT.abstract, RDFS.comment, ADMS.versionNotes)),
    *(p.value for p in (SKOS.definition, SKOS.note, SKOS.scopeNote, SKOS.example)),
    *(p.value for p in (DCT.provenance, DCT.rights, ORG.purpose, DQV.value, ELI.description)),
    f"{_OA}bodyValue",
    f"{_DC}description",
    *(ns + "description" for ns in (_SCHEMA, _SCHEMA_OLD)),
)
"""Descriptions and notes."""

SEARCHED = (*LABELS, *DESCRIPTIONS)
"""All properties whose values are indexed, labels first."""

GEOMETRY_LINKS = (
    f"{_GEO}hasGeometry",
    f"{_GEO}hasDefaultGeometry",
    f"{_GEO}defaultGeometry",
    f"{_LOCN}geometry",
)
"""Properties that link a thing to its geometry."""

WKT = f"{_GEO}wktLiteral"
GEOJSON = f"{_GEO}geoJSONLiteral"
