"""Canonical lines: N-Triples in the lexical forms the store itself keeps.

The store rewrites literals (`"007"^^xsd:integer` to `7`, `xsd:int` to `xsd:integer`, language tags
to lower case). So every statement is brought to the store's own forms before it is hashed; doing it
twice changes nothing. Only distinct typed literals have to be asked for, the store is the judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from vocab.terms import Object

_QUOTE, _CLOSED = b'">'
_END = b" ."
_ASK = ox.NamedNode("urn:ulzii:ask")
_CACHE_LIMIT = 500_000

# Forms known to be the store's own, so that it need not be asked; a property test holds this
# against the store.
_XSD = rb"\^\^<http://www\.w3\.org/2001/XMLSchema#"
_CANONICAL = re.compile(
    rb'"(?:'
    rb'(?:0|-?[1-9][0-9]{0,16})"' + _XSD + rb"integer>"
    rb'|-?(?:0|[1-9][0-9]{0,8})\.[0-9]{0,6}[1-9]"' + _XSD + rb"decimal>"
    rb'|[12][0-9]{3}-[0-9]{2}-[0-9]{2}"' + _XSD + rb"date>"
    rb"|[12][0-9]{3}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}"
    rb'(?:Z|\+0[1-9]:00)"' + _XSD + rb"dateTime>"
    rb'|[12][0-9]{3}"' + _XSD + rb"gYear>"
    rb")"
)


def line(subject: ox.NamedNode, predicate: ox.NamedNode, value: Object) -> bytes:
    """One statement as an N-Triples line without line feed."""
    return f"{subject} {predicate} {value} .".encode()


def _literal(text: bytes) -> bytes:
    """The literal a line ends with: subject and predicate hold no quote, so the first one opens
    it."""
    return text[text.index(b'"') : -2]


class Normaliser:
    """Brings lines to canonical form, remembering the typed literals it has asked for."""

    def __init__(self) -> None:
        self._known: dict[bytes, bytes] = {}

    def lines(self, lines: Sequence[bytes]) -> list[bytes]:
        """The canonical form of each line, in the same order."""
        found = [*lines]
        # No IRI holds a quote. Single bytes are looked for: this runs for every statement.
        typed = [n for n, text in enumerate(found) if text[-3] == _CLOSED and _QUOTE in text]
        literals = [_literal(found[n]) for n in typed]
        if len(self._known) > _CACHE_LIMIT:
            self._known.clear()
        self._learn({*literals} - self._known.keys())
        for n, literal in zip(typed, literals, strict=True):
            canonical = self._known[literal]
            if canonical != literal:
                found[n] = found[n][: -2 - len(literal)] + canonical + _END
        return found

    def _learn(self, literals: Iterable[bytes]) -> None:
        asked = []
        for literal in literals:
            if _CANONICAL.fullmatch(literal):
                self._known[literal] = literal
            else:
                asked.append(literal)
        self._known.update(zip(asked, store_forms(asked), strict=True))


def store_forms(literals: Sequence[bytes]) -> list[bytes]:
    """What the store makes of each literal (N-Triples bytes in, N-Triples bytes out)."""
    if not literals:
        return []
    store = ox.Store()
    document = b"".join(b"<urn:ulzii:%d> %s %s .\n" % (n, str(_ASK).encode(), lit)
                        for n, lit in enumerate(literals))  # fmt: skip
    store.load(document, ox.RdfFormat.N_TRIPLES)
    answers = [b""] * len(literals)
    for quad in store.quads_for_pattern(None, _ASK, None):
        number = int(str(quad.subject)[len("<urn:ulzii:") : -1])
        answers[number] = str(quad.object).encode()
    return answers


def normalise(lines: Sequence[bytes]) -> list[bytes]:
    """The canonical form of each line (for few lines; `Normaliser` remembers)."""
    return Normaliser().lines(lines)
