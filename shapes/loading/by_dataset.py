"""Which record describes which dataset, so that validation results can be told dataset by dataset.

A rule that hundreds of literals break would else give more findings than there are data: there is
one finding for each dataset and rule, with the number of occurrences and the first place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from shapes.loading.occurrences import Origin
from shapes.results import SEVERITIES, ValidationResult


@dataclass(frozen=True, slots=True)
class RecordsOfDatasets:
    """The dataset of each record that describes one, and the names of captures by digest."""

    datasets: Mapping[Origin, str]
    captures: Mapping[str, str]

    def group(
        self, results: Iterable[ValidationResult], origins: Iterable[tuple[str, Origin]]
    ) -> Iterator[ValidationResult]:
        """One result for each rule and dataset; of a subject that is not one dataset's, for itself.

        `origins` are the subjects of the results, each with every record that states something of
        it.
        """
        records: dict[str, dict[Origin, None]] = {}
        for subject, record in origins:
            records.setdefault(subject, {})[record] = None
        groups: dict[tuple[str, str], list[ValidationResult]] = {}
        for result in results:
            owner = self._dataset(records.get(result.subject, {})) or result.subject
            groups.setdefault((result.rule, owner), []).append(result)
        rank = {key: number for number, key in enumerate(self.datasets)}
        known = frozenset(self.datasets.values())
        for (_, owner), members in groups.items():
            keys = [key for one in members for key in records.get(one.subject, ())]
            first = min(keys, key=lambda key: rank.get(key, len(rank)), default=None)
            details = {"group": owner, "count": str(len(members)), "place": self._place(first)}
            details |= {"dataset": owner} if owner in known else {}
            yield _grouped(owner, members, details)

    def _dataset(self, records: Iterable[Origin]) -> str:
        """The one dataset that all these records describe, or ""."""
        found = {self.datasets.get(record, "") for record in records}
        return found.pop() if len(found) == 1 else ""

    def _place(self, record: Origin | None) -> str:
        return f"{self.captures.get(record[0], record[0])}#{record[1]}" if record else ""


def _grouped(
    owner: str, members: list[ValidationResult], details: Mapping[str, str]
) -> ValidationResult:
    """All members as one result about their owner."""
    paths = {one.path for one in members}
    return replace(
        members[0],
        focus=owner,
        path=paths.pop() if len(paths) == 1 else "",
        value=None,
        severity=min((one.severity for one in members), key=SEVERITIES.index),
        details=details,
    )
