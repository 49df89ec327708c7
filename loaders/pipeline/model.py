"""What a load is made from, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loaders.pipeline.capture import FetchResponse
from loaders.pipeline.protocol import Loader


@dataclass(frozen=True, slots=True)
class LoadInput:
    """What a load is made from: responses, and what maps them.

    With `edits` the responses are a change of what is published, not the whole: then no violation
    is set aside, nothing at all may be left, and the same bytes again may do something new.
    """

    responses: Sequence[FetchResponse]
    loader: Loader
    edits: bool = False


@dataclass(frozen=True, slots=True)
class LoadOutcome:
    """What came of a load: `published` with a new version, or `same` as before."""

    source: str
    status: str
    version: int
    counts: dict[str, int]
    findings: int
    snapshot: int | None
