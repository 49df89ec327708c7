"""Which events only readers of a restricted source may see.

The lines of the log name sources, addresses, counts and digests. What is about a restricted source
is sealed (graph.ledger.sealing): its line says nothing, its body is for the source's readers. Older
lines that are not sealed are for them too; their hashes are open to all, and prove as much.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from graph.core.instance import Instance
from graph.ledger import Event
from graph.ledger.events import source_of
from graph.snapshots.published_events import events_of
from graph.versions.state import is_public


def guarded(events: Sequence[Event]) -> dict[int, str]:
    """By index the source of each event that is not for everyone.

    The stricter of then and now: what the last load before it says, the next one after it, and the
    last of all. A source without any load has said nothing yet, so it is not shown.
    """
    now = {source_of(item): is_public(item) for item in events if item["type"] == "Load"}
    found = dict([*_beside_restricted(events), *_beside_restricted(reversed(events))])
    for item in events:
        if (source := source_of(item)) and not now.get(source, False):
            found[item["index"]] = source
    return found


def _beside_restricted(events: Iterable[Event]) -> Iterator[tuple[int, str]]:
    """Index and source of the events whose last load, in this order, is restricted."""
    public = dict[str, bool]()
    for item in events:
        source = source_of(item)
        if item["type"] == "Load":
            public[source] = is_public(item)
        if source and not public.get(source, True):
            yield item["index"], source


@lru_cache(maxsize=4)
def guarded_in(instance: Instance, size: int) -> Mapping[int, str]:
    """The same for the first `size` events of an instance.

    Where the body of a sealed event is lost, nobody knows which source it restricted: then every
    event about a source is guarded, and the lost ones are for nobody (their source is “”).
    Raises IntegrityError where the ledger is damaged.
    """
    events = events_of(instance, size)
    if not events.lost:
        return guarded(events)
    known = map(events.even_lost, range(size))
    return {e["index"]: source_of(e) for e in known if source_of(e) or e["index"] in events.lost}


def guarded_lines(instance: Instance, size: int) -> Mapping[int, str]:
    """The same of those whose lines are not sealed, so that the lines themselves are guarded."""
    events, closed = events_of(instance, size), guarded_in(instance, size)
    return {
        index: source
        for index, source in closed.items()
        if index not in events.lost and "sealed" not in events[index]
    }
