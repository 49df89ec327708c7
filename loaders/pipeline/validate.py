"""The validation stage: the layers of a candidate version against the shapes.

Violations name the records to reject; warnings and notes become the findings layer.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from graph.archive import Archive
from graph.core.instance import Instance
from graph.core.progress import Reporter, step_callback
from graph.statements import layer, rowmap
from graph.statements.layer import INFERRED, STATED, Layer
from graph.versions.state import State
from loaders.pipeline.record import RecordKey
from loaders.pipeline.source import Source
from shapes.loading.by_dataset import RecordsOfDatasets
from shapes.results import INFO, VIOLATION, WARNING, ValidationReport, ValidationResult

_MAX_IN_MEMORY = 200_000  # statements


@dataclass(frozen=True, slots=True)
class ValidatedLayers:
    """The result of a validation.

    `report` is the digest of the archived report, `counts` has its results by severity. `findings`
    are the results that become the findings layer. `violating` has the records that caused a
    violation, each with the reason.
    """

    report: str
    counts: dict[str, int]
    findings: Sequence[ValidationResult]
    violating: dict[RecordKey, str]


class CandidateValidator:
    """Validates candidates of one source against the published versions of its references."""

    def __init__(
        self,
        instance: Instance,
        source: Source,
        published: State,
        reporter: Reporter,
        archive: Archive | None = None,
    ) -> None:
        """`archive` is where lines are read and the report is put, by default the instance's."""
        self._archive = archive or Archive(instance.archive)
        self._instance = instance
        self._source = source
        self._published = published
        self._reporter = reporter

    def validate(
        self, layers: Mapping[str, Layer], references: Mapping[str, int], records: RecordsOfDatasets
    ) -> ValidatedLayers:
        """Validate the stated and inferred lines of a candidate, and archive the report.

        The findings of a foreign source are grouped by dataset, for which `records` is needed.
        """
        # not at the top: pySHACL takes 0.3 s to import, and the server imports this module to
        # accept writes, but validates them in another process
        from shapes.validate import validate

        with self._workspace(layers) as folder:
            report = validate(
                self._candidate(layers),
                self.reference(references),
                workspace=folder,
                # starting processes costs more than a small candidate takes
                jobs=os.cpu_count() or 1 if folder else 1,
                progress=step_callback(self._reporter, "validate"),
                foreign=self._source.foreign,
            )
        results: Iterable[ValidationResult] = report.with_severity(WARNING, INFO)
        if self._source.foreign:
            results = records.group(results, self._origins(layers, results, every=False))
        with self._archive.writer() as blob:
            for text in report.json_parts():
                blob.write(text)
        return ValidatedLayers(
            report=blob.digest,
            counts=report.counts,
            findings=tuple(results),
            violating=dict(self._violating_records(report, layers)),
        )

    @contextmanager
    def _workspace(self, layers: Mapping[str, Layer]) -> Iterator[Path | None]:
        """A temporary directory for a candidate that is too large to be validated in memory."""
        if sum(one.statements for one in layers.values()) < _MAX_IN_MEMORY:
            yield None
            return
        with TemporaryDirectory(prefix="check-", dir=self._instance.staging) as folder:
            yield Path(folder)

    def _candidate(self, layers: Mapping[str, Layer]) -> Iterator[bytes]:
        for name in (STATED, INFERRED):
            yield from layer.read_blocks(self._archive, layers[name].lines)

    def reference(self, references: Mapping[str, int]) -> Iterator[bytes]:
        """The stated and inferred lines of the references, in blocks with line feeds."""
        for source in references:
            layers = self._published[source]["layers"]
            for name in (STATED, INFERRED):
                yield from layer.read_blocks(self._archive, layers[name]["lines"])

    def _violating_records(
        self, report: ValidationReport, layers: Mapping[str, Layer]
    ) -> Iterator[tuple[RecordKey, str]]:
        """The records that stated something about the subject of a violation, with the reason."""
        # one reason per subject is enough for the report of rejects
        violations = report.with_severity(VIOLATION)
        reasons = {result.subject: _reason(result) for result in violations}
        for subject, record in self._origins(layers, violations):
            yield record, reasons[subject]

    def _origins(
        self,
        layers: Mapping[str, Layer],
        results: Iterable[ValidationResult],
        *,
        every: bool = True,
    ) -> Iterator[tuple[str, RecordKey]]:
        """The subjects of results, each with every record that stated something about it, or
        those that stated the first thing: enough to know whose it is.
        """
        wanted = {f"<{result.subject}>".encode() for result in results}
        for one in layers.values() if wanted else ():
            subjects = dict(self._statements_about(one, wanted, every=every))
            origins = rowmap.origins_of(self._archive, one.rows, subjects)
            for origins_of_one, subject in zip(origins, subjects.values(), strict=True):
                iri = subject[1:-1].decode()
                yield from ((iri, (o.capture, o.locator)) for o in origins_of_one)

    def _statements_about(
        self, one: Layer, subjects: Set[bytes], *, every: bool
    ) -> Iterator[tuple[int, bytes]]:
        """The statements about these subjects: number in the layer, and subject."""
        previous = b""
        for number, text in enumerate(layer.read(self._archive, one.lines)):
            subject = text.split(b" ", 1)[0]
            if subject in subjects and (every or subject != previous):
                yield number, subject
            previous = subject


def _reason(result: ValidationResult) -> str:
    messages = result.messages.get("mn", ""), result.messages.get("en", "")
    return f"{' · '.join(filter(None, messages))} ({result.rule})"
