"""Captures by their digest: which sources hold them, how they came, who may read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graph.archive import Archive
from graph.ledger import Event, manifests
from graph.trace import access
from graph.trace.publications import Publications, PublishedVersion, described_by
from graph.trace.records.capture_text import UNDESCRIBED, DescribedBy
from graph.versions import held

_MOST_OPEN = (access.PRIVATE, access.RECORDS, access.PUBLIC)


@dataclass(frozen=True, slots=True)
class HeldCapture:
    """A capture in a published version of a source: with the Fetch event that brought it and its
    entry there, and what describes its tables. `response` is empty for a validation report, which
    Ulzii made itself."""

    version: PublishedVersion
    fetch: Event
    response: Mapping[str, Any]
    access: str
    described: DescribedBy = UNDESCRIBED


class Captures:
    """The captures of all published versions."""

    def __init__(self, archive: Archive, publications: Publications) -> None:
        self._archive = archive
        self._publications = publications

    def find(self, digest: str, readable: frozenset[str] | None) -> list[HeldCapture]:
        """Where a capture is from, as far as a reader may know (ids of restricted sources that are
        `readable`; None: all); nothing where it is in no published version."""
        seen = self._publications.visible(readable)
        return [
            self._held(version, response)
            for version, response in self._by_digest.get(digest, ())
            if version in seen.get(version.source, ())
        ]

    def _held(self, version: PublishedVersion, response: Mapping[str, Any]) -> HeldCapture:
        fetch, code = self._fetch(version), self._publications.mapping_of(version.load)
        described = described_by(
            self._archive, code, lambda: manifests.responses(fetch, self._archive)
        )
        return HeldCapture(version, fetch, response, self._access(version.source), described)

    def _access(self, source: str) -> str:
        return access.of_source(self._archive, self._publications, source)

    def _fetch(self, version: PublishedVersion) -> Event:
        return self._publications.events[version.load["fetch"]]

    @cached_property
    def _by_digest(self) -> dict[str, list[tuple[PublishedVersion, Mapping[str, Any]]]]:
        found: dict[str, list[tuple[PublishedVersion, Mapping[str, Any]]]] = {}
        for versions in self._publications.by_source.values():
            for version in versions:
                for response in manifests.responses(self._fetch(version), self._archive):
                    if "sha256" in response:
                        found.setdefault(response["sha256"], []).append((version, response))
                validate = self._publications.events[held.validation_index(version.load)]
                found.setdefault(validate["report"], []).append((version, {}))
        return found


def most_open(found: list[HeldCapture]) -> str:
    """The access to a capture: by the source that opens it most, for its bytes are the same."""
    return max((one.access for one in found), key=_MOST_OPEN.index, default=access.PRIVATE)
