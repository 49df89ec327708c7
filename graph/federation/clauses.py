"""Finds the SERVICE clauses of a query in its tokens (SPARQL 1.1 grammar, production 59)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.core.errors import QuerySyntaxError, QueryUnsupported
from graph.queries.syntax.positions import line_and_column
from graph.queries.syntax.tokens import Token, closing_braces, tokenize


@dataclass(frozen=True, slots=True)
class ServiceClause:
    """`SERVICE [SILENT] name { pattern }`.

    `name` is as written, `pattern` without its braces; `start` and `end` are offsets in the text.
    """

    name: str
    pattern: str
    silent: bool
    start: int
    end: int


def find_clauses(text: str) -> list[ServiceClause]:
    """The SERVICE clauses of a query, in order.

    Raises QueryUnsupported for clauses that cannot be evaluated alone: with a variable as the
    endpoint, or inside another SERVICE. Raises QuerySyntaxError for an incomplete clause.
    """
    tokens = list(tokenize(text))
    closing = closing_braces(tokens)
    found: list[ServiceClause] = []
    for index in _service_indexes(tokens):
        clause = _clause(text, tokens, closing, index)
        if found and clause.start < found[-1].end:
            raise QueryUnsupported(
                "SERVICE inside SERVICE is not supported",
                hint="Call the inner endpoint in a clause of its own.",
            )
        found.append(clause)
    return found


def _service_indexes(tokens: Sequence[Token]) -> Iterator[int]:
    return (i for i, t in enumerate(tokens) if t.kind == "word" and t.text.upper() == "SERVICE")


def _clause(
    text: str, tokens: Sequence[Token], closing: dict[int, int], index: int
) -> ServiceClause:
    silent = index + 1 < len(tokens) and tokens[index + 1].text.upper() == "SILENT"
    name = index + 1 + silent
    start = tokens[index].start
    if name + 1 not in closing or tokens[name].kind not in {"iri", "name", "variable"}:
        line, column = line_and_column(text, start)
        raise QuerySyntaxError(
            "SERVICE needs an endpoint and a pattern: SERVICE <address> { … }",
            line=line,
            column=column,
        )
    if tokens[name].kind == "variable":
        raise QueryUnsupported(
            f"SERVICE {tokens[name].text} is not supported: the endpoint is known only while the"
            " query runs",
            hint="Write the address of the endpoint.",
        )
    last = tokens[closing[name + 1]]
    return ServiceClause(
        name=tokens[name].text,
        pattern=text[tokens[name + 1].end : last.end - 1],
        silent=silent,
        start=start,
        end=last.end,
    )
