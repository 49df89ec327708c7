"""Which events were about a source while it was restricted: nothing becomes public of them later.

A source that is public now may have been restricted before. Its digests and counts of that time
tell of data that was not for everyone, and its files may be guessed at by their SHA-256.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence

from graph.ledger import Event, of_kinds
from graph.versions.state import is_public

Loads = dict[str, list[tuple[int, bool]]]  # by source its Load events: index, whether public


def restricted_then(events: Sequence[Event], source_of: Callable[[Event], str]) -> frozenset[int]:
    """The indexes of the events beside a restricted load of their source: the last load before
    them, or the next one, or themselves. `source_of` gives the source of an event."""
    mixed = {
        source: loads
        for source, loads in _loads(events).items()
        if not all(public for _, public in loads)
    }
    return frozenset(_beside(events, mixed, source_of)) if mixed else frozenset()


def _loads(events: Sequence[Event]) -> Loads:
    found: Loads = {}
    for item in of_kinds(events, "Load"):
        found.setdefault(item["source"], []).append((item["index"], is_public(item)))
    return found


def _beside(
    events: Sequence[Event], mixed: Loads, source_of: Callable[[Event], str]
) -> Iterator[int]:
    for item in events:
        index, loads = item["index"], mixed.get(source_of(item), [])
        last = bisect_right(loads, (index, True)) - 1
        following = bisect_left(loads, (index, False))
        beside = [loads[n] for n in {last, following} if 0 <= n < len(loads)]
        if not all(public for _, public in beside):
            yield index
