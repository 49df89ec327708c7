"""The IRIs that a query gives to variables: by VALUES, BIND, or a FILTER that compares them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from graph.queries.syntax.tokens import Token

_TERM = frozenset({"iri", "name"})
_END = "}"

Pair = tuple[str, Token]
"""The name of a variable, and a term."""


def given_terms(tokens: Sequence[Token]) -> dict[str, list[str]]:
    """The IRIs as written that each variable (`?p`) is given or compared with, anywhere."""
    found = defaultdict[str, list[str]](list)
    for i, token in enumerate(tokens):
        for name, term in _given(tokens, i, token.text.upper()):
            if term.kind in _TERM and not term.text.startswith("_:"):
                found[f"?{name[1:]}"].append(term.text)
    return found


def _given(tokens: Sequence[Token], i: int, word: str) -> Iterator[Pair]:
    if word == "VALUES":
        yield from _of_values(tokens[i + 1 :])
    elif word == "AS":
        yield from _of_bind(tokens, i)
    elif word == "=" and 0 < i < len(tokens) - 1:
        yield from _compared(tokens[i - 1], tokens[i + 1])
    elif word == "IN" and tokens[i - 1].kind == "variable":
        yield from ((tokens[i - 1].text, term) for term in _until(tokens[i + 1 :], ")"))
    elif word == "SAMETERM":
        pair = [*_until(tokens[i + 1 :], ")")]
        yield from _compared(pair[1], pair[-1]) if len(pair) == 4 else ()


def _of_bind(tokens: Sequence[Token], i: int) -> Iterator[Pair]:
    """`(<iri> AS ?v)`; in longer expressions the term is not the value."""
    if i > 1 and tokens[i - 2].text == "(" and i + 1 < len(tokens):
        yield tokens[i + 1].text, tokens[i - 1]


def _compared(one: Token, other: Token) -> Iterator[Pair]:
    for variable, term in ((one, other), (other, one)):
        if variable.kind == "variable":
            yield variable.text, term


def _of_values(tokens: Sequence[Token]) -> Iterator[Pair]:
    """`?v { … }`, or `(?v ?w) { (… …) }`."""
    head = [*_until(tokens, "{")]
    names = [token.text for token in head if token.kind == "variable"]
    column = 0
    for term in _terms([*_until(tokens[len(head) + 1 :], _END)]):
        if term.text in {"(", ")"}:
            column = 0
        elif names:
            yield names[column % len(names)], term
            column += 1


def _terms(tokens: Sequence[Token]) -> Iterator[Token]:
    """Terms and brackets; a literal of several tokens (`"a"@mn`, `1.5`) by its first."""
    i = 0
    while i < len(tokens):
        first = tokens[i]
        yield first
        i += 1
        while i < len(tokens) and first.kind not in _TERM and _goes_on(tokens[i - 1], tokens[i]):
            i += 1


def _goes_on(one: Token, other: Token) -> bool:
    """Whether two tokens belong to one literal."""
    brackets = {one.text, other.text} & {"(", ")"}
    return other.text == "^^" or one.text == "^^" or (one.end == other.start and not brackets)


def _until(tokens: Sequence[Token], end: str) -> Iterator[Token]:
    for token in tokens:
        if token.text == end:
            return
        yield token
