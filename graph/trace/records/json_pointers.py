"""Records that are values of a JSON document (RFC 6901 pointer in the form for URI fragments).

A value of JSON-stat 2 (https://json-stat.org/full/) is a cell: it is shown in its table, under the
labels of its dimensions. What stands below a member that names a person («захирал») is hidden,
however deep; `graph.trace.records.masking` sees the record's own members only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any
from urllib.parse import unquote

from graph.trace.records.masking import HIDDEN, is_of_person
from graph.trace.records.view import RecordView, ShownRow, ShownTable

_MOST_MEMBERS = 80
_LONGEST = 500  # characters of a member
_AROUND = 1  # rows of a cube before and behind
_COLUMNS = 5  # of a cube


def read(data: bytes, pointer: str) -> RecordView:
    """The value that a pointer names. Raises ValueError where the document is not JSON, LookupError
    where it has no such value."""
    document = json.loads(data.decode("utf-8-sig"), parse_float=_Number, parse_int=_Number)
    steps = [_unescaped(step) for step in pointer.split("/")[1:]]
    value = document
    for step in steps:
        value = value[_index(step)] if isinstance(value, list) else value[step]
    if steps[:1] == ["value"] and len(steps) == 2 and _is_cube(document):
        return _cell(document, int(steps[1]), value)
    above = steps if isinstance(value, dict | list) else steps[:-1]
    if any(is_of_person(step, "") for step in above):
        return RecordView(cells={steps[-1]: HIDDEN}, value=HIDDEN)
    if isinstance(value, dict):
        return RecordView(cells=_members(value))
    if isinstance(value, list):
        return RecordView(
            cells={str(n): _shown(one) for n, one in enumerate(value[:_MOST_MEMBERS])}
        )
    return RecordView(cells={steps[-1] if steps else "": _shown(value)}, value=_shown(value))


class _Number(str):
    """A number as it is written: 3192.0 stays 3192.0."""


def _index(step: str) -> int:
    if not (step.isascii() and step.isdigit()):  # RFC 6901 counts from the beginning only
        raise ValueError("no index of an array")
    return int(step)


def _unescaped(step: str) -> str:
    return unquote(step).replace("~1", "/").replace("~0", "~")


def _members(value: Mapping[str, Any]) -> dict[str, str]:
    return {name: _shown(one) for name, one in [*value.items()][:_MOST_MEMBERS]}


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value[:_LONGEST]
    return json.dumps(without_persons(value), ensure_ascii=False)[:_LONGEST]


def without_persons(value: Any) -> Any:
    """A value of JSON without what its members say of persons."""
    if isinstance(value, list):
        return [without_persons(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: HIDDEN if is_of_person(name, _plain(one)) else without_persons(one)
        for name, one in value.items()
    }


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _is_cube(document: Any) -> bool:
    return isinstance(document, dict) and all(k in document for k in ("id", "size", "dimension"))


def _cell(document: Mapping[str, Any], index: int, value: Any) -> RecordView:
    sizes = [int(one) for one in document["size"]]
    dimensions = [document["dimension"][name] for name in document["id"]]
    labels = [_labels(one, size) for one, size in zip(dimensions, sizes, strict=True)]
    place = _coordinates(index, sizes)
    names = [str(one.get("label", n)) for one, n in zip(dimensions, document["id"], strict=True)]
    cells = {name: labels[n][place[n]] for n, name in enumerate(names)}
    return RecordView(cells, _shown(value), _around(document, place, sizes, labels, names))


def _coordinates(index: int, sizes: Sequence[int]) -> list[int]:
    """The position along each dimension; the last one varies fastest."""
    return [index // prod(sizes[n + 1 :]) % size for n, size in enumerate(sizes)]


def _labels(dimension: Mapping[str, Any], size: int) -> list[str]:
    category = dimension.get("category", {})
    index = category.get("index") or [*category.get("label", {})]
    codes = index if isinstance(index, list) else sorted(index, key=lambda code: int(index[code]))
    names = category.get("label", {})
    found = [str(names.get(code, code)).strip() for code in codes]
    return (found + [""] * size)[:size]


def _around(
    document: Mapping[str, Any],
    place: Sequence[int],
    sizes: Sequence[int],
    labels: Sequence[Sequence[str]],
    names: Sequence[str],
) -> ShownTable:
    """Rows and columns around a cell: the last dimension gives the columns."""
    width = sizes[-1]
    row, column = _row_of(place, sizes), place[-1]
    start = max(0, min(column - _COLUMNS // 2, width - _COLUMNS))
    columns = range(start, min(width, start + _COLUMNS))
    rows = range(max(0, row - _AROUND), min(prod(sizes[:-1]), row + _AROUND + 1))
    header = (" · ".join(names[:-1]), *(labels[-1][c] for c in columns))
    shown = tuple(
        ShownRow(
            "",
            (_row_name(r, sizes, labels), *(_value(document, r * width + c) for c in columns)),
            r == row,
        )
        for r in rows
    )
    return ShownTable(header, shown, 1 + column - start)


def _row_of(place: Sequence[int], sizes: Sequence[int]) -> int:
    row = 0
    for position, size in zip(place[:-1], sizes[:-1], strict=True):
        row = row * size + position
    return row


def _row_name(row: int, sizes: Sequence[int], labels: Sequence[Sequence[str]]) -> str:
    place = _coordinates(row, sizes[:-1])
    return " · ".join(labels[n][position] for n, position in enumerate(place))


def _value(document: Mapping[str, Any], index: int) -> str:
    values = document["value"]
    value = values[index] if isinstance(values, list) else values.get(str(index))
    return "" if value is None else _shown(value)
