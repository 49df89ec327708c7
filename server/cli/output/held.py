"""Held loads, as the commands show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graph.ledger import Event
from graph.versions import held


def held_facts(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Each load that waits for approval: source, version, index of its event, when and why."""
    return [
        {
            "source": source,
            "version": load["version"],
            "load": load["index"],
            "at": load["at"],
            "reasons": held.reasons(load),
        }
        for source, load in sorted(held.waiting(events).items())
    ]


def held_lines(facts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A line for each, with what to do."""
    for one in facts:
        why = "; ".join(one["reasons"])
        yield f"? {one['source']}: held, version {one['version']}: {why} (log/{one['load']},"
        yield f"  {one['at']}); `ulzii approve {one['source']} --reason TEXT [--reject]`"
