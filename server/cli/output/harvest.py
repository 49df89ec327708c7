"""Harvest reports, as the commands print them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from graph.archive import Archive
from graph.core.instance import Instance
from graph.core.iris import RULE
from graph.ledger import Ledger
from graph.reports.harvest import HarvestReport, RuleCount, newest_load, report
from server.cli.output.common import counted

_SHOWN = 5


def report_of(instance: Instance, source: str, most: int | None = None) -> HarvestReport | None:
    """The report of the newest load of a source, which may be held; None before the first. It lists
    at most so many findings.
    """
    ledger = Ledger(instance)
    events = ledger.prefix(ledger.size)
    load = newest_load(events, source, published=False)
    archive = Archive(instance.archive)
    return None if load is None else report(events, archive, instance.names, load, most)


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
    changes, most = one.changes, None if whole else _SHOWN
    yield (
        f"  {counted(changes.datasets, 'dataset')}: {len(changes.added):,} added, "
        f"{len(changes.changed):,} changed, {len(changes.deleted):,} deleted"
    )
    if whole:
        for sign, iris in (("+", changes.added), ("~", changes.changed), ("-", changes.deleted)):
            yield from (f"    {sign} {iri}" for iri in iris)
    for rejected in one.rejected[:most]:
        yield f"  rejected {rejected.place}: {rejected.reason}"
    yield from _more(len(one.rejected), most)
    yield from rule_lines(one.rules, most)
    if whole:
        for found in one.findings:
            about = found.about[0] if found.about else ""
            rule, times = found.rule.removeprefix(RULE), found.occurrences
            yield f"    {rule} <{about}> ×{times} {found.place}".rstrip()


def rule_lines(rules: Sequence[RuleCount], most: int | None = None) -> Iterator[str]:
    """The findings by rule as text: of so many rules, or all."""
    for rule, number, occurrences in rules[:most]:
        told = f"{counted(number, 'finding')} of {rule.removeprefix(RULE)}"
        yield f"  {told}, {counted(occurrences, 'occurrence')}"
    yield from _more(len(rules), most)


def _more(number: int, most: int | None) -> Iterator[str]:
    if most is not None and number > most:
        yield f"  … and {number - most:,} more (`ulzii sources report` shows all)"
