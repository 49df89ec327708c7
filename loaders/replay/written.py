"""Versions that were written over HTTP, which no loader makes from their captures."""

from __future__ import annotations

from graph.archive import Archive
from graph.ledger import Event, Events, manifests


def is_write(events: Events, archive: Archive, load: Event) -> bool:
    """Whether a version is a write to an editable source: its body alone does not make it, since it
    is relative to the version before.

    Raises IntegrityError where the list of responses is missing or damaged.
    """
    fetch = events[load["fetch"]]
    if fetch.get("counts", {}).get("responses", 1) > 1:  # a write is one response
        return False
    return any("agent" in one for one in manifests.responses(fetch, archive))
