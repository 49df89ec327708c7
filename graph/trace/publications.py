"""Which versions of which sources were published, found once a ledger size."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graph.archive import Archive
from graph.ledger import Event, of_kinds
from graph.versions.state import is_public


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A version of a source that was published: its Load event and its Publish event."""

    load: Event
    publish: Event

    @property
    def number(self) -> int:
        """The number of the version."""
        return int(self.load["version"])

    @property
    def source(self) -> str:
        """The id of the source."""
        return str(self.load["source"])


@dataclass(frozen=True, slots=True)
class Publications:
    """The published versions of every source, in order; Code events by what names them.

    `codes` has the Code events by kind, name and digest, `mappings` the newest one by source.
    """

    events: Sequence[Event]
    by_source: Mapping[str, Sequence[PublishedVersion]]
    codes: Mapping[tuple[str, str, str], Event] = field(default_factory=dict)
    mappings: Mapping[str, Event] = field(default_factory=dict)

    def current(self, source: str) -> PublishedVersion | None:
        """The version that is published now; None where none ever was."""
        versions = self.by_source.get(source)
        return versions[-1] if versions else None

    def visible(self, readable: frozenset[str] | None) -> dict[str, list[PublishedVersion]]:
        """The versions that a reader may see, by source: of public sources, and of those that are
        `readable` (ids); all for None, which is the operator.

        What was restricted when it was published stays so.
        """
        return {
            source: seen
            for source, versions in self.by_source.items()
            if (seen := [v for v in versions if _may_see(v, versions[-1], readable)])
        }


def _may_see(
    one: PublishedVersion, newest: PublishedVersion, readable: frozenset[str] | None
) -> bool:
    if readable is None or one.source in readable:
        return True
    return is_public(one.load) and is_public(newest.load)


def read(events: Sequence[Event]) -> Publications:
    """The publications of a ledger."""
    by_source: dict[str, list[PublishedVersion]] = {}
    codes: dict[tuple[str, str, str], Event] = {}
    mappings: dict[str, Event] = {}
    for item in of_kinds(events, "Publish"):
        versions = by_source.setdefault(item["source"], [])
        versions.append(PublishedVersion(events[item["load"]], item))
    for item in of_kinds(events, "Code"):
        codes[item["kind"], item["name"], item["digest"]] = item
        if item["kind"] == "mapping":
            mappings[item["name"]] = item
    return Publications(events, by_source, codes, mappings)


def description(archive: Archive, code: Event | None) -> dict[str, Any]:
    """The source's description (its TOML file) as the mapping of a Code event holds it; empty where
    there is none. It governs who may read the captures."""
    files: Mapping[str, str] = code["files"] if code else {}
    digest = next((d for name, d in files.items() if name.startswith("sources/")), "")
    return _parsed(archive, digest) if digest else {}


@lru_cache(maxsize=256)
def _parsed(archive: Archive, digest: str) -> dict[str, Any]:
    return tomllib.loads(archive.read(digest).decode())
