"""A thing as its page has it: its statements, what points at it, and the labels of both.

A page function (`PageFunction`) makes the page of things of a class; `server.resources.class_pages`
says which. What it does not show itself, `thing.html` shows folded below.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from flask import render_template

from graph.reports.checks import SourceChecks
from server.core.context import AppContext
from server.pages.layout.writing import Texts, texts_by_language
from server.sparql.internal_queries import QueryRow
from server.sparql.labels import Labels
from server.sparql.tables import Grouped
from vocab.namespaces import RDF
from vocab.terms import Object


@dataclass(frozen=True, slots=True)
class ThingDocument:
    """The HTML document of a thing.

    `path` is its local path without extension, `data` its JSON-LD, if it has any. `statements` are
    at most `shown` of `total` (which is exact where `counted`), those about parts of it too.
    `incoming`: property, number and an example; `stated_in`: the named graphs that speak of it.
    `inferred`: property and value of what Ulzii inferred of it.
    """

    iri: str
    path: str
    data: str
    statements: Grouped
    shown: int
    total: int
    counted: bool
    incoming: list[QueryRow]
    stated_in: list[str]
    inferred: frozenset[tuple[str, Object]]
    labels: Labels
    is_graph: bool
    checks: SourceChecks | None

    def values(self, predicate: ox.NamedNode, subject: str = "") -> list[Object]:
        """The values of a property of the thing, or of another subject in its document."""
        return self.statements.get(subject or self.iri, {}).get(predicate.value, [])

    def iris(self, predicate: ox.NamedNode, subject: str = "") -> list[str]:
        """Those values that are IRIs."""
        found = self.values(predicate, subject)
        return [one.value for one in found if isinstance(one, ox.NamedNode)]

    def texts(self, *predicates: ox.NamedNode, subject: str = "") -> Texts:
        """The first literal in each language (empty: none), of the first property that has any."""
        for predicate in predicates:
            if found := texts_by_language(self.values(predicate, subject)):
                return found
        return {}

    def text(self, predicate: ox.NamedNode, subject: str = "") -> str:
        """The first value of a property as text; empty where there is none."""
        return next((one.value for one in self.values(predicate, subject)), "")

    def is_inferred(self, predicate: str, value: Object) -> bool:
        """Whether a statement about the thing is Ulzii's inference."""
        return (predicate, value) in self.inferred

    @property
    def classes(self) -> frozenset[str]:
        """The classes of the thing."""
        return frozenset(self.iris(RDF.type))

    def render(self, template: str, **more: Any) -> str:
        """A page of the thing: `thing` and `labels` are given to its template."""
        return render_template(
            template,
            thing=self,
            labels=self.labels,
            is_iri=lambda term: isinstance(term, ox.NamedNode),
            **more,
        )


PageFunction = Callable[[AppContext, ThingDocument], str]
"""Makes the page of a thing."""
