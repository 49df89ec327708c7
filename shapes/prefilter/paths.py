"""SHACL property paths over the index: from a node to its value nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from rdflib import RDF, SH, Graph, URIRef
from rdflib.term import Node

from shapes.prefilter.index import GraphIndex
from shapes.prefilter.terms import token

PathStep = Callable[[GraphIndex, bytes], Iterable[bytes]]


class UnknownPath(Exception):
    """A kind of path that cannot be compiled."""


class PathNeeds:
    """Compiles paths, and collects the predicates they need in the index."""

    def __init__(self) -> None:
        self.forward: set[bytes] = set()
        self.inverse: set[bytes] = set()

    def compile(self, shapes: Graph, path: Node) -> PathStep:
        """A path as a function from a node to its value nodes. Raises UnknownPath."""
        if isinstance(path, URIRef):
            return self._forward(token(path))
        if (path, RDF.first, None) in shapes:
            return _sequence([self.compile(shapes, part) for part in shapes.items(path)])
        inverse = shapes.value(path, SH.inversePath)
        if isinstance(inverse, URIRef):
            return self._inverse(token(inverse))
        alternatives = shapes.value(path, SH.alternativePath)
        if alternatives is not None:
            return _alternative([self.compile(shapes, part) for part in shapes.items(alternatives)])
        self._add_all_inverse(shapes, path)
        raise UnknownPath(path)

    def _forward(self, predicate: bytes) -> PathStep:
        self.forward.add(predicate)
        return lambda index, node: index.objects(node, predicate)

    def _inverse(self, predicate: bytes) -> PathStep:
        self.inverse.add(predicate)
        return lambda index, node: index.subjects(node, predicate)

    def _add_all_inverse(self, shapes: Graph, path: Node, depth: int = 0) -> None:
        """Index every predicate of a path that pySHACL evaluates itself, for inverse steps."""
        for part in shapes.objects(path, None):
            if isinstance(part, URIRef) and part != RDF.nil:
                self.inverse.add(token(part))
            elif depth < 10:
                self._add_all_inverse(shapes, part, depth + 1)


def _sequence(steps: list[PathStep]) -> PathStep:
    def values(index: GraphIndex, node: bytes) -> Iterable[bytes]:
        nodes: Iterable[bytes] = (node,)
        for step in steps:
            nodes = dict.fromkeys(_all(step, index, nodes))
        return nodes

    return values


def _alternative(steps: list[PathStep]) -> PathStep:
    return lambda index, node: dict.fromkeys(found for step in steps for found in step(index, node))


def _all(step: PathStep, index: GraphIndex, nodes: Iterable[bytes]) -> Iterator[bytes]:
    for node in nodes:
        yield from step(index, node)
