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
from loaders.formats.pxweb.jsonstat import JsonStatTable, composed
from loaders.formats.pxweb.table import PxTable
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture

NSO_CELLS = 100_000
"""Most values in a response, by the terms of use of the National Statistics Office."""

_CHANGED = "The table changed while it was fetched. Fetch it again."


@dataclass(frozen=True, slots=True)
class TableMetadata:
    """The answer to a GET of a table: its variables, each with its codes, in order, and their
    texts, which a server need not give."""

    capture: Capture
    variables: Mapping[str, tuple[str, ...]]
    texts: Mapping[str, tuple[str, ...]]


def max_cells(context: LoaderContext) -> int:
    """Most values of a response of this source."""
    return int(context.source.options.get("max_cells", NSO_CELLS))


def requests(
    table: PxTable, metadata: Mapping[str, TableMetadata], limit: int
) -> Iterator[FetchRequest]:
    """The chunks of a table whose metadata came, by language.

    Raises InputError where a single value of the first variable has too many cells, and for a
    selection of what the table has not.
    """
    selected = chosen(table, metadata)
    if table.select and not selected:  # the English metadata did not come yet
        return
    for one in metadata.values():
        yield from _chunks(one, {**one.variables, **selected}, limit)


def chosen(table: PxTable, metadata: Mapping[str, TableMetadata]) -> dict[str, tuple[str, ...]]:
    """The codes of those dimensions of which only some values are asked for, told by their English
    texts: codes of years mean other years after each update.

    Raises InputError for a text that is not there.
    """
    if "en" not in metadata:
        return {}
    by_name = {composed(code): code for code in metadata["en"].variables}
    selected = {by_name.get(name, name): texts for name, texts in table.select.items()}
    return {name: _codes_of(texts, name, metadata["en"]) for name, texts in selected.items()}


def _codes_of(wanted: Sequence[str], name: str, metadata: TableMetadata) -> tuple[str, ...]:
    codes, texts = metadata.variables.get(name, ()), metadata.texts.get(name, ())
    by_text = {_bare(text): code for code, text in zip(codes, texts, strict=True)}
    if missing := [text for text in wanted if _bare(text) not in by_text]:
        message = f"“{name}” has no value {', '.join(f'“{one}”' for one in missing)}"
        raise error_at(metadata.capture, message, "variables", hint="Correct “select”.")
    asked = {by_text[_bare(text)] for text in wanted}
    return tuple(code for code in codes if code in asked)


def _bare(text: str) -> str:
    """A text without the mark of provisional figures, which goes when they are final."""
    return composed(text).strip("* ")


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
    codes = {one["code"]: tuple(one["values"]) for one in variables}
    return TableMetadata(capture, codes, {one["code"]: _texts(one) for one in variables})


def _texts(variable: Mapping[str, Any]) -> tuple[str, ...]:
    """The text of each code; the codes themselves where the server gives none."""
    codes, texts = variable["values"], variable.get("valueTexts")
    if isinstance(texts, list) and len(texts) == len(codes):
        return tuple(map(str, texts))
    return tuple(codes)


def _is_variable(one: Any) -> bool:
    if not isinstance(one, dict) or not isinstance(one.get("code"), str):
        return False
    values = one.get("values")
    return isinstance(values, list) and bool(values) and all(isinstance(v, str) for v in values)


def _chunks(
    metadata: TableMetadata, variables: Mapping[str, tuple[str, ...]], limit: int
) -> Iterator[FetchRequest]:
    first, *others = variables
    codes, capture = variables[first], metadata.capture
    cells = prod(len(variables[name]) for name in others)
    step = limit // cells
    if not step:
        message = f"one value of “{first}” has {cells:,} cells, more than {limit:,}"
        raise error_at(capture, message, "variables", hint="Raise max_cells if the server may.")
    for start in range(0, len(codes), step):
        part = {**variables, first: codes[start : start + step]}
        query = [
            {"code": code, "selection": {"filter": "item", "values": list(values)}}
            for code, values in part.items()
        ]
        body = {"query": query, "response": {"format": "json-stat2"}}
        yield FetchRequest(f"{capture.name}-{start}.json", capture.url, body=body)


def merge(
    chunks: Sequence[JsonStatTable],
    metadata: TableMetadata | None,
    selected: Mapping[str, tuple[str, ...]],
) -> JsonStatTable:
    """The chunks of a table as one, in the order of the first variable; `selected` are the codes of
    the dimensions of which not all were asked for.

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
        _check_whole(merged, metadata, selected)
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


def _check_whole(
    table: JsonStatTable, metadata: TableMetadata, selected: Mapping[str, tuple[str, ...]]
) -> None:
    came = {one.name: one.codes for one in table.dimensions}
    for code, values in {**metadata.variables, **selected}.items():
        if came.get(composed(code)) != values:
            there = len(came.get(composed(code), ()))
            message = f"{len(values)} values of “{code}” announced, {there} came, or in other order"
            raise error_at(metadata.capture, message, "variables", hint=_CHANGED)
