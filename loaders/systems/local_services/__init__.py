"""Local e-Mongolia services of 21 aimags: observations, claims, their sum, centres, channels.

Reads the bundled table of facts (text/csv) or the ministry's page itself (text/plain); how the
figures are published comes as Turtle beside them. Two totals stated in prose cannot be
observations of one cube (Data Cube IC-12), so they are claims; the sum is ours and inferred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from graph.core.errors import InputError
from loaders.formats import rdf
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Record, Statement
from loaders.systems.local_services import facts, model, page
from loaders.systems.local_services.facts import OTHERS, Fact, UnitNames


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """One record per fact and per Turtle subject, one for the sum, one for the other centres.

    Raises InputError when the facts are incomplete: their sum would be a false statement.
    """
    turtle = [capture for capture in captures if rdf.is_rdf(capture)]
    capture = _single(captures, turtle)
    names: UnitNames = context.source.options["names"]
    found = list(_read(capture, names))
    facts.check(capture, found, names)
    yield from rdf.records(turtle, context)
    common = {
        "names": names,
        "item": _value(found, "item"),
        "period": next((f.name, f.value) for f in found if f.kind == "period"),
    }
    for fact in found:
        yield Record(capture, fact.locator, fact.kind, {"fact": fact, **common})
    yield _sum(capture, found, common)
    yield from _planned(capture, found, common)


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


def _value(found: Sequence[Fact], kind: str) -> str:
    return next(fact.value for fact in found if fact.kind == kind)


def _sum(capture: Capture, found: Sequence[Fact], common: dict[str, Any]) -> Record:
    counts = [fact for fact in found if fact.kind == "count"]
    data = {"value": sum(int(fact.value) for fact in counts), **common}
    return Record(capture, _span(counts), "sum", data)


def _planned(capture: Capture, found: Sequence[Fact], common: dict[str, Any]) -> Iterator[Record]:
    """The centres of all aimags that are not named, where the source says “the others”."""
    centres = [fact for fact in found if fact.kind == "centre"]
    if any(fact.name == OTHERS for fact in centres):
        named = {common["names"].get(fact.name) for fact in centres}
        rest = sorted(set(common["names"].values()) - named)
        yield Record(capture, _span(centres), "planned", {"units": rest, **common})


def _span(found: Sequence[Fact]) -> str:
    """Where several facts stand together: from the first to the last (RFC 7111, RFC 5147)."""
    scheme, _, first = found[0].locator.partition("=")
    last = found[-1].locator.partition("=")[2]
    return (
        f"row={first}-{last}"
        if scheme == "row"
        else f"char={first.split(',')[0]},{last.split(',')[1]}"
    )


_MODELS: dict[str, Callable[[Record, LoaderContext], Iterator[Statement]]] = {
    "item": model.item,
    "text": model.text_read,
    "period": model.period,
    "total": model.claim,
    "count": model.observation,
    "centre": model.centre,
    "through": model.through,
    "not-through": model.not_through,
    "sum": model.computed_sum,
    "planned": model.planned,
}


def statements(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """What one fact says, in the words of `model`."""
    mapped = _MODELS.get(record.kind)
    return mapped(record, context) if mapped else rdf.statements(record, context)
