"""Verify that archive, versions and snapshots agree with the ledger. The levels (docs/verify.md):

0  ledger: every line is a canonical event, the Merkle root is the signed one, the signature valid,
   the key the one that log/0 names; nothing follows the signed lines, times do not fall, what was
   held was approved before it was published, and what witnesses cosigned is this log's history
1  archive: every blob that the ledger refers to exists and has its SHA-256; nothing else is there
2  versions: lines are sorted and distinct, Merkle roots and row maps correct, and patches lead from
   one version to the next
3  snapshots: the files of every snapshot are those of its signed list; every graph of the current
   one has exactly its published lines, the default graph is the union of the public graphs

Nothing is written, so it works on a read-only copy; `ulzii recover` finishes what a crash left.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from graph.audit import (
    approvals,
    blobs,
    caches,
    consistency,
    permissions,
    published_store,
    versions,
)
from graph.audit.model.checked_archive import CheckedArchive
from graph.audit.model.problem import Fault, IntegrityProblem
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.core.progress import Reporter, SilentReporter
from graph.ledger import Ledger, announcement, faults, recovery

# A load may be writing: what looks wrong is looked at again before it is said.
_ATTEMPTS, _PAUSE = 2, 0.05

IntegrityCheck = Callable[[Instance, Ledger, CheckedArchive, Reporter], Iterator[IntegrityProblem]]


def verify(
    instance: Instance,
    level: int = 3,
    reporter: Reporter | None = None,
    *,
    sample: int | None = None,
    further: Sequence[IntegrityCheck] = (),
) -> Iterator[IntegrityProblem]:
    """The problems of all levels up to `level`; none means that everything agrees.

    `sample` is how many versions are looked at on level 2, taken at random, besides the published
    ones; None for all. `further` are the checks of the levels from 4 on.

    A problem of level 0 ends the verification: without a valid ledger there is nothing to compare
    with.
    """
    reporter = reporter or SilentReporter()
    try:
        ledger = Ledger(instance)
    except IntegrityError as error:
        yield IntegrityProblem.of_error(0, error)
        return
    yield from _ledger(instance, ledger)
    yield from permissions.check(instance)
    archive = CheckedArchive(instance.archive)
    if lost := ledger.events.lost:
        yield from _lost(lost)
        if level > 0:
            yield from _once(blobs.check_of_lines(instance, archive), lost)
        return
    chosen = versions.steps(ledger, sample) if level > 1 else []
    if level > 0:
        reporter.step("level 1")
        yield from blobs.check(instance, ledger, archive, reporter, versions.read_lines(chosen))
    if level > 1:
        reporter.step("level 2", len(chosen))
        yield from versions.check(instance, chosen, archive, reporter)
        yield from caches.check(instance, ledger.events, archive)
    for number, check in enumerate([published_store.check, *further][: max(level - 2, 0)], 3):
        reporter.step(f"level {number}")
        yield from check(instance, ledger, archive, reporter)


def _lost(lost: Mapping[int, IntegrityError]) -> Iterator[IntegrityProblem]:
    """The sealed events whose bodies are lost: without them nobody knows what is published."""
    for index, error in lost.items():
        what = f"the body of log/{index}, which is sealed: {error.message}"
        hint = (
            "Restore the blob from a copy of the archive. Its hash proves that it is the one; until"
            " then nothing is answered or loaded, and the levels 2 to 4 cannot be looked at."
        )
        yield IntegrityProblem(0, error.where, what, hint=hint)


def _once(
    problems: Iterator[IntegrityProblem], lost: Mapping[int, IntegrityError]
) -> Iterator[IntegrityProblem]:
    """The problems of other blobs: those of the bodies are named already."""
    named = {error.where for error in lost.values()}
    return (one for one in problems if one.where not in named)


def _ledger(instance: Instance, ledger: Ledger) -> Iterator[IntegrityProblem]:
    """What stands beside the signed lines, and times that fall."""
    try:
        if _pending(instance, ledger):
            where = str(instance.ledger / announcement.NAME)
            what = "announced and not finished; `ulzii recover` or the next load finishes it"
            yield IntegrityProblem(0, where, what, Fault.WARNING)
        for index, line in enumerate(ledger.lines()):
            faults.check_line(line, index, ledger.path)
    except IntegrityError as error:
        yield IntegrityProblem.of_error(0, error)
    yield from _times(ledger)
    if not ledger.events.lost:
        yield from approvals.check(ledger)
    yield from consistency.check_cosigned(instance, ledger)


def _pending(instance: Instance, ledger: Ledger) -> bool:
    """Whether an announcement is there. Raises IntegrityError where something is foreign."""
    for _ in range(_ATTEMPTS):
        try:
            return recovery.pending(instance, ledger) is not None
        except IntegrityError:  # or a load wrote while the files were read one after the other
            time.sleep(_PAUSE)
            ledger.refresh()
    return recovery.pending(instance, ledger) is not None


def _times(ledger: Ledger) -> Iterator[IntegrityProblem]:
    last = ""
    for index in range(ledger.size):
        at = ledger.facts(index).at
        if at < last:
            where = f"{ledger.path} line {index + 1}"
            yield IntegrityProblem(0, where, f"its time {at} is before the last ({last})")
        last = max(last, at)
