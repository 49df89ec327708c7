"""The published version of a source, as the next one is held against it."""

from __future__ import annotations

from collections.abc import Mapping

from graph.ledger import Event, Ledger
from graph.statements.layer import Layer
from graph.versions.state import PUBLIC, State, is_public
from loaders.pipeline.map_records import MappedRecords
from loaders.pipeline.model import LoadOutcome
from loaders.pipeline.source import Source


class PreviousVersion:
    """What is published of a source and of those that it refers to; `load` is the ledger's event of
    the published version, None where there is none yet."""

    def __init__(self, source: Source, published: State, ledger: Ledger) -> None:
        self._source = source
        self._published = published
        self._ledger = ledger
        self.load = published.get(source.id)

    def references(self) -> dict[str, int]:
        """The published versions of the sources that this one refers to."""
        named = (s for s in self._source.references if s in self._published)
        return {name: self._published[name]["version"] for name in named}

    def made_alike(self, fetched: Event, codes: Mapping[str, str]) -> bool:
        """Same bytes, same mapping, same rules, same references as the published version."""
        if self.load is None or not self._seen_alike():
            return False
        if self.load["code"] != codes["mapping"]:
            return False
        if self._ledger[self.load["fetch"]]["manifest"] != fetched["manifest"]:
            return False
        checked = self._ledger.last("Validate", self._source.id)
        wanted = (self.load["version"], codes["shapes"], self.references())
        return checked is not None and wanted == tuple(
            checked[key] for key in ("version", "shapes", "references")
        )

    def says(self, found: MappedRecords, layers: Mapping[str, Layer], *, counted: bool) -> bool:
        """Whether it says what the next one would, to the same people; where `counted`, of as many
        records."""
        if self.load is None or not self._seen_alike():
            return False
        before = self.load["layers"]
        lines = all(before[name]["lines"] == one.lines for name, one in layers.items())
        return lines and (not counted or self.load["counts"] == found.counts)

    def _seen_alike(self) -> bool:
        """Whether the same people may see the published version and the next one."""
        assert self.load is not None
        return is_public(self.load) == (self._source.visibility == PUBLIC)

    def outcome(self) -> LoadOutcome:
        """What a load has come to that left it as it is."""
        load = self.load
        assert load is not None
        findings = load["layers"]["findings"]["statements"]
        return LoadOutcome(self._source.id, "same", load["version"], load["counts"], findings, None)
