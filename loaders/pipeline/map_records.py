"""The mapping stage: records of captures become tagged lines, and every record is counted.

Counts keep one identity: records = mapped + rejected + skipped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from graph.core import limited_process
from graph.core.errors import InputError
from graph.core.limited_process import RemoteReporter
from graph.core.privacy import mask_personal_data
from graph.core.progress import Reporter
from graph.statements.record_lines import StatementWriter
from graph.statements.rowmap import Origins
from graph.statements.sorting import BlockFiles, Sorter
from loaders.pipeline.protocol import Loader, LoaderContext
from loaders.pipeline.record import (
    Capture,
    LoadFinding,
    Record,
    RecordKey,
    Rejected,
    Skipped,
    Subject,
)
from shapes.loading.occurrences import GroupedFindings

_REPORT_EVERY = 500  # records
_MAX_NAMES = 3  # of captures in an error


LinesByLayer = Mapping[str, Sorter | BlockFiles]
"""What takes the lines of each layer."""


@dataclass(slots=True)
class MappedRecords:
    """The result of mapping besides the lines: their origins, and the outcome of each record.

    `datasets` has the dcat:Dataset that a record describes, for records that describe one.
    """

    origins: Origins = field(default_factory=Origins)
    records: int = 0
    rejects: list[dict[str, str]] = field(default_factory=list)
    skips: list[dict[str, str]] = field(default_factory=list)
    findings: GroupedFindings = field(default_factory=GroupedFindings)
    datasets: dict[RecordKey, str] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """Records by outcome, as in the Load event."""
        rejected, skipped = len(self.rejects), len(self.skips)
        return {
            "records": self.records,
            "mapped": self.records - rejected - skipped,
            "rejected": rejected,
            "skipped": skipped,
        }


@dataclass(frozen=True, slots=True)
class MappingInput:
    """What is mapped, by which loader.

    `violating` has the records that break a rule, with the reason; they are rejected.
    """

    loader: Loader
    captures: Sequence[Capture]
    context: LoaderContext
    violating: Mapping[RecordKey, str]
    may_be_empty: bool = False


def run(mapping: MappingInput, lines: LinesByLayer, reporter: Reporter) -> MappedRecords:
    """Map all records of all captures; their statements are added to `lines`, by layer.

    Raises InputError when the input as a whole is broken, or has no record and should have one.
    """
    reporter.step("map")
    mapped = MappedRecords(Origins(next(iter(lines.values())).folder))
    writer = StatementWriter(mapped.origins, lambda one: _check_subject(one, mapping.context))
    for record in mapping.loader.records(mapping.captures, mapping.context):
        _map_record(mapping, record, mapped, writer, lines)
        if mapped.records % _REPORT_EVERY == 0:
            reporter.advance(_REPORT_EVERY)
    if not mapped.records and not mapping.may_be_empty:
        raise InputError(
            "the source has no records",
            where=mapping.captures[0].url if mapping.captures else "",
            hint="Check that the file or address in the source description is the right one.",
        )
    return mapped


def run_limited(
    mapping: MappingInput, lines: Mapping[str, Sorter], reporter: Reporter
) -> MappedRecords:
    """The same in a process with limits, since the captures are foreign bytes. That process writes
    nothing but files of statements, in the folder of `lines`; meanwhile this one sorts them.

    Raises what `run` raises, and InputError for captures that exceed the limits or crash a parser.
    """

    def map_to_files(remote: RemoteReporter) -> MappedRecords:
        def files_of(name: str) -> BlockFiles:
            return BlockFiles(lines[name].folder, lambda path: remote.give((name, path)))

        files = {name: files_of(name) for name in lines}
        mapped = run(mapping, files, remote)
        for one in files.values():
            one.flush()
        return mapped

    def take(given: tuple[str, Path]) -> None:
        name, path = given
        lines[name].take(path)

    return limited_process.run(
        map_to_files,
        limited_process.limits_for(sum(one.length for one in mapping.captures)),
        where=_names(mapping.captures),
        reporter=reporter,
        receive=take,
    )


def _names(captures: Sequence[Capture]) -> str:
    """The captures' names; of many, the first ones."""
    names = [capture.name for capture in captures]
    more = ["…"] if len(names) > _MAX_NAMES else []
    return ", ".join(names[:_MAX_NAMES] + more)


def _map_record(
    mapping: MappingInput,
    record: Record,
    mapped: MappedRecords,
    writer: StatementWriter,
    lines: LinesByLayer,
) -> None:
    mapped.records += 1
    number = mapped.origins.record(record.capture.digest, record.locator)
    try:
        if mapping.violating and (violation := mapping.violating.get(record.key)):
            raise Rejected(violation)
        # all of them before any is added: a rejected record leaves no statement behind
        made = list(mapping.loader.statements(record, mapping.context))
        statements = [one for one in made if not isinstance(one, LoadFinding)]
        written = writer.write(number, statements)
    except Skipped as reason:
        mapped.skips.append(_outcome(record, reason))
    except Rejected as reason:
        if record.critical:
            raise InputError(
                f"other records depend on this one, and it is rejected: {reason}",
                where=record.location,
                hint="Nothing is published without it.",
            ) from reason
        mapped.rejects.append(_outcome(record, reason))
        if reason.finding:
            _add_finding(reason.finding, record, mapped)
    else:
        for layer, made_lines in written.lines.items():
            lines[layer].extend_blocks(made_lines)
        if written.dataset:
            mapped.datasets[record.key] = written.dataset
        if len(statements) < len(made):
            for one in made:
                if isinstance(one, LoadFinding):
                    _add_finding(one, record, mapped)
        if record.capture.stale:  # its request failed this time: this is the last answer
            about = written.dataset or mapping.context.names.source(mapping.context.source.id)
            stale = LoadFinding("record-stale", ox.NamedNode(about), record.location)
            _add_finding(stale, record, mapped)


def _add_finding(found: LoadFinding, record: Record, mapped: MappedRecords) -> None:
    place = ": ".join(filter(None, (found.place, mask_personal_data(found.detail))))
    mapped.findings.add(found.kind, found.subject.value, found.count, place, record.key)


def _check_subject(subject: Subject, context: LoaderContext) -> None:
    if context.names.is_void(subject.value):
        raise Rejected(
            f"{subject} belongs to the VoID description, which is computed; use another subject"
        )


def _outcome(record: Record, reason: Exception) -> dict[str, str]:
    return {
        "capture": record.capture.digest,
        "locator": record.locator,
        "reason": mask_personal_data(str(reason)),
    }
