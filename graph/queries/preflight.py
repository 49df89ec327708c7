"""A look at a query before a worker sees it: size, nesting, chains, SERVICE.

The engine has no limits of its own. Nesting and long chains overflow its stack, and the planner
needs seconds for a few hundred open brackets; SERVICE dials whatever address a query names. The
numbers below keep a wide distance from the measured ones (docs/sparql.md).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from graph.errors import QueryRefused, QueryTooComplex, QueryTooLarge
from graph.queries.formats import Kind
from graph.queries.tokens import Token, tokens

DEPTH = 100
_CHAINS: dict[str, tuple[int, frozenset[str]]] = {
    "parts of a pattern": (
        500,
        frozenset("OPTIONAL UNION MINUS BIND FILTER EXISTS GRAPH LATERAL SELECT".split()),
    ),
    "steps of a path": (400, frozenset("/ | ^".split())),
    "operators": (2000, frozenset("+ - * ! && || = != < > <= >=".split())),
}
_KINDS: dict[str, Kind] = {
    "SELECT": "results",
    "ASK": "results",
    "CONSTRUCT": "graph",
    "DESCRIBE": "graph",
}
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
_UNSTABLE = frozenset("NOW RAND UUID STRUUID BNODE".split())


@dataclass(frozen=True, slots=True)
class Shape:
    """What the tokens tell of a query.

    `form` is SELECT, ASK, CONSTRUCT, DESCRIBE or empty; `sources` are the terms behind FROM
    (without NAMED), `named` those behind FROM NAMED, as written; `prologue` ends where the form
    begins; `stable` is false where two runs may differ (NOW, RAND, new blank nodes).
    """

    form: str
    prologue: str
    sources: tuple[str, ...]
    named: tuple[str, ...]
    stable: bool

    @property
    def kind(self) -> Kind:
        """Which kind of format its answer needs."""
        return _KINDS.get(self.form, "results")


def inspect(text: str, limit: int) -> Shape:
    """Refuse what must not reach the engine, and tell the rest's shape.

    Raises QueryTooLarge (over `limit` bytes), QueryTooComplex, QueryRefused.
    """
    _check_size(text, limit)
    found = list(tokens(text))
    _check_depth(text, found)
    _check_chains(found)
    _check_service(text, found)
    return _shape(text, found)


def _check_size(text: str, limit: int) -> None:
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    if size > limit:
        raise QueryTooLarge(
            f"the query is {size:,} bytes long; {limit:,} are allowed",
            hint="Ask in several queries, or join with what the graph already holds.",
        )


def _check_depth(text: str, found: Sequence[Token]) -> None:
    if sum(map(text.count, _OPENING)) <= DEPTH:
        return
    depth = 0
    for token in found:
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth > DEPTH:
            raise QueryTooComplex(
                f"brackets are nested deeper than {DEPTH}", where=_place(text, token)
            )


def _check_chains(found: Sequence[Token]) -> None:
    if len(found) <= min(cap for cap, _ in _CHAINS.values()):
        return
    number = Counter(t.text.upper() for t in found if t.kind in {"word", "sign"})
    for name, (cap, members) in _CHAINS.items():
        if (count := sum(number[m] for m in members)) > cap:
            raise QueryTooComplex(f"the query has {count:,} {name}; {cap:,} are allowed")


def _check_service(text: str, found: Sequence[Token]) -> None:
    if "service" not in text.lower():
        return
    for i, token in enumerate(found):
        if _may_be_service(found, i):
            raise QueryRefused(
                "SERVICE is switched off: this endpoint does not call others",
                where=_place(text, token),
                hint="Ask the other endpoint yourself and join the answers.",
            )
        if _ambiguous(token):
            raise QueryRefused(
                "this could be an IRI or a comparison",
                where=_place(text, token),
                hint="Put a space behind “<”.",
            )


def _may_be_service(found: Sequence[Token], i: int) -> bool:
    """The keyword, also where the engine would see it glued to its neighbours: `trueSERVICE`,
    and `service:x {`, which is SERVICE with the name `:x`."""
    token = found[i]
    if token.kind == "word":
        return "service" in token.text.lower()
    if token.kind != "name" or "service" not in token.text.partition(":")[0].lower():
        return False
    after = [t.text for t in found[i + 1 : i + 3]]
    before = found[i - 1].text.upper() if i else ""
    return after[:1] == ["{"] and after != ["{", "|"] and before not in {"GRAPH", "FROM", "NAMED"}


def _ambiguous(token: Token) -> bool:
    """`FILTER(1<2)…>` looks like an IRI, and could hide a keyword or the start of a comment."""
    return token.kind == "iri" and ")" in token.text and not _ABSOLUTE.match(token.text)


def _place(text: str, token: Token) -> str:
    start = token.end - len(token.text)
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    return f"line {line}, column {column}"


def _shape(text: str, found: Sequence[Token]) -> Shape:
    words = [(i, t) for i, t in enumerate(found) if t.kind == "word"]
    form = next((t for _, t in words if t.text.upper() in _KINDS), None)
    clauses = [i for i, t in words if t.text.upper() == "FROM"]
    return Shape(
        form=form.text.upper() if form else "",
        prologue=text[: form.end - len(form.text)] if form else "",
        sources=_terms(found, clauses, named=False),
        named=_terms(found, clauses, named=True),
        stable=_stable(found),
    )


def _terms(found: Sequence[Token], clauses: list[int], *, named: bool) -> tuple[str, ...]:
    after = [[t.text for t in found[i + 1 : i + 3]] for i in clauses]
    pairs = [(a[1:] if a[:1] and a[0].upper() == "NAMED" else None, a) for a in after]
    chosen = [n if named else a for n, a in pairs if (n is not None) == named]
    return tuple(dict.fromkeys(c[0] for c in chosen if c))


def _stable(found: Sequence[Token]) -> bool:
    return not any(
        t.text.upper() in _UNSTABLE or t.text.startswith("_:") or t.text == "[" for t in found
    )
