"""Checks of a query before it is sent to a worker: size, nesting depth, chain length, SERVICE.

The engine has no limits of its own: deep nesting and long chains overflow its stack, its planner
needs seconds for a few hundred open brackets, and SERVICE connects to any address that a query
names. The limits below are far under the values at which it failed (docs/sparql.md).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from graph.core.errors import QueryRefused, QueryTooComplex, QueryTooLarge
from graph.queries.model.formats import FormatKind
from graph.queries.syntax.positions import token_position
from graph.queries.syntax.service_keyword import contains_service, service_mentions
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
_CHAINS_MN = {
    "parts of a pattern": "хэвийн хэсэг",
    "steps of a path": "замын алхам",
    "operators": "үйлдэл",
}
_FORMAT_KINDS: dict[str, FormatKind] = {
    "SELECT": "results",
    "ASK": "results",
    "CONSTRUCT": "graph",
    "DESCRIBE": "graph",
}
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_BRACES = frozenset("{}")
# Two runs may give different results. Matches in strings and comments too: a false match only
# keeps a result out of the cache.
_NONDETERMINISTIC = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE|SERVICE)\b|_:|\[")
# The character after the keyword must be one that cannot continue a longer word or a prefix.
_LEADING_FORM = re.compile(
    r"[ \t\r\n]*(SELECT|ASK|CONSTRUCT|DESCRIBE)(?=[ \t\r\n?$*({<])", re.IGNORECASE
)
# Characters; no shorter text can hold a chain that is too long.
_SHORT_QUERY = 800


class QueryInfo(NamedTuple):
    """What the tokens of a query say about it.

    `form` is SELECT, ASK, CONSTRUCT, DESCRIBE or empty; `prologue` is the text before it.
    `from_graphs` are the terms after FROM, `from_named_graphs` those after FROM NAMED, as written
    in the query. `deterministic` is false if two runs may give different results (NOW, RAND,
    SERVICE, new blank nodes). `service` says that it may contain SERVICE (see `contains_service`).
    """

    form: str
    prologue: str
    from_graphs: tuple[str, ...]
    from_named_graphs: tuple[str, ...]
    deterministic: bool
    service: bool

    def to_wire(self) -> tuple[Any, ...]:
        """The fields in order, to be marshalled for a worker."""
        return tuple(self)

    @classmethod
    def from_wire(cls, fields: tuple[Any, ...]) -> QueryInfo:
        """The info that `to_wire` marshalled."""
        return cls._make(fields)

    @property
    def kind(self) -> FormatKind:
        """The kind of format its result needs."""
        return _FORMAT_KINDS.get(self.form, "results")


def inspect(text: str, limit: int, *, services: bool = False, with_values: int = 0) -> QueryInfo:
    """Refuse a query that must not reach the engine; return the QueryInfo of any other.

    With `services` SERVICE clauses are allowed, because they are executed before the engine runs;
    the query must then be checked again without them. A query of up to `with_values` bytes may be
    over the limit by what its VALUES hold.

    Raises QueryTooLarge (over `limit` bytes), QueryTooComplex and QueryRefused.
    """
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    if size > max(limit, with_values):
        raise _too_large(size, limit)
    info = query_info(text)
    # Most queries pass without being tokenized, which would cost more than all other checks.
    if len(text) > _SHORT_QUERY or sum(map(text.count, _OPENING)) > MAX_DEPTH or info.service:
        tokens = list(tokenize(text))
        _check_depth(text, tokens)
        if "VALUES" in text.upper():
            tokens, size = _without_data(text, tokens)
        if size > limit:
            raise _too_large(size, limit)
        _check_chains(tokens)
        if info.service:
            _check_service(text, services)
    return info


def _too_large(size: int, limit: int) -> QueryTooLarge:
    return QueryTooLarge(
        f"the query is {size:,} bytes long; {limit:,} are allowed",
        hint="Split it into several queries, put data into VALUES and send it by POST, or join "
        "with data that is in the graph already.",
        message_mn=f"асуулга {size:,} байт байна; {limit:,} байтаас ихгүй байх ёстой",
        hint_mn="Хэд хэдэн асуулга болгон хуваах, өгөгдлөө VALUES-д бичиж POST-оор илгээх, эсвэл "
        "графад байгаа өгөгдөлтэй холбоно уу.",
    )


def _without_data(text: str, tokens: Sequence[Token]) -> tuple[list[Token], int]:
    """The tokens without the data in VALUES (terms in braces, after the variables), and the bytes
    of the text without it."""
    kept, begun, expected = list[Token](), -1, False
    size = len(text.encode("utf-8", "surrogatepass"))
    for token in tokens:
        if begun >= 0 and token.text in _BRACES:
            size -= len(text[begun : token.start].encode("utf-8", "surrogatepass"))
            begun = -1
        if begun < 0:
            kept.append(token)
            begun = token.end if expected and token.text == "{" else -1
        expected = token.text.upper() == "VALUES" or (
            expected and (token.kind == "variable" or token.text in "()")
        )
    return kept, size


def _check_depth(text: str, tokens: Sequence[Token]) -> None:
    depth = 0
    for token in tokens:
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth > MAX_DEPTH:
            raise QueryTooComplex(
                f"brackets are nested more than {MAX_DEPTH} levels deep",
                message_mn=f"хаалтыг {MAX_DEPTH}-аас олон давхарласан байна",
                **token_position(text, token),
            )


def _check_chains(tokens: Sequence[Token]) -> None:
    occurrences = Counter(t.text.upper() for t in tokens if t.kind in {"word", "sign"})
    for name, (limit, members) in _CHAIN_LIMITS.items():
        if (count := sum(occurrences[m] for m in members)) > limit:
            raise QueryTooComplex(
                f"the query has {count:,} {name}; {limit:,} are allowed",
                message_mn=f"асуулгад {_CHAINS_MN[name]} {count:,} байна; {limit:,}-аас олонгүй"
                " байх ёстой",
            )


def _check_service(text: str, allowed: bool) -> None:
    mentions = service_mentions(text)
    for token in mentions.found:
        if not (allowed and token.text.upper() == "SERVICE"):
            raise _service_refused(text, token, allowed)
    for token in mentions.ambiguous:
        raise QueryRefused(
            "this can be read as an IRI or as a comparison",
            hint="Put a space after “<”.",
            message_mn="үүнийг IRI гэж ч, харьцуулах үйлдэл гэж ч уншиж болно",
            hint_mn="“<” тэмдгийн ард зай авна уу.",
            **token_position(text, token),
        )


def _service_refused(text: str, token: Token, allowed: bool) -> QueryRefused:
    if allowed:
        return QueryRefused(
            "this cannot be distinguished from the keyword SERVICE",
            hint="Put spaces between the words.",
            message_mn="үүнийг SERVICE түлхүүр үгээс ялгах боломжгүй",
            hint_mn="Үгсийн хооронд зай авна уу.",
            **token_position(text, token),
        )
    return QueryRefused(
        "SERVICE is disabled: this endpoint does not query other endpoints",
        hint="Query the other endpoint yourself and join the results.",
        message_mn="SERVICE идэвхгүй: энэ цэг бусад SPARQL цэг рүү асуулга илгээдэггүй",
        hint_mn="Нөгөө цэгээс тусад нь асууж, үр дүнг нь өөрөө нэгтгэнэ үү.",
        **token_position(text, token),
    )


def query_info(text: str) -> QueryInfo:
    """The QueryInfo of a query, without any checks."""
    upper = text.upper()
    form, prologue = _form_and_prologue(text)
    from_graphs, from_named_graphs = _dataset_clauses(text) if "FROM" in upper else ((), ())
    return QueryInfo(
        form=form,
        prologue=prologue,
        from_graphs=from_graphs,
        from_named_graphs=from_named_graphs,
        deterministic=not _NONDETERMINISTIC.search(upper),
        service=contains_service(text),
    )


def _form_and_prologue(text: str) -> tuple[str, str]:
    """The keyword that begins a query (SELECT, …), and the text before it; both may be empty."""
    if match := _LEADING_FORM.match(text):  # most queries have no prologue
        return match[1].upper(), text[: match.start(1)]
    word = next(
        (t for t in tokenize(text) if t.kind == "word" and t.text.upper() in _FORMAT_KINDS), None
    )
    return (word.text.upper(), text[: word.end - len(word.text)]) if word else ("", "")


def prologue(text: str) -> str:
    """The text before the query's form: BASE, PREFIX and comments."""
    return _form_and_prologue(text)[1]


def _dataset_clauses(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The terms after FROM, and after FROM NAMED."""
    texts = [t.text for t in tokenize(text)]
    following = [texts[i + 1 : i + 3] for i, t in enumerate(texts[:-1]) if t.upper() == "FROM"]
    named = [f[1] for f in following if f[0].upper() == "NAMED" and len(f) > 1]
    unnamed = [f[0] for f in following if f[0].upper() != "NAMED"]
    return tuple(unnamed), tuple(dict.fromkeys(named))
