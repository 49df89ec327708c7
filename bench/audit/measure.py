"""What is measured of one instance with many versions, at one size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.audit import comparing, events, lookups, made, tracing, verifying
from bench.audit.made import Plan
from bench.results import Measurement

SIZES = [100_000, 1_000_000]  # statements
_LARGE = 5_000_000  # from which on there are few versions, and the main rows alone
_VERSIONS, _FEW = 20, 3
_EVENTS = 100_000  # the size with which the log of many events is measured, since it is the same


def plan(statements: int) -> Plan:
    """What is made at this size."""
    if statements > _LARGE:
        return Plan(statements, _FEW, with_snapshot=True)
    return Plan(statements, _VERSIONS, with_snapshot=True)


def traces(statements: int, folder: Path) -> Iterator[Measurement]:
    """The rows of whole traces, which are a matter of a minute once the instance is made."""
    yield from tracing.run(made.make(folder, plan(statements)))


def comparisons(statements: int, folder: Path) -> Iterator[Measurement]:
    """The rows of two versions, time lines and the list of versions."""
    yield from comparing.run(made.make(folder, plan(statements)))


def run(statements: int, folder: Path) -> Iterator[Measurement]:
    """The other rows of an instance with so many statements, made below a folder or found there."""
    audited = made.make(folder, plan(statements))
    if statements > _LARGE:
        yield from verifying.run(audited, [2])
        return
    yield from lookups.run(audited)
    yield from verifying.run(audited, range(4))
    if statements == _EVENTS:
        yield from events.run(folder)
