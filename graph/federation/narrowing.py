"""What the rest of a query says about the variables of a SERVICE clause, to send it along.

`{ A SERVICE <x> { P } }` joins the solutions of A and of P. If a variable is bound in every
solution of A and of P, a solution of P whose value A does not have is joined with nothing. So the
values that A has are sent with P, in blocks: `VALUES ?v { … } P`. It is done for a clause that
stands in the outermost group, with the triples, GRAPHs and filters of that group as A; these are
solved here first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.federation.clauses import ServiceClause
from graph.federation.solutions import values_block
from graph.queries.patterns.outline import outline

MOST_VALUES = 2000
"""Rows of the rest of the query up to which they are sent; of more, the clause is called alone."""
BLOCK = 250
"""Rows that are sent in one call."""
_A = frozenset(("TRIPLES", "GRAPH"))
_PLAIN = _A | {"FILTER"}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A query for the values here, and whether P may stand beside them without braces."""

    query: str
    plain: bool


def narrowing(
    text: str, clause: ServiceClause, clauses: Sequence[ServiceClause]
) -> Narrowing | None:
    """The query for the values that narrow a clause; None if none do, or this is not certain."""
    rest, place = _without(text, clauses, clause)
    read = outline(rest)
    inside = outline(f"SELECT * {{{clause.pattern}\n}}")
    if read is None or inside is None:
        return None
    if not any(read.start(element) == place for element in read.pattern.elements):
        return None  # it stands deeper
    given = [element for element in read.pattern.elements if element.kind in _A]
    bound = read.bound(given)
    shared = sorted(bound & inside.bound(inside.pattern.elements))
    if not shared:
        return None
    given += [
        element
        for element in read.pattern.elements
        if element.kind == "FILTER" and not element.groups and {*read.variables(element)} <= bound
    ]
    pattern = "\n".join(f"{read.text[read.start(e) : read.stop(e)]} {_END[e.kind]}" for e in given)
    names = " ".join(f"?{name}" for name in shared)
    query = f"SELECT DISTINCT {names} {{ {pattern} }} LIMIT {MOST_VALUES + 1}"
    kinds = {element.kind for element in inside.pattern.elements}
    return Narrowing(query, kinds <= _PLAIN and not inside.pattern.groups)


_END = {"TRIPLES": ".", "GRAPH": "", "FILTER": ""}


def _without(text: str, clauses: Sequence[ServiceClause], clause: ServiceClause) -> tuple[str, int]:
    """The text with an empty group for each clause, and the offset of that of `clause`."""
    rest, end, place = "", 0, -1
    for each in clauses:
        rest += text[end : each.start]
        place = len(rest) if each == clause else place
        rest, end = rest + "{}", each.end
    return rest + text[end:], place


def blocks(body: bytes) -> list[str] | None:
    """The values in results JSON as VALUES, in blocks; None if there are too many.

    Rows with blank nodes are left out: no other endpoint has them.
    """
    document = json.loads(body)
    rows = document["results"]["bindings"]
    if len(rows) > MOST_VALUES:
        return None
    named = [row for row in rows if all(term["type"] != "bnode" for term in row.values())]
    return [*_written(document, named)]


def narrowed(pattern: str, values: str, plain: bool) -> str:
    """A pattern with values beside it."""
    return f"{values} {pattern}" if plain else f"{values} {{{pattern}\n}}"


def _written(document: dict[str, object], rows: Sequence[object]) -> Iterator[str]:
    for start in range(0, len(rows), BLOCK):
        part = {**document, "results": {"bindings": rows[start : start + BLOCK]}}
        yield values_block(json.dumps(part).encode(), MOST_VALUES)
