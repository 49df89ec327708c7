"""The public statements of a store, with the graphs that state them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import pyoxigraph as ox

from graph.core.iris import Names
from graph.statements.layer import INFERRED
from vocab.namespaces import RDF
from vocab.terms import Object

_DEFAULT = ox.DefaultGraph()


@dataclass(frozen=True, slots=True)
class Properties:
    """What is said of a thing: values by property, and the names of the graphs that say so."""

    statements: dict[ox.NamedNode, dict[Object, set[str]]] = field(default_factory=dict)

    def values(self, predicate: ox.NamedNode) -> set[Object]:
        """The values of a property."""
        return set(self.statements.get(predicate, ()))

    def graphs(self, predicate: ox.NamedNode) -> set[str]:
        """The names of the graphs that state any value (`nso/inferred`)."""
        return set().union(*self.statements.get(predicate, {}).values())

    def is_inferred(self, predicate: ox.NamedNode) -> bool:
        """Whether there are values, and all are inferred."""
        graphs = self.graphs(predicate)
        return bool(graphs) and all(name.endswith(f"/{INFERRED}") for name in graphs)

    def first_literals(self, predicates: Iterable[ox.NamedNode]) -> list[ox.Literal]:
        """The literals of the first property that has any in each language."""
        found: dict[str, list[ox.Literal]] = {}
        for predicate in predicates:
            own: dict[str, list[ox.Literal]] = {}
            for value in self.values(predicate):
                if isinstance(value, ox.Literal):
                    own.setdefault(value.language or "", []).append(value)
            found = {**own, **found}
        return [literal for literals in found.values() for literal in literals]


class PublicStore:
    """A finished store, as readers without a token see it."""

    def __init__(self, store: ox.Store, names: Names, restricted: frozenset[str]) -> None:
        self._store = store
        self._start = names.graph_at("")
        self._restricted = restricted
        # the same areas and periods are named again and again
        self.literals = lru_cache(20_000)(self._literals)
        self.things = lru_cache(20_000)(self._things)

    def instances(self, cls: ox.NamedNode) -> Iterator[str]:
        """The IRIs of the things of a class."""
        for quad in self._store.quads_for_pattern(None, RDF.type, cls, _DEFAULT):
            if isinstance(quad.subject, ox.NamedNode):
                yield quad.subject.value

    def properties_of(self, iris: Sequence[str]) -> dict[str, Properties]:
        """What public graphs say of some things; one query takes less time than many."""
        found = {iri: Properties() for iri in iris}
        nodes = " ".join(str(ox.NamedNode(iri)) for iri in found)
        # not by a pattern: that gives the union's statements too, for as much time again
        rows = self._store.query(
            f"SELECT ?s ?p ?o ?g {{ VALUES ?s {{ {nodes} }} GRAPH ?g {{ ?s ?p ?o }} }}"
        )
        assert isinstance(rows, ox.QuerySolutions)
        for subject, predicate, value, graph in rows:
            if isinstance(value, Object) and graph.value not in self._restricted:
                name = graph.value.removeprefix(self._start)
                values = found[subject.value].statements.setdefault(predicate, {})
                values.setdefault(value, set()).add(name)
        return found

    def values(self, iri: str) -> Properties:
        """What is said of one thing without the graphs, in a third of the time."""
        found: dict[ox.NamedNode, dict[Object, set[str]]] = {}
        for quad in self._store.quads_for_pattern(ox.NamedNode(iri), None, None, _DEFAULT):
            value = quad.object  # each access makes a term anew
            if isinstance(value, Object):
                found.setdefault(quad.predicate, {})[value] = set()
        return Properties(found)

    def has(self, iri: str, predicate: ox.NamedNode, value: Object) -> bool:
        """Whether a thing has this value of a property."""
        return ox.Quad(ox.NamedNode(iri), predicate, value, _DEFAULT) in self._store

    def referring(self, predicate: ox.NamedNode, iri: str) -> list[str]:
        """The things that refer to one by a property, sorted."""
        quads = self._store.quads_for_pattern(None, predicate, ox.NamedNode(iri), _DEFAULT)
        return sorted(q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode))

    def _things(self, iri: str, predicate: ox.NamedNode) -> list[str]:
        """The things that one refers to by a property, sorted."""
        values = self._values_of(ox.NamedNode(iri), predicate)
        return sorted(value.value for value in values if isinstance(value, ox.NamedNode))

    def _literals(self, iri: str, predicates: tuple[ox.NamedNode, ...]) -> list[ox.Literal]:
        # not all values: a dataset has a thousand findings beside its name
        node, found = ox.NamedNode(iri), dict[ox.NamedNode, dict[Object, set[str]]]()
        for predicate in predicates:
            found[predicate] = {value: set() for value in self._values_of(node, predicate)}
        return Properties(found).first_literals(predicates)

    def _values_of(self, node: ox.NamedNode, predicate: ox.NamedNode) -> Iterator[Object]:
        for quad in self._store.quads_for_pattern(node, predicate, None, _DEFAULT):
            value = quad.object
            if isinstance(value, Object):
                yield value
