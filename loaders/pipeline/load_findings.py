"""Findings that a loader reports, one for each subject and kind, and their way into the layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from graph.core.iris import Names
from graph.core.privacy import mask_personal_data
from graph.statements.canonical import line
from graph.statements.rowmap import Origins
from graph.statements.sorting import Sorter
from loaders.pipeline.record import LoadFinding, Record, RecordKey
from shapes.findings import finding_statements
from shapes.loading.kinds import kind
from shapes.results import ValidationResult

_MOST_DETAIL = 300  # characters


@dataclass(slots=True)
class Occurrences:
    """How often a kind was met at one subject: the first of it, its record, and the count."""

    first: LoadFinding
    record: RecordKey
    count: int


@dataclass(slots=True)
class GroupedFindings:
    """The findings of a load, by kind and subject, in the order in which they were met."""

    groups: dict[tuple[str, str], Occurrences] = field(default_factory=dict)

    def add(self, record: Record, found: Iterable[LoadFinding]) -> None:
        """Count what was met in a record. Raises ValueError for an unknown kind."""
        for one in found:
            key = kind(one.kind).rule, one.subject.value
            known = self.groups.setdefault(key, Occurrences(one, record.key, 0))
            known.count += one.count

    def __len__(self) -> int:
        return len(self.groups)

    def write(self, sorter: Sorter, origins: Origins, source: str, names: Names) -> None:
        """Put the statements of all findings into a layer, each traced to its first record."""
        for met in self.groups.values():
            record = origins.record(*met.record)
            made = list(
                finding_statements([_result(met, names.source(source))], source, names.base)
            )
            sorter.extend(
                record,
                [line(s, p, o) for s, p, o, _ in made],
                [origins.rule(rule) for *_, rule in made],
            )

    def counts(self) -> Iterator[tuple[str, int]]:
        """Rule and number of its findings, in the order in which they were met."""
        numbers: dict[str, int] = {}
        for rule, _ in self.groups:
            numbers[rule] = numbers.get(rule, 0) + 1
        yield from numbers.items()


def _result(met: Occurrences, source: str) -> ValidationResult:
    """The finding as a result of its rule, which has no shape that could be asked."""
    found, rule = met.first, kind(met.first.kind)
    subject = found.subject.value
    detail = mask_personal_data(found.detail)[:_MOST_DETAIL]
    details = {"count": str(met.count), "place": ": ".join(filter(None, (found.place, detail)))}
    return ValidationResult(
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
    )
