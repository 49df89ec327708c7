"""What a bundle is asked for, and what is found for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.ledger import Event
from graph.statements.rowmap import Origin
from graph.trace.publications import PublishedVersion


@dataclass(frozen=True, slots=True)
class BundleRequest:
    """Which statement, of which version, and how much of its sources may be enclosed.

    `source` and `version` are empty and 0 for the newest published version that says it; `absent`
    asks for the proof that this version does not. `readable` are the restricted sources that the
    reader may see, None for the operator. `captures` overrides what the source's description says
    of its captures; only the operator may.
    """

    statement: str
    source: str = ""
    version: int = 0
    absent: bool = False
    readable: frozenset[str] | None = frozenset()
    captures: str = ""


@dataclass(frozen=True, slots=True)
class FoundStatement:
    """A statement in a layer of a published version: its line without line feed, its number among
    the lines (None where it is absent), its records."""

    line: bytes
    version: PublishedVersion
    layer: str
    number: int | None
    origins: Sequence[Origin] = ()

    @property
    def load(self) -> Event:
        """The Load event of the version."""
        return self.version.load

    @property
    def subject(self) -> str:
        """The IRI of its subject."""
        return self.line.split(b" ", 1)[0][1:-1].decode()
