"""What is listed: kinds of things by their classes, and the facets of each."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from vocab.namespaces import (
    CORE,
    CV,
    DCAT,
    DCT,
    ELI,
    FOAF,
    ORG,
    OWL,
    PLACE,
    SERVICE,
    SKOS,
    Namespace,
)

CPSV = Namespace("http://purl.org/vocab/cpsv#")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of things: `number` in the index, `classes` that make a thing one of them.

    `facets` are in the order of pages; a thing without a value of one counts as “not stated”.
    """

    number: int
    name: str
    classes: tuple[ox.NamedNode, ...]
    facets: tuple[str, ...]


DATASET, FINDING, PROVISION, TERM = "dataset", "finding", "provision", "term"
KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            1,
            DATASET,
            (DCAT.Dataset,),
            (
                *("data", "publisher", "theme", "place", "format"),
                *("frequency", "licence", "year", "source"),
            ),
        ),
        Kind(
            2,
            "organisation",
            (ORG.Organization, ORG.FormalOrganization, FOAF.Organization, FOAF.Agent),
            ("class", "source"),
        ),
        Kind(
            3,
            "place",
            (
                *(PLACE.Country, PLACE.Aimag, PLACE.Capital, PLACE.Soum),
                *(PLACE.District, PLACE.Bag, PLACE.Khoroo, DCT.Location),
            ),
            ("level", "within", "source"),
        ),
        Kind(
            4,
            "service",
            (
                *(CPSV.PublicService, CV.PublicService, SERVICE.ServiceGroup),
                *(SERVICE.Centre, SERVICE.InformationSystem, DCAT.DataService),
            ),
            ("type", "publisher", "theme", "status", "source"),
        ),
        # a provision of a law is typed eli:LegalResource too, so this one stands first
        Kind(8, PROVISION, (ELI.LegalResourceSubdivision,), ("law", "source")),
        Kind(5, "law", (ELI.LegalResource,), ("status", "source")),
        Kind(
            6,
            TERM,
            (SKOS.Concept, OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty),
            ("scheme", "source"),
        ),
        Kind(7, FINDING, (CORE.Finding,), ("severity", "rule", "publisher", "dataset", "source")),
    )
}
"""All kinds by name, in the order of pages. A thing of several is of the first."""

BY_NUMBER = {kind.number: kind for kind in KINDS.values()}
