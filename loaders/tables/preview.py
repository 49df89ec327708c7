"""The first rows as a description would map them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from graph.core.errors import UlziiError
from graph.core.iris import Names
from graph.core.privacy import mask_personal_data
from loaders.pipeline.protocol import LoaderContext, OtherSources
from loaders.pipeline.record import (
    Capture,
    LoadFinding,
    Record,
    Rejected,
    Statement,
    WrittenStatements,
)
from loaders.pipeline.source import Source
from loaders.tables import loader
from loaders.tables.description.options import QUESTION
from loaders.tables.mapping.observation_cells import ObservationCell

_MOST = 12  # figures or records
_LOOKED_AT = 2000  # records of any kind


def preview(
    description: str, capture: Capture, base: str, others: OtherSources | None
) -> list[str]:
    """The first figures or records of a file, one a line: place, key, value; as a last line how
    many statements they are. Open questions are passed over; what is wrong is a line too. What
    looks like personal data is masked."""
    try:
        return [*map(mask_personal_data, _lines(_source(description), capture, base, others))]
    except UlziiError as error:
        return [f"Not mapped yet: {mask_personal_data(error.message)}"]


def _source(description: str) -> Source:
    table = _answered(tomllib.loads(description))
    return Source(
        id=table["id"],
        title=table["title"],
        loader="table",
        files=(),
        media_type="",
        path=Path(f"{table['id']}.toml"),
        publisher=table.get("publisher", ""),
        options=table["options"],
    )


_STAND_INS = {
    "numbers": "1,234.5",
    "role": "ignore",
    "class": "http://example.org/class",
    "property": "http://example.org/property",
    "period": "year",
    "year": "2000",
}


def _answered(value: Any) -> Any:
    """The description with stand-ins for answers; without columns whose dates are a question."""
    if isinstance(value, dict):
        if value.get("dates") == QUESTION:
            return {"name": value["name"], "role": "ignore"}
        return {
            key: _STAND_INS.get(key, "") if one == QUESTION else _answered(one)
            for key, one in value.items()
        }
    return [_answered(one) for one in value] if isinstance(value, list) else value


def _lines(
    source: Source, capture: Capture, base: str, others: OtherSources | None
) -> Iterator[str]:
    context = LoaderContext(source, Names(base), others=others)
    total = shown = 0
    for record in islice(loader.records([capture], context), _LOOKED_AT):
        statements, problem = _mapped(record, context)
        total += len(statements)
        if record.kind not in {"observation", "thing", "broken"}:
            continue
        yield f"{record.locator}: {problem or _shown(record, statements)}"
        shown += 1
        if shown == _MOST:
            break
    yield f"{total} statements so far, with the dataset and its structure"


def _mapped(record: Record, context: LoaderContext) -> tuple[list[Statement], str]:
    try:
        made = list(loader.statements(record, context))
    except Rejected as reason:
        return [], f"rejected: {reason}"
    return [
        statement
        for one in made
        if not isinstance(one, LoadFinding)
        for statement in (one.parsed() if isinstance(one, WrittenStatements) else [one])
    ], ""


def _shown(record: Record, statements: list[Statement]) -> str:
    made = record.data.get("observation")
    if isinstance(made, ObservationCell):
        key = " · ".join(term.key for _, term in made.key)
        unresolved = "".join(f" ({term.finding}: {term.label})" for term in made.unresolved)
        return f"{key} = {made.cell.text or '(blank)'}{unresolved}"
    return " · ".join(str(one.object.value) for one in statements[1:4])
