"""Mistakes behind ORDER BY and GROUP BY: ASC and DESC without brackets, commas as in SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.queries.syntax.bilingual import Bilingual, SyntaxHint
from graph.queries.syntax.expression_mistakes import end_of
from graph.queries.syntax.tokens import Token

_CLAUSES = frozenset({"ORDER", "GROUP"})
_DIRECTIONS = frozenset({"ASC", "DESC"})
_END = frozenset("HAVING ORDER GROUP LIMIT OFFSET VALUES".split()) | {"}"}


def _clauses(tokens: Sequence[Token]) -> Iterator[tuple[str, Sequence[Token]]]:
    """Each ORDER and GROUP, with the tokens behind its BY that stand in no brackets."""
    for i, token in enumerate(tokens[:-1]):
        if token.text.upper() in _CLAUSES and tokens[i + 1].text.upper() == "BY":
            yield token.text.upper(), [*_outermost(tokens[i + 2 :])]


def _outermost(tokens: Sequence[Token]) -> Iterator[Token]:
    i = 0
    while i < len(tokens) and tokens[i].text.upper() not in _END:
        yield tokens[i]
        i = end_of(tokens, i) + 1 if tokens[i].text == "(" else i + 1


def direction_without_brackets(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`ORDER BY DESC ?o`, and `ORDER BY ?o DESC` as in SQL."""
    for _, conditions in _clauses(tokens):
        for i, word in enumerate(conditions):
            after = conditions[i + 1] if i + 1 < len(conditions) else None
            if word.text.upper() not in _DIRECTIONS or (after and after.text == "("):
                continue
            before = conditions[i - 1] if i else None
            near = (one.text for one in (after, before) if one and one.kind == "variable")
            return _brackets(word, next(near, "?a"))
    return None


def _brackets(word: Token, variable: str) -> SyntaxHint:
    name = word.text.upper()
    return SyntaxHint(
        word.start,
        Bilingual(
            mn=f"{name}-ийн ард эрэмбэлэх утгыг хаалтад бичнэ",
            en=f"what {name} sorts by stands behind it in brackets",
        ),
        Bilingual(
            mn=f"Ингэж бичнэ үү: ORDER BY {name}({variable})",
            en=f"Write ORDER BY {name}({variable})",
        ),
    )


def comma(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`ORDER BY ?a, ?b`, `GROUP BY ?a, ?b`."""
    for clause, conditions in _clauses(tokens):
        for token in conditions:
            if token.text == ",":
                return SyntaxHint(
                    token.start,
                    Bilingual(
                        mn=f"{clause} BY-ийн ард таслал бичихгүй",
                        en=f"what stands behind {clause} BY is written without commas",
                    ),
                    Bilingual(
                        mn=f"Ингэж бичнэ үү: {clause} BY ?a ?b", en=f"Write {clause} BY ?a ?b"
                    ),
                )
    return None
