"""Which graphs an update names: those it may want to read.

This decides what is laid out for it, never what it may change. So it need not understand the
update: it looks at every IRI and prefixed name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from graph.queries.syntax.tokens import tokenize

_ESCAPED = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_LOCAL = re.compile(r"\\(.)")


def iris(text: str, base: str) -> set[str]:
    """Every IRI that stands in a query or an update, written out."""
    return set(_iris(text, base))


def _iris(text: str, base: str) -> Iterator[str]:
    prefixes: dict[str, str] = {}
    declared, keyword = "", ""
    for token in tokenize(text):
        if token.kind == "iri":
            iri = urljoin(base, _plain(token.text[1:-1]))
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


def _plain(iri: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1] or match[2], 16)), iri)
