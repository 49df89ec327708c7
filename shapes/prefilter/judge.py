"""pySHACL's verdict on chosen pairs: its own shapes, asked about given focus nodes."""

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


class _Rows(SPARQLBasedConstraint):
    """The same constraint; a row is held against earlier ones by hash, not one by one."""

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


def _silent(self: Any, *arguments: Any, **named: Any) -> str:
    return ""


def _ours() -> dict[Any, Any]:
    """pySHACL's table of constraints without the text report, which nobody reads here.

    It costs more than the judging; messages are not part of it.
    """
    kinds = {*CONSTRAINT_PARAMETERS_MAP.values()} - {SPARQLBasedConstraint}
    made = {kind: type(kind.__name__, (kind,), _SILENT) for kind in kinds}
    made[SPARQLBasedConstraint] = type("SPARQLBasedConstraint", (_Rows,), _SILENT)
    return {parameter: made[kind] for parameter, kind in CONSTRAINT_PARAMETERS_MAP.items()}


_SILENT = {"make_v_result_description": _silent}
_TABLE = _ours()


@contextmanager
def _our_constraints() -> Iterator[None]:
    """Let pySHACL's shapes look their constraints up in our table."""
    name = "CONSTRAINT_PARAMS"
    before = getattr(shapes_of_pyshacl, name, (None, None))
    setattr(shapes_of_pyshacl, name, (ALL_CONSTRAINT_PARAMETERS, _TABLE))
    try:
        yield
    finally:
        setattr(shapes_of_pyshacl, name, before)


def forget_blank_nodes() -> None:
    """Empty pySHACL's memory of how messages write blank nodes.

    It goes by the address of a graph: a later graph at the same address would be given an earlier
    one's text, and what is remembered is never let go.
    """
    stringify_blank_node.dict_cache.clear()


class FocusValidator:
    """Asks units about focus nodes over one data graph."""

    def __init__(self, units: list[CompiledShape], data: Graph) -> None:
        forget_blank_nodes()
        self._units = units
        self._data = data
        self._executor = SHACLExecutor()

    def results(self, pairs: Iterable[FocusPair]) -> Iterator[ResultTriples]:
        """The results of all pairs, some thousand pairs at a time."""
        waiting = iter(pairs)
        while batch := list(islice(waiting, _BATCH)):
            with _our_constraints():
                found = list(self._batch(batch))
            yield from found

    def _batch(self, batch: list[FocusPair]) -> Iterator[ResultTriples]:
        foci: dict[int, list[Any]] = {}
        for focus, unit in batch:
            foci.setdefault(unit, []).append(term(focus))
        for unit, nodes in foci.items():
            yield from self._of(self._units[unit], nodes)

    def _of(self, unit: CompiledShape, foci: list[Any]) -> Iterator[ResultTriples]:
        # pySHACL sees recursion by the way it came, so a property is asked as its owner would
        way = [unit.owner, _TABLE[SH.property](unit.owner)] if unit.owner else None
        _, found = unit.shape.validate(self._executor, self._data, focus=foci, _evaluation_path=way)
        for _, node, triples in found:
            yield node, [(s, p, o[1] if isinstance(o, tuple) else o) for s, p, o in triples]
