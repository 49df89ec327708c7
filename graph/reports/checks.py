"""When a source was last asked, last answered and last changed, and since when it is broken.

The ledger has every run, also those that failed and those that found nothing new. A run is broken
where nothing was fetched, or where what came was put into quarantine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from graph.ledger import Event, Events, of_kinds


@dataclass(frozen=True, slots=True)
class SourceChecks:
    """Times of the ledger (RFC 3339), empty where there is none.

    `tried` is the last run, `checked` the last one that was not broken, `changed` the last
    publication; `broken_since` is the first of the broken runs since then, `failures` their number
    and `event` the index of the last run's Fetch event.
    """

    tried: str = ""
    checked: str = ""
    changed: str = ""
    broken_since: str = ""
    failures: int = 0
    event: int | None = None


def checks(events: Sequence[Event], source: str) -> SourceChecks:
    """How a source stands after these events."""
    quarantined = {one["fetch"] for one in _find(events, "Quarantine", source)}
    broken: list[Event] = []
    checked = ""
    for run in _newest_first(events, "Fetch", source):
        if run["outcome"] != "failed" and run["index"] not in quarantined:
            checked = run["at"]
            break
        broken.append(run)
    last = next(_newest_first(events, "Fetch", source), None)
    changed = next(_newest_first(events, "Publish", source), None)
    return SourceChecks(
        tried=last["at"] if last else "",
        checked=checked,
        changed=changed["at"] if changed else "",
        broken_since=broken[-1]["at"] if broken else "",
        failures=len(broken),
        event=last["index"] if last else None,
    )


def asked(events: Sequence[Event], described: Collection[str]) -> list[str]:
    """The sources that were ever asked, also those of which nothing is published; without those
    that are gone: nobody describes them any more, and nothing of them is published (or they were
    retired)."""
    names = {run["source"] for run in of_kinds(events, "Fetch")}
    return sorted(name for name in names if name in described or _says_something(events, name))


def _says_something(events: Sequence[Event], source: str) -> bool:
    load = last_published(events, source)
    return load is not None and any(one["statements"] for one in load["layers"].values())


def last_published(events: Sequence[Event], source: str) -> Event | None:
    """The Load event of the published version of a source; None where nothing is published."""
    publish = next(_newest_first(events, "Publish", source), None)
    return events[publish["load"]] if publish else None


def _find(events: Sequence[Event], kind: str, source: str) -> Iterator[Event]:
    if isinstance(events, Events):
        return events.find(kind, source)
    return (e for e in events if e["type"] == kind and e.get("source") == source)


def _newest_first(events: Sequence[Event], kind: str, source: str) -> Iterator[Event]:
    if isinstance(events, Events):
        return (events[index] for index in reversed(events.places(kind, source)))
    return (e for e in reversed(events) if e["type"] == kind and e.get("source") == source)
