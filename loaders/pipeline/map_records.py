"""The mapping stage: records of captures become tagged lines, every record accounted for.

Counts keep one identity: records = mapped + rejected + skipped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graph.core.errors import InputError
from graph.core.privacy import mask_personal_data
from graph.core.progress import Reporter
from graph.statements.canonical import line
from graph.statements.rowmap import Origins
from graph.statements.sorting import Sorter
from loaders.pipeline.protocol import Loader, LoaderContext
from loaders.pipeline.record import Capture, Record, Rejected, Skipped, Statement

_EVERY = 500


@dataclass(slots=True)
class MappedRecords:
    """What mapping gave: lines per layer, and what became of each record."""

    lines: dict[str, Sorter]
    origins: Origins = field(default_factory=Origins)
    records: int = 0
    rejects: list[dict[str, str]] = field(default_factory=list)
    skips: list[dict[str, str]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """For the Load event."""
        rejected, skipped = len(self.rejects), len(self.skips)
        return {
            "records": self.records,
            "mapped": self.records - rejected - skipped,
            "rejected": rejected,
            "skipped": skipped,
        }


def run(
    loader: Loader,
    captures: Sequence[Capture],
    context: LoaderContext,
    mapped: MappedRecords,
    reporter: Reporter,
    unwanted: Mapping[tuple[str, str], str],
    *,
    may_be_empty: bool = False,
) -> MappedRecords:
    """Map everything; `unwanted` are records (capture digest, locator) that break a rule, and why.

    Raises InputError when the input as a whole is broken, or holds no record where it should.
    """
    reporter.step("map")
    for record in loader.records(captures, context):
        reason = unwanted.get((record.capture.digest, record.locator), "")
        _one(loader, record, context, mapped, reason)
        if mapped.records % _EVERY == 0:
            reporter.advance(_EVERY)
    if not mapped.records and not may_be_empty:
        raise InputError("there is no record in it", where=captures[0].url if captures else "")
    return mapped


def _one(
    loader: Loader, record: Record, context: LoaderContext, mapped: MappedRecords, broken: str
) -> None:
    mapped.records += 1
    number = mapped.origins.record(record.capture.digest, record.locator)
    try:
        if broken:
            raise Rejected(broken)
        found = list(loader.statements(record, context))
        _check_subjects(found, context)
    except Skipped as reason:
        mapped.skips.append(_outcome(record, reason))
    except Rejected as reason:
        mapped.rejects.append(_outcome(record, reason))
    else:
        _take(found, number, mapped)


def _take(found: Sequence[Statement], record: int, mapped: MappedRecords) -> None:
    """Sort the statements of a record into the layers."""
    rules = [mapped.origins.rule(one.rule) for one in found]  # numbered as they come
    for layer in dict.fromkeys(one.layer for one in found):
        told = [(one, rule) for one, rule in zip(found, rules, strict=True) if one.layer == layer]
        lines = [line(one.subject, one.predicate, one.object) for one, _ in told]
        mapped.lines[layer].extend(record, lines, [rule for _, rule in told])


def _check_subjects(found: Sequence[Statement], context: LoaderContext) -> None:
    for one in found:
        if context.names.is_void(one.subject.value):
            raise Rejected(
                f"{one.subject} is a description that is made here; speak of other things"
            )


def _outcome(record: Record, reason: Exception) -> dict[str, str]:
    return {
        "capture": record.capture.digest,
        "locator": record.locator,
        "reason": mask_personal_data(str(reason)),
    }
