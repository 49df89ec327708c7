"""SERVICE SILENT without calling other endpoints.

A service that fails silently gives one solution without bindings (SPARQL 1.1 Federated Query §3).
So `SERVICE SILENT <x> { P }` is rewritten as `OPTIONAL { { P } FILTER(false) }`, which keeps the
other solutions and has the variables of P in scope.
"""

from __future__ import annotations

from collections.abc import Sequence

from graph.queries.syntax.tokens import Token, closing_braces, tokenize


def without_silent_services(text: str) -> str:
    """A query or update without SERVICE SILENT. Plain SERVICE stays, and is refused later."""
    if "service" not in text.lower():
        return text
    tokens = list(tokenize(text))
    closing = closing_braces(tokens)
    edits: list[tuple[int, int, str]] = []  # start, end, replacement
    for i in range(len(tokens) - 3):
        if i + 3 in closing and _is_silent_service(tokens, i):
            start, end = tokens[i].end - len(tokens[i].text), tokens[closing[i + 3]].end
            edits += [(start, tokens[i + 2].end, "OPTIONAL {"), (end, end, " FILTER(false) }")]
    return _edited(text, sorted(edits))


def _edited(text: str, edits: list[tuple[int, int, str]]) -> str:
    pieces, position = list[str](), 0
    for start, end, replacement in edits:
        pieces += [text[position:start], replacement]
        position = end
    return "".join([*pieces, text[position:]])


def _is_silent_service(tokens: Sequence[Token], i: int) -> bool:
    words = [t.text.upper() for t in tokens[i : i + 2]]
    named = tokens[i + 2].kind in {"iri", "name", "variable"}
    return words == ["SERVICE", "SILENT"] and named and tokens[i + 3].text == "{"
