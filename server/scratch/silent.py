"""SERVICE SILENT where no other endpoint is ever called.

A service that fails silently gives one solution without bindings (SPARQL 1.1 Federated Query §3),
so `SERVICE SILENT <x> { P }` may stand as `OPTIONAL { { P } FILTER(false) }`: what is there
already stays as it is, and the variables of P are in scope.
"""

from __future__ import annotations

from collections.abc import Sequence

from graph.queries.tokens import Token, tokens


def without_silent_services(text: str) -> str:
    """A query or an update without its SERVICE SILENT; SERVICE alone stays, to be refused."""
    while "service" in text.lower():
        found = list(tokens(text))
        starts = [i for i in range(len(found) - 3) if _is_silent_service(found, i)]
        end = _closing(found, starts[-1] + 3) if starts else None  # the innermost one first
        if end is None:
            break
        start, opening = found[starts[-1]], found[starts[-1] + 2]
        pattern = text[opening.end : found[end].end]
        before = text[: start.end - len(start.text)]
        text = f"{before}OPTIONAL {{ {pattern} FILTER(false) }}{text[found[end].end :]}"
    return text


def _is_silent_service(found: Sequence[Token], i: int) -> bool:
    words = [t.text.upper() for t in found[i : i + 2]]
    named = found[i + 2].kind in {"iri", "name", "variable"}
    return words == ["SERVICE", "SILENT"] and named and found[i + 3].text == "{"


def _closing(found: Sequence[Token], opening: int) -> int | None:
    """The place of the brace that closes another; None where none does."""
    depth = 0
    for i in range(opening, len(found)):
        depth += (found[i].text == "{") - (found[i].text == "}")
        if depth == 0:
            return i
    return None
