"""Harvest reports, as the commands print them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graph.archive import Archive
from graph.core.instance import Instance
from graph.core.iris import RULE
from graph.ledger import Ledger
from graph.reports.harvest import (
    QUARANTINED,
    HarvestReport,
    RejectedRecord,
    RuleCount,
    last_run,
    newest_load,
    quarantined,
    report,
)
from server.cli.output.common import counted

SHOWN = 5
"""How many of each list a load prints."""


def report_of(instance: Instance, source: str, most: int | None = None) -> HarvestReport | None:
    """The report of the newest load of a source, which may be held; None before the first. It lists
    at most so many findings.
    """
    ledger = Ledger(instance)
    events = ledger.prefix(ledger.size)
    load = newest_load(events, source, published=False)
    archive = Archive(instance.archive)
    return None if load is None else report(events, archive, instance.names, load, most)


@dataclass(frozen=True, slots=True)
class StoppedRun:
    """The newest run of a source, where nothing of it could be published: when, why, what of."""

    at: str
    reasons: tuple[str, ...]
    rejected: tuple[RejectedRecord, ...]


def stopped(instance: Instance, source: str) -> StoppedRun | None:
    """The newest run of a source, if it was put into quarantine."""
    ledger = Ledger(instance)
    events = ledger.prefix(ledger.size)
    if events.last("Fetch", source) is None:
        return None
    run = last_run(events, source)
    if run.outcome != QUARANTINED:
        return None
    found = quarantined(events, Archive(instance.archive), source)
    return StoppedRun(run.at, run.reasons, found)


def stopped_lines(source: str, run: StoppedRun) -> Iterator[str]:
    """Why nothing of a run is published, and all records that it rejected."""
    yield f"{source}: nothing of the run of {run.at} is published"
    yield from (f"  {reason}" for reason in run.reasons)
    yield from rejected_lines(source, run.rejected, None)


def facts(one: HarvestReport) -> dict[str, Any]:
    """The numbers of a report, for the JSON of commands that print many of them."""
    changes = one.changes
    return {
        "datasets": changes.datasets,
        "added": len(changes.added),
        "changed": len(changes.changed),
        "deleted": len(changes.deleted),
        "rejected": [{"place": r.place, "reason": r.reason} for r in one.rejected],
        "findings": [rule._asdict() for rule in one.rules],
    }


def lines(one: HarvestReport, *, whole: bool = False) -> Iterator[str]:
    """The report as text: the first of each list, or all."""
    changes, most = one.changes, None if whole else SHOWN
    yield (
        f"  {counted(changes.datasets, 'dataset')}: {len(changes.added):,} added, "
        f"{len(changes.changed):,} changed, {len(changes.deleted):,} deleted"
    )
    if whole:
        for sign, iris in (("+", changes.added), ("~", changes.changed), ("-", changes.deleted)):
            yield from (f"    {sign} {iri}" for iri in iris)
    yield from rejected_lines(one.source, one.rejected, most)
    yield from rule_lines(one.source, one.rules, most)
    if whole:
        for found in one.findings:
            about = found.about[0] if found.about else ""
            rule, times = found.rule.removeprefix(RULE), found.occurrences
            yield f"    {rule} <{about}> ×{times} {found.place}".rstrip()


def rejected_lines(
    source: str, rejected: Iterable[RejectedRecord], most: int | None = SHOWN
) -> Iterator[str]:
    """Rejected records in groups, the most frequent first, with the first places, or all."""
    groups: dict[str, list[RejectedRecord]] = {}
    for one in rejected:
        groups.setdefault(_kind(one.reason), []).append(one)
    for alike in sorted(groups.values(), key=len, reverse=True)[:most]:
        is_same = len({one.reason for one in alike}) == 1
        such = "" if is_same else " such as"
        yield f"  {counted(len(alike), 'record')} rejected:{such} {alike[0].reason}"
        for one in alike[:most]:
            yield f"    {one.place}" + ("" if is_same or most else f": {one.reason}")
        yield from _more(len(alike), most, source, "    … and {} more places")
    yield from _more(len(groups), most, source, "  … and {} more reasons")


_RULE = re.compile(r"\((\S+/rule/\S+)\)$")  # as the validation stage ends the reason of a violation
_VALUES = re.compile(r"“[^”]*”|<[^>]*>|\d+")


def _kind(reason: str) -> str:
    """What reasons of one kind share: the rule, else the words without the values in them."""
    rule = _RULE.search(reason)
    return rule[1] if rule else _VALUES.sub("…", reason)


def rule_lines(source: str, rules: Sequence[RuleCount], most: int | None = None) -> Iterator[str]:
    """The findings by rule as text: of so many rules, or all."""
    for rule, severity, number, occurrences in rules[:most]:
        told = f"{counted(number, 'finding')} of {rule.removeprefix(RULE)}"
        grave = f" ({severity})" if severity else ""
        yield f"  {told}, {counted(occurrences, 'occurrence')}{grave}"
    yield from _more(len(rules), most, source, "  … and {} more rules")


def _more(number: int, most: int | None, source: str, text: str) -> Iterator[str]:
    if most is not None and number > most:
        yield f"{text.format(f'{number - most:,}')} (`ulzii sources report {source}` shows all)"
