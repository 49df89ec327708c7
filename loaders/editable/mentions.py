"""The graphs that an update mentions: those it may need to read.

They decide which graphs are given to the update, never which it may change. So the update is not
parsed: every IRI and every prefixed name counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from graph.queries.syntax.tokens import tokenize

_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_LOCAL = re.compile(r"\\(.)")


def mentioned_iris(text: str, base: str) -> set[str]:
    """Every IRI in a query or an update, with prefixed names expanded."""
    return set(_iris(text, base))


def _iris(text: str, base: str) -> Iterator[str]:
    prefixes: dict[str, str] = {}
    declared, keyword = "", ""
    for token in tokenize(text):
        if token.kind == "iri":
            iri = urljoin(base, _unescape(token.text[1:-1]))
            if keyword == "BASE":
                base = iri
            elif keyword == "PREFIX":
                prefixes[declared] = iri
            yield iri
        elif token.kind == "name" and keyword == "PREFIX":
            declared = token.text[:-1]
            continue  # the IRI comes next
        elif token.kind == "name":
            prefix, _, local = token.text.partition(":")
            yield prefixes.get(prefix, "") + _LOCAL.sub(r"\1", local)
        keyword = token.text.upper() if token.kind == "word" else ""


def _unescape(iri: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1] or match[2], 16)), iri)
