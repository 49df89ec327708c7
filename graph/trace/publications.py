"""Which versions of which sources were published, found once a ledger size."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graph.archive import Archive
from graph.ledger import Event, Events, of_kinds
from graph.trace.records.capture_text import UNDESCRIBED, DescribedBy
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

    def mapping_of(self, load: Event) -> Event | None:
        """The Code event of the mapping that made a version."""
        return self.codes.get(("mapping", load["source"], load["code"]))

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


def mapping_of(events: Events, load: Event) -> Event | None:
    """The Code event of the mapping that made a version, in a log."""
    wanted = ("mapping", load["source"], load["code"])
    found = events.find("Code")
    return next((c for c in found if (c["kind"], c["name"], c["digest"]) == wanted), None)


def description(archive: Archive, code: Event | None) -> dict[str, Any]:
    """The source's description (its TOML file) as the mapping of a Code event holds it; empty where
    there is none. It governs who may read the captures."""
    digest = _digest_of(code)
    return _parsed(archive, digest) if digest else {}


def _digest_of(code: Event | None) -> str:
    path = description_path(code)
    return str(code["files"][path]) if code and path else ""


def description_path(code: Event | None) -> str:
    """The file with the source's description among those of a Code event; empty without one."""
    files: Mapping[str, str] = code["files"] if code else {}
    return next((name for name in files if name.startswith("sources/")), "")


def described_by(
    archive: Archive, code: Event | None, responses: Callable[[], Iterable[Mapping[str, Any]]]
) -> DescribedBy:
    """What says how the tables of a version are read: the description in the mapping that made it,
    and the CSVW metadata among its captures."""
    said = description(archive, code)
    if said.get("loader") != "table":
        return UNDESCRIBED
    csvw = said.get("options", {}).get("csvw")
    listed = responses() if csvw else ()
    found = (one["sha256"] for one in listed if one.get("name") == csvw and "sha256" in one)
    return DescribedBy(_digest_of(code), next(found, ""))


@lru_cache(maxsize=256)
def _parsed(archive: Archive, digest: str) -> dict[str, Any]:
    return tomllib.loads(archive.read(digest).decode())
