"""What travels from a source's bytes to statements: captures, records, statements.

capture (bytes) → record (with a locator) → statements (with the rule that made each)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyoxigraph as ox

from vocab.terms import Object

STATED = "stated"
INFERRED = "inferred"

Subject = ox.NamedNode


@dataclass(frozen=True, slots=True)
class Capture:
    """The bytes of one response or file.

    `digest` is the SHA-256 of `data` in hex; `name` is how the source calls it (`search/1.json`);
    `url` is where it came from; `media_type` without parameters.
    """

    digest: str
    name: str
    url: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Record:
    """One thing a capture says, and exactly where: RFC 7111 `row=7`, a JSON Pointer, `char=3,9`."""

    capture: Capture
    locator: str
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """For error messages: file and place in it."""
        return f"{self.capture.name}#{self.locator}"


class Statement(NamedTuple):
    """One triple, the name of the rule that made it, and whether it is stated or inferred."""

    subject: Subject
    predicate: ox.NamedNode
    object: Object
    rule: str
    layer: str = STATED


class Skipped(Exception):
    """A record passed over on purpose; the message names the rule."""


class Rejected(Exception):
    """A record that cannot be mapped; the message says what is wrong and what to do."""
