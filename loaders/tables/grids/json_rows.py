"""Tables in JSON: a list of objects, a list of lists, objects by key, and lists by column.

    [{"a": 1, "b": 2}, …]          a row an object; its members are columns, nested ones `org.name`
    [["a", "b"], [1, 2], …]        a row a list, the first is the head
    {"x": {"a": 1}, …}             a row a member; its key is in the column `key`
    {"a": [1, …], "b": [2, …]}     a column a member
    {"columns": ["a", "b"], "data": [[1, 2], …]}

The head is row 1, also where it is made of keys. The first two and the fourth are read as a stream,
the others, which need all of the file at once, up to the size of `Capture.data`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from graph.core.errors import InputError
from loaders.formats import json_strict
from loaders.formats.json_strict import FETCH_AGAIN
from loaders.pipeline.record import Capture
from loaders.tables.cells.addresses import JsonAddress
from loaders.tables.cells.model import Cell, Dialect, Row, Sheet, Value
from loaders.tables.grids import json_stream
from loaders.tables.grids.delimited import MAX_COLUMNS

_SAMPLE = 1000  # rows whose members are the columns
_LEVELS = 5  # of nested objects that become columns; deeper ones are text
KEY = "key"


def sheets(capture: Capture, dialect: Dialect) -> Iterator[Sheet]:
    """The only table of the file."""
    yield Sheet("", rows(capture, dialect))


def rows(capture: Capture, dialect: Dialect) -> Iterator[Row]:
    """The head and the rows.

    Raises InputError for JSON that is invalid or cut, has a member twice, or no table at the path.
    """
    kind = json_stream.kind(capture, dialect)
    if not kind:
        raise InputError(
            f"there is no table at “{dialect.path or '/'}”",
            where=capture.name,
            hint="Name the path of the list of rows in the description, such as /result/items.",
        )
    return _READERS[kind](capture, dialect)


def _objects(capture: Capture, dialect: Dialect) -> Iterator[Row]:
    address = JsonAddress(dialect.path, first=2)
    return _of_members(json_stream.items(capture, dialect), address, capture.name)


def _keyed(capture: Capture, dialect: Dialect) -> Iterator[Row]:
    address = JsonAddress(dialect.path, first=2, keyed=True)
    pairs = json_stream.pairs(capture, dialect)

    def members() -> Iterator[Any]:
        for key, value in pairs:
            address.keys.append(key)
            yield {KEY: key, **value} if isinstance(value, dict) else value

    return _of_members(members(), address, capture.name)


def _of_members(items: Iterator[Any], address: JsonAddress, where: str) -> Iterator[Row]:
    first = [_flat(item) for item in islice(items, _SAMPLE)]
    columns = {name: None for item in first for name in item}
    if len(columns) > MAX_COLUMNS:
        message = f"the first rows have {len(columns):,} members; {MAX_COLUMNS:,} are allowed"
        raise InputError(message, where=where, hint=FETCH_AGAIN)
    address.columns = [list(name) for name in columns]
    places = {name: at for at, name in enumerate(columns)}
    head = [".".join(name) for name in columns]
    yield Row(1, [Cell(name, None, 1, at, address) for at, name in enumerate(head, 1)], address)
    for number, item in enumerate(chain(first, map(_flat, items)), 2):
        yield Row(number, _placed(item, number, places, address), address)


Name = tuple[str, ...]


def _placed(
    item: Mapping[Name, Any], number: int, places: dict[Name, int], address: JsonAddress
) -> list[Cell]:
    """The cells of an object in the order of the columns, then those of members that none of the
    first rows had: the table has no head for them."""
    if late := [name for name in item if name not in places]:
        places = {**places, **{name: at for at, name in enumerate(late, len(places))}}
        address = replace(address, columns=[list(name) for name in places])
    cells = [Cell("", None, number, at, address) for at in range(1, len(places) + 1)]
    for name, value in item.items():
        at = places[name]
        cells[at] = _cell(value, number, at + 1, address)
    return cells


def _flat(item: Any) -> dict[Name, Any]:
    if not isinstance(item, dict):
        return {("value",): item}
    return dict(_members(item, ()))


def _members(item: Mapping[str, Any], above: Name) -> Iterator[tuple[Name, Any]]:
    for key, value in item.items():
        name = (*above, key)
        if isinstance(value, dict) and value and len(name) < _LEVELS:
            yield from _members(value, name)
        else:
            yield name, value


def _lists(capture: Capture, dialect: Dialect) -> Iterator[Row]:
    address = JsonAddress(dialect.path, first=1)
    for number, item in enumerate(json_stream.items(capture, dialect), 1):
        if not isinstance(item, list):
            message = "no list, as the others are"
            raise InputError(message, where=f"{capture.name} item {number}", hint=FETCH_AGAIN)
        yield Row(number, [_cell(v, number, at, address) for at, v in enumerate(item, 1)], address)


def _columns(capture: Capture, dialect: Dialect) -> Iterator[Row]:
    found = _at(json_strict.read(capture), dialect)
    names = list(found)
    address = JsonAddress(dialect.path, first=2, columns=[[name] for name in names], by_column=True)
    columns = [list(one.values()) if isinstance(one, dict) else one for one in found.values()]
    yield Row(1, [Cell(name, None, 1, at, address) for at, name in enumerate(names, 1)], address)
    for number in range(2, max(map(len, columns), default=0) + 2):
        yield Row(number, _across(columns, number, address), address)


def _across(columns: Sequence[Sequence[Any]], number: int, address: JsonAddress) -> list[Cell]:
    at = number - 2
    values = [one[at] if at < len(one) else None for one in columns]
    return [_cell(value, number, column, address) for column, value in enumerate(values, 1)]


def _split(capture: Capture, dialect: Dialect) -> Iterator[Row]:
    found = _at(json_strict.read(capture), dialect)
    address = JsonAddress(f"{dialect.path}/data", first=2)
    head = [_cell(name, 1, at, address) for at, name in enumerate(found["columns"], 1)]
    yield Row(1, head, address)
    for number, values in enumerate(found["data"], 2):
        cells = [_cell(value, number, at, address) for at, value in enumerate(values, 1)]
        yield Row(number, cells, address)


def _at(value: Any, dialect: Dialect) -> Any:
    for key in json_stream.keys(dialect.path):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _cell(value: Any, row: int, column: int, address: JsonAddress) -> Cell:
    typed = _typed(value)
    return Cell(_text(value), typed, row, column, address)


def _typed(value: Any) -> Value | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value if isinstance(value, str | Decimal | bool) else None


def _text(value: Any) -> str:
    """A value as it stands in the file; lists and deep objects as JSON, null as nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=str)


_READERS: dict[str, Callable[[Capture, Dialect], Iterator[Row]]] = {
    "objects": _objects,
    "keyed": _keyed,
    "lists": _lists,
    "columns": _columns,
    "split": _split,
}
