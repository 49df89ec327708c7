"""Findings that a loader reports, one for each subject and kind, as results of their rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from shapes.loading.kinds import kind
from shapes.results import ValidationResult

Origin = tuple[str, str]
"""The record in which something was met: digest of its capture, locator."""

_UNREAD = ("record-isolated", "statement-dropped")
_MOST_DETAIL = 300  # characters


@dataclass(slots=True)
class Occurrences:
    """A kind at one subject: its first place and record, and how often it was met."""

    kind: str
    place: str
    origin: Origin
    count: int = 0


@dataclass(slots=True)
class GroupedFindings:
    """The findings of a load, by kind and subject, in the order in which they were met."""

    groups: dict[tuple[str, str], Occurrences] = field(default_factory=dict)

    def add(self, name: str, subject: str, count: int, place: str, origin: Origin) -> None:
        """Count something of the kind `name`. Raises ValueError for an unknown kind."""
        key = kind(name).rule, subject
        self.groups.setdefault(key, Occurrences(name, place, origin)).count += count

    def unread(self, source: str) -> int:
        """How many records could not be read and are described by nothing else; `source` by IRI."""
        keys = [(kind(name).rule, source) for name in _UNREAD]
        return sum(self.groups[key].count for key in keys if key in self.groups)

    def results(self, source: str) -> Iterator[tuple[Origin, ValidationResult]]:
        """Each finding as a result of its rule, with its first record; `source` by IRI."""
        for (_, subject), met in self.groups.items():
            rule = kind(met.kind)
            details = {"count": str(met.count), "place": met.place[:_MOST_DETAIL]}
            yield (
                met.origin,
                ValidationResult(
                    focus=subject,
                    path="",
                    value=None,
                    component="",
                    severity=rule.severity,
                    shape=rule.shape,
                    rule=rule.rule,
                    messages=rule.messages,
                    details=details | ({} if subject == source else {"dataset": subject}),
                    dimension=rule.dimension,
                ),
            )
