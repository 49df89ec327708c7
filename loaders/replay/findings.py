"""Replays the findings of a version: the rules over its archived statements give the logged report,
and the report the logged findings.

The rules that run are today's: they are only run where they are those that the version was held
against, file by file. What a loader itself met (kinds in `shapes/loading/kinds.ttl`) stands in its
records and not in the report; it is counted, and not made again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from graph.archive import Archive
from graph.audit.model.problem import Fault, IntegrityProblem
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.core.progress import Reporter, SilentReporter
from graph.ledger import Event, Events, Ledger
from graph.statements import layer, rowmap
from graph.statements.canonical import line
from graph.statements.layer import FINDINGS, INFERRED, STATED, Layer
from graph.trace.publications import description, mapping_of
from graph.versions import held
from loaders.pipeline import code_digest
from loaders.pipeline.source import FOREIGN_LOADERS, Source
from loaders.pipeline.validate import CandidateValidator, ValidatedLayers
from loaders.replay.check import chosen
from loaders.replay.replay import Verdict
from shapes.findings import finding_statements
from shapes.loading.by_dataset import RecordsOfDatasets

LEVEL = 5

_FAULTS = {Verdict.DIFFERENT: Fault.PROBLEM, Verdict.UNDECIDED: Fault.NOT_RECORDED}


@dataclass(frozen=True, slots=True)
class ReplayedFindings:
    """The outcome: `made` is the number of statements that the rules gave again, `met` that of
    statements of what the loader met, which are not made again."""

    load: Event
    verdict: Verdict
    reason: str = ""
    made: int = 0
    met: int = 0


def replay_findings(instance: Instance, events: Events, load: Event) -> ReplayedFindings:
    """Replay the findings of one version, given by its Load event. Nothing is written."""
    validate = events[held.validation_index(load)]
    if validate["shapes"] != code_digest.digest_of(code_digest.shapes_files()):
        return ReplayedFindings(load, Verdict.UNDECIDED, "it was held against other rules")
    try:
        source = _source(Archive(instance.archive), events, load)
        if source is None:
            reason = "its findings are grouped by the records of a foreign catalogue"
            return ReplayedFindings(load, Verdict.UNDECIDED, reason)
        made = _validated(instance, events, load, validate, source)
        if made.report != validate["report"]:
            return ReplayedFindings(load, Verdict.DIFFERENT, "the rules give another report")
        return _compared(instance, load, made)
    except IntegrityError as error:
        return ReplayedFindings(load, Verdict.UNDECIDED, str(error))


def _source(archive: Archive, events: Events, load: Event) -> Source | None:
    """What the validation asks of a source; None for a foreign one."""
    said = description(archive, mapping_of(events, load))
    loader = str(said.get("loader", ""))
    if said.get("foreign", loader in FOREIGN_LOADERS):
        return None
    return Source(load["source"], load["title"], loader, (), "", Path())


def _validated(
    instance: Instance, events: Events, load: Event, validate: Event, source: Source
) -> ValidatedLayers:
    references = validate["references"]
    published = {one: _version(events, one, number) for one, number in references.items()}
    with TemporaryDirectory(prefix="ulzii-findings-") as name:
        scratch = replace(instance, root=Path(name))
        scratch.staging.mkdir()
        archive = Archive(instance.archive, incoming=scratch.staging / "blobs")
        validator = CandidateValidator(scratch, source, published, SilentReporter(), archive)
        layers = {one: _layer(load["layers"][one]) for one in (STATED, INFERRED)}
        return validator.validate(layers, references, RecordsOfDatasets({}, {}))


def _version(events: Events, source: str, number: int) -> Event:
    for load in events.find("Load", source, number):
        return load
    raise IntegrityError(f"the log has no version {number} of {source}")


def _layer(facts: Mapping[str, Any]) -> Layer:
    return Layer(**facts)


def _compared(instance: Instance, load: Event, made: ValidatedLayers) -> ReplayedFindings:
    results = finding_statements(made.findings, load["source"], instance.base)
    lines = {line(one.subject, one.predicate, one.object) for one in results}
    of_rules, met = _logged(Archive(instance.archive), load, made.report)
    if of_rules != lines:
        number = len(of_rules ^ lines)
        reason = f"{number:,} statements of findings are not those of the report"
        return ReplayedFindings(load, Verdict.DIFFERENT, reason, len(lines), met)
    return ReplayedFindings(load, Verdict.PROVEN, "", len(lines), met)


def _logged(archive: Archive, load: Event, report: str) -> tuple[set[bytes], int]:
    """The logged lines that come from the report, and the number of the others."""
    facts = load["layers"][FINDINGS]
    lines = [*layer.read(archive, facts["lines"])]
    origins = rowmap.origins_of(archive, facts["rows"], range(len(lines)))
    of_rules = {
        text
        for text, known in zip(lines, origins, strict=True)
        if any(one.capture == report for one in known)
    }
    return of_rules, len(lines) - len(of_rules)


def check(
    instance: Instance,
    ledger: Ledger,
    archive: Archive,
    reporter: Reporter,
    sample: int | None = None,
) -> Iterator[IntegrityProblem]:
    """Level 5 of `ulzii verify`: what is wrong with the findings of the versions of the ledger, or
    of so many of them, taken at random."""
    for load in chosen(ledger, archive, sample):
        replayed = replay_findings(instance, ledger.events, load)
        if fault := _FAULTS.get(replayed.verdict):
            where = f"log/{load['index']} {load['source']} version {load['version']}"
            message = f"the replay of its findings is {replayed.verdict}: {replayed.reason}"
            yield IntegrityProblem(LEVEL, where, message, fault)
        reporter.advance()
