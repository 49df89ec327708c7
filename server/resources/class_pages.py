"""Which page the things of a class have; all others show their statements."""

from __future__ import annotations

from collections.abc import Callable, Collection

from server.core.context import AppContext
from server.pages.thing import PageFunction, ThingDocument
from server.pages.things import card, finding, observation, organisation, place
from vocab.namespaces import CORE, ORG, QB

PAGES: dict[str, PageFunction] = {
    CORE.Finding.value: finding.page,
    QB.Observation.value: observation.page,
    ORG.Organization.value: organisation.page,
    **{one.value: place.page for one in place.CLASSES},
    **{one.value: card.page for one in card.CLASSES},
}
"""Class → page, in the order in which they are tried: a thing may be of several classes."""


QUERIES: dict[str, Callable[[str], list[str]]] = {
    CORE.Finding.value: finding.queries,
    QB.Observation.value: observation.queries,
    ORG.Organization.value: organisation.queries,
    **{one.value: place.queries for one in place.CLASSES},
}
"""Class → the queries of its page that the IRI of a thing decides."""


def queries(iri: str, classes: Collection[str]) -> list[str]:
    """The queries of the page of a thing that its IRI and classes decide."""
    name = next((name for name in PAGES if name in classes), "")
    return QUERIES[name](iri) if name in QUERIES else []


def has_own(classes: Collection[str]) -> bool:
    """Whether things of these classes have a page that is not that of their statements."""
    return any(name in PAGES for name in classes)


def page_of(context: AppContext, thing: ThingDocument) -> str:
    """The page of a thing."""
    classes = thing.classes
    for name, page in PAGES.items():
        if name in classes and not thing.is_graph:
            return page(context, thing)
    return thing.render("resource.html")
