"""From a shapes graph to a plan: which checks a subject of these types must pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS
from pyshacl.errors import ReportableRuntimeError
from pyshacl.shape import Shape
from pyshacl.shapes_graph import ShapesGraph
from rdflib import SH, Graph, URIRef
from rdflib.term import Node

from shapes.prefilter.checks import (
    ALWAYS,
    NEVER,
    SOME_VALUE,
    Fails,
    SingleCheck,
    ValueCheck,
    together,
)
from shapes.prefilter.constraints import BESIDE, ON_VALUES, TABLE
from shapes.prefilter.index import GraphIndex
from shapes.prefilter.paths import PathNeeds, PathStep, UnknownPath
from shapes.prefilter.terms import token


@dataclass(frozen=True, slots=True)
class CompiledShape:
    """A shape as pySHACL will be asked: by itself, or as a property of `owner`.

    `whole` units hold a constraint in SPARQL: no check is made and no subject holds the answer.
    `unchecked` ones hold another constraint no check is made of: every focus node that has values
    is judged.
    """

    shape: Shape
    owner: Shape | None = None
    whole: bool = False
    unchecked: bool = False


@dataclass(slots=True)
class CompiledProperty:
    """One property shape of a target: its check over the values of a predicate or a path."""

    unit: int
    check: ValueCheck
    predicate: bytes = b""
    path: PathStep | None = None


@dataclass(slots=True)
class ShapeTarget:
    """A shape with targets: what can fail at a focus node itself, and at its properties."""

    shape: Shape
    unit: int
    own: ValueCheck
    properties: list[CompiledProperty] = field(default_factory=list)


_NOT_CHECKED = frozenset({SH.property, SH.sparql})


class ShapeCompiler:
    """Makes checks over an index. Made over an empty one, it tells what the index must hold."""

    def __init__(self, graph: ShapesGraph, index: GraphIndex) -> None:
        self.shapes = graph.graph
        self.index = index
        self.needs = PathNeeds()
        self.units: list[CompiledShape] = []
        self._graph = graph
        self._sparql = set(self.shapes.subjects(SH.sparql))
        self._unchecked: set[Node] = set()
        self._made: dict[Node, tuple[SingleCheck, bool]] = {}
        self._making: set[Node] = set()
        self.targets = [self._target(shape) for shape in graph.shapes if _has_target(shape)]

    def _unit(self, shape: Shape, owner: Shape | None = None, whole: bool = False) -> int:
        unchecked = not self._unchecked.isdisjoint(self._below(shape))
        self.units.append(CompiledShape(shape, owner, whole, unchecked))
        return len(self.units) - 1

    def _target(self, shape: Shape) -> ShapeTarget:
        """A node shape's properties are units of their own, unless they are to go whole."""
        self._note_inverse(shape)
        if self._goes_whole(shape):
            return ShapeTarget(shape, self._unit(shape, whole=True), ALWAYS)
        if shape.is_property_shape:
            return ShapeTarget(shape, -1, NEVER, [self._property(shape, None)])
        own = self._own(shape)
        made = ShapeTarget(shape, self._unit(shape), own)
        made.properties = [self._property(p, shape) for p in self._properties(shape)]
        return made

    def _note_inverse(self, shape: Shape) -> None:
        self.needs.inverse |= {token(p) for p in shape.target_objects_of()}  # type: ignore[no-untyped-call]

    def _property(self, shape: Shape, owner: Shape | None) -> CompiledProperty:
        path = shape.path()  # type: ignore[no-untyped-call]
        whole = self._goes_whole(shape)
        check = ALWAYS if whole else self._values(shape)
        step = None if isinstance(path, URIRef) else self._step(shape)
        unit = self._unit(shape, owner, whole)
        if isinstance(path, URIRef):
            return CompiledProperty(unit, check, predicate=token(path))
        if step is None:
            return CompiledProperty(unit, ALWAYS, path=lambda index, node: ())
        return CompiledProperty(unit, check, path=step)

    def _step(self, shape: Shape) -> PathStep | None:
        """Its path; None where no check can follow it."""
        try:
            return self.needs.path(self.shapes, shape.path())  # type: ignore[no-untyped-call]
        except UnknownPath:
            self._unchecked.add(shape.node)
            return None

    def _properties(self, shape: Shape) -> Iterator[Shape]:
        for node in dict.fromkeys(self.shapes.objects(shape.node, SH.property)):
            found = self._known(node)
            if not found.deactivated:
                yield found

    def _known(self, node: Node) -> Shape:
        try:
            return self._graph.lookup_shape_from_node(node)
        except KeyError:
            raise ReportableRuntimeError(
                f"There is no shape {node}, which another names."
            ) from None

    def _goes_whole(self, shape: Shape) -> bool:
        """Whether anything in it but its properties, however deep, is asked in SPARQL."""
        if not self._sparql and not self._graph.custom_constraints:
            return False
        below = self._below(shape)
        return not self._sparql.isdisjoint(below) or any(map(self._custom, below))

    def _custom(self, node: Node) -> bool:
        try:
            return bool(self._graph.lookup_shape_from_node(node).find_custom_constraints())  # type: ignore[no-untyped-call]
        except KeyError:
            return False

    def _below(self, shape: Shape) -> set[Node]:
        """The shape and every node of the shapes graph it leads to by SHACL's own words.

        A node shape's own properties are units of their own; a property shape's are not.
        """
        start: Node = shape.node
        found, waiting = {start}, [start]
        while waiting:
            node = waiting.pop()
            for predicate, value in self.shapes.predicate_objects(node):
                inside = node != start or shape.is_property_shape or predicate != SH.property
                if value not in found and inside and predicate in _LEADING:
                    found.add(value)
                    waiting.append(value)
        return found

    def _own(self, shape: Shape) -> ValueCheck:
        """A shape's constraints but for its properties."""
        return together(self._constraints(shape))

    def _values(self, shape: Shape) -> ValueCheck:
        """A property shape's constraints, and those of its values' properties."""
        nested = [self.node(p.node) for p in self._properties(shape)]
        more = [ValueCheck(_on_values(fails), exact) for fails, exact in nested]
        return together([*self._constraints(shape), *more])

    def _constraints(self, shape: Shape) -> Iterator[ValueCheck]:
        if shape.deactivated:
            return
        for parameter, value in self.shapes.predicate_objects(shape.node):
            made = self._check(shape, parameter, value)
            if made is ALWAYS or made is SOME_VALUE:
                self._unchecked.add(shape.node)
            yield made

    def _check(self, shape: Shape, parameter: Node, value: Node) -> ValueCheck:
        if parameter in TABLE:
            return TABLE[parameter](self, shape.node, value)
        if parameter not in ALL_CONSTRAINT_PARAMETERS or parameter in _NOT_CHECKED | BESIDE:
            return NEVER
        return SOME_VALUE if parameter in ON_VALUES else ALWAYS

    def node(self, shape: Node) -> tuple[SingleCheck, bool]:
        """Whether a node can fail a shape, as nested shapes ask; a shape in itself is unknown."""
        if shape in self._making:
            self._unchecked.add(shape)
            return (lambda value: True), False
        if shape not in self._made:
            self._making.add(shape)
            self._made[shape] = self._nested(self._known(shape))
            self._making.remove(shape)
        return self._made[shape]

    def _nested(self, shape: Shape) -> tuple[SingleCheck, bool]:
        if shape.deactivated:
            return (lambda value: False), True
        if shape.is_property_shape:
            return self._at_path(shape)
        own = self._own(shape)
        parts = [self.node(p.node) for p in self._properties(shape)]
        fails = [one for one, _ in parts]

        def either(value: bytes) -> bool:
            return own.fails(value, (value,)) or any(one(value) for one in fails)

        return either, own.exact and all(exact for _, exact in parts)

    def _at_path(self, shape: Shape) -> tuple[SingleCheck, bool]:
        check, index, path = self._values(shape), self.index, self._step(shape)
        if path is None:
            return (lambda value: True), False
        return (lambda value: check.fails(value, tuple(path(index, value)))), check.exact


class CompiledShapes:
    """A shapes graph as pySHACL reads it, and what checks of it want of an index: the same for
    every candidate. The graph must not change any more."""

    def __init__(self, graph: Graph) -> None:
        self.shapes = ShapesGraph(graph)
        self.needs = ShapeCompiler(self.shapes, GraphIndex((), ())).needs


_LEADING = frozenset(
    {SH.property, SH.node, SH["not"], SH["and"], SH["or"], SH.xone, SH.qualifiedValueShape}
    | {URIRef(f"http://www.w3.org/1999/02/22-rdf-syntax-ns#{name}") for name in ("first", "rest")}
)


def _on_values(fails: SingleCheck) -> Fails:
    return lambda focus, values: any(map(fails, values))


def _has_target(shape: Shape) -> bool:
    return not shape.deactivated and any(map(_any, shape.target()))  # type: ignore[no-untyped-call]


def _any(nodes: Iterable[Node]) -> bool:
    return next(iter(nodes), None) is not None
