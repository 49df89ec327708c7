"""The published versions of sources, in the ledger, and who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.core.errors import ConfigError
from graph.ledger import Event, Events
from graph.versions.state import is_public


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

    @property
    def at(self) -> str:
        """When it was published, RFC 3339."""
        return str(self.publish["at"])


def versions(events: Events, source: str) -> list[SourceVersion]:
    """The published versions of a source, oldest first; none of a source that is not known.

    A version that was held and not approved is none: its number was used again.
    """
    published = events.find("Publish", source) if source else ()  # else it would be of any source
    return [SourceVersion(events[one["load"]], one) for one in published]


def visible(known: Sequence[SourceVersion], readable: frozenset[str] | None) -> list[SourceVersion]:
    """Of a source's versions those that a reader may see: who may read these restricted sources,
    or all (None). What was restricted when it was published, or is now, stays so."""
    if not known or readable is None or known[-1].source in readable:
        return list(known)
    if not is_public(known[-1].load):
        return []
    return [one for one in known if is_public(one.load)]


def one_of(known: Sequence[SourceVersion], source: str, number: int | None) -> SourceVersion:
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
