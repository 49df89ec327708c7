"""Canonical lines: N-Triples in the lexical forms that the store keeps.

The store rewrites literals: `"007"^^xsd:integer` to `7`, `xsd:int` to `xsd:integer`, language tags
to lower case. So statements are brought to the store's forms before they are hashed, or `verify`
could not compare them with the store; canonical lines stay as they are. The forms of typed literals
are found by loading them into a store, each distinct literal once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyoxigraph as ox

from vocab.terms import Object

_QUOTE, _CLOSED = b'">'
_PREDICATE = ox.NamedNode("urn:ulzii:ask")
_CACHE_LIMIT = 500_000

# Literals known to be in the store's form already: most of a load need not pass through a store. A
# property test compares this with the store.
_XSD = rb"\^\^<http://www\.w3\.org/2001/XMLSchema#"
_FORMS = (
    rb'(?:0|-?[1-9][0-9]{0,16})"' + _XSD + rb"integer>"
    rb'|-?(?:0|[1-9][0-9]{0,14})\.[0-9]{0,6}[1-9]"' + _XSD + rb"decimal>"
    rb'|(?:0|-?[1-9][0-9]{0,14})"' + _XSD + rb"decimal>"
    rb'|[12][0-9]{3}-[0-9]{2}-[0-9]{2}"' + _XSD + rb"date>"
    rb"|[12][0-9]{3}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}"
    rb'(?:Z|\+0[1-9]:00)"' + _XSD + rb"dateTime>"
    rb'|[12][0-9]{3}"' + _XSD + rb"gYear>"
    rb'|(?:true|false)"' + _XSD + rb"boolean>"
)
_CANONICAL = re.compile(b'"(?:' + _FORMS + b")")
# an object that begins in this way is no part of a text: quotes within it are escaped
_CANONICAL_OBJECT = re.compile(b'"(?<=> ")(?:' + _FORMS + rb")(?= \.)")
_is_canonical = _CANONICAL.fullmatch


def line(subject: ox.NamedNode, predicate: ox.NamedNode, value: Object) -> bytes:
    """One statement as an N-Triples line without line feed."""
    return f"{subject} {predicate} {value} .".encode()


def are_canonical(lines: bytes) -> bool:
    """Whether all typed literals in the lines of a text are known to be in the store's form; many
    lines are looked at in a tenth of the time that `Normaliser` takes."""
    return len(_CANONICAL_OBJECT.findall(lines)) == lines.count(b'"^^<')


class Normaliser:
    """Brings lines to canonical form, with a cache of the forms of typed literals."""

    def __init__(self) -> None:
        self._known: dict[bytes, bytes] = {}

    def lines(self, lines: Sequence[bytes], behind: int = 0) -> list[bytes]:
        """The canonical form of each line, in the same order; `behind` more bytes follow each."""
        canonical, closing, end = [*lines], -3 - behind, -2 - behind
        # IRIs contain no quote. Comparing single bytes is the fast test: it is done for every line.
        # Subject and predicate are IRIs, so the first quote opens the literal.
        others = {
            n: text[begin:end]
            for n, text in enumerate(lines)
            if text[closing] == _CLOSED
            and (begin := text.find(_QUOTE)) >= 0
            and not _is_canonical(text, begin, len(text) + end)
        }
        if len(self._known) > _CACHE_LIMIT:
            self._known.clear()  # bounded memory; refilling costs less than evicting one by one
        unknown = [*({*others.values()} - self._known.keys())]
        self._known.update(zip(unknown, store_forms(unknown), strict=True))
        for n, literal in others.items():
            text = canonical[n]
            canonical[n] = text[: end - len(literal)] + self._known[literal] + text[end:]
        return canonical


def store_forms(literals: Sequence[bytes]) -> list[bytes]:
    """The form in which the store keeps each literal; N-Triples bytes, in the same order."""
    if not literals:
        return []
    store = ox.Store()
    document = b"".join(b"<urn:ulzii:%d> %s %s .\n" % (n, str(_PREDICATE).encode(), lit)
                        for n, lit in enumerate(literals))  # fmt: skip
    store.load(document, ox.RdfFormat.N_TRIPLES)
    forms = [b""] * len(literals)
    for quad in store.quads_for_pattern(None, _PREDICATE, None):
        number = int(str(quad.subject)[len("<urn:ulzii:") : -1])
        forms[number] = str(quad.object).encode()
    return forms


def normalise(lines: Sequence[bytes]) -> list[bytes]:
    """The canonical form of each line, for a few lines; `Normaliser` has a cache for many."""
    return Normaliser().lines(lines)
