"""Validate selected pairs of focus node and shape with pySHACL's own shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from pyshacl import shape as shapes_of_pyshacl
from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS, CONSTRAINT_PARAMETERS_MAP
from pyshacl.constraints.sparql.sparql_based_constraints import SPARQLBasedConstraint
from pyshacl.pytypes import SHACLExecutor
from pyshacl.rdfutil.stringify import stringify_blank_node
from rdflib import SH, Graph
from rdflib.term import Node

from shapes.prefilter.compiler import CompiledShape
from shapes.prefilter.select import FocusPair
from shapes.prefilter.terms import term

ResultTriples = tuple[Node, list[tuple[Node, Node, Node]]]
"""A result's node and its triples, those of its details with them."""

_BATCH = 2_000


class _HashedRows(SPARQLBasedConstraint):
    """The same constraint, but it finds duplicate rows by hash instead of comparing all pairs."""

    def _validate_sparql_query(self, query: str, init_binds: Any, target_graph: Any) -> list[Any]:
        found: dict[Any, Any] = {}
        for row in target_graph.query(query, initBindings=init_binds):
            values = row.asdict()
            if values.pop("failure", None) is not None:
                found.setdefault(True, (True, values))
                continue
            path, value, this = (values.pop(name, None) for name in ("path", "value", "this"))
            if (path, value, this) != (None, None, None):
                key = (this, path, value, frozenset(values.items()))
                found.setdefault(key, (this, path, value, values))
        return list(found.values())


def _no_description(self: Any, *arguments: Any, **named: Any) -> str:
    return ""


def _silent_constraints() -> dict[Any, Any]:
    """pySHACL's table of constraints, without the text report, which is not used here.

    Writing that text costs more than the validation; result messages are not part of it.
    """
    kinds = {*CONSTRAINT_PARAMETERS_MAP.values()} - {SPARQLBasedConstraint}
    classes = {kind: type(kind.__name__, (kind,), _NO_DESCRIPTION) for kind in kinds}
    classes[SPARQLBasedConstraint] = type("SPARQLBasedConstraint", (_HashedRows,), _NO_DESCRIPTION)
    return {parameter: classes[kind] for parameter, kind in CONSTRAINT_PARAMETERS_MAP.items()}


_NO_DESCRIPTION = {"make_v_result_description": _no_description}
_CONSTRAINTS = _silent_constraints()


@contextmanager
def _patched_constraints() -> Iterator[None]:
    """Make pySHACL's shapes look up their constraints in our table."""
    name = "CONSTRAINT_PARAMS"
    before = getattr(shapes_of_pyshacl, name, (None, None))
    setattr(shapes_of_pyshacl, name, (ALL_CONSTRAINT_PARAMETERS, _CONSTRAINTS))
    try:
        yield
    finally:
        setattr(shapes_of_pyshacl, name, before)


def forget_blank_nodes() -> None:
    """Clear pySHACL's cache of how messages write blank nodes.

    Its keys are the memory addresses of graphs, so a later graph at the same address would get the
    text of an earlier one; and the cache is never emptied.
    """
    stringify_blank_node.dict_cache.clear()


class FocusValidator:
    """Validates focus nodes against units, over one data graph."""

    def __init__(self, units: list[CompiledShape], data: Graph) -> None:
        forget_blank_nodes()
        self._units = units
        self._data = data
        self._executor = SHACLExecutor()

    def results(self, pairs: Iterable[FocusPair]) -> Iterator[ResultTriples]:
        """The results of all pairs, validated in batches of 2,000 pairs."""
        remaining = iter(pairs)
        while batch := list(islice(remaining, _BATCH)):
            # not while results are yielded: other code may use pySHACL meanwhile
            with _patched_constraints():
                found = list(self._batch(batch))
            yield from found

    def _batch(self, batch: list[FocusPair]) -> Iterator[ResultTriples]:
        focus_nodes: dict[int, list[Any]] = {}
        for focus, unit in batch:
            focus_nodes.setdefault(unit, []).append(term(focus))
        for unit, nodes in focus_nodes.items():
            yield from self._validate(self._units[unit], nodes)

    def _validate(self, unit: CompiledShape, focus_nodes: list[Any]) -> Iterator[ResultTriples]:
        # pySHACL detects recursion by the evaluation path: start a property shape's at its owner
        evaluation_path = (
            [unit.owner, _CONSTRAINTS[SH.property](unit.owner)] if unit.owner else None
        )
        _, found = unit.shape.validate(
            self._executor, self._data, focus=focus_nodes, _evaluation_path=evaluation_path
        )
        for _, node, triples in found:
            yield node, [(s, p, o[1] if isinstance(o, tuple) else o) for s, p, o in triples]
