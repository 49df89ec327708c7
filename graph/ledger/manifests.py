"""The responses of a Fetch event: in the event itself where they are few, else in its manifest.

A manifest is a blob of the archive: the JSON list of the responses, the same bytes for the same
responses. A run with thousands of them would otherwise make a line of a megabyte.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from graph.archive import Archive
from graph.ledger import events, sealing
from graph.ledger.events import Event

MAX_INLINE = {"changed": 24_000, "failed": 24_000, "same": 2_000}
"""Most bytes of responses, as JSON, in an event, by its outcome: runs that find nothing new each
night should not make the log grow."""


def is_inline(item: Event) -> bool:
    """Whether a Fetch event has its responses itself, as those of version 0.1.0 always have."""
    return "responses" in item


def responses(item: Event, archive: Archive) -> list[dict[str, Any]]:
    """The responses of a Fetch event, in the order of their requests.

    Raises IntegrityError where the manifest is missing or damaged.
    """
    if is_inline(item):
        inline: list[dict[str, Any]] = item["responses"]
        return inline
    listed: list[dict[str, Any]] = json.loads(archive.read(item["manifest"]))
    return listed


def digests(item: Event, archive: Archive) -> Iterator[str]:
    """The SHA-256 of every blob that an event refers to, itself or in its manifest.

    Raises what `responses` raises.
    """
    item = sealing.unsealed(item, archive)
    yield from events.digests(item)
    if item["type"] == "Fetch" and not is_inline(item):
        yield from (r["sha256"] for r in responses(item, archive) if "sha256" in r)


def first_named(of_events: Iterable[Event], archive: Archive) -> dict[str, int]:
    """Every digest in events and manifests, each with the index of the first event that names it.

    Raises what `responses` raises.
    """
    first: dict[str, int] = {}
    for item in of_events:
        # the same responses again have the same manifest
        is_known = item["type"] == "Fetch" and item["manifest"] in first
        for digest in () if is_known else digests(item, archive):
            first.setdefault(digest, item["index"])
    return first
