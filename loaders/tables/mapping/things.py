"""The rows of a table as things of a class, each with the properties that its columns are."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from graph.core.iris import Names
from loaders.descriptions.value_types import check_iri
from loaders.formats import mapping
from loaders.pipeline.record import Capture, Record, Rejected, Statement
from loaders.tables.description.columns import ColumnDescription
from loaders.tables.description.options import TableOptions
from loaders.tables.grids import Cell, Row
from loaders.tables.mapping.layout import Layout, layout
from loaders.tables.values import date, missing, number
from loaders.tables.values.missing import MARKS
from vocab.namespaces import DCT, RDF, XSD
from vocab.terms import Object

_REMEMBERED = 5_000  # texts of a column: codes and names recur, figures do not
_LONGEST_KEY = 80  # characters; a longer one is not a key (docs/names.md)


class FirstRows:
    """The row in which each key stood first, in ten bytes a key: a register has millions of them.

    A key is known by 64 bits of its hash: 16 say in which bucket its entry stands, the others begin
    the entry, and the number of the row ends it. Numbers beyond 32 bits raise OverflowError.
    """

    _ENTRY = 10

    def __init__(self) -> None:
        self._buckets: defaultdict[bytes, bytearray] = defaultdict(bytearray)

    def setdefault(self, key: str, row: int) -> int:
        """The row of a key; the given one where the key is new."""
        # Python's own hash is another one in each process
        digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
        bucket, begin = self._buckets[digest[:2]], digest[2:]
        at = bucket.find(begin)
        while at >= 0:
            if at % self._ENTRY == 0:
                return int.from_bytes(bucket[at + len(begin) : at + self._ENTRY], "big")
            at = bucket.find(begin, at + 1)  # across two entries
        bucket += begin + row.to_bytes(4, "big")
        return row


@dataclass(slots=True)
class ThingRecords:
    """The records of a table whose rows are things."""

    options: TableOptions
    names: Names
    source: str
    dataset: str
    _key_column: ColumnDescription = field(init=False)
    _properties: list[_PropertyColumn] = field(init=False)
    _same: tuple[tuple[ox.NamedNode, ox.NamedNode], ...] = field(init=False)

    def __post_init__(self) -> None:
        columns, record = self.options.columns, self.options.record
        assert record is not None
        self._key_column = next(one for one in columns if one.role == "key")
        self._properties = [_PropertyColumn(one, self.options) for one in columns if one.property]
        self._same = (
            (RDF.type, ox.NamedNode(record.kind)),
            (DCT.isPartOf, ox.NamedNode(self.dataset)),
        )

    def records(self, capture: Capture) -> Iterator[Record]:
        """One record a row. Raises InputError for a file that is not as the description says."""
        found = layout(capture, self.options)
        first = FirstRows()
        for row in found.table.rows:
            key, locator = self._key(row, found), row.locator
            earlier = first.setdefault(key, row.number)
            repeated = f"“{key}” is the key of row {earlier} too" if earlier != row.number else ""
            problem = row.problem or repeated
            data = {"row": row, "at": found, "of": self, "problem": problem}
            yield Record(capture, locator, "broken" if problem else "thing", data)

    def _key(self, row: Row, found: Layout) -> str:
        cell = found.cell(row, self._key_column)
        return cell.text.strip() if cell else ""

    def statements(self, record: Record) -> Iterator[Statement]:
        """The thing that a row describes.

        Raises Rejected for a row without a key, and for a value that is not of its type.
        """
        row, found = record.data["row"], record.data["at"]
        node = ox.NamedNode(self._iri(row, found, record))
        for predicate, value in self._same:
            yield Statement(node, predicate, value, "thing")
        for column in self._properties:
            cell = found.cell(row, column.described)
            if cell and (term := column.term(cell, record)):
                yield Statement(node, column.property, term, "thing-property")

    def _iri(self, row: Row, found: Layout, record: Record) -> str:
        key = self._key(row, found)
        if not key or len(key) > _LONGEST_KEY:
            raise Rejected(f"{record.location}: “{key[:20]}” is not a key")
        return self.names.thing(self.source, self.options.dataset.id, key)


class _PropertyColumn:
    """A column whose cells are values of a property; what the first texts become is remembered."""

    def __init__(self, described: ColumnDescription, options: TableOptions) -> None:
        assert described.property
        self.described = described
        self.property = ox.NamedNode(described.property)
        self._options = options
        self._marks = {**MARKS, **options.missing}
        self._known: dict[str, Object | None] = {}

    def term(self, cell: Cell, record: Record) -> Object | None:
        """The value of a cell. Raises Rejected for one that is not of the column's type."""
        if cell.value is not None:  # a typed value: its text alone does not say what it becomes
            return self._convert(cell, record)
        if cell.text in self._known:
            return self._known[cell.text]
        made = self._convert(cell, record)
        if len(self._known) < _REMEMBERED:
            self._known[cell.text] = made
        return made

    def _convert(self, cell: Cell, record: Record) -> Object | None:
        datatype = self.described.datatype
        if not cell.text.strip() or (datatype != "text" and missing(cell.text, self._marks)):
            return None
        try:
            return _CONVERTERS[datatype](cell, self.described, self._options)
        except ValueError as error:
            raise Rejected(f"{record.location} {self.described.name}: {error}") from error


Converter = Callable[[Cell, ColumnDescription, TableOptions], Object]


def _text(cell: Cell, column: ColumnDescription, options: TableOptions) -> Object:
    return mapping.language_text(cell.text, column.lang or options.lang)


def _number(make: Callable[[Any], Object]) -> Converter:
    def convert(cell: Cell, column: ColumnDescription, options: TableOptions) -> Object:
        return make(cell.value if cell.value is not None else number(cell.text, options.numbers))

    return convert


def _date(cell: Cell, column: ColumnDescription, options: TableOptions) -> Object:
    day = date(cell.text.removesuffix(" 00:00:00"), column.dates)
    return mapping.typed(day.isoformat(), XSD.date)


def _plain(make: Callable[[Any], Object]) -> Converter:
    return lambda cell, column, options: make(cell.text)


_CONVERTERS: Mapping[str, Converter] = {
    "text": _text,
    "code": _plain(mapping.code),
    "integer": _number(mapping.integer),
    "decimal": _number(mapping.decimal),
    "date": _date,
    "boolean": _plain(mapping.boolean),
    "year": _plain(mapping.year),
    "iri": _plain(lambda text: ox.NamedNode(check_iri(text.strip()))),
}
