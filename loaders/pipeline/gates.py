"""When a load may not be published, though every part of it could be read.

Each function raises InputError, which puts the load into quarantine.
"""

from __future__ import annotations

import json

from graph.archive import Archive
from graph.core.errors import InputError, RulesBroken
from graph.core.privacy import mask_personal_data
from graph.ledger import Event
from graph.versions.state import State
from loaders.pipeline.map_records import MappedRecords
from loaders.pipeline.source import Source
from loaders.pipeline.validate import ValidatedLayers
from shapes.results import VIOLATION

_TOLD = 100  # violations that a writer is told; the report has all
_SHRUNK = 0.5  # a list that lost half its records is more likely cut than true


def refuse_rejects(found: MappedRecords, source: Source, published: State) -> None:
    """More records are rejected than the source's `reject_limit` allows."""
    if len(found.rejects) > source.reject_limit * found.records:
        first = found.rejects[0]
        raise InputError(
            f"{len(found.rejects)} of {found.records} records cannot be used; "
            f"the first, {first['locator']}: {first['reason']}",
            where=source.id,
            hint=_reject_hint(source, published),
        )


def _reject_hint(source: Source, published: State) -> str:
    missing = [name for name in source.references if name not in published]
    first = f" Load {', '.join(missing)} first: the checks look at them." if missing else ""
    return f"At most {source.reject_limit:.0%} may be rejected (reject_limit).{first}"


def refuse_violations(checked: ValidatedLayers, source: Source) -> None:
    """Violations stay when every record they come from is gone."""
    if count := checked.counts.get("Violation", 0):
        raise InputError(
            f"{count} violations that no single record explains",
            where=source.id,
            hint="The validation report is in the archive; see the shapes it names.",
        )


def refuse_any_violation(checked: ValidatedLayers, archive: Archive) -> None:
    """A write is taken as it is or not at all: raises RulesBroken with the violations."""
    if not checked.counts.get(VIOLATION, 0):
        return
    told = json.loads(archive.read(checked.report))["results"]
    broken = [result for result in told if result["severity"] == VIOLATION]
    results = [
        json.loads(mask_personal_data(json.dumps(r, ensure_ascii=False))) for r in broken[:_TOLD]
    ]
    raise RulesBroken(
        f"{len(broken)} violations of the rules", results=results, report=checked.report
    )


def refuse_shrinking(found: MappedRecords, source: Source, before: Event | None) -> None:
    """The list lost more than half its records since the published version."""
    last = before["counts"]["records"] if before else 0
    if found.records < last * _SHRUNK:
        raise InputError(
            f"{found.records} records, where the last version had {last}",
            where=source.id,
            hint="If the list really shrank, load again with --allow-shrink.",
        )
