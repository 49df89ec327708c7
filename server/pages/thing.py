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

from graph import void
from graph.reports.checks import SourceChecks
from graph.versions import provenance
from server.core.context import AppContext
from server.pages.layout.writing import Texts, texts_by_language
from server.sparql.internal_queries import QueryRow
from server.sparql.labels import Labels
from server.sparql.tables import Grouped
from vocab.namespaces import DCT, RDF, RDFS, SKOS
from vocab.terms import Object

_NAMES = (RDFS.label, SKOS.prefLabel, DCT.title)
_TEXTS = (RDFS.comment, SKOS.definition, DCT.description)
_ROW, _VALUE = 330, 180  # bytes of a property on a page, and of a value
_LARGE = 50_000  # statements of a graph whose JSON-LD and RDF/XML do not come within the limits
_HUGE = 1_000_000  # the same, and no other format; there are files of whole sources
# Made from the log and from counts: no file of a source says it.
_COMPUTED = (f"/graph/{provenance.GRAPH}", f"/graph/{void.GRAPH}")
_FOLDED = 36_000  # bytes of statements from which parts are listed; a page has at most 60,000


@dataclass(frozen=True, slots=True)
class ListedPart:
    """A part of a thing in a list: the end of its IRI, names, what it is, a thing that it names."""

    fragment: str
    names: Texts
    text: Texts
    about: str


@dataclass(frozen=True, slots=True)
class ThingDocument:
    """The HTML document of a thing.

    `path` is its local path without extension, `data` its JSON-LD, if it has any. `statements` are
    at most `shown` of `total` (which is exact where `counted`), those about parts of it too.
    `incoming`: property, number and an example; `stated_in`: the named graphs that speak of it.
    `inferred`: property and value of what Ulzii inferred of it. `chosen`: the part whose statements
    are asked for. `dump`: of a graph, the source whose file of all statements has it.
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
    chosen: str = ""
    dump: str = ""

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
    def is_traced(self) -> bool:
        """Whether a source states anything of it, which a trace can follow to a file."""
        return any(not graph.endswith(_COMPUTED) for graph in self.stated_in)

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

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats that its page links. JSON-LD and RDF/XML of a large graph take too long."""
        if not self.is_graph or self.total <= _LARGE:
            return ("ttl", "jsonld", "nt", "rdf", "csv")
        return ("ttl", "nt", "csv") if self.total <= _HUGE else ()

    @property
    def is_folded(self) -> bool:
        """Whether the statements about its parts are too many for its page, which lists them."""
        rows = [len(values) for of in self.statements.values() for values in of.values()]
        size = _ROW * len(rows) + _VALUE * sum(rows)
        return len(self.statements) > 1 and size > _FOLDED and not self.is_graph

    @property
    def tables(self) -> Grouped:
        """The statements that its page shows: of the chosen part, of itself, or of all."""
        if self.chosen or self.is_folded:
            subject = self.chosen or self.iri
            return {subject: self.statements.get(subject, {})}
        return self.statements

    @property
    def listed(self) -> list[ListedPart]:
        """Its parts, where they are listed only."""
        if self.chosen or not self.is_folded:
            return []
        return [self._part(iri) for iri in self.statements if iri != self.iri]

    def fragment(self, iri: str) -> str:
        """What follows its own IRI in that of a part."""
        return iri.removeprefix(self.iri).removeprefix("#")

    def _part(self, iri: str) -> ListedPart:
        values = (
            one for name, of in self.statements[iri].items() if name != RDF.type.value for one in of
        )
        about = next((one.value for one in values if isinstance(one, ox.NamedNode)), "")
        return ListedPart(
            fragment=self.fragment(iri),
            names=self.texts(*_NAMES, subject=iri) or self.labels.get(iri, {}),
            text=self.texts(*_TEXTS, subject=iri),
            about=about,
        )


PageFunction = Callable[[AppContext, ThingDocument], str]
"""Makes the page of a thing."""
