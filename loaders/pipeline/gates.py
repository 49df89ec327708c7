"""Conditions under which a load is not published, though every part of it could be read.

A `check_…` raises InputError where its condition is broken; the load goes into quarantine, because
its input is wrong. `reasons_to_hold` says why a load must be approved by somebody first: it may be
right, but it takes away much, or rejects much.
"""

from __future__ import annotations

import json
from collections.abc import Set
from dataclasses import dataclass

from graph.archive import Archive
from graph.core.errors import InputError, RulesBroken
from graph.core.privacy import mask_personal_data
from graph.versions.state import State
from loaders.pipeline.map_records import MappedRecords
from loaders.pipeline.source import Source
from loaders.pipeline.validate import ValidatedLayers
from shapes.results import VIOLATION

_MAX_REPORTED = 100  # violations in the response to a writer; the archived report has all
_FEW = 20  # of so many datasets half may go; of more, _MOST_LOST
_MOST_LOST = 0.05
_MOST_REASON = 300  # characters of a reason in an event


@dataclass(frozen=True, slots=True)
class CandidateVersion:
    """What gates look at: the mapped records, the statements they gave, the datasets by IRI, and
    the same of the published version. `unread` is the number of records that were seen and could
    not be read, beside those that were mapped.

    `is_meant_to_shrink`: the maintainers corrected bundled data, and the description names the very
    data of the published version in `replaces`.
    """

    mapped: MappedRecords
    statements: int
    datasets: Set[str]
    datasets_before: Set[str]
    records_before: int
    is_meant_to_shrink: bool
    unread: int = 0


def check_reject_limit(mapped: MappedRecords, source: Source, published: State) -> None:
    """Refuse a write that rejects more records than the source's `reject_limit` allows."""
    if reason := _too_many_rejected(mapped, source, published):
        raise InputError(reason, where=source.id)


def check_something_is_left(version: CandidateVersion, source: Source) -> None:
    """Refuse a load after which nothing, or no dataset any more, would be published."""
    rejects = version.mapped.rejects
    first = f"; the first, {rejects[0]['locator']}: {rejects[0]['reason']}" if rejects else ""
    if not version.statements:
        raise InputError(
            f"nothing would be published: {len(rejects)} of {version.mapped.records} records are"
            f" rejected{first}",
            where=source.id,
            hint="The last published version stays.",
        )
    if version.datasets_before and not version.datasets:
        raise InputError(
            f"no dataset is left of {len(version.datasets_before)}",
            where=source.id,
            hint="The last published version stays. Check what the source answers now.",
        )


def check_cubes_are_described(cubes: Set[str], source: Source) -> None:
    """Refuse observations whose cube (given by IRI) nothing describes."""
    if cubes:
        raise InputError(
            f"observations of <{min(cubes)}>, which nothing describes: no figure is published"
            " without its dataset",
            where=source.id,
            hint="Look among the rejected records for the one that describes it.",
        )


def reasons_to_hold(version: CandidateVersion, source: Source, published: State) -> list[str]:
    """Why a load waits for approval; none where it is published at once."""
    found = [
        "the source is moderated" if source.moderated else "",
        _too_many_rejected(version.mapped, source, published),
        _too_many_unread(version, source),
        "" if version.is_meant_to_shrink else _too_much_lost(version),
    ]
    return [reason for reason in found if reason]


def _too_many_rejected(mapped: MappedRecords, source: Source, published: State) -> str:
    if len(mapped.rejects) <= source.reject_limit * mapped.records:
        return ""
    first = mapped.rejects[0]
    missing = [name for name in source.references if name not in published]
    hint = f" Load {', '.join(missing)} first: the rules need them." if missing else ""
    return (
        f"{len(mapped.rejects)} of {mapped.records} records are rejected, more than"
        f" {source.reject_limit:.0%} (reject_limit); the first, {first['locator']}:"
        f" {first['reason'][:_MOST_REASON]}.{hint}"
    )


def _too_many_unread(version: CandidateVersion, source: Source) -> str:
    seen = version.mapped.records + version.unread
    if version.unread <= source.reject_limit * seen:
        return ""
    return (
        f"{version.unread} of {seen} records cannot be read, more than {source.reject_limit:.0%}"
        " (reject_limit)"
    )


def _too_much_lost(version: CandidateVersion) -> str:
    """Datasets that are gone, by their IRIs; records where the published version has no dataset."""
    if before := version.datasets_before:
        gone = before - version.datasets
        if _is_too_much(len(gone), len(before)):
            return f"{len(gone)} of {len(before)} datasets are gone, among them <{min(gone)}>"
    elif _is_too_much(version.records_before - version.mapped.records, version.records_before):
        return (
            f"the published version has {version.records_before} records, this one"
            f" {version.mapped.records}"
        )
    return ""


def _is_too_much(gone: int, before: int) -> bool:
    return gone > before * (_MOST_LOST if before > _FEW else 0.5)


def check_no_unexplained_violations(validated: ValidatedLayers, source: Source) -> None:
    """Refuse a load with violations that remain after the records behind them were rejected."""
    if count := validated.counts.get(VIOLATION, 0):
        raise InputError(
            f"{count} violations that cannot be traced to a record",
            where=source.id,
            hint="The validation report in the archive names the shapes.",
        )


def check_no_violations(validated: ValidatedLayers, archive: Archive) -> None:
    """Refuse a write with any violation: a write is published whole or not at all.

    Raises RulesBroken, which has the first violations, without personal data.
    """
    if not validated.counts.get(VIOLATION, 0):
        return
    results = json.loads(archive.read(validated.report))["results"]
    violations = [result for result in results if result["severity"] == VIOLATION]
    raise RulesBroken(
        f"{len(violations)} violations of the rules",
        results=[
            json.loads(mask_personal_data(json.dumps(result, ensure_ascii=False)))
            for result in violations[:_MAX_REPORTED]
        ],
        report=validated.report,
    )
