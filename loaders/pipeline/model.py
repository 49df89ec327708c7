"""Input and outcome of a load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loaders.pipeline.capture import FetchResponse
from loaders.pipeline.protocol import Loader


@dataclass(frozen=True, slots=True)
class LoadInput:
    """Responses, and the loader that maps them.

    With `is_edit` the responses are a change to the published version, not the whole source. Then
    one violation refuses the load, no statement need be left, and the same bytes as before may
    have a new effect.
    """

    responses: Sequence[FetchResponse]
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
