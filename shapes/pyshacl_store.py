"""A store as pySHACL's data graph, where queries that differ in one condition are evaluated once.

Two rules that tell results apart by a last FILTER (a sum within rounding, or beyond it) ask the
same expensive question. Both conditions are then computed for the rows of one evaluation.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import pyoxigraph as ox
from pyshacl.graph_abstraction import OxigraphDataGraph
from rdflib import Literal, Variable
from rdflib.query import Result

# Variables alone are selected, and the FILTER is the last line of the outermost group: so it can
# become a column without changing what the rest means.
_QUERY = re.compile(
    r"(?P<head>(?:.*\n)?\s*SELECT(?:\s+[?$]\w+)+)(?P<where>\s+WHERE\s*\{.*)\n"
    r"\s*FILTER\((?P<condition>[^\n]*)\)\s*\}\s*",
    re.DOTALL,
)
_HOLDS = "ulziiHolds"

Bindings = Mapping[str, Any] | None
QueryRows = list[dict[Variable, Any]]


class _Parts(NamedTuple):
    """A query without its last FILTER, and the condition of that."""

    head: str
    where: str
    condition: str


def _parts(query: str) -> _Parts | None:
    """The parts of a query that can share its rows; None for any other form."""
    found = _QUERY.fullmatch(query)
    if found is None or _HOLDS in query or not _is_one_condition(found["condition"]):
        return None
    return _Parts(found["head"], found["where"], found["condition"])


def _is_one_condition(text: str) -> bool:
    """Whether parentheses that enclose the text would be a pair.

    A text with names is not asked: the other query may not know their prefixes.
    """
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth < 0 or sign in "'\"#{}:":
            return False
    return depth == 0


class PyshaclStore(OxigraphDataGraph):
    """A store as pySHACL's data graph, with workarounds for two problems.

    pySHACL evaluates `graph or other` twice for every result, which would count all statements; and
    it follows paths through literals, for which the store raises TypeError. `queries` are the
    `sh:select` texts of all shapes: of those equal but for the last FILTER, one is evaluated.
    """

    def __init__(self, store: ox.Store, queries: Iterable[str] = ()) -> None:
        super().__init__(store)
        self._conditions = _conditions(queries)
        self._rows: dict[Any, QueryRows] = {}

    def __bool__(self) -> bool:
        return True

    def objects(
        self, subject: Any = None, predicate: Any = None, unique: bool = False
    ) -> Generator[Any, None, None]:
        """The values of a property; none for a literal."""
        if not isinstance(subject, Literal):
            yield from super().objects(subject, predicate, unique=unique)

    def query(self, query_object: Any, **named: Any) -> Any:  # type: ignore[override]
        """The result of a query; that of one with shared rows is selected from them."""
        parts = _parts(query_object) if self._conditions else None
        siblings = self._conditions.get(parts.where, ()) if parts else ()
        if parts is None or parts.condition not in siblings:
            return super().query(query_object, **named)
        holds = Variable(f"{_HOLDS}{siblings.index(parts.condition)}")
        found = Result("SELECT")
        found.bindings = list(_that(holds, self._shared_rows(parts, siblings, named)))
        found.vars = [Variable(name) for name in re.findall(r"[?$](\w+)", _selected(parts))]
        return found

    def _shared_rows(self, parts: _Parts, siblings: tuple[str, ...], named: Any) -> QueryRows:
        bindings: Bindings = named.get("initBindings")
        key = (parts.head, parts.where, frozenset((bindings or {}).items()))
        if key not in self._rows:
            result = super().query(_with_columns(parts, siblings), **named)
            self._rows[key] = [dict(row) for row in result.bindings]
        return self._rows[key]


def _conditions(queries: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The conditions of queries that are equal otherwise, by what is equal."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for parts in filter(None, map(_parts, sorted(queries))):
        found[parts.where][parts.condition] = None
    return {where: tuple(texts) for where, texts in found.items() if len(texts) > 1}


def _selected(parts: _Parts) -> str:
    return parts.head.rpartition("SELECT")[2]


def _with_columns(parts: _Parts, conditions: tuple[str, ...]) -> str:
    """The query with a column for each condition, and the rows where one of them holds."""
    columns = [f"?{_HOLDS}{number}" for number in range(len(conditions))]
    # IF has the effective boolean value of its condition, as FILTER has; an error leaves it unbound
    binds = [
        f"  BIND(IF({condition}, true, false) AS {column})"
        for condition, column in zip(conditions, columns, strict=True)
    ]
    kept = f"  FILTER({' || '.join(columns)})"
    return "\n".join([f"{parts.head} {' '.join(columns)}{parts.where}", *binds, kept, "}"])


def _that(holds: Variable, rows: QueryRows) -> Iterator[dict[Variable, Any]]:
    """The rows where a condition holds, without the columns of conditions."""
    for row in rows:
        value = row.get(holds)
        if isinstance(value, Literal) and value.toPython() is True:
            yield {name: v for name, v in row.items() if not name.startswith(_HOLDS)}
