"""Input and outcome of a load."""

from __future__ import annotations

from dataclasses import dataclass

from graph.ledger import Event
from graph.reports.harvest import RuleCount
from graph.versions import held
from loaders.fetching.model import FetchedRun
from loaders.pipeline.protocol import Loader

PUBLISHED, SAME, HELD, REJECTED = "published", "same", "held", "rejected"
WOULD_PUBLISH, WOULD_HOLD = "would be published", "would be held"


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

    `status` is PUBLISHED (a new version), SAME (no new version was needed), HELD (the version waits
    for approval, `held` says why) or REJECTED (so did this one, and it was rejected); of a dry run
    that would make a new version, WOULD_PUBLISH or WOULD_HOLD. `counts` has the records by outcome,
    `findings` is the number of statements in the findings layer, `load` the index of the Load
    event, and `snapshot` the number of the new snapshot, if any. `rules` has the findings by rule
    of a dry run that would make a new version; of others the harvest report has them.
    """

    source: str
    status: str
    version: int
    counts: dict[str, int]
    findings: int
    snapshot: int | None
    load: int = 0
    held: tuple[str, ...] = ()
    rules: tuple[RuleCount, ...] = ()

    @property
    def is_held(self) -> bool:
        """Whether somebody has to look at it before it is published."""
        return self.status in {HELD, REJECTED}


def outcome_of(load: Event, status: str, snapshot: int | None) -> LoadOutcome:
    """The outcome of a load with this Load event."""
    return LoadOutcome(
        source=load["source"],
        status=status,
        version=load["version"],
        counts=load["counts"],
        findings=load["layers"]["findings"]["statements"],
        snapshot=snapshot,
        load=load["index"],
        held=tuple(held.reasons(load)) if status in {HELD, REJECTED} else (),
    )
