"""Which page the things of a class have; all others show their statements."""

from __future__ import annotations

from server.core.context import AppContext
from server.pages.thing import PageFunction, ThingDocument

PAGES: dict[str, PageFunction] = {}
"""Class → page, in the order in which they are tried: a thing may be of several classes."""


def page_of(context: AppContext, thing: ThingDocument) -> str:
    """The page of a thing."""
    classes = thing.classes
    for name, page in PAGES.items():
        if name in classes and not thing.is_graph:
            return page(context, thing)
    return thing.render("resource.html")
