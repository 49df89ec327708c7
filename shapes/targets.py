"""Narrowing the shapes' targets to the candidate's own subjects.

Reference statements are there to be looked at, not to be judged again, and judging them would cost
a second for each three thousand codes. Targets that reach only the candidate stay as they are.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyoxigraph as ox
from rdflib import SH, Graph, URIRef
from rdflib.term import Node

_QUERIES = {
    SH.targetClass: "instances",
    SH.targetSubjectsOf: "subjects",
    SH.targetObjectsOf: "objects",
}


@cache
def _query(name: str) -> str:
    return (Path(__file__).parent / "queries" / f"{name}.rq").read_text("utf-8")


def narrow(shapes: Graph, store: ox.Store) -> None:
    """Replace targets that reach beyond the candidate's subjects by sh:targetNode (in place)."""
    for predicate, name in _QUERIES.items():
        for term in set(shapes.objects(None, predicate)):
            _narrow(shapes, predicate, term, _Foci(store, _query(name), str(term)))


class _Foci:
    def __init__(self, store: ox.Store, query: str, term: str) -> None:
        self._store = store
        self._query = query
        self._given: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = {
            ox.Variable("term"): ox.NamedNode(term)
        }

    def foreign(self) -> bool:
        """Whether any focus node is no subject of the candidate."""
        return bool(self._ask("NOT EXISTS", " LIMIT 1"))

    def own(self) -> list[str]:
        """The focus nodes that are."""
        found = self._ask("EXISTS", "")
        return [node.value for node in found if isinstance(node, ox.NamedNode)]

    def _ask(self, operator: str, tail: str) -> list[object]:
        query = self._query.replace("EXISTS", operator) + tail
        found = self._store.query(query, use_default_graph_as_union=True, substitutions=self._given)
        assert isinstance(found, ox.QuerySolutions)
        return [row[0] for row in found]


def _narrow(shapes: Graph, predicate: URIRef, term: Node, foci: _Foci) -> None:
    if not foci.foreign():
        return
    own = [URIRef(iri) for iri in foci.own()]
    for shape in list(shapes.subjects(predicate, term)):
        shapes.remove((shape, predicate, term))
        for focus in own:
            shapes.add((shape, SH.targetNode, focus))
