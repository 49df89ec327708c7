"""The page of a service, law, rule or term: what is said of it in words, what belongs to it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pyoxigraph as ox
from flask import g

from graph.search.collation import natural_key
from server.core.context import AppContext
from server.http.language import LANGUAGES, choose
from server.pages.layout.writing import Texts, texts_by_language
from server.pages.thing import ThingDocument
from server.pages.things import incoming
from server.sparql import internal_queries
from vocab.namespaces import DCAT, DCT, ELI, FOAF, RDF, RDFS, SERVICE, SKOS
from vocab.terms import Object

CLASSES = tuple(
    ox.NamedNode(iri)
    for iri in (
        SERVICE.ServiceGroup.value,
        SERVICE.Centre.value,
        SERVICE.InformationSystem.value,
        DCAT.DataService.value,
        "http://purl.org/vocab/cpsv#PublicService",
        ELI.LegalResource.value,
        SKOS.Concept.value,
        SKOS.ConceptScheme.value,
        "http://www.w3.org/ns/shacl#NodeShape",
        "http://www.w3.org/2002/07/owl#Class",
        "http://www.w3.org/2002/07/owl#ObjectProperty",
        "http://www.w3.org/2002/07/owl#DatatypeProperty",
    )
)
_NAMES = (DCT.title, RDFS.label, SKOS.prefLabel, FOAF.name)
_TEXTS = (DCT.description, RDFS.comment, SKOS.definition, SKOS.scopeNote)
_SHOWN_APART = {one.value for one in (*_NAMES, *_TEXTS)}
_LISTS = (
    (frozenset({ELI.LegalResource.value}), "/laws"),
    (frozenset(one.value for one in CLASSES[:5]), "/services"),
)
_FIRST = (RDF.type.value, SKOS.notation.value, ELI.number.value)
MOST_VALUES = 12


@dataclass(frozen=True, slots=True)
class CardFact:
    """A property of the thing: its IRI, its first values, and how many there are."""

    iri: str
    values: list[Object]
    total: int


@dataclass(frozen=True, slots=True)
class ServicesCounted:
    """Services that a source gives only the number of: datasets with it, pages of portals."""

    datasets: dict[str, Texts]
    portals: list[str]


def page(context: AppContext, thing: ThingDocument) -> str:
    """Its page."""
    return thing.render(
        "things/card.html",
        names=_names(thing),
        texts=[thing.texts(one) for one in _TEXTS if thing.values(one)],
        facts=_facts(thing),
        incoming=incoming.read(context, thing),
        list_path=_list_path(thing),
        above=thing.iris(ELI.is_part_of)[:1],
        places=_places(context, thing),
        counted=_counted(context, thing),
    )


def _places(context: AppContext, thing: ThingDocument) -> dict[str, str]:
    """The place of each code of the unit that the thing is in."""
    rows = internal_queries.select(
        context.pool, "pages/things/code_places", thing.iris(SERVICE.inUnit)
    )
    return {row["thing"].value: row["place"].value for row in rows}


def _counted(context: AppContext, thing: ThingDocument) -> ServicesCounted | None:
    """Of a centre or group: the services that its source only counts; None where it counts none."""
    if not thing.classes & {SERVICE.Centre.value, SERVICE.ServiceGroup.value}:
        return None
    rows = internal_queries.select(context.pool, "pages/things/services_counted", [thing.iri])
    titles = defaultdict[str, list[Object | None]](list)
    for row in rows:
        if "dataset" in row:
            titles[row["dataset"].value].append(row.get("title"))
    portals = dict.fromkeys(row["portal"].value for row in rows if "portal" in row)
    datasets = {iri: texts_by_language(said) for iri, said in titles.items()}
    return ServicesCounted(datasets, list(portals)) if rows else None


def _list_path(thing: ThingDocument) -> str:
    """The list that a thing is on."""
    for classes, path in _LISTS:
        if thing.classes & classes:
            return path
    return "/terms"


def _names(thing: ThingDocument) -> Texts:
    """Its names; a thing without any is called by its class and the unit that it is in."""
    return thing.texts(*_NAMES) or _class_and_place(thing)


def _class_and_place(thing: ThingDocument) -> Texts:
    units = thing.iris(SERVICE.inUnit)
    parts = [thing.labels.get(iri, {}) for iri in (*thing.iris(RDF.type)[:1], *units[:1])]
    if not units or not all(parts):
        return {}
    return {
        tag: ", ".join(next(one[t] for t in (tag, *LANGUAGES, *one) if t in one) for one in parts)
        for tag in LANGUAGES
    }


def _facts(thing: ThingDocument) -> list[CardFact]:
    """What is said of the thing itself, names and explanations apart; its kind first."""
    said = thing.statements.get(thing.iri, {})
    listed = sorted(said, key=lambda iri: _FIRST.index(iri) if iri in _FIRST else len(_FIRST))
    return [
        CardFact(iri, _by_name(thing, values)[:MOST_VALUES], len(values))
        for iri in listed
        if iri not in _SHOWN_APART
        for values in [_for_reader(said[iri])]
    ]


def _for_reader(values: list[Object]) -> list[Object]:
    """Of texts in several languages those in the reader's, where there are any."""
    own = [one for one in values if getattr(one, "language", None) == g.language]
    are_texts = all(isinstance(one, ox.Literal) and one.language for one in values)
    return own if own and are_texts else values


def _by_name(thing: ThingDocument, values: list[Object]) -> list[Object]:
    """Things by their names, with numbers by their size; texts and numbers as they are."""
    if not all(isinstance(one, ox.NamedNode) for one in values):
        return values
    return sorted(
        values, key=lambda one: natural_key(choose(thing.labels.get(one.value, {})) or one.value)
    )
