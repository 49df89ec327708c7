"""The checking stage: a candidate's layers against the shapes, and what follows from the report.

Violations name the records to reject; warnings and notes become the findings layer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from graph.archive import Archive
from graph.core.instance import Instance
from graph.core.progress import Reporter, follower
from graph.statements import layer, rowmap
from graph.statements.canonical import line
from graph.statements.layer import INFERRED, STATED, Layer
from graph.versions.state import State
from loaders.pipeline.source import Source
from shapes.findings import findings
from shapes.results import VIOLATION, ValidationReport, ValidationResult
from shapes.validate import validate

_LARGE = 200_000

RecordKey = tuple[str, str]
"""A record: digest of its capture, locator in it."""


@dataclass(frozen=True, slots=True)
class ValidatedLayers:
    """A report's digest and counts, the findings (line, rule), and the records to reject: why."""

    report: str
    counts: dict[str, int]
    findings: list[tuple[bytes, str]]
    offenders: dict[RecordKey, str]


class CandidateValidator:
    """Checks candidates of one source against the published state of its references."""

    def __init__(
        self, instance: Instance, source: Source, published: State, reporter: Reporter
    ) -> None:
        self._archive = Archive(instance.archive)
        self._instance = instance
        self._source = source
        self._published = published
        self._reporter = reporter

    def check(self, layers: Mapping[str, Layer], references: Mapping[str, int]) -> ValidatedLayers:
        """Validate the stated and inferred lines of a candidate."""
        with self._workspace(layers) as folder:
            report = validate(
                self._candidate(layers),
                self._reference(references),
                workspace=folder,
                jobs=os.cpu_count() or 1 if folder else 1,
                progress=follower(self._reporter, "validate"),
            )
        found = findings(report, self._source.id, self._instance.base)
        return ValidatedLayers(
            self._archive.put(report.to_json()),
            report.counts,
            [(line(s, p, o), rule) for s, p, o, rule in found],
            dict(self._offenders(report, layers)),
        )

    @contextmanager
    def _workspace(self, layers: Mapping[str, Layer]) -> Iterator[Path | None]:
        """A directory for candidates too large to be held in memory while they are checked."""
        if sum(one.statements for one in layers.values()) < _LARGE:
            yield None
            return
        with TemporaryDirectory(prefix="check-", dir=self._instance.staging) as folder:
            yield Path(folder)

    def _candidate(self, layers: Mapping[str, Layer]) -> Iterator[bytes]:
        for name in (STATED, INFERRED):
            yield from layer.read(self._archive, layers[name].lines)

    def _reference(self, references: Mapping[str, int]) -> Iterator[bytes]:
        for name in references:
            told = self._published[name]["layers"]
            for part in (STATED, INFERRED):
                yield from layer.read(self._archive, told[part]["lines"])

    def _offenders(
        self, report: ValidationReport, layers: Mapping[str, Layer]
    ) -> Iterator[tuple[RecordKey, str]]:
        """The records that made statements about a subject of a violation, and the violation."""
        reasons = {f"<{r.subject}>".encode(): _reason(r) for r in report.of(VIOLATION)}
        for one in layers.values() if reasons else ():
            about = self._about(one, reasons)
            for found, subject in zip(
                rowmap.origins_of(self._archive, one.rows, about), about.values(), strict=True
            ):
                yield from (((o.capture, o.locator), reasons[subject]) for o in found)

    def _about(self, one: Layer, wanted: Mapping[bytes, str]) -> dict[int, bytes]:
        """The statements about these subjects: number in the layer → subject."""
        lines = layer.read(self._archive, one.lines)
        subjects = ((n, text.split(b" ", 1)[0]) for n, text in enumerate(lines))
        return {number: subject for number, subject in subjects if subject in wanted}


def _reason(result: ValidationResult) -> str:
    words = result.messages.get("mn", ""), result.messages.get("en", "")
    return f"{' · '.join(filter(None, words))} ({result.rule})"
