"""Canonical lines: N-Triples in the lexical forms the store itself keeps.

The store rewrites literals (`"007"^^xsd:integer` to `7`, `xsd:int` to `xsd:integer`, language tags
to lower case). So every statement is brought to the store's own forms before it is hashed; doing it
twice changes nothing. Only distinct typed literals have to be asked for, the store is the judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyoxigraph as ox

_TYPED = b'"^^<'
_END = b" ."
_ASK = ox.NamedNode("urn:ulzii:ask")
_CACHE_LIMIT = 500_000


def line(subject: ox.NamedNode, predicate: ox.NamedNode, value: ox.NamedNode | ox.Literal) -> bytes:
    """One statement as an N-Triples line without line feed."""
    return f"{subject} {predicate} {value} .".encode()


def _literal(text: bytes) -> bytes | None:
    """The typed literal of a line, or None where its object is something else."""
    if not text.endswith(b"> ."):
        return None
    mark = text.rfind(_TYPED)
    if mark < 0:
        return None
    return text[_opening_quote(text, mark) : -2]


def _opening_quote(text: bytes, mark: int) -> int:
    # subject and predicate hold no quote, so the object begins at the first one
    return text.index(b'"', 0, mark + 1)


class Normaliser:
    """Brings lines to canonical form, remembering the typed literals it has asked for."""

    def __init__(self) -> None:
        self._known: dict[bytes, bytes] = {}

    def lines(self, lines: Sequence[bytes]) -> list[bytes]:
        """The canonical form of each line, in the same order."""
        literals = [_literal(text) for text in lines]
        self._learn({lit for lit in literals if lit is not None} - self._known.keys())
        return [
            text if lit is None else self._replaced(text, lit)
            for text, lit in zip(lines, literals, strict=True)
        ]

    def _replaced(self, text: bytes, literal: bytes) -> bytes:
        canonical = self._known[literal]
        if canonical == literal:
            return text
        return text[: -2 - len(literal)] + canonical + _END

    def _learn(self, literals: Iterable[bytes]) -> None:
        if len(self._known) > _CACHE_LIMIT:
            self._known.clear()
        asked = sorted(literals)
        self._known.update(zip(asked, ask_store(asked), strict=True))


def ask_store(literals: Sequence[bytes]) -> list[bytes]:
    """What the store makes of each literal (N-Triples bytes in, N-Triples bytes out)."""
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
