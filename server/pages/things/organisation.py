"""The page of an organisation: who it is, what it publishes, what points at it."""

from __future__ import annotations

from flask import request

from graph.core.iris import organisation
from server.core.context import AppContext
from server.pages.thing import ThingDocument
from server.pages.things import incoming
from server.pages.things.datasets import published
from server.quality.scores import score_of
from server.sparql import internal_queries
from server.sparql.labels import labels
from shapes.quality.law import STATUSES
from shapes.quality.metrics import MAX_POINTS
from vocab.namespaces import ADMS, DCT, FOAF, ORG, SKOS

_PROVISIONAL = "x-"  # begins the key of an organisation whose register number is not known
_REGISTERED = organisation("")  # begins the IRI of one whose key is its register number


def queries(iri: str) -> list[str]:
    """The queries that its IRI alone decides (server.resources.class_pages)."""
    return internal_queries.texts_of("quality/measurements", [iri])


def page(context: AppContext, thing: ThingDocument) -> str:
    """Its page."""
    # `?page=` is the list's of what points here, where `?in=` asks for that
    asked = 1 if request.args.get("in") else incoming.page_number()
    datasets = published(context, thing.iri, asked)
    key = thing.iri.rpartition("/")[2]
    registered = [thing.text(SKOS.notation, one) for one in thing.iris(ADMS.identifier)]
    is_listed = thing.iri.startswith(_REGISTERED)
    is_number = is_listed and not key.startswith(_PROVISIONAL)
    above = thing.iris(ORG.subOrganizationOf) + thing.iris(ORG.unitOf)
    score = score_of(context.pool, thing.iri)
    items = [one.item for one in score.items] if score else []
    return thing.render(
        "things/organisation.html",
        score=score,
        most=MAX_POINTS,
        statuses_of_law=STATUSES,
        names=thing.texts(FOAF.name, SKOS.prefLabel, DCT.title),
        key=key,
        identifier=key if is_listed else context.urls.short(thing.iri),
        is_provisional=key.startswith(_PROVISIONAL),
        register_number=next(filter(None, registered), key if is_number else ""),
        classifications=thing.iris(ORG.classification),
        statuses=thing.iris(ADMS.status),
        above=above,
        contacts=[*thing.iris(FOAF.homepage), *thing.iris(FOAF.page), *thing.iris(FOAF.mbox)],
        datasets=datasets.items,
        number=datasets.number,
        page=datasets.page,
        last=datasets.last,
        page_href=lambda number: f"?page={number}#datasets",
        incoming=incoming.read(context, thing),
        more_labels=labels(context, [*above, *items]),
    )
