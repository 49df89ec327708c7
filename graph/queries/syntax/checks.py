"""A look at a query before a worker sees it: size, nesting, chains, SERVICE.

The engine has no limits of its own. Nesting and long chains overflow its stack, and the planner
needs seconds for a few hundred open brackets; SERVICE dials whatever address a query names. The
numbers below keep a wide distance from the measured ones (docs/sparql.md).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from graph.core.errors import QueryRefused, QueryTooComplex, QueryTooLarge
from graph.queries.model.formats import FormatKind
from graph.queries.syntax.positions import token_position
from graph.queries.syntax.tokens import Token, tokenize

MAX_DEPTH = 100
_CHAIN_LIMITS: dict[str, tuple[int, frozenset[str]]] = {
    "parts of a pattern": (
        500,
        frozenset("OPTIONAL UNION MINUS BIND FILTER EXISTS GRAPH LATERAL SELECT".split()),
    ),
    "steps of a path": (400, frozenset("/ | ^".split())),
    "operators": (2000, frozenset("+ - * ! && || = != < > <= >=".split())),
}
_FORMAT_KINDS: dict[str, FormatKind] = {
    "SELECT": "results",
    "ASK": "results",
    "CONSTRUCT": "graph",
    "DESCRIBE": "graph",
}
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_ABSOLUTE_IRI = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
# Where two runs may differ. Found in strings and comments too; that only costs a cached answer.
_NONDETERMINISTIC = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE|SERVICE)\b|_:|\[")
# Behind the word stands what cannot be part of a longer one, or of a prefix.
_LEADING_FORM = re.compile(
    r"[ \t\r\n]*(SELECT|ASK|CONSTRUCT|DESCRIBE)(?=[ \t\r\n?$*({<])", re.IGNORECASE
)
# So short a text holds no chain that is too long.
_SHORT_QUERY = 800


class QueryInfo(NamedTuple):
    """What a query's tokens say about it.

    `form` is SELECT, ASK, CONSTRUCT, DESCRIBE or empty; `prologue` is the text before the form.
    `from_graphs` are the terms after FROM, `from_named_graphs` those after FROM NAMED, as written.
    `deterministic` is false where two runs may differ (NOW, RAND, SERVICE, new blank nodes).
    """

    form: str
    prologue: str
    from_graphs: tuple[str, ...]
    from_named_graphs: tuple[str, ...]
    deterministic: bool

    def to_wire(self) -> tuple[Any, ...]:
        """The fields in order, as marshalled for a worker."""
        return tuple(self)

    @property
    def kind(self) -> FormatKind:
        """Which kind of format its answer needs."""
        return _FORMAT_KINDS.get(self.form, "results")


def inspect(text: str, limit: int, *, services: bool = False) -> QueryInfo:
    """Refuse what must not reach the engine, and tell the rest's shape.

    `services` says that SERVICE clauses will be executed before the engine sees the query; then
    it is to be looked at once more, without them. Raises QueryTooLarge (over `limit` bytes),
    QueryTooComplex, QueryRefused.
    """
    _check_size(text, limit)
    upper = text.upper()
    if len(text) > _SHORT_QUERY or sum(map(text.count, _OPENING)) > MAX_DEPTH or "SERVICE" in upper:
        _check_tokens(text, services)
    return _query_info(text, upper)


def _check_tokens(text: str, services: bool) -> None:
    found = list(tokenize(text))
    _check_depth(text, found)
    _check_chains(found)
    if "service" in text.lower():
        _check_service(text, found, services)


def _check_size(text: str, limit: int) -> None:
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    if size > limit:
        raise QueryTooLarge(
            f"the query is {size:,} bytes long; {limit:,} are allowed",
            hint="Ask in several queries, or join with what the graph already holds.",
        )


def _check_depth(text: str, found: Sequence[Token]) -> None:
    depth = 0
    for token in found:
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth > MAX_DEPTH:
            raise QueryTooComplex(
                f"brackets are nested deeper than {MAX_DEPTH}",
                message_mn=f"хаалт {MAX_DEPTH}-аас олон давхарласан",
                **token_position(text, token),
            )


def _check_chains(found: Sequence[Token]) -> None:
    number = Counter(t.text.upper() for t in found if t.kind in {"word", "sign"})
    for name, (cap, members) in _CHAIN_LIMITS.items():
        if (count := sum(number[m] for m in members)) > cap:
            raise QueryTooComplex(f"the query has {count:,} {name}; {cap:,} are allowed")


def _check_service(text: str, found: Sequence[Token], allowed: bool) -> None:
    for i, token in enumerate(found):
        if _may_be_service(found, i) and not (allowed and token.text.upper() == "SERVICE"):
            raise _service_refused(text, token, allowed)
        if _ambiguous(token):
            raise QueryRefused(
                "this could be an IRI or a comparison",
                hint="Put a space behind “<”.",
                message_mn="энэ нь IRI ч, жиших үйлдэл ч байж болох бичлэг",
                hint_mn="“<” тэмдгийн ард зай үлдээнэ үү.",
                **token_position(text, token),
            )


def _service_refused(text: str, token: Token, allowed: bool) -> QueryRefused:
    if allowed:
        return QueryRefused(
            "this cannot be told from SERVICE",
            hint="Put spaces around its words.",
            message_mn="Үүнийг SERVICE-ээс ялгах боломжгүй",
            hint_mn="Үгсийн хооронд зай авна уу.",
            **token_position(text, token),
        )
    return QueryRefused(
        "SERVICE is switched off: this endpoint does not call others",
        hint="Ask the other endpoint yourself and join the answers.",
        message_mn="SERVICE хаалттай: эндээс бусад цэгээс асуудаггүй",
        hint_mn="Нөгөө цэгээс өөрөө асууж, хариуг нь нэгтгэнэ үү.",
        **token_position(text, token),
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
    return token.kind == "iri" and ")" in token.text and not _ABSOLUTE_IRI.match(token.text)


def query_info(text: str) -> QueryInfo:
    """The shape of a query that was looked at before."""
    return _query_info(text, text.upper())


def _query_info(text: str, upper: str) -> QueryInfo:
    form, prologue = _form_and_prologue(text)
    sources, named = _dataset_clauses(text) if "FROM" in upper else ((), ())
    return QueryInfo(form, prologue, sources, named, not _NONDETERMINISTIC.search(upper))


def _form_and_prologue(text: str) -> tuple[str, str]:
    """The word that says what a query does, and what stands before it."""
    if match := _LEADING_FORM.match(text):  # most queries have no prologue
        return match[1].upper(), text[: match.start(1)]
    word = next(
        (t for t in tokenize(text) if t.kind == "word" and t.text.upper() in _FORMAT_KINDS), None
    )
    return (word.text.upper(), text[: word.end - len(word.text)]) if word else ("", "")


def prologue(text: str) -> str:
    """BASE and PREFIX, and all that stands before the query's form."""
    return _form_and_prologue(text)[1]


def _dataset_clauses(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The terms behind FROM, and behind FROM NAMED."""
    texts = [t.text for t in tokenize(text)]
    found = [texts[i + 1 : i + 3] for i, t in enumerate(texts) if t.upper() == "FROM"]
    behind = [b for b in found if b]
    named = [b[1] for b in behind if b[0].upper() == "NAMED" and len(b) > 1]
    sources = [b[0] for b in behind if b[0].upper() != "NAMED"]
    return tuple(sources), tuple(dict.fromkeys(named))
