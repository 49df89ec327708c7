"""Select the pairs of focus node and unit that can fail, in one pass over the candidate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shapes.prefilter.checks import ValueCheck
from shapes.prefilter.compiler import CompiledProperty, ShapeCompiler, ShapeTarget
from shapes.prefilter.index import TYPE
from shapes.prefilter.spool import Group
from shapes.prefilter.terms import token

FocusPair = tuple[bytes, int]
"""A focus node and the number of a unit."""


@dataclass(slots=True)
class SelectionPlan:
    """All checks for subjects that are focus nodes of the same shapes.

    `node_checks` holds unit, check and the units of its properties; `without_values` the properties
    that can fail without a value; `by_path` those whose values are found through a path.
    """

    node_checks: list[tuple[int, ValueCheck, frozenset[int]]]
    by_predicate: dict[bytes, list[CompiledProperty]]
    without_values: list[CompiledProperty]
    by_path: list[CompiledProperty]


class Selector:
    """Selects pairs. The index must be complete before the first call."""

    def __init__(self, compiler: ShapeCompiler) -> None:
        self._index = compiler.index
        self._targets = compiler.targets
        self._nodes: dict[bytes, set[int]] = {}
        self._classes: dict[bytes, set[int]] = {}
        self._subjects: dict[bytes, set[int]] = {}
        self._objects: dict[bytes, set[int]] = {}
        for number, target in enumerate(self._targets):
            self._register(number, target)
        self._plans: dict[frozenset[int], SelectionPlan] = {}
        # cached, because many subjects have the same types and so the same checks
        self._by_types: dict[tuple[bytes, ...], frozenset[int]] = {}

    def _register(self, number: int, target: ShapeTarget) -> None:
        nodes, classes, implicit, objects, subjects = target.shape.target()  # type: ignore[no-untyped-call]
        subclasses = self._index.class_and_subclasses
        every = {c for class_ in (*classes, *implicit) for c in subclasses(token(class_))}
        for table, keys in (
            (self._nodes, map(token, nodes)),
            (self._classes, every),
            (self._subjects, map(token, subjects)),
            (self._objects, map(token, objects)),
        ):
            for key in keys:
                table.setdefault(key, set()).add(number)

    def pairs(self, focus: bytes, group: Group) -> Iterator[FocusPair]:
        """The pairs that can fail at a focus node with these statements."""
        plan = self._plan(focus, group)
        if plan is None:
            return
        covered: set[int] = set()
        for unit, check, properties in plan.node_checks:
            if check.can_fail(focus, (focus,)):
                covered |= properties  # pySHACL validates them with the node shape
                yield focus, unit
        for found in self._failing(focus, group, plan):
            if found.unit not in covered:
                yield focus, found.unit

    def _failing(
        self, focus: bytes, group: Group, plan: SelectionPlan
    ) -> Iterator[CompiledProperty]:
        by_predicate = plan.by_predicate
        for predicate, values in group.items():
            for one in by_predicate.get(predicate, ()):
                if one.check.can_fail(focus, values):
                    yield one
        for one in plan.without_values:
            if one.predicate not in group:
                yield one
        for one in plan.by_path:
            if one.path and one.check.can_fail(focus, tuple(one.path(self._index, focus))):
                yield one

    def _plan(self, focus: bytes, group: Group) -> SelectionPlan | None:
        targets = self._of_types(tuple(group.get(TYPE, ())) or self._index.types(focus))
        if self._subjects and not self._subjects.keys().isdisjoint(group):
            targets = targets.union(*(self._subjects[p] for p in group if p in self._subjects))
        for predicate, numbers in self._objects.items():
            if self._index.subjects(focus, predicate):
                targets = targets | numbers
        targets = targets | self._nodes.get(focus, frozenset())
        return self._plan_for(targets) if targets else None

    def _of_types(self, types: tuple[bytes, ...]) -> frozenset[int]:
        if types not in self._by_types:
            found = (self._classes.get(kind, ()) for kind in types)
            self._by_types[types] = frozenset(n for numbers in found for n in numbers)
        return self._by_types[types]

    def _plan_for(self, targets: frozenset[int]) -> SelectionPlan:
        if targets not in self._plans:
            self._plans[targets] = make_plan([self._targets[number] for number in targets])
        return self._plans[targets]

    def absent_focus_nodes(self, subjects: Iterable[bytes]) -> list[bytes]:
        """Focus nodes that are targets but not among the subjects."""
        named = set(self._nodes)
        for predicate in self._objects:
            named |= self._index.inverse[predicate].keys()
        return sorted(named.difference(subjects)) if named else []


def make_plan(targets: list[ShapeTarget]) -> SelectionPlan:
    """The checks of several targets as one plan."""
    plan = SelectionPlan([], {}, [], [])
    for target in targets:
        if target.unit >= 0:
            units = frozenset(one.unit for one in target.properties)
            plan.node_checks.append((target.unit, target.node_check, units))
        for one in target.properties:
            _add_property(plan, one)
    return plan


def _add_property(plan: SelectionPlan, one: CompiledProperty) -> None:
    if one.path is not None:
        plan.by_path.append(one)
        return
    plan.by_predicate.setdefault(one.predicate, []).append(one)
    # without values the result is the same for every focus node
    if one.check.can_fail(b"_:nobody", ()):
        plan.without_values.append(one)
