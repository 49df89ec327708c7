"""Words and signs of SQL and of programming languages, and IRIs without their brackets."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from graph.queries.syntax.bilingual import Bilingual, SyntaxHint, written_so
from graph.queries.syntax.tokens import Token

_MEANT = {
    "AND": "&&",
    "OR": "||",
    "TOP": "… } LIMIT 10",
    "LIKE": 'CONTAINS(…, "…")',
    "NULL": "UNDEF",
    "IS": "BOUND(…)",
    "==": "=",
}
"""What it is elsewhere → what SPARQL has."""


def foreign_word(_: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`AND`, `LIKE`, `TOP 10`, `==`."""
    for token, after in pairwise(tokens):
        doubled = token.text == after.text == "=" and token.end == after.start
        written = "==" if doubled else token.text.upper()
        if written in _MEANT and (doubled or token.kind == "word"):
            return SyntaxHint(
                token.start,
                Bilingual(mn=f"SPARQL-д “{written}” байхгүй", en=f"SPARQL has no “{written}”"),
                Bilingual(
                    mn=f"Оронд нь бичнэ үү: {_MEANT[written]}", en=f"Write {_MEANT[written]}"
                ),
            )
    return None


def iri_without_brackets(text: str, tokens: Sequence[Token]) -> SyntaxHint | None:
    """`?s http://example.org/p ?o`."""
    for name in tokens:
        if name.kind == "name" and name.text in ("http:", "https:"):
            iri = text[name.start :].split(maxsplit=1)[0].rstrip("}),;")
            if iri.startswith("//", len(name.text)):
                return SyntaxHint(
                    name.start,
                    Bilingual(mn="IRI-г <…> хаалтад бичнэ", en="an IRI must be in angle brackets"),
                    written_so(f"<{iri}>"),
                )
    return None
