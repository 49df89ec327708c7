"""Conditions under which a load is not published, though every part of it could be read.

Each function raises InputError where its condition is broken; the load goes into quarantine.
"""

from __future__ import annotations

import json

from graph.archive import Archive
from graph.core.errors import InputError, RulesBroken
from graph.core.privacy import mask_personal_data
from graph.versions.state import State
from loaders.pipeline.map_records import MappedRecords
from loaders.pipeline.previous_version import PreviousVersion
from loaders.pipeline.source import Source
from loaders.pipeline.validate import ValidatedLayers
from shapes.results import VIOLATION

_MAX_REPORTED = 100  # violations in the response to a writer; the archived report has all
_MIN_REMAINING = 0.5  # a list that lost half its records was more likely cut than shortened


def check_reject_limit(mapped: MappedRecords, source: Source, published: State) -> None:
    """Refuse a load that rejects more records than the source's `reject_limit` allows."""
    if len(mapped.rejects) > source.reject_limit * mapped.records:
        first = mapped.rejects[0]
        raise InputError(
            f"{len(mapped.rejects)} of {mapped.records} records are rejected; "
            f"the first, {first['locator']}: {first['reason']}",
            where=source.id,
            hint=_reject_hint(source, published),
        )


def _reject_hint(source: Source, published: State) -> str:
    missing = [name for name in source.references if name not in published]
    first = f" Load {', '.join(missing)} first: the rules need them." if missing else ""
    return f"At most {source.reject_limit:.0%} may be rejected (reject_limit).{first}"


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


def check_not_shrunk(mapped: MappedRecords, source: Source, previous: PreviousVersion) -> None:
    """Refuse a load with less than half the records of the published version.

    A bundled source that names the very data of that version in `replaces` may shrink: then the
    maintainers corrected it on purpose. The description is archived with the mapping's code.
    """
    load = previous.load_event
    last = load["counts"]["records"] if load else 0
    if mapped.records < last * _MIN_REMAINING and previous.manifest() not in source.replaces:
        raise InputError(
            f"{mapped.records} records, but the published version has {last}",
            where=source.id,
            hint="If the list really shrank, load again with --allow-shrink.",
        )
