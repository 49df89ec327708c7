"""Results of pySHACL alone and behind the prefilter, in a form that compares every part of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pyshacl
from rdflib import SH, BNode, Graph
from rdflib.term import Node

from shapes.prefilter.run import Prefiltered
from shapes.prefilter.terms import term

Form = tuple[object, ...]
Triples = Iterable[tuple[Node, Node, Node]]
Said = dict[Node, list[tuple[Node, Node]]]

_STRUCTURE = {SH.sourceShape, SH.resultPath, SH.sourceConstraint}


def described(graph: Graph, node: Node, depth: int = 0) -> object:
    """A node of the shapes graph as its structure: blank ones by what is said of them."""
    if not isinstance(node, BNode) or depth > 20:
        return repr(node)
    found = ((p.n3(), described(graph, o, depth + 1)) for p, o in graph.predicate_objects(node))
    return tuple(sorted(found, key=repr))


def about(triples: Triples) -> Said:
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
        parts = ((p.n3(), self._value(p, value, said)) for p, value in said[node])
        return tuple(sorted(parts, key=repr))

    def _value(self, predicate: Node, value: Node, said: Said) -> object:
        if predicate == SH.detail:
            return self.of(value, said)
        if predicate not in _STRUCTURE:
            return repr(value)
        if value not in self._described:
            self._described[value] = described(self._shapes, value)
        return self._described[value]


def in_memory(lines: Iterable[bytes]) -> Graph:
    data = Graph()
    for line in lines:
        subject, predicate, value = line.split(b" ", 2)
        data.add((term(subject), term(predicate), term(value.rstrip(b"\n")[:-2])))
    return data


def plain(shapes: Graph, lines: Iterable[bytes]) -> Counter[Form]:
    """What pySHACL alone finds in a graph of rdflib's."""
    _, report, text = pyshacl.validate(
        in_memory(lines), shacl_graph=shapes, inference="none", advanced=False, do_owl_imports=False
    )
    assert isinstance(report, Graph), text
    said, forms = about(report), Forms(shapes)
    return Counter(forms.of(node, said) for node in report.objects(None, SH.result))


def prefiltered(shapes: Graph, lines: list[bytes], jobs: int = 1) -> Counter[Form]:
    """What is found behind the prefilter, and by what goes whole."""
    made, forms = Prefiltered(shapes, lines), Forms(shapes)
    found = list(made.results(jobs=jobs))
    if made.whole:
        found += made.on_the_whole(in_memory(lines))
    return Counter(forms.of(node, about(triples)) for node, triples in found)
