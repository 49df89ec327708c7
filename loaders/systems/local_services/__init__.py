"""Local e-Mongolia services of 21 aimags: observations, claims, their sum, centres, channels.

Reads the bundled table of facts (text/csv) or the ministry's page itself (text/plain). The
description of the dataset comes as Turtle beside them. Observations are in `dataset`, stated totals
and their sum in `claims`, centres and channels in `channels`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from pydantic import Field

from graph.core.errors import InputError
from loaders.descriptions.schema import LoaderOptions
from loaders.formats import rdf
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Record, Statement
from loaders.systems.local_services import channels, claims, dataset, facts, page
from loaders.systems.local_services.facts import OTHERS, Fact, UnitNames


class LocalServicesOptions(LoaderOptions):
    """`[options]` of a source of this loader."""

    names: dict[str, str] = Field(description="name of an aimag = its land-agency code, as text")


OPTIONS = LocalServicesOptions


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """One record per fact, one per Turtle subject, one for the sum, one for the other centres.

    Raises InputError when the facts are incomplete, because their sum would be wrong.
    """
    turtle = [capture for capture in captures if rdf.is_rdf(capture)]
    capture = _single(captures, turtle)
    names: UnitNames = context.source.options["names"]
    all_facts = list(_read(capture, names))
    facts.check(capture, all_facts, names)
    yield from rdf.records(turtle, context)
    common = {
        "names": names,
        "item": _value(all_facts, "item"),
        "period": next((f.name, f.value) for f in all_facts if f.kind == "period"),
    }
    for fact in all_facts:
        data = {"fact": fact, **common}
        # the item is the dataset, whose cube all counts belong to
        yield Record(capture, fact.locator, fact.kind, data, critical=fact.kind == "item")
    yield _sum(capture, all_facts, common)
    yield from _planned(capture, all_facts, common)


def _single(captures: Sequence[Capture], turtle: Sequence[Capture]) -> Capture:
    rest = [capture for capture in captures if capture not in turtle]
    if len(rest) != 1:
        raise InputError(
            f"{len(rest)} files of facts instead of one",
            where=", ".join(capture.name for capture in rest),
            hint="Name either the table of facts or the page in `files`.",
        )
    return rest[0]


def _read(capture: Capture, names: UnitNames) -> Iterator[Fact]:
    is_table = PurePosixPath(capture.name).suffix == ".csv" or capture.media_type == "text/csv"
    return facts.read(capture) if is_table else page.read(capture, names)


def _value(all_facts: Sequence[Fact], kind: str) -> str:
    return next(fact.value for fact in all_facts if fact.kind == kind)


def _sum(capture: Capture, all_facts: Sequence[Fact], common: dict[str, Any]) -> Record:
    counts = [fact for fact in all_facts if fact.kind == "count"]
    data = {"value": sum(int(fact.value) for fact in counts), **common}
    return Record(capture, _span(counts), "sum", data)


def _planned(
    capture: Capture, all_facts: Sequence[Fact], common: dict[str, Any]
) -> Iterator[Record]:
    """The centres of all aimags that are not named, if the source says “the others”."""
    centres = [fact for fact in all_facts if fact.kind == "centre"]
    if any(fact.name == OTHERS for fact in centres):
        named = {common["names"].get(fact.name) for fact in centres}
        rest = sorted(set(common["names"].values()) - named)
        yield Record(capture, _span(centres), "planned", {"units": rest, **common})


def _span(group: Sequence[Fact]) -> str:
    """The locator of several facts: from the first to the last (RFC 7111, RFC 5147)."""
    scheme, _, first = group[0].locator.partition("=")
    last = group[-1].locator.partition("=")[2]
    return (
        f"row={first}-{last}"
        if scheme == "row"
        else f"char={first.split(',')[0]},{last.split(',')[1]}"
    )


_MAPPINGS: dict[str, Callable[[Record, LoaderContext], Iterator[Statement]]] = {
    "item": dataset.item,
    "text": dataset.text_read,
    "period": dataset.period,
    "total": claims.claim,
    "count": dataset.observation,
    "centre": channels.centre,
    "through": channels.through,
    "not-through": channels.not_through,
    "sum": claims.computed_sum,
    "planned": channels.planned,
}


def statements(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The statements of one fact, of the sum or the other centres, or of a Turtle subject."""
    mapping = _MAPPINGS.get(record.kind)
    return mapping(record, context) if mapping else rdf.statements(record, context)
