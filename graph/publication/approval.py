"""Decide on a held load: publish exactly what was held, or reject it. Nothing is fetched again."""

from __future__ import annotations

from dataclasses import dataclass

from graph.core.errors import ConfigError
from graph.core.instance import Instance
from graph.core.privacy import mask_personal_data
from graph.core.progress import Reporter
from graph.ledger import Event, Ledger, event
from graph.publication.publish import Publisher
from graph.snapshots import Snapshot
from graph.versions import held
from graph.versions.held import HeldLoad


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a source's held load, why, and by whom.

    `load` is the index of its Load event; None means the newest one that waits.
    """

    source: str
    decision: str
    reason: str
    by: str
    load: int | None = None


def decide(
    instance: Instance, ledger: Ledger, decision: Decision, reporter: Reporter | None = None
) -> tuple[Event, Snapshot | None]:
    """Log a decision, and publish the load if it is approved; the caller holds the writer's lock.

    Returns the Load event and the new snapshot. Raises ConfigError where no such load is held.
    """
    load = _held(ledger, decision)
    approval = event(
        "Approve",
        source=decision.source,
        version=load["version"],
        load=load["index"],
        decision=decision.decision,
        reason=mask_personal_data(decision.reason),
        by=decision.by,
    )
    if decision.decision == held.REJECT:
        ledger.append(approval)
        return load, None
    validate = ledger[held.validation_index(load)]
    return load, Publisher(instance, ledger, reporter).publish(load, validate, approval)


def _held(ledger: Ledger, decision: Decision) -> Event:
    loads = held.held_loads(ledger).get(decision.source, [])
    waiting = [one for one in loads if one.is_waiting]
    if decision.load is None and waiting:
        return waiting[-1].load
    for one in loads:
        if one.load["index"] == decision.load:
            return _undecided(one)
    raise ConfigError(
        f"no load of it is held{'' if decision.load is None else f' as log/{decision.load}'}",
        where=decision.source,
        hint="`ulzii sources` and `ulzii status` show what waits for approval; what was held before"
        " a later publication cannot be approved any more.",
    )


def _undecided(one: HeldLoad) -> Event:
    if one.is_waiting:
        return one.load
    raise ConfigError(
        f"log/{one.load['index']} was rejected already",
        where=one.load["source"],
        hint="Load the source again.",
    )
