"""Compile a shapes graph into checks for each target and each of its properties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS
from pyshacl.shape import Shape
from rdflib import SH, Graph, URIRef
from rdflib.term import Node

from shapes.prefilter.checks import (
    ALWAYS,
    NEVER,
    SOME_VALUE,
    CanFail,
    SingleCheck,
    ValueCheck,
    any_of,
)
from shapes.prefilter.constraints import AUXILIARY, CHECKS, FAIL_ONLY_WITH_VALUES
from shapes.prefilter.index import GraphIndex
from shapes.prefilter.paths import PathNeeds, PathStep, UnknownPath
from shapes.prefilter.structure import ShapeStructure
from shapes.prefilter.terms import token


@dataclass(frozen=True, slots=True)
class CompiledShape:
    """A unit of validation by pySHACL: a shape by itself, or as a property shape of `owner`.

    `full_graph`: it has a SPARQL or custom constraint, which needs a graph of all statements;
    nothing is prefiltered. `unchecked`: it has another constraint that cannot be compiled; pySHACL
    validates every focus node that has values.
    """

    shape: Shape
    owner: Shape | None = None
    full_graph: bool = False
    unchecked: bool = False


@dataclass(slots=True)
class CompiledProperty:
    """A property shape of a target, with its check of the values of a predicate or a path."""

    unit: int
    check: ValueCheck
    predicate: bytes = b""
    path: PathStep | None = None


@dataclass(slots=True)
class ShapeTarget:
    """A shape with targets: the check of the focus node itself, and of its properties."""

    shape: Shape
    unit: int
    node_check: ValueCheck
    properties: list[CompiledProperty] = field(default_factory=list)


# sh:property makes units of their own, sh:sparql a unit that needs the full graph
_HANDLED_ELSEWHERE = frozenset({SH.property, SH.sparql})
# pySHACL has them in a list, where finding none of a shape's other properties takes longest
_CONSTRAINTS = frozenset(ALL_CONSTRAINT_PARAMETERS) - _HANDLED_ELSEWHERE - AUXILIARY


class ShapeCompiler:
    """Compiles shapes to checks that use an index.

    Compiled with an empty index, `needs` lists the predicates that the index must contain.
    """

    def __init__(self, structure: ShapeStructure, index: GraphIndex) -> None:
        self.shapes = structure.graph
        self.index = index
        self.needs = PathNeeds()
        self.units: list[CompiledShape] = []
        self._structure = structure
        self._unchecked: set[Node] = set()
        self._nested_checks: dict[Node, tuple[SingleCheck, bool]] = {}
        self._in_progress: set[Node] = set()
        self.targets = [self._target(shape) for shape in structure.targets]

    def _add_unit(self, shape: Shape, owner: Shape | None = None, full_graph: bool = False) -> int:
        # to be called after the checks of the shape are compiled, which fills self._unchecked
        unchecked = not self._unchecked.isdisjoint(self._structure.reachable(shape))
        self.units.append(CompiledShape(shape, owner, full_graph, unchecked))
        return len(self.units) - 1

    def _target(self, shape: Shape) -> ShapeTarget:
        """A node shape's properties are units of their own, unless they need the full graph."""
        self._note_inverse(shape)
        if self._structure.needs_full_graph(shape):
            return ShapeTarget(shape, self._add_unit(shape, full_graph=True), ALWAYS)
        if shape.is_property_shape:
            # no unit of its own: a property shape constrains only the values of its path
            return ShapeTarget(shape, -1, NEVER, [self._property(shape, None)])
        node_check = self._node_check(shape)
        target = ShapeTarget(shape, self._add_unit(shape), node_check)
        target.properties = [self._property(p, shape) for p in self._structure.properties(shape)]
        return target

    def _note_inverse(self, shape: Shape) -> None:
        # sh:targetObjectsOf: whether a node is a target depends on other subjects
        self.needs.inverse |= {token(p) for p in shape.target_objects_of()}  # type: ignore[no-untyped-call]

    def _property(self, shape: Shape, owner: Shape | None) -> CompiledProperty:
        path = shape.path()  # type: ignore[no-untyped-call]
        full_graph = self._structure.needs_full_graph(shape)
        check = ALWAYS if full_graph else self._property_check(shape)
        step = None if isinstance(path, URIRef) else self._step(shape)
        unit = self._add_unit(shape, owner, full_graph)
        if isinstance(path, URIRef):
            return CompiledProperty(unit, check, predicate=token(path))
        if step is None:
            # no values are needed: pySHACL evaluates the path itself for every focus node
            return CompiledProperty(unit, ALWAYS, path=lambda index, node: ())
        return CompiledProperty(unit, check, path=step)

    def _step(self, shape: Shape) -> PathStep | None:
        """The shape's path as a function; None for a kind of path that checks cannot follow."""
        try:
            return self.needs.compile(self.shapes, shape.path())  # type: ignore[no-untyped-call]
        except UnknownPath:
            self._unchecked.add(shape.node)
            return None

    def _node_check(self, shape: Shape) -> ValueCheck:
        """The check of a shape's constraints, without its property shapes."""
        return any_of(self._constraints(shape))

    def _property_check(self, shape: Shape) -> ValueCheck:
        """The check of a property shape's constraints and of its nested property shapes."""
        nested = [self.node(p.node) for p in self._structure.properties(shape)]
        more = [ValueCheck(_any_value(can_fail), exact) for can_fail, exact in nested]
        return any_of([*self._constraints(shape), *more])

    def _constraints(self, shape: Shape) -> Iterator[ValueCheck]:
        if shape.deactivated:
            return
        for parameter, value in self._structure.parameters(shape):
            check = self._check(shape, parameter, value)
            if check is ALWAYS or check is SOME_VALUE:
                self._unchecked.add(shape.node)
            yield check

    def _check(self, shape: Shape, parameter: Node, value: Node) -> ValueCheck:
        if parameter in CHECKS:
            return CHECKS[parameter](self, shape.node, value)
        if parameter not in _CONSTRAINTS:
            return NEVER
        return SOME_VALUE if parameter in FAIL_ONLY_WITH_VALUES else ALWAYS

    def node(self, shape: Node) -> tuple[SingleCheck, bool]:
        """A check whether a node can fail a nested shape, and whether it is exact.

        A recursive shape can always fail: no check is compiled for it.
        """
        if shape in self._in_progress:
            self._unchecked.add(shape)
            return (lambda value: True), False
        if shape not in self._nested_checks:
            self._in_progress.add(shape)
            self._nested_checks[shape] = self._nested(self._structure.lookup(shape))
            self._in_progress.remove(shape)
        return self._nested_checks[shape]

    def _nested(self, shape: Shape) -> tuple[SingleCheck, bool]:
        if shape.deactivated:
            return (lambda value: False), True
        if shape.is_property_shape:
            return self._nested_property(shape)
        own = self._node_check(shape)
        parts = [self.node(p.node) for p in self._structure.properties(shape)]
        tests = [test for test, _ in parts]

        def either(value: bytes) -> bool:
            return own.can_fail(value, (value,)) or any(test(value) for test in tests)

        return either, own.exact and all(exact for _, exact in parts)

    def _nested_property(self, shape: Shape) -> tuple[SingleCheck, bool]:
        check, index, path = self._property_check(shape), self.index, self._step(shape)
        if path is None:
            return (lambda value: True), False
        return (lambda value: check.can_fail(value, tuple(path(index, value)))), check.exact


class CompiledShapes:
    """A shapes graph as pySHACL reads it, and the predicates its checks need in an index.

    Reusable for every candidate. The graph must not be changed afterwards.
    """

    def __init__(self, graph: Graph) -> None:
        self.structure = ShapeStructure(graph)
        self.needs = ShapeCompiler(self.structure, GraphIndex((), ())).needs


def _any_value(can_fail: SingleCheck) -> CanFail:
    return lambda focus, values: any(map(can_fail, values))
