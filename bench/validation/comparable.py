"""Results of a validation in a form that compares every part of them.

Two results are equal when focus, path, value, component, severity, messages, details and the
structure of their source shape are: the names of blank nodes are not compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from rdflib import SH, BNode, Graph
from rdflib.term import Node

Form = tuple[object, ...]
Triples = Iterable[tuple[Node, Node, Node]]
Said = dict[Node, list[tuple[Node, Node]]]

_STRUCTURE = {SH.sourceShape, SH.resultPath, SH.sourceConstraint}


# pySHACL's message lists what is said of a blank node in the order of a set: now so, now otherwise.
_LIST = re.compile(r"\[ ([^\[\]]*) \]")


def _sorted(match: re.Match[str]) -> str:
    return f"[ {sorted(re.split('[ ,;]+', match[1]))} ]"


def described(graph: Graph, node: Node, depth: int = 0) -> object:
    """A node of the shapes graph as its structure: blank ones by what is said of them."""
    if not isinstance(node, BNode) or depth > 20:
        return repr(node)
    found = ((p.n3(), described(graph, o, depth + 1)) for p, o in graph.predicate_objects(node))
    return tuple(sorted(found, key=repr))


def about(triples: Triples) -> Said:
    """Triples by subject."""
    said: Said = {}
    for subject, predicate, value in triples:
        said.setdefault(subject, []).append((predicate, value))
    return said


class Forms:
    """Results with everything they say, their details inside them."""

    def __init__(self, shapes: Graph) -> None:
        self._shapes = shapes
        self._described: dict[Node, object] = {}

    def of(self, node: Node, said: Said) -> Form:
        """One result."""
        parts = ((p.n3(), self._value(p, value, said)) for p, value in said[node])
        return tuple(sorted(parts, key=repr))

    def of_report(self, report: Graph) -> Counter[Form]:
        """All results of a report of pySHACL's, and how often each is there."""
        said = about(report)
        return Counter(self.of(node, said) for node in report.objects(None, SH.result))

    def _value(self, predicate: Node, value: Node, said: Said) -> object:
        if predicate == SH.detail:
            return self.of(value, said)
        if predicate == SH.resultMessage:
            return _LIST.sub(_sorted, repr(value))
        if predicate not in _STRUCTURE:
            return repr(value)
        if value not in self._described:
            self._described[value] = described(self._shapes, value)
        return self._described[value]
