"""Versions that were written over HTTP, which no loader makes from their captures."""

from __future__ import annotations

from graph.ledger import Event, Events


def is_write(events: Events, load: Event) -> bool:
    """Whether a version is a write to an editable source: its body alone does not make it, since it
    is relative to the version before."""
    fetch = events[load["fetch"]]
    return any("agent" in one for one in fetch.get("responses", ()))
