"""SERVICE SILENT where no other endpoint is ever called.

A service that fails silently gives one solution without bindings (SPARQL 1.1 Federated Query §3),
so `SERVICE SILENT <x> { P }` may stand as `OPTIONAL { { P } FILTER(false) }`: what is there
already stays as it is, and the variables of P are in scope.
"""

from __future__ import annotations

from collections.abc import Sequence

from graph.queries.syntax.tokens import Token, closing_braces, tokenize


def without_silent_services(text: str) -> str:
    """A query or an update without its SERVICE SILENT; SERVICE alone stays, to be refused."""
    if "service" not in text.lower():
        return text
    found = list(tokenize(text))
    closing = closing_braces(found)
    edits: list[tuple[int, int, str]] = []  # from, to, and what stands there instead
    for i in range(len(found) - 3):
        if i + 3 in closing and _is_silent_service(found, i):
            start, end = found[i].end - len(found[i].text), found[closing[i + 3]].end
            edits += [(start, found[i + 2].end, "OPTIONAL {"), (end, end, " FILTER(false) }")]
    return _edited(text, sorted(edits))


def _edited(text: str, edits: list[tuple[int, int, str]]) -> str:
    pieces, place = list[str](), 0
    for start, end, instead in edits:
        pieces += [text[place:start], instead]
        place = end
    return "".join([*pieces, text[place:]])


def _is_silent_service(found: Sequence[Token], i: int) -> bool:
    words = [t.text.upper() for t in found[i : i + 2]]
    named = found[i + 2].kind in {"iri", "name", "variable"}
    return words == ["SERVICE", "SILENT"] and named and found[i + 3].text == "{"
