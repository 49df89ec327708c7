"""Where a query may call another endpoint: the keyword SERVICE, in every reading of the text.

The engine decides by its grammar whether `<` begins an IRI or is a comparison; the tokenizer always
reads an IRI where it can. After `FILTER(1<2#>` the two readings differ: for the engine `#` begins a
comment, so what the tokenizer takes for a string on the next line may be a clause. So the text is
tokenized in both readings wherever they can differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from graph.queries.syntax.tokens import Token, tokenize

_ABSOLUTE_IRI = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
# Only a comment or a string that begins inside the IRI makes the text after it read differently.
_HIDING = re.compile(r"[#']")
_OPERAND_END = frozenset(")]}>")  # signs after which `<` can be a comparison
_LOOKAHEAD = 2  # tokens that decide about a name like `SERVICE:x`
_MAX_READINGS = 20  # of one query; each may cost as much as tokenizing all of it


class ServiceMentions(NamedTuple):
    """Tokens that may be the keyword: `found` as the tokenizer reads the text, and `ambiguous`:
    IRIs that hide one if they are comparisons."""

    found: list[Token]
    ambiguous: list[Token]


def contains_service(text: str) -> bool:
    """Whether a query may contain the keyword SERVICE, outside of strings, IRIs and comments."""
    return "SERVICE" in text.upper() and any(service_mentions(text))


def service_mentions(text: str) -> ServiceMentions:
    """All places where the engine may read SERVICE."""
    tokens = list(tokenize(text))
    found = [token for i, token in enumerate(tokens) if _may_be_service(tokens, i)]
    return ServiceMentions(found, _ambiguous(text, tokens))


def _may_be_service(tokens: Sequence[Token], i: int) -> bool:
    """Whether the engine may read the keyword here, also inside a longer token: `trueSERVICE`, and
    `SERVICE:x {`, which is SERVICE followed by the name `:x`."""
    token = tokens[i]
    if token.kind == "word":
        return "service" in token.text.lower()
    if token.kind != "name" or "service" not in token.text.partition(":")[0].lower():
        return False
    after = [t.text for t in tokens[i + 1 : i + 3]]
    before = tokens[i - 1].text.upper() if i else ""
    return after[:1] == ["{"] and after != ["{", "|"] and before not in {"GRAPH", "FROM", "NAMED"}


def _ambiguous(text: str, tokens: Sequence[Token]) -> list[Token]:
    """The IRIs that hide SERVICE if they are comparisons."""
    ends = {token.start for token in tokens}
    pending = [(token, token.start) for token in _possible_comparisons(tokens)]
    visited, hiding, readings = set[tuple[int, bool]](), list[Token](), 0
    while pending:
        origin, start = pending.pop()
        readings += 1
        if readings > _MAX_READINGS:
            return [origin]
        stream = list(_other_reading(text, start + 1, ends, visited))
        if _hides_service(stream):
            hiding.append(origin)
        inner = (t for i, t in enumerate(stream) if i and _can_be_comparison(stream[i - 1], t))
        pending += [(origin, t.start) for t in inner]
    return hiding


def _possible_comparisons(tokens: Sequence[Token]) -> Iterator[Token]:
    """The IRIs that may be comparisons: SPARQL compares only inside parentheses."""
    depth, diverged = 0, False
    for i, token in enumerate(tokens):
        if token.kind == "iri":  # if it is none, its brackets count
            depth += token.text.count("(")
        depth = max(0, depth + (token.text == "(") - (token.text == ")"))
        if i and (depth or diverged) and _can_be_comparison(tokens[i - 1], token):
            diverged = True  # from here on the depth is that of one reading only
            yield token


def _can_be_comparison(before: Token, token: Token) -> bool:
    """Whether `token` is an IRI that may also be read as `<` and more, with another end."""
    operand = before.kind != "sign" or before.text in _OPERAND_END
    hiding = token.kind == "iri" and _HIDING.search(token.text)
    return bool(operand and hiding and not _ABSOLUTE_IRI.match(token.text))


def _other_reading(
    text: str, start: int, known: set[int], visited: set[tuple[int, bool]]
) -> Iterator[Token]:
    """The tokens from `start`, up to where they are `known` or were `visited` in this state."""
    closed, more = False, _LOOKAHEAD
    for token in tokenize(text, start):
        state = (token.start, closed)
        if token.start in known or state in visited:
            more -= 1
            if more < 0:
                return
        visited.add(state)
        closed = closed or token.text in {")", "{"}
        yield token


def _hides_service(stream: Sequence[Token]) -> bool:
    """Whether a clause may begin in tokens that begin inside an expression, so only after `)` or
    `{`."""
    first = next((i for i, t in enumerate(stream) if t.text in {")", "{"}), len(stream))
    return any(_may_be_service(stream, i) for i in range(first, len(stream)))
