"""Convert validation results to a form in which all their parts can be compared.

Two results are equal when focus node, path, value, component, severity, messages, details and the
structure of the source shape are equal; the names of blank nodes are not compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from rdflib import SH, BNode, Graph
from rdflib.term import Node

ComparableResult = tuple[object, ...]
Triples = Iterable[tuple[Node, Node, Node]]
PropertiesBySubject = dict[Node, list[tuple[Node, Node]]]

_STRUCTURE = {SH.sourceShape, SH.resultPath, SH.sourceConstraint}


# pySHACL writes the properties of a blank node into messages in the order of a set, which varies.
_LIST = re.compile(r"\[ ([^\[\]]*) \]")


def _sorted(match: re.Match[str]) -> str:
    return f"[ {sorted(re.split('[ ,;]+', match[1]))} ]"


def structure(graph: Graph, node: Node, depth: int = 0) -> object:
    """A node of the shapes graph as its structure; blank nodes by their properties."""
    if not isinstance(node, BNode) or depth > 20:
        return repr(node)
    found = ((p.n3(), structure(graph, o, depth + 1)) for p, o in graph.predicate_objects(node))
    return tuple(sorted(found, key=repr))


def properties_by_subject(triples: Triples) -> PropertiesBySubject:
    """Triples by subject."""
    properties: PropertiesBySubject = {}
    for subject, predicate, value in triples:
        properties.setdefault(subject, []).append((predicate, value))
    return properties


class ComparableResults:
    """Makes results comparable, with all their properties and nested details."""

    def __init__(self, shapes: Graph) -> None:
        self._shapes = shapes
        self._structures: dict[Node, object] = {}

    def of(self, node: Node, properties: PropertiesBySubject) -> ComparableResult:
        """One result."""
        parts = ((p.n3(), self._value(p, value, properties)) for p, value in properties[node])
        return tuple(sorted(parts, key=repr))

    def of_report(self, report: Graph) -> Counter[ComparableResult]:
        """All results of a report by pySHACL, with the number of occurrences."""
        properties = properties_by_subject(report)
        return Counter(self.of(node, properties) for node in report.objects(None, SH.result))

    def _value(self, predicate: Node, value: Node, properties: PropertiesBySubject) -> object:
        if predicate == SH.detail:
            return self.of(value, properties)
        if predicate == SH.resultMessage:
            return _LIST.sub(_sorted, repr(value))
        if predicate not in _STRUCTURE:
            return repr(value)
        if value not in self._structures:
            self._structures[value] = structure(self._shapes, value)
        return self._structures[value]
