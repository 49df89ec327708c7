"""When a source was checked, when it changed, and when it is to be checked again.

The ledger says when; how often follows from the frequency in the source's description. Nobody knows
on which day of its year an annual table appears, so no source waits longer than LONGEST.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from graph.ledger import Event
from graph.publication import retirement
from graph.reports.checks import last_published
from graph.reports.harvest import FAILED, QUARANTINED, last_run

NEVER_LOADED, RETIRED = "never loaded", "retired"
LONGEST = timedelta(days=30)
_DAY = timedelta(days=1)
_TOLERANCE = 0.9  # of a period: a job that begins a minute earlier than yesterday finds it due

PERIODS = {
    "1MIN": _DAY / 24,
    "5MIN": _DAY / 24,
    "10MIN": _DAY / 24,
    "15MIN": _DAY / 24,
    "30MIN": _DAY / 24,
    "CONT": _DAY / 24,
    "UPDATE_CONT": _DAY / 24,
    "HOURLY": _DAY / 24,
    "BIHOURLY": _DAY / 12,
    "TRIHOURLY": _DAY / 8,
    "12HRS": _DAY / 2,
    "DAILY_2": _DAY / 2,
    "DAILY": _DAY,
    "WEEKLY_3": _DAY * 2,
    "WEEKLY_2": _DAY * 3,
    "WEEKLY": _DAY * 7,
    "MONTHLY_3": _DAY * 10,
    "BIWEEKLY": _DAY * 14,
    "MONTHLY_2": _DAY * 15,
    "MONTHLY": LONGEST,
    "BIMONTHLY": LONGEST,
    "QUARTERLY": LONGEST,
    "ANNUAL_3": LONGEST,
    "ANNUAL_2": LONGEST,
    "ANNUAL": LONGEST,
    "BIENNIAL": LONGEST,
    "TRIENNIAL": LONGEST,
    "QUADRENNIAL": LONGEST,
    "QUINQUENNIAL": LONGEST,
    "DECENNIAL": LONGEST,
    "BIDECENNIAL": LONGEST,
    "TRIDECENNIAL": LONGEST,
}
"""Codes of the EU's list of frequencies; sources of another one, or of none, are checked daily."""
_ONCE = frozenset({"NEVER"})


@dataclass(frozen=True, slots=True)
class SourceSchedule:
    """Where a source stands; times are those of the ledger, empty where there is none.

    `state` is how the last run ended (graph.reports.harvest), NEVER_LOADED, or RETIRED. `checked`
    is when the source last answered, `changed` when a version was last published, `due` when it is
    to be checked again, empty for one that never is.
    """

    state: str
    checked: str = ""
    changed: str = ""
    due: str = ""
    reasons: tuple[str, ...] = ()

    def is_due(self, now: str) -> bool:
        """Whether it is to be checked now."""
        return bool(self.due) and _time(self.due) <= _time(now)


def schedule(events: Sequence[Event], source: str, frequency: str, now: str) -> SourceSchedule:
    """Where a source stands after these events."""
    runs = [e for e in events if e.get("source") == source and e["type"] == "Fetch"]
    if not runs:
        return SourceSchedule(NEVER_LOADED, due=now)
    run = last_run(events, source)
    answered = [e["at"] for e in runs if e["outcome"] != "failed"]
    published = (e["at"] for e in reversed(events) if _publishes(e, source))
    checked, changed = answered[-1] if answered else "", next(published, "")
    if retirement.is_retired(last_published(events, source)):
        # it was a decision: a nightly job must not take it back
        return SourceSchedule(RETIRED, checked, changed)
    return SourceSchedule(
        state=run.outcome,
        checked=checked,
        changed=changed,
        due=run.at if run.outcome in {FAILED, QUARANTINED} else _due(checked, frequency),
        reasons=run.reasons,
    )


def _publishes(event: Event, source: str) -> bool:
    return bool(event["type"] == "Publish" and event["source"] == source)


def _due(checked: str, frequency: str) -> str:
    if frequency in _ONCE:
        return ""
    period = min(PERIODS.get(frequency, _DAY), LONGEST)
    return (_time(checked) + period * _TOLERANCE).isoformat(timespec="seconds")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
