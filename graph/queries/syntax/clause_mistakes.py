"""Mistakes in clauses: what must stand behind a keyword, ASC and DESC without brackets, commas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from graph.queries.syntax.bilingual import Bilingual, SyntaxHint, written_so
from graph.queries.syntax.expression_mistakes import end_of
from graph.queries.syntax.tokens import Token


class _Part(NamedTuple):
    """What stands behind a keyword: how it is called, how it is written, how it is recognised."""

    what: Bilingual
    written: str
    fits: Callable[[Token], bool]


def _group(keyword: str) -> _Part:
    what = Bilingual(mn="{ } хаалтан доторх хэв", en="a pattern in braces")
    return _Part(what, f"{keyword} {{ … }}", lambda after: after.text == "{")


def _by(keyword: str) -> _Part:
    what = Bilingual(mn="BY", en="BY")
    return _Part(what, f"{keyword} BY ?a", lambda after: after.text.upper() == "BY")


_CONDITION = Bilingual(mn="( ) хаалтан доторх нөхцөл", en="a condition in brackets")
_PARTS = {
    **{keyword: _group(keyword) for keyword in ("OPTIONAL", "MINUS", "UNION")},
    **{keyword: _by(keyword) for keyword in ("ORDER", "GROUP")},
    "HAVING": _Part(
        _CONDITION, "HAVING (…)", lambda after: after.text == "(" or after.kind in {"word", "name"}
    ),
    "NOT": _Part(
        Bilingual(mn="EXISTS эсвэл IN", en="EXISTS or IN"),
        "FILTER(!(…))",
        lambda after: after.text.upper() in {"EXISTS", "IN"},
    ),
    "AS": _Part(
        Bilingual(mn="хувьсагч", en="a variable"), "(… AS ?n)", lambda t: t.kind == "variable"
    ),
}


def missing_part(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`ORDER ?o`, `HAVING ?n > 1`, `FILTER NOT (…)`, `AS "n"`."""
    for word, after in pairwise(tokens):
        part = _PARTS.get(word.text.upper()) if word.kind == "word" else None
        if part is not None and not part.fits(after):
            return _followed_by(word, part)
    return None


def _followed_by(word: Token, part: _Part) -> SyntaxHint:
    keyword = word.text.upper()
    return SyntaxHint(
        word.start,
        Bilingual(
            mn=f"{keyword} гэсний ард {part.what.mn} бичнэ",
            en=f"{keyword} is followed by {part.what.en}",
        ),
        written_so(part.written),
    )


def values_without_braces(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`VALUES ?x (1 2)`."""
    for word, name, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if word.text.upper() == "VALUES" and name.kind == "variable" and after.text != "{":
            written = f"VALUES {name.text} {{ … }}"
            return SyntaxHint(
                after.start,
                Bilingual(
                    mn="VALUES-ийн утгуудыг { } хаалтад бичнэ",
                    en="the values of VALUES stand in braces",
                ),
                written_so(written),
            )
    return None


def closing_semicolon(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`SELECT * { … };` as in SQL."""
    if not tokens or tokens[-1].text != ";":
        return None
    return SyntaxHint(
        tokens[-1].start,
        Bilingual(mn="асуулга “;”-гүй төгсөнө", en="a query ends without “;”"),
        Bilingual(mn="Үүнийг хасна уу.", en="Leave it out."),
    )


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
        written_so(f"ORDER BY {name}({variable})"),
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
                    written_so(f"{clause} BY ?a ?b"),
                )
    return None
