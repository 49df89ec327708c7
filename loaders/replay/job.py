"""What a replay is given: the captures of a load, and all else that its mapping may depend on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.archive import Archive
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.ledger import Event, Events, manifests
from graph.statements.layer import INFERRED, NAMES, STATED
from graph.versions.state import State, is_public, state
from loaders.bundles.unpack import UnpackedBundle
from loaders.fetching import manifest
from loaders.pipeline import capture
from loaders.pipeline.record import Capture, RecordKey
from loaders.replay import process

_PIECE = 1 << 20  # bytes
_OF_A_RULE = re.compile(r"\(\S+/rule/\S+\)$")
"""How the reason of a record ends that breaks a rule (`loaders.pipeline.validate`)."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is mapped: captures, when they came, and the records that break a rule."""

    captures: Sequence[Capture]
    fetched: str
    violating: frozenset[RecordKey]

    @property
    def size(self) -> int:
        """Bytes of all captures."""
        return sum(one.length for one in self.captures)


@dataclass(frozen=True, slots=True)
class Context:
    """What else a mapping may depend on: the published versions when it was made."""

    source: str
    published: State

    @property
    def previous(self) -> Event | None:
        """The Load event of the version before; None before the first."""
        return self.published.get(self.source)


def inputs_of(events: Events, archive: Archive, load: Event) -> Inputs:
    """What a version was made from.

    Raises IntegrityError where it is not in the archive.
    """
    fetch = events[load["fetch"]]
    listed = [manifest.response(one) for one in manifests.responses(fetch, archive)]
    rejects = json.loads(archive.read(load["rejects"]))
    violating = (
        (one["capture"], one["locator"]) for one in rejects if _OF_A_RULE.search(one["reason"])
    )
    return Inputs(capture.captures(listed, archive), fetch["at"], frozenset(violating))


def context_of(events: Events, load: Event) -> Context:
    """What was published when a version was made."""
    return Context(load["source"], state(events[: load["index"]]))


class Folder:
    """The fresh folder of one replay."""

    def __init__(self, root: Path, instance: Instance, context: Context) -> None:
        self.root = root
        self._instance = instance
        self._context = context
        self._archive = Archive(instance.archive)

    def write(self, bundle: UnpackedBundle, inputs: Inputs) -> None:
        """Write the job and the captures, each compared with its digest."""
        captures = self.root / "captures"
        captures.mkdir()
        for digest in {one.digest for one in inputs.captures}:
            _copy(self._archive, digest, captures / digest)
        job = {
            "source": bundle.source,
            "is_generated": bundle.is_generated,
            "base": self._instance.base,
            "fetched": inputs.fetched,
            "captures": [_facts(one) for one in inputs.captures],
            "violating": sorted(inputs.violating),
            "has_previous": self._context.previous is not None,
            "packages": process.packages(),
        }
        (self.root / "job.json").write_text(json.dumps(job), "utf-8")

    def supply(self, name: str) -> None:
        """Write the files that a loader asks for: of the version before, or of other sources."""
        folder = self.root / name
        folder.mkdir()
        if name == "previous" and (previous := self._context.previous):
            for one in NAMES:
                _copy(self._archive, previous["layers"][one]["lines"], folder / one)
        elif name == "others" and not self._instance.remote:  # see PublishedByOthers
            self._others(folder)

    def _others(self, folder: Path) -> None:
        for source, load in self._context.published.items():
            if source != self._context.source and is_public(load):
                for one in (STATED, INFERRED):
                    lines = load["layers"][one]["lines"]
                    _copy(self._archive, lines, folder / f"{source}~{one}")


def _facts(one: Capture) -> dict[str, Any]:
    return {
        "digest": one.digest,
        "name": one.name,
        "url": one.url,
        "media_type": one.media_type,
        "charset": one.charset,
        "final": one.final,
        "size": one.size,
        "stale": one.stale,
        "kept": one.kept,
    }


def _copy(archive: Archive, digest: str, target: Path) -> None:
    actual = hashlib.sha256()
    with archive.open(digest) as blob, target.open("wb") as file:
        while piece := blob.read(_PIECE):
            actual.update(piece)
            file.write(piece)
    if actual.hexdigest() != digest:
        raise IntegrityError("the blob is damaged", where=str(archive.path(digest)))
