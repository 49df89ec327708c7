"""Mistakes in what a SELECT lists: expressions without brackets, variables that are not grouped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.queries.syntax.bilingual import Bilingual, SyntaxHint, written_so
from graph.queries.syntax.expression_mistakes import (
    AGGREGATES,
    ARGUMENTS,
    calls,
    end_of,
    set_again,
)
from graph.queries.syntax.tokens import Token

_END_OF_GROUPING = frozenset("HAVING ORDER LIMIT OFFSET VALUES".split()) | {"}"}


def selects(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The first index of what each SELECT lists, and the index behind the last."""
    for i, token in enumerate(tokens):
        if token.text.upper() == "SELECT":
            end = i + 1
            while end < len(tokens) and not _ends_list(tokens[end]):
                end = end_of(tokens, end) + 1 if tokens[end].text == "(" else end + 1
            yield i + 1, end


def _ends_list(token: Token) -> bool:
    return token.text == "{" or token.text.upper() in {"WHERE", "FROM"}


def unbracketed_expression(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`SELECT COUNT(?s) AS ?n`."""
    for first, end in selects(tokens):
        for i in calls(tokens[first:end], ARGUMENTS | {"GROUP_CONCAT": (1, 1), "COALESCE": (1, 9)}):
            word = tokens[first + i]
            if _depth(tokens[first : first + i]) == 0:
                return _write_brackets(word, tokens[end_of(tokens, first + i + 1) + 1 :])
    return None


def _depth(tokens: Sequence[Token]) -> int:
    return sum((t.text == "(") - (t.text == ")") for t in tokens)


def _write_brackets(word: Token, after: Sequence[Token]) -> SyntaxHint:
    named = after[0].text.upper() == "AS" if len(after) > 1 else False
    name = after[1].text if named else "?n"
    written = f"({word.text.upper()}(…) AS {name})"
    return SyntaxHint(
        word.start,
        Bilingual(
            mn="SELECT дэх илэрхийллийг хаалтад бичнэ",
            en="an expression in SELECT must be in brackets, with its name",
        ),
        written_so(written),
    )


def ungrouped_variable(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`SELECT ?s (COUNT(*) AS ?n) { … }`, and `SELECT * { … } GROUP BY ?s`."""
    for first, end in selects(tokens):
        listed = tokens[first:end]
        grouped, by = grouping(tokens, end)
        if not by and not any(True for _ in calls(listed, AGGREGATES)):
            continue
        if listed and listed[0].text == "*":
            return _star(listed[0])
        for variable in _outside_aggregates(listed):
            if variable.text[1:] not in grouped:
                return _ungrouped(variable, by)
    return None


def behind_pattern(tokens: Sequence[Token], i: int) -> Sequence[Token]:
    """The tokens behind the pattern of a SELECT; `i` is an index before the pattern."""
    while i < len(tokens) and tokens[i].text != "{":
        i += 1
    return tokens[end_of(tokens, i) + 1 :] if i < len(tokens) else []


def grouping(tokens: Sequence[Token], i: int) -> tuple[set[str], bool]:
    """The variables of GROUP BY behind the pattern of a SELECT, and whether there is one."""
    behind = behind_pattern(tokens, i)
    if not behind or behind[0].text.upper() != "GROUP":
        return set(), False
    ends = (n for n, token in enumerate(behind) if token.text.upper() in _END_OF_GROUPING)
    part = behind[: next(ends, len(behind))]
    return {*_grouped(part)}, True


def _grouped(part: Sequence[Token]) -> Iterator[str]:
    """What GROUP BY groups by: `?a`, or ?b of `(STR(?a) AS ?b)`; not ?a of an expression."""
    i = 0
    while i < len(part):
        if part[i].text == "(":
            end = end_of(part, i)
            if part[end - 2].text.upper() == "AS":
                yield part[end - 1].text[1:]
            i = end
        elif part[i].kind == "variable":
            yield part[i].text[1:]
        i += 1


def _outside_aggregates(listed: Sequence[Token]) -> Iterator[Token]:
    """The variables that a list shows or computes with, outside of aggregates."""
    i, named = 0, set[str]()
    while i < len(listed):
        token = listed[i]
        if token.text.upper() in AGGREGATES and i + 1 < len(listed):
            i = end_of(listed, i + 1)
        elif token.text.upper() == "AS" and i + 1 < len(listed):
            named.add(listed[i + 1].text)
            i += 1
        elif token.kind == "variable" and token.text not in named:
            yield token
        i += 1


def comma(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`SELECT ?s, ?p`."""
    for first, end in selects(tokens):
        for i in range(first, end):
            if tokens[i].text == "," and _depth(tokens[first:i]) == 0:
                return SyntaxHint(
                    tokens[i].start,
                    Bilingual(
                        mn="SELECT-ийн хувьсагчдын хооронд таслал бичихгүй",
                        en="the variables of SELECT stand without commas",
                    ),
                    Bilingual(mn="Ингэж бичнэ үү: SELECT ?a ?b", en="Write SELECT ?a ?b"),
                )
    return None


def name_in_use(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`SELECT (1 AS ?s) { ?s ?p ?o }`, `SELECT (1 AS ?x) (2 AS ?x)`."""
    for first, end in selects(tokens):
        closing = end_of(tokens, end) if end < len(tokens) else end
        used = {token.text for token in tokens[end:closing] if token.kind == "variable"}
        for i in range(first, end - 1):
            name = tokens[i + 1]
            if tokens[i].text.upper() == "AS" and name.text in used:
                return set_again(name, "SELECT", "(… AS {})")
            if tokens[i].kind == "variable":
                used.add(tokens[i].text)
    return None


def ordered_by_aggregate(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`SELECT ?s { … } ORDER BY COUNT(?o)` without groups."""
    for first, end in selects(tokens):
        behind = behind_pattern(tokens, end)
        found = next(calls(behind, AGGREGATES), None)
        grouped = any(token.text.upper() == "GROUP" for token in behind)
        if (
            found is not None
            and not grouped
            and any(t.kind == "variable" for t in tokens[first:end])
        ):
            return _ungrouped(next(t for t in tokens[first:end] if t.kind == "variable"), False)
    return None


def _star(star: Token) -> SyntaxHint:
    return SyntaxHint(
        star.start,
        Bilingual(
            mn="бүлэглэх, нэгтгэх асуулгад SELECT * байж болохгүй",
            en="SELECT * cannot stand in a query that groups or aggregates",
        ),
        Bilingual(
            mn="Бүлгийн хувьсагч, нэгтгэлээ нэрлэнэ үү.",
            en="Name the variables of GROUP BY, and the aggregates.",
        ),
    )


def _ungrouped(variable: Token, by: bool) -> SyntaxHint:
    add = f"GROUP BY … {variable.text}" if by else f"GROUP BY {variable.text}"
    sample = f"(SAMPLE({variable.text}) AS {variable.text}1)"
    return SyntaxHint(
        variable.start,
        Bilingual(
            mn=f"“{variable.text}”-ээр бүлэглээгүй, нэгтгээгүй байна",
            en=f"“{variable.text}” is neither grouped by nor aggregated",
        ),
        Bilingual(
            mn=f"{add} гэж нэмэх, эсвэл {sample} гэж бичнэ.",
            en=f"Add {add}, or write {sample}.",
        ),
    )
