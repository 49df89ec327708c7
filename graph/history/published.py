"""The published versions of sources, in the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.core.errors import ConfigError
from graph.ledger import Event
from graph.ledger.log import Ledger


@dataclass(frozen=True, slots=True)
class SourceVersion:
    """A version that was published: its Load event, and its Publish event, which may come days
    later."""

    load: Event
    publish: Event

    @property
    def source(self) -> str:
        """The source's name."""
        return str(self.load["source"])

    @property
    def number(self) -> int:
        """The number of the version, from 1."""
        return int(self.load["version"])


def versions(ledger: Ledger, source: str) -> list[SourceVersion]:
    """The published versions of a source, oldest first; none of a source that is not known.

    A version that was held and not approved is none: its number was used again.
    """
    return [
        SourceVersion(ledger[item["load"]], item)
        for item in ledger
        if item["type"] == "Publish" and item["source"] == source
    ]


def one_of(known: Iterable[SourceVersion], source: str, number: int | None) -> SourceVersion:
    """The version with this number; without one the newest.

    Raises ConfigError where there is none.
    """
    by_number = {one.number: one for one in known}
    if not by_number:
        raise ConfigError(
            f"nothing of “{source}” is published", hint="`ulzii sources` lists the sources."
        )
    wanted = max(by_number) if number is None else number
    if wanted not in by_number:
        raise ConfigError(
            f"“{source}” has no version {wanted}",
            hint=f"Its versions are {min(by_number)} to {max(by_number)}.",
        )
    return by_number[wanted]
