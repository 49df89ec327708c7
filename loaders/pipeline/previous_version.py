"""The published version of a source, compared with the one being loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest

from graph.archive import Archive
from graph.ledger import Event, Ledger, manifests
from graph.statements import layer
from graph.statements.layer import Layer
from graph.versions import held
from graph.versions.state import PUBLIC, State, is_public
from loaders.fetching import manifest
from loaders.pipeline.map_records import MappedRecords
from loaders.pipeline.model import HELD, REJECTED, SAME, LoadOutcome, outcome_of
from loaders.pipeline.source import Source
from vocab.namespaces import CORE

CODE_LISTS = ("authority", "codes")
"""The bundled sources with types and labels of codes."""

_PLACE = f" {CORE.firstOccurrence} ".encode()


class PreviousVersion:
    """The published version of a source, and the versions of the sources it refers to.

    `load_event` is the Load event of the published version; None before the first.
    """

    def __init__(self, source: Source, published: State, ledger: Ledger, archive: Archive) -> None:
        self._source = source
        self._published = published
        self._ledger = ledger
        self._archive = archive
        self.load_event = published.get(source.id)
        self._held = held.held_loads(ledger).get(source.id, [])
        held_loads = [one.load for one in reversed(self._held)]
        self._left = held.left(ledger).get(source.id)
        self._known = [*filter(None, [self.load_event]), *held_loads]

    def lines(self, name: str) -> Iterator[bytes]:
        """The canonical lines of a layer; none before the first version."""
        if self.load_event is None:
            return iter(())
        return layer.read(self._archive, self.load_event["layers"][name]["lines"])

    def blocks(self, name: str) -> Iterator[bytes]:
        """The same, many lines at a time, with their line feeds."""
        if self.load_event is None:
            return iter(())
        return layer.read_blocks(self._archive, self.load_event["layers"][name]["lines"])

    def references(self) -> dict[str, int]:
        """The published version of each source that this one refers to.

        A foreign catalogue need not describe the codes of the EU and of IANA itself.
        """
        code_lists = CODE_LISTS if self._source.foreign else ()
        wanted = dict.fromkeys((*self._source.references, *code_lists))
        names = (s for s in wanted if s in self._published and s != self._source.id)
        return {name: self._published[name]["version"] for name in names}

    def same_inputs(self, fetch_event: Event, code: Mapping[str, str]) -> Event | None:
        """The Load event, of the published version or of one that was held or left since, that was
        made from the same bytes, mapping, shapes and references.

        `code` has the digests of `mapping` and `shapes` now. Mapping is skipped where there is one.
        """
        known = [*self._known, *filter(None, [self._left])]
        made = (load for load in known if self._made_from(load, fetch_event, code))
        return next(made, None)

    def _made_from(self, load: Event, fetch_event: Event, code: Mapping[str, str]) -> bool:
        if not self._same_visibility(load) or load["code"] != code["mapping"]:
            return False
        # a manifest has the digest of every response, so the bytes are not compared
        if not self._same_responses(self._ledger[load["fetch"]], fetch_event):
            return False
        validation = self._ledger[held.validation_index(load)]
        expected = (load["version"], code["shapes"], self.references())
        return expected == tuple(validation.get(k) for k in ("version", "shapes", "references"))

    def _same_responses(self, before: Event, now: Event) -> bool:
        """Whether all that a mapping can depend on is as it was; validators may differ."""
        if before["manifest"] == now["manifest"]:
            return True
        first, second = (manifests.responses(one, self._archive) for one in (before, now))
        return manifest.content(first) == manifest.content(second)

    def manifest(self) -> str:
        """The digest of the manifest of what it was made from; empty before the first version."""
        load = self.load_event
        return str(self._ledger[load["fetch"]]["manifest"]) if load else ""

    def same_content(
        self, mapped: MappedRecords, layers: Mapping[str, Layer], *, compare_counts: bool
    ) -> Event | None:
        """The Load event, of the published version or of one that was held since, with the same
        statements in each layer, for the same readers.

        With `compare_counts` the numbers of mapped, rejected and skipped records must agree too.
        """
        same = (load for load in self._known if self._equals(load, mapped, layers, compare_counts))
        return next(same, None)

    def _equals(
        self,
        load: Event,
        mapped: MappedRecords,
        layers: Mapping[str, Layer],
        compare_counts: bool,
    ) -> bool:
        if not self._same_visibility(load):
            return False
        if compare_counts and load["counts"] != mapped.counts:
            return False
        return all(
            self._same_lines(load["layers"][name]["lines"], one.lines)
            for name, one in layers.items()
        )

    def is_published(self, load: Event) -> bool:
        """Whether a Load event is that of the published version."""
        return self.load_event is not None and load["index"] == self.load_event["index"]

    def is_left(self, load: Event) -> bool:
        """Whether a Load event is that of a version whose publication was killed."""
        is_newest = self._left is not None and load["index"] == self._left["index"]
        return is_newest and not self.is_published(load)

    def _same_lines(self, previous: str, new: str) -> bool:
        """Whether two layers say the same; where a finding was met first may differ.

        An agency that lists the same datasets in another order each night changes nothing.
        """
        return previous == new or all(
            before == now
            for before, now in zip_longest(
                self._without_places(previous), self._without_places(new)
            )
        )

    def _without_places(self, lines: str) -> Iterator[bytes]:
        return (text for text in layer.read(self._archive, lines) if _PLACE not in text)

    def _same_visibility(self, load: Event) -> bool:
        return is_public(load) == (self._source.visibility == PUBLIC)

    def unchanged_outcome(self, load: Event) -> LoadOutcome:
        """The outcome of a load that makes no new version, for it is the one of this event."""
        found = (one for one in self._held if one.load["index"] == load["index"])
        status = next((HELD if one.is_waiting else REJECTED for one in found), SAME)
        return outcome_of(load, status, snapshot=None)
