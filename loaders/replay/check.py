"""The deepest level of `ulzii verify`: versions are replayed."""

from __future__ import annotations

import random
from collections.abc import Iterator

from graph.archive import Archive
from graph.audit.model.problem import Fault, IntegrityProblem
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.core.progress import Reporter
from graph.ledger import Event, Events, Ledger
from loaders.replay import written
from loaders.replay.replay import Replayed, Verdict, replay

LEVEL = 4

_FAULTS = {Verdict.DIFFERENT: Fault.PROBLEM, Verdict.UNDECIDED: Fault.NOT_RECORDED}


def check(
    instance: Instance,
    ledger: Ledger,
    archive: Archive,
    reporter: Reporter,
    sample: int | None = None,
) -> Iterator[IntegrityProblem]:
    """What is wrong with the versions of the ledger, or with so many of them, taken at random.

    Writes to editable sources are left out: their bodies are archived, not their making.
    """
    for load in chosen(ledger, archive, sample):
        yield from _problems(replay(instance, ledger.events, load))
        reporter.advance()


def chosen(ledger: Ledger, archive: Archive, sample: int | None) -> list[Event]:
    """The versions that loads made; so many of them, taken at random, where a number is given."""
    events = ledger.events
    loads = [e for e in events.find("Load") if not _is_write(events, archive, e)]
    if sample is None or sample >= len(loads):
        return loads
    return random.SystemRandom().sample(loads, sample)


def _is_write(events: Events, archive: Archive, load: Event) -> bool:
    try:
        return written.is_write(events, archive, load)
    except IntegrityError:  # the replay says so
        return False


def _problems(replayed: Replayed) -> Iterator[IntegrityProblem]:
    fault = _FAULTS.get(replayed.verdict)
    if fault is None:
        return
    load = replayed.load
    where = f"log/{load['index']} {load['source']} version {load['version']}"
    layers = ", ".join(f"{one.of} of {one.layer}" for one in replayed.differences)
    message = f"the replay is {replayed.verdict}: {replayed.reason}"
    message += f" ({layers})" if layers else ""
    hint = f"`ulzii replay {load['source']} {load['version']}` shows it."
    yield IntegrityProblem(LEVEL, where, message, fault, hint)
