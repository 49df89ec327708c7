"""Versions that are logged and wait until they are published together."""

from __future__ import annotations

from dataclasses import dataclass, field

from graph.ledger import Event
from graph.versions.state import State


@dataclass(slots=True)
class JointPublication:
    """Versions of several sources, each by its Load and its Validate event."""

    versions: list[tuple[Event, Event]] = field(default_factory=list)

    @property
    def loads(self) -> State:
        """The Load event of each, by source: what the next load may refer to."""
        return {load["source"]: load for load, _ in self.versions}

    def add(self, load: Event, validate: Event) -> None:
        """Take a version in."""
        self.versions.append((load, validate))
