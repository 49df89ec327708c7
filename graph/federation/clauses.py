"""Finds SERVICE clauses in a query's tokens (SPARQL 1.1 grammar, production 59)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.core.errors import QuerySyntaxError, QueryUnsupported
from graph.queries.syntax.tokens import Token, closing_braces, tokenize


@dataclass(frozen=True, slots=True)
class ServiceClause:
    """`SERVICE [SILENT] name { pattern }`: `name` as written, `pattern` without its braces;
    `start` and `end` are its places in the text."""

    name: str
    pattern: str
    silent: bool
    start: int
    end: int


def find_clauses(text: str) -> list[ServiceClause]:
    """The clauses of a query, in order.

    Raises QueryUnsupported for what cannot be executed alone: an endpoint that is a variable, a
    SERVICE inside another one; and QuerySyntaxError for what is no clause.
    """
    found = list(tokenize(text))
    closing = closing_braces(found)
    listed: list[ServiceClause] = []
    for place in _services(found):
        clause = _clause(text, found, closing, place)
        if listed and clause.start < listed[-1].end:
            raise QueryUnsupported(
                "SERVICE inside SERVICE is not executed here",
                hint="Ask the inner endpoint in a clause of its own.",
            )
        listed.append(clause)
    return listed


def _services(found: Sequence[Token]) -> Iterator[int]:
    return (i for i, t in enumerate(found) if t.kind == "word" and t.text.upper() == "SERVICE")


def _clause(text: str, found: Sequence[Token], closing: dict[int, int], i: int) -> ServiceClause:
    silent = i + 1 < len(found) and found[i + 1].text.upper() == "SILENT"
    name = i + 1 + silent
    start = found[i].end - len(found[i].text)
    if name + 1 not in closing or found[name].kind not in {"iri", "name", "variable"}:
        raise QuerySyntaxError(
            "SERVICE wants an address and a pattern: SERVICE <address> { … }",
            line=text.count("\n", 0, start) + 1,
            column=start - text.rfind("\n", 0, start),
        )
    if found[name].kind == "variable":
        raise QueryUnsupported(
            f"SERVICE {found[name].text} is not executed here: which endpoint is meant shows only "
            "while the query runs",
            hint="Name the endpoint.",
        )
    last = found[closing[name + 1]]
    pattern = text[found[name + 1].end : last.end - 1]
    return ServiceClause(found[name].text, pattern, silent, start, last.end)
