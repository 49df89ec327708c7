"""The checking stage: a candidate's layers against the shapes, and what follows from the report.

Violations name the records to reject; warnings and notes become the findings layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graph.archive import Archive
from graph.instance import Instance
from graph.published import State
from graph.statements import layer, rowmap
from graph.statements.canonical import line
from graph.statements.layer import INFERRED, STATED, Layer
from loaders.source import Source
from shapes.findings import findings
from shapes.validate import Report, validate


@dataclass(frozen=True, slots=True)
class Checked:
    """A report's digest and counts, the findings (line, rule), and the records to reject."""

    report: str
    counts: dict[str, int]
    findings: list[tuple[bytes, str]]
    offenders: set[tuple[str, str]]


class Checker:
    """Checks candidates of one source against the published state of its references."""

    def __init__(self, instance: Instance, source: Source, published: State) -> None:
        self._archive = Archive(instance.archive)
        self._base = instance.base
        self._source = source
        self._published = published

    def check(self, layers: Mapping[str, Layer], references: Mapping[str, int]) -> Checked:
        """Validate the stated and inferred lines of a candidate."""
        report = validate(self._candidate(layers), self._reference(references))
        return Checked(
            self._archive.put(report.to_json()),
            report.counts,
            [
                (line(s, p, o), rule)
                for s, p, o, rule in findings(report, self._source.id, self._base)
            ],
            set(self._offenders(report, layers)),
        )

    def _candidate(self, layers: Mapping[str, Layer]) -> Iterator[bytes]:
        for name in (STATED, INFERRED):
            yield from layer.read(self._archive, layers[name].lines)

    def _reference(self, references: Mapping[str, int]) -> Iterator[bytes]:
        for name in references:
            told = self._published[name]["layers"]
            for part in (STATED, INFERRED):
                yield from layer.read(self._archive, told[part]["lines"])

    def _offenders(self, report: Report, layers: Mapping[str, Layer]) -> Iterator[tuple[str, str]]:
        """The records that made statements about a focus node of a violation."""
        wanted = {f"<{result.focus}>".encode() for result in report.violations}
        for one in layers.values() if wanted else ():
            numbers = self._about(one, wanted)
            for origins in rowmap.origins_of(self._archive, one.rows, numbers):
                yield from ((origin.capture, origin.locator) for origin in origins)

    def _about(self, one: Layer, wanted: set[bytes]) -> list[int]:
        lines = enumerate(layer.read(self._archive, one.lines))
        return [number for number, text in lines if text.split(b" ", 1)[0] in wanted]
