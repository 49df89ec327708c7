"""Held loads: versions that are logged and archived, and published only once they are approved.

A Load event names in `held` why it waits; an Approve event decides; the Publish event names the
Approve events that it follows from (`approvals`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from graph.ledger import Event, of_kinds

APPROVE: Final = "approve"
REJECT: Final = "reject"


@dataclass(frozen=True, slots=True)
class HeldLoad:
    """The Load event of a version that is not published, and what was decided: "" while it waits,
    or REJECT.
    """

    load: Event
    decision: str = ""

    @property
    def is_waiting(self) -> bool:
        """Whether nothing was decided yet."""
        return not self.decision


def reasons(load: Event) -> list[str]:
    """Why a load waited for approval; none for one that did not, and in events that are older."""
    return list(load.get("held", ()))


def held_loads(events: Iterable[Event]) -> dict[str, list[HeldLoad]]:
    """By source the loads that were held since its last publication, in order.

    What was held before a publication is made for a version that is no longer the last one.
    """
    found: dict[str, list[HeldLoad]] = {}
    for item in of_kinds(events, "Load", "Publish", "Approve"):
        if item["type"] == "Load" and reasons(item):
            found.setdefault(item["source"], []).append(HeldLoad(item))
        elif item["type"] == "Publish":
            found.pop(item["source"], None)
        elif item["type"] == "Approve" and item["decision"] != APPROVE:
            found[item["source"]] = [
                HeldLoad(one.load, item["decision"]) if one.load["index"] == item["load"] else one
                for one in found.get(item["source"], ())
            ]
    return found


def waiting(events: Iterable[Event]) -> dict[str, Event]:
    """By source the newest load that waits for approval."""
    return {
        source: [one.load for one in loads if one.is_waiting][-1]
        for source, loads in held_loads(events).items()
        if any(one.is_waiting for one in loads)
    }


def left(events: Iterable[Event]) -> dict[str, Event]:
    """By source the newest load that was neither held nor published: what wrote it was killed
    before its publication."""
    found: dict[str, Event] = {}
    for item in of_kinds(events, "Load", "Publish"):
        if item["type"] == "Publish" or reasons(item):
            found.pop(item["source"], None)
        else:
            found[item["source"]] = item
    return found


def unpublished(events: Sequence[Event]) -> frozenset[int]:
    """The indexes of held Load events that no Publish event names, and of their validations.

    Their version numbers are used again, so nothing may be said of these versions in public.
    """
    published = {item["load"] for item in of_kinds(events, "Publish")}
    return frozenset(_with_validation(events, published))


def _with_validation(events: Sequence[Event], published: set[int]) -> Iterator[int]:
    for item in of_kinds(events, "Load"):
        if reasons(item) and item["index"] not in published:
            yield from (item["index"], validation_index(item))


def validation_index(load: Event) -> int:
    """The index of the Validate event of a version, which follows its Load event."""
    return int(load["index"]) + 1
