"""Input and outcome of a load."""

from __future__ import annotations

from dataclasses import dataclass

from loaders.fetching.model import FetchedRun
from loaders.pipeline.protocol import Loader


@dataclass(frozen=True, slots=True)
class LoadInput:
    """What was fetched, and the loader that maps it.

    With `is_edit` it is a change to the published version, not the whole source. Then
    one violation refuses the load, no statement need be left, and the same bytes as before may
    have a new effect.
    """

    fetched: FetchedRun
    loader: Loader
    is_edit: bool = False


@dataclass(frozen=True, slots=True)
class LoadOutcome:
    """The result of a load.

    `status` is `published` (a new version) or `same` (no new version was needed). `counts` has
    the records by outcome, `findings` is the number of statements in the findings layer, and
    `snapshot` the number of the new snapshot, if any.
    """

    source: str
    status: str
    version: int
    counts: dict[str, int]
    findings: int
    snapshot: int | None
