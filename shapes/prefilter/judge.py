"""pySHACL's verdict on chosen pairs: its own shapes, asked about given focus nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from pyshacl import shape as shapes_of_pyshacl
from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS, CONSTRAINT_PARAMETERS_MAP
from pyshacl.constraints.core.shape_based_constraints import PropertyConstraintComponent
from pyshacl.constraints.sparql.sparql_based_constraints import SPARQLBasedConstraint
from pyshacl.pytypes import SHACLExecutor
from rdflib import SH, Graph
from rdflib.term import Node

from shapes.prefilter.compiler import Unit
from shapes.prefilter.select import Pair
from shapes.prefilter.terms import term

Found = tuple[Node, list[tuple[Node, Node, Node]]]
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


class Judge:
    """Asks units about focus nodes over one data graph."""

    def __init__(self, units: list[Unit], data: Graph) -> None:
        self._units = units
        self._data = data
        self._executor = SHACLExecutor()

    def results(self, pairs: Iterable[Pair]) -> Iterator[Found]:
        """The results of all pairs, some thousand pairs at a time."""
        _hash_rows()
        waiting = iter(pairs)
        while batch := list(islice(waiting, _BATCH)):
            foci: dict[int, list[Any]] = {}
            for focus, unit in batch:
                foci.setdefault(unit, []).append(term(focus))
            for unit, nodes in foci.items():
                yield from self._of(self._units[unit], nodes)

    def _of(self, unit: Unit, foci: list[Any]) -> Iterator[Found]:
        # pySHACL sees recursion by the way it came, so a property is asked as its owner would
        way = [unit.owner, PropertyConstraintComponent(unit.owner)] if unit.owner else None
        _, found = unit.shape.validate(self._executor, self._data, focus=foci, _evaluation_path=way)
        for _, node, triples in found:
            yield node, [(s, p, o[1] if isinstance(o, tuple) else o) for s, p, o in triples]


def _hash_rows() -> None:
    """Put our SPARQL constraint into the table pySHACL's shapes look constraints up in."""
    table = {**CONSTRAINT_PARAMETERS_MAP, SH.sparql: _Rows}
    setattr(shapes_of_pyshacl, "CONSTRAINT_PARAMS", (ALL_CONSTRAINT_PARAMETERS, table))  # noqa: B010
