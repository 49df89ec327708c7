"""A live PX-Web table: its metadata, then its values in chunks under the server's limit.

    GET  …/api/v1/en/…/T.px   {"title": …, "variables": [{"code": "Бүс", "text": …, "values": ["0",
                              "1", …], "valueTexts": […]}, …]}
    POST …/api/v1/en/…/T.px   {"query": [{"code": "Бүс", "selection": {"filter": "item", "values":
                              ["0"]}}, …], "response": {"format": "json-stat2"}}

A chunk has some values of the first variable and all of the others, so the values of all chunks,
one after the other, are those of the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from graph.core.errors import InputError
from loaders.fetching.model import FetchRequest
from loaders.formats.json_strict import error_at, read
from loaders.formats.pxweb.jsonstat import JsonStatTable
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture

NSO_CELLS = 100_000
"""Most values in a response, by the terms of use of the National Statistics Office."""

_CHANGED = "The table changed while it was fetched. Fetch it again."


@dataclass(frozen=True, slots=True)
class TableMetadata:
    """The answer to a GET of a table: its variables, each with its codes, in order."""

    capture: Capture
    variables: Mapping[str, tuple[str, ...]]


def max_cells(context: LoaderContext) -> int:
    """Most values of a response of this source."""
    return int(context.source.options.get("max_cells", NSO_CELLS))


def requests(context: LoaderContext, answers: Sequence[Capture]) -> Iterator[FetchRequest]:
    """The chunks of every table whose metadata came.

    Raises InputError for metadata that cannot be read, and for a table of which a single value of
    the first variable has too many cells.
    """
    for answer in answers:
        if metadata := read_metadata(answer):
            yield from _chunks(metadata, max_cells(context))


def read_metadata(capture: Capture) -> TableMetadata | None:
    """The metadata of a table; None for an answer that is something else.

    Raises InputError for what is no JSON, and for variables that cannot be read.
    """
    if not capture.mentions(b'"variables"'):  # large answers are not parsed twice
        return None
    data = read(capture)
    if not isinstance(data, dict) or "variables" not in data:
        return None
    variables = data["variables"]
    if not isinstance(variables, list) or not variables or not all(map(_is_variable, variables)):
        raise error_at(capture, "a list of variables, each with code and values", "variables")
    return TableMetadata(capture, {one["code"]: tuple(one["values"]) for one in variables})


def _is_variable(one: Any) -> bool:
    if not isinstance(one, dict) or not isinstance(one.get("code"), str):
        return False
    values = one.get("values")
    return isinstance(values, list) and bool(values) and all(isinstance(v, str) for v in values)


def _chunks(metadata: TableMetadata, limit: int) -> Iterator[FetchRequest]:
    first, *others = metadata.variables
    codes, capture = metadata.variables[first], metadata.capture
    cells = prod(len(metadata.variables[name]) for name in others)
    step = limit // cells
    if not step:
        message = f"one value of “{first}” has {cells:,} cells, more than {limit:,}"
        raise error_at(capture, message, "variables", hint="Raise max_cells if the server may.")
    for start in range(0, len(codes), step):
        chosen = {**metadata.variables, first: codes[start : start + step]}
        query = [
            {"code": code, "selection": {"filter": "item", "values": list(values)}}
            for code, values in chosen.items()
        ]
        body = {"query": query, "response": {"format": "json-stat2"}}
        yield FetchRequest(f"{capture.name}-{start}.json", capture.url, body=body)


def merge(chunks: Sequence[JsonStatTable], metadata: TableMetadata | None) -> JsonStatTable:
    """The chunks of a table as one, in the order of the first variable.

    Raises InputError where there is none, where the chunks are of different states of the table, or
    are not all its codes.
    """
    if not chunks:
        where = metadata.capture.name if metadata else ""
        raise InputError("no values of the table came", where=where, hint=_CHANGED)
    first, *others = chunks
    for chunk in others:
        same = (chunk.dimensions[1:], chunk.label, chunk.updated)
        if same != (first.dimensions[1:], first.label, first.updated):
            raise error_at(chunk.capture, f"not as in {first.capture.name}", hint=_CHANGED)
    merged = replace(
        first,
        dimensions=(_first_dimension(chunks), *first.dimensions[1:]),
        values=tuple(value for chunk in chunks for value in chunk.values),
        status=dict(_status(chunks)),
        parts=tuple((len(chunk.values), chunk.capture) for chunk in chunks),
    )
    if metadata:
        _check_whole(merged, metadata)
    return merged


def _first_dimension(chunks: Sequence[JsonStatTable]) -> Any:
    dimensions = [chunk.dimensions[0] for chunk in chunks]
    return replace(
        dimensions[0],
        codes=tuple(code for one in dimensions for code in one.codes),
        labels={code: text for one in dimensions for code, text in one.labels.items()},
        units={code: text for one in dimensions for code, text in one.units.items()},
        code_notes={code: text for one in dimensions for code, text in one.code_notes.items()},
    )


def _status(chunks: Sequence[JsonStatTable]) -> Iterator[tuple[int, str]]:
    start = 0
    for chunk in chunks:
        yield from ((start + index, text) for index, text in chunk.status.items())
        start += len(chunk.values)


def _check_whole(table: JsonStatTable, metadata: TableMetadata) -> None:
    came = {one.id: one.codes for one in table.dimensions}
    for code, values in metadata.variables.items():
        if came.get(code) != values:
            there = len(came.get(code, ()))
            message = f"{len(values)} values of “{code}” announced, {there} came, or in other order"
            raise error_at(metadata.capture, message, "variables", hint=_CHANGED)
