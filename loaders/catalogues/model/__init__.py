"""What the reading of a foreign catalogue gives: triples with their places, and problems met.

capture (bytes) → document (UTF-8) → triples with blank nodes, each with a locator; problems
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import pyoxigraph as ox

from vocab.terms import Node, Term


class LocatedTriple(NamedTuple):
    """One triple as it was read, and where its node stands in the capture.

    `locator` is an RFC 5147 fragment (`line=11,12` is the twelfth line, `char=3,9`) or a JSON
    Pointer. All terms are valid: IRIs are absolute, language tags well-formed.
    """

    subject: Node
    predicate: ox.NamedNode
    object: Term
    locator: str


class ReadProblem(NamedTuple):
    """A problem of one value or of one record; the rest of the input came in.

    `kind` is the name of the rule that is broken, such as `iri-mended`; `subject` is the node
    that it concerns, None for the whole source; `detail` is the raw form, or what was dropped.
    """

    kind: str
    subject: Node | None
    locator: str
    detail: str = ""


ReadItem = LocatedTriple | ReadProblem


@dataclass(frozen=True, slots=True)
class ReceivedDocument:
    """A document to be read: a whole capture, or one record cut out of an envelope.

    `data` is UTF-8 without a byte order mark. `base` resolves relative IRIs; `scope` makes the
    labels of blank nodes unique among all pages and envelope records of a harvest. `place`
    precedes every locator that is a JSON Pointer; `first_line` lines of the capture stand before.
    """

    name: str
    data: bytes
    base: str
    scope: str
    media_type: str = ""
    place: str = ""
    first_line: int = 0

    def part(
        self, data: bytes, scope: str, *, media_type: str = "", place: str = "", first_line: int = 0
    ) -> ReceivedDocument:
        """A record cut out of this document; `scope` is unique in it."""
        return replace(
            self,
            data=data,
            scope=f"{self.scope}{scope}",
            media_type=media_type,
            place=self.place + place,
            first_line=self.first_line + first_line,
        )


DocumentReader = Callable[[ReceivedDocument], Iterator[ReadItem]]
"""Reads one form of documents. Raises InputError when the whole must be refused."""
