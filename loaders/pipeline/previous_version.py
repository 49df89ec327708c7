"""The published version of a source, compared with the one being loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest

from graph.archive import Archive
from graph.ledger import Event, Ledger, manifests
from graph.statements import layer
from graph.statements.layer import Layer
from graph.versions.state import PUBLIC, State, is_public
from loaders.fetching import manifest
from loaders.pipeline.map_records import MappedRecords
from loaders.pipeline.model import LoadOutcome
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

    def lines(self, name: str) -> Iterator[bytes]:
        """The canonical lines of a layer; none before the first version."""
        if self.load_event is None:
            return iter(())
        return layer.read(self._archive, self.load_event["layers"][name]["lines"])

    def references(self) -> dict[str, int]:
        """The published version of each source that this one refers to.

        A foreign catalogue need not describe the codes of the EU and of IANA itself.
        """
        code_lists = CODE_LISTS if self._source.foreign else ()
        wanted = dict.fromkeys((*self._source.references, *code_lists))
        names = (s for s in wanted if s in self._published and s != self._source.id)
        return {name: self._published[name]["version"] for name in names}

    def same_inputs(self, fetch_event: Event, code: Mapping[str, str]) -> bool:
        """Whether it was made from the same bytes, mapping, shapes and references.

        `code` has the digests of `mapping` and `shapes` now. Mapping is skipped where this holds.
        """
        load = self.load_event
        if load is None or not self._same_visibility(load):
            return False
        if load["code"] != code["mapping"]:
            return False
        # a manifest has the digest of every response, so the bytes are not compared
        if self.manifest() != fetch_event["manifest"] and not self._same_responses(fetch_event):
            return False
        # the last validation may be of a version that was logged but never published
        validation = self._ledger.last("Validate", self._source.id)
        expected = (load["version"], code["shapes"], self.references())
        return validation is not None and expected == tuple(
            validation[key] for key in ("version", "shapes", "references")
        )

    def _same_responses(self, fetch_event: Event) -> bool:
        """Whether all that a mapping can depend on is as it was; validators may differ."""
        assert self.load_event is not None
        before, now = (
            manifests.responses(one, self._archive)
            for one in (self._ledger[self.load_event["fetch"]], fetch_event)
        )
        return manifest.content(before) == manifest.content(now)

    def manifest(self) -> str:
        """The digest of the manifest of what it was made from; empty before the first version."""
        load = self.load_event
        return str(self._ledger[load["fetch"]]["manifest"]) if load else ""

    def same_content(
        self, mapped: MappedRecords, layers: Mapping[str, Layer], *, compare_counts: bool
    ) -> bool:
        """Whether it has the same statements in each layer, for the same readers.

        With `compare_counts` the numbers of mapped, rejected and skipped records must agree too.
        """
        load = self.load_event
        if load is None or not self._same_visibility(load):
            return False
        if compare_counts and load["counts"] != mapped.counts:
            return False
        return all(
            self._same_lines(load["layers"][name]["lines"], one.lines)
            for name, one in layers.items()
        )

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

    def unchanged_outcome(self) -> LoadOutcome:
        """The outcome of a load that makes no new version."""
        load = self.load_event
        assert load is not None
        return LoadOutcome(
            source=self._source.id,
            status="same",
            version=load["version"],
            counts=load["counts"],
            findings=load["layers"]["findings"]["statements"],
            snapshot=None,
        )
