"""Mistakes in expressions: number of arguments, aggregates in filters, variables set twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from graph.queries.syntax.bilingual import Bilingual, SyntaxHint, written_so
from graph.queries.syntax.tokens import Token

AGGREGATES = frozenset("COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT".split())
_BY_NUMBER = {
    (0, 0): "RAND NOW UUID STRUUID",
    (0, 1): "BNODE",
    (
        1,
        1,
    ): """STR LANG DATATYPE BOUND IRI URI ABS CEIL FLOOR ROUND STRLEN UCASE LCASE ENCODE_FOR_URI
        YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ MD5 SHA1 SHA256 SHA384 SHA512 ISIRI ISURI
        ISBLANK ISLITERAL ISNUMERIC LANGDIR HASLANG HASLANGDIR ISTRIPLE SUBJECT PREDICATE OBJECT
        COUNT SUM MIN MAX AVG SAMPLE""",
    (2, 2): "LANGMATCHES CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER STRLANG STRDT SAMETERM",
    (2, 3): "REGEX SUBSTR",
    (3, 3): "IF TRIPLE STRLANGDIR",
    (3, 4): "REPLACE",
}
ARGUMENTS = {name: bounds for bounds, names in _BY_NUMBER.items() for name in names.split()}
"""The least and greatest number of arguments of each function (SPARQL 1.2 §19.8)."""
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


def calls(
    tokens: Sequence[Token], names: frozenset[str] | dict[str, tuple[int, int]]
) -> Iterator[int]:
    """The indexes of the names of functions that are called."""
    for i, (word, after) in enumerate(pairwise(tokens)):
        if word.kind == "word" and word.text.upper() in names and after.text == "(":
            yield i


def end_of(tokens: Sequence[Token], opening: int) -> int:
    """The index of the bracket that closes another; that of the last token if none does."""
    depth = 0
    for i in range(opening, len(tokens)):
        depth += (tokens[i].text in _OPENING) - (tokens[i].text in _CLOSING)
        if not depth:
            return i
    return len(tokens) - 1


def wrong_arguments(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`SUBSTR("a")`."""
    for i in calls(tokens, ARGUMENTS):
        name = tokens[i].text.upper()
        given, (least, most) = _arguments(tokens, i + 1), ARGUMENTS[name]
        if not least <= given <= most:
            allowed = f"{least}" if least == most else f"{least} or {most}"
            return SyntaxHint(
                tokens[i].start,
                Bilingual(
                    mn=f"{name} функц {allowed.replace('or', 'эсвэл')} аргумент авдаг, {given} биш",
                    en=f"{name} takes {allowed} argument{'s' * (most != 1)}, not {given}",
                ),
            )
    return None


def _arguments(tokens: Sequence[Token], opening: int) -> int:
    end, depth, commas = end_of(tokens, opening), 0, 0
    for token in tokens[opening:end]:
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        commas += depth == 1 and token.text == ","
    return commas + 1 if end > opening + 1 else 0


def aggregate_in_filter(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`FILTER(COUNT(?s) > 1)`, and the same in BIND."""
    for i in calls(tokens, frozenset({"FILTER", "BIND"})):
        end = end_of(tokens, i + 1)
        inside = tokens[i + 1 : end]
        found = next(calls(inside, AGGREGATES), None)
        # a subselect in EXISTS may aggregate
        if found is not None and not any(t.text == "{" for t in inside[:found]):
            return _aggregate(inside[found], tokens[i].text.upper())
    return None


def _aggregate(word: Token, where: str) -> SyntaxHint:
    name = word.text.upper()
    return SyntaxHint(
        word.start,
        Bilingual(
            mn=f"{where} дотор {name} байж болохгүй: нэгтгэл нь шүүсний дараа бүлгээр бодогддог",
            en=f"{name} cannot stand in {where}: aggregates are computed over groups, after it",
        ),
        Bilingual(
            mn="HAVING (…)-ийг GROUP BY-ийн дараа бичих, эсвэл дэд асуулгад тооцоолно.",
            en="Write HAVING (…) after GROUP BY, or compute it in a subselect.",
        ),
    )


def bind_of_bound(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`?s ?p ?o BIND(1 AS ?s)`."""
    groups: list[set[str]] = [set()]
    i = 0
    while i < len(tokens):
        token = tokens[i]
        word = token.text.upper()
        if token.text == "{":
            groups.append(set())
        elif token.text == "}" and len(groups) > 1:
            inner = groups.pop()
            groups[-1] |= inner
        elif token.kind == "variable":
            groups[-1].add(token.text[1:])
        elif word in {"FILTER", "MINUS"} and i + 1 < len(tokens):
            i = _behind_filter(tokens, i + 1)  # binds nothing outside of it
            continue
        elif word == "BIND" and i + 1 < len(tokens):
            end = end_of(tokens, i + 1)
            target = tokens[end - 1]
            if target.kind == "variable" and target.text[1:] in groups[-1]:
                return set_again(target, "BIND", "BIND(… AS {})")
            groups[-1].add(target.text[1:])
            i = end
        i += 1
    return None


def _behind_filter(tokens: Sequence[Token], i: int) -> int:
    """The index behind the condition of a FILTER, or the group of a MINUS, that begins at `i`."""
    while i < len(tokens) and tokens[i].text not in _OPENING:
        i += 1  # NOT EXISTS, a function's name
    return end_of(tokens, i) + 1 if i < len(tokens) else i


def set_again(variable: Token, keyword: str, example: str) -> SyntaxHint:
    """The mistake of a keyword that sets a variable which has a value already; `example` shows with
    `{}` where the name stands."""
    written = example.format(f"{variable.text}2")
    return SyntaxHint(
        variable.start,
        Bilingual(
            mn=f"“{variable.text}” утгатай болсон тул {keyword} дахин утга өгч чадахгүй",
            en=f"“{variable.text}” has a value already, so {keyword} cannot set it",
        ),
        Bilingual(mn=f"Өөр нэр өгнө үү: {written}", en=f"Choose another name: {written}"),
    )


def bound_of_value(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`BOUND("a")`, `BOUND(STR(?a))`."""
    for i in calls(tokens, frozenset({"BOUND"})):
        inside = tokens[i + 2 : end_of(tokens, i + 1)]
        variables = [token.text for token in inside if token.kind == "variable"]
        if len(inside) != 1 or not variables:
            name = variables[0] if variables else "?a"
            return SyntaxHint(
                tokens[i].start,
                Bilingual(
                    mn="BOUND зөвхөн хувьсагч авч, утгатай эсэхийг нь шалгадаг",
                    en="BOUND takes a variable alone, and asks whether it has a value",
                ),
                written_so(f"BOUND({name})"),
            )
    return None
