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

_STRUCTURE = {SH.sourceShape, SH.resultPath, SH.sourceConstraint}


def described(graph: Graph, node: Node, depth: int = 0) -> object:
    """A node of the shapes graph as its structure: blank ones by what is said of them."""
    if not isinstance(node, BNode) or depth > 20:
        return node.n3()
    found = ((p.n3(), described(graph, o, depth + 1)) for p, o in graph.predicate_objects(node))
    return tuple(sorted(found, key=repr))


def form(node: Node, triples: Triples, shapes: Graph) -> Form:
    """A result with everything it says, its details inside it."""
    about: dict[Node, list[tuple[Node, Node]]] = {}
    for subject, predicate, value in triples:
        about.setdefault(subject, []).append((predicate, value))

    def of(node: Node) -> Form:
        parts = []
        for predicate, value in about[node]:
            if predicate == SH.detail:
                parts.append((predicate.n3(), of(value)))
            elif predicate in _STRUCTURE:
                parts.append((predicate.n3(), (described(shapes, value),)))
            else:
                parts.append((predicate.n3(), (value.n3(),)))
        return tuple(sorted(parts, key=repr))

    return of(node)


def plain(shapes: Graph, lines: Iterable[bytes]) -> Counter[Form]:
    """What pySHACL alone finds in a graph of rdflib's."""
    data = Graph()
    for line in lines:
        subject, predicate, value = line.split(b" ", 2)
        data.add((term(subject), term(predicate), term(value.rstrip(b"\n")[:-2])))
    _, report, text = pyshacl.validate(
        data, shacl_graph=shapes, inference="none", advanced=False, do_owl_imports=False
    )
    assert isinstance(report, Graph), text
    triples = list(report)
    return Counter(form(node, triples, shapes) for node in report.objects(None, SH.result))


def prefiltered(
    shapes: Graph, lines: Iterable[bytes], reference: Iterable[bytes] = (), jobs: int = 1
) -> Counter[Form]:
    """What is found behind the prefilter."""
    found = Prefiltered(shapes, lines, reference).results(jobs=jobs)
    return Counter(form(node, triples, shapes) for node, triples in found)
