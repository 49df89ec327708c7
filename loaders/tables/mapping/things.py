"""The rows of a table as things of a class, each with the properties that its columns are."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from graph.core.iris import Names, segment
from loaders.descriptions.value_types import check_iri
from loaders.formats import mapping, written_columns
from loaders.formats.written_columns import PlainTexts, WrittenColumn
from loaders.pipeline.record import Capture, LoadFinding, Record, Rejected, WrittenStatements
from loaders.tables.cells.addresses import TEXT
from loaders.tables.description.columns import ColumnDescription
from loaders.tables.description.options import TableOptions
from loaders.tables.grids import Cell, Row
from loaders.tables.mapping.layout import Layout, layout
from loaders.tables.mapping.remarks import remark
from loaders.tables.values import LOCALES, cell_error, date, missing, number
from loaders.tables.values.missing import MARKS
from vocab.namespaces import DCT, RDF, XSD
from vocab.terms import Object

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
    _before_key: str = field(init=False)
    _same: tuple[str, ...] = field(init=False)
    _rules: list[tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        columns, record = self.options.columns, self.options.record
        assert record is not None
        self._key_column = next(one for one in columns if one.role == "key")
        self._properties = [_PropertyColumn(one, self.options) for one in columns if one.property]
        # as names.thing(…) gives it, and the key behind it
        self._before_key = self.names.thing(self.source, self.options.dataset.id, "")
        self._same = (
            f"{RDF.type} {ox.NamedNode(record.kind)}",
            f"{DCT.isPartOf} {ox.NamedNode(self.dataset)}",
        )
        # by the number of properties: made once, not for every row
        self._rules = [
            ("thing", "thing", *["thing-property"] * many)
            for many in range(len(self._properties) + 1)
        ]

    def records(self, capture: Capture) -> Iterator[Record]:
        """One record a row. Raises InputError for a file that is not as the description says."""
        found = layout(capture, self.options)
        columns = [(found.positions.get(one.name), one) for one in self._properties]
        first = FirstRows()
        for row in found.table.rows:
            if row.remark:
                yield remark(capture, row, self.dataset)
            key = self._key(row, found)
            earlier = first.setdefault(key, row.number)
            repeated = f"“{key}” is the key of row {earlier} too" if earlier != row.number else ""
            problem = row.problem or repeated
            data = {
                "row": row,
                "key": key,
                "at": found,
                "of": self,
                "columns": columns,
                "problem": problem,
            }
            yield Record(capture, row.locator, "broken" if problem else "thing", data)

    def _key(self, row: Row, found: Layout) -> str:
        cell = found.cell(row, self._key_column)
        return cell.text.strip() if cell else ""

    def statements(self, record: Record) -> Iterator[WrittenStatements]:
        """The thing that a row describes.

        Raises Rejected for a row without a key, and for a value that is not of its type.
        """
        data = record.data
        row, found = data["row"], data["at"]
        node = ox.NamedNode(self._iri(record))
        texts, cells = [*self._same], row.cells
        for position, column in data["columns"]:
            # most columns are those of the file
            cell = found.cell(row, column.described) if position is None else cells[position]
            try:
                if cell is None:
                    continue
                texts += column[cell.text] if cell.value is None else column.typed(cell)
            except ValueError as error:
                raise self._rejected(record, cell, f"{column.name}: {error}") from error
        yield WrittenStatements(node, texts, self._rules[len(texts) - len(self._same)])

    def _rejected(self, record: Record, cell: Cell, why: str) -> Rejected:
        if not cell_error(cell.text):
            return Rejected(f"{record.location} {why}")
        place = f"{record.capture.name}#{cell.locator}"
        finding = LoadFinding("cell-error", ox.NamedNode(self.dataset), place, detail=why)
        return Rejected(f"{place} {why}", finding)

    def _iri(self, record: Record) -> str:
        key, row = record.data["key"], record.data["row"]
        if not key or len(key) > _LONGEST_KEY:
            raise Rejected(f"{record.location}: “{key[:20]}” is not a key")
        if error := cell_error(key):
            cell = record.data["at"].cell(row, self._key_column) or row.cells[0]
            raise self._rejected(record, cell, error)
        return self._before_key + segment(key)


class _PropertyColumn(WrittenColumn):
    """A column whose cells are values of a property."""

    def __init__(self, described: ColumnDescription, options: TableOptions) -> None:
        assert described.property
        self.described = described
        self.name = described.name
        self._options = options
        self._marks = {**MARKS, **options.missing}
        property_ = ox.NamedNode(described.property)
        super().__init__(property_, self._of_text, _plain_texts(described, options))
        if described.datatype != "text":  # a mark may look like a code
            self.update(dict.fromkeys(self._marks, ()))

    def _of_text(self, text: str) -> Object | None:
        return self._term(Cell(text, None, 0, 0, TEXT))

    def typed(self, cell: Cell) -> tuple[str, ...]:
        """Predicate and object for a typed value: its text alone does not say what it becomes.

        Raises ValueError for one that is not of the column's type.
        """
        return self.written(self._term(cell))

    def _term(self, cell: Cell) -> Object | None:
        datatype = self.described.datatype
        if error := cell_error(cell.text):
            raise ValueError(error)
        if not cell.text.strip() or (datatype != "text" and missing(cell.text, self._marks)):
            return None
        return _CONVERTERS[datatype](cell, self.described, self._options)


def _plain_texts(column: ColumnDescription, options: TableOptions) -> PlainTexts:
    """The texts of a column that need no conversion, as it is described."""
    if column.datatype == "decimal" and LOCALES[options.numbers].point != ".":
        return written_columns.WHOLE_DECIMALS
    if column.datatype == "date" and column.dates not in {"", "yyyy-MM-dd"}:
        return written_columns.NONE
    return _PLAIN.get(column.datatype, written_columns.NONE)


_PLAIN: Mapping[str, PlainTexts] = {
    "text": written_columns.TEXTS,
    "code": written_columns.TEXTS,
    "integer": written_columns.INTEGERS,
    "decimal": written_columns.DECIMALS,
    "date": written_columns.DATES,
    "year": written_columns.YEARS,
}

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
