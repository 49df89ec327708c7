"""What a shapes graph says, whatever data it is used on: read once, then looked up."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from pyshacl.errors import ReportableRuntimeError
from pyshacl.shape import Shape
from pyshacl.shapes_graph import ShapesGraph
from rdflib import SH, Graph, URIRef
from rdflib.term import Node


class ShapeStructure:
    """The shapes of a graph, their properties and parameters, and which shapes are part of which.

    The graph must not be changed afterwards.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._shapes = ShapesGraph(graph)
        self._sparql = set(graph.subjects(SH.sparql))
        self._parameters: dict[Node, list[tuple[Node, Node]]] = {}
        self._properties: dict[Node, list[Shape]] = {}
        self._reachable: dict[Node, set[Node]] = {}
        self._full_graph: dict[Node, bool] = {}

    @cached_property
    def targets(self) -> list[Shape]:
        """The active shapes that have a target."""
        return [shape for shape in self._shapes.shapes if _has_target(shape)]

    @cached_property
    def queries(self) -> frozenset[str]:
        """The texts of its SPARQL constraints."""
        return frozenset(map(str, self.graph.objects(None, SH.select)))

    def lookup(self, node: Node) -> Shape:
        """The shape with this node. Raises ReportableRuntimeError if there is none."""
        try:
            return self._shapes.lookup_shape_from_node(node)
        except KeyError:
            raise ReportableRuntimeError(f"A shape refers to {node}: not defined.") from None

    def parameters(self, shape: Shape) -> list[tuple[Node, Node]]:
        """All its properties and values."""
        return self._pairs(shape.node)

    def properties(self, shape: Shape) -> list[Shape]:
        """Its active property shapes."""
        if shape.node not in self._properties:
            nodes = dict.fromkeys(self.graph.objects(shape.node, SH.property))
            shapes = map(self.lookup, nodes)
            self._properties[shape.node] = [found for found in shapes if not found.deactivated]
        return self._properties[shape.node]

    def needs_full_graph(self, shape: Shape) -> bool:
        """Whether a SPARQL or custom constraint occurs in it at any depth, its properties aside."""
        if shape.node not in self._full_graph:
            self._full_graph[shape.node] = self._has_query(self.reachable(shape))
        return self._full_graph[shape.node]

    def _has_query(self, nodes: set[Node]) -> bool:
        if not self._sparql and not self._shapes.custom_constraints:
            return False
        return not self._sparql.isdisjoint(nodes) or any(map(self._has_custom_constraint, nodes))

    def _has_custom_constraint(self, node: Node) -> bool:
        try:
            shape = self._shapes.lookup_shape_from_node(node)
        except KeyError:
            return False
        return bool(shape.find_custom_constraints())  # type: ignore[no-untyped-call]

    def reachable(self, shape: Shape) -> set[Node]:
        """The shape and all nodes of the shapes graph reachable by SHACL's properties.

        The properties of a node shape are left out (they are units of their own); those of a
        property shape are not.
        """
        if shape.node not in self._reachable:
            self._reachable[shape.node] = self._follow(shape)
        return self._reachable[shape.node]

    def _follow(self, shape: Shape) -> set[Node]:
        start: Node = shape.node
        found, queue = {start}, [start]
        while queue:
            node = queue.pop()
            for predicate, value in self._pairs(node):
                inside = node != start or shape.is_property_shape or predicate != SH.property
                if predicate in _FOLLOWED and inside and value not in found:
                    found.add(value)
                    queue.append(value)
        return found

    def _pairs(self, node: Node) -> list[tuple[Node, Node]]:
        if node not in self._parameters:
            self._parameters[node] = list(self.graph.predicate_objects(node))
        return self._parameters[node]


# from a shape to the shapes that are part of it; rdf:first and rdf:rest through the lists
_FOLLOWED = frozenset(
    {SH.property, SH.node, SH["not"], SH["and"], SH["or"], SH.xone, SH.qualifiedValueShape}
    | {URIRef(f"http://www.w3.org/1999/02/22-rdf-syntax-ns#{name}") for name in ("first", "rest")}
)


def _has_target(shape: Shape) -> bool:
    return not shape.deactivated and any(map(_is_not_empty, shape.target()))  # type: ignore[no-untyped-call]


def _is_not_empty(nodes: Iterable[Node]) -> bool:
    return next(iter(nodes), None) is not None
