"""The rows of a table as things of a class, each with the properties that its columns are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
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

_LONGEST_KEY = 80  # characters; a longer one is not a key (docs/names.md)


@dataclass(frozen=True, slots=True)
class ThingRecords:
    """The records of a table whose rows are things."""

    options: TableOptions
    names: Names
    source: str
    dataset: str

    def records(self, capture: Capture) -> Iterator[Record]:
        """One record a row. Raises InputError for a file that is not as the description says."""
        found = layout(capture, self.options)
        first: dict[int, int] = {}  # hash of the key → row: a register has millions of keys
        for row in found.table.rows:
            key, locator = self._key(row, found), row.locator
            earlier = first.setdefault(_hash(key), row.number)
            repeated = f"“{key}” is the key of row {earlier} too" if earlier != row.number else ""
            problem = row.problem or repeated
            data = {"row": row, "at": found, "of": self, "problem": problem}
            yield Record(capture, locator, "broken" if problem else "thing", data)

    def _key(self, row: Row, found: Layout) -> str:
        column = next(one for one in self.options.columns if one.role == "key")
        cell = found.cell(row, column)
        return cell.text.strip() if cell else ""

    def statements(self, record: Record) -> Iterator[Statement]:
        """The thing that a row describes.

        Raises Rejected for a row without a key, and for a value that is not of its type.
        """
        row, found = record.data["row"], record.data["at"]
        node = ox.NamedNode(self._iri(row, found, record))
        assert self.options.record is not None
        yield Statement(node, RDF.type, ox.NamedNode(self.options.record.kind), "thing")
        yield Statement(node, DCT.isPartOf, ox.NamedNode(self.dataset), "thing")
        for column in self.options.columns:
            cell = found.cell(row, column) if column.property else None
            if column.property and cell and (term := self._term(cell, column, record)):
                yield Statement(node, ox.NamedNode(column.property), term, "thing-property")

    def _iri(self, row: Row, found: Layout, record: Record) -> str:
        key = self._key(row, found)
        if not key or len(key) > _LONGEST_KEY:
            raise Rejected(f"{record.location}: “{key[:20]}” is not a key")
        return self.names.thing(self.source, self.options.dataset.id, key)

    def _term(self, cell: Cell, column: ColumnDescription, record: Record) -> Object | None:
        marks = {**MARKS, **self.options.missing}
        if not cell.text.strip() or (column.datatype != "text" and missing(cell.text, marks)):
            return None
        try:
            return _CONVERTERS[column.datatype](cell, column, self.options)
        except ValueError as error:
            raise Rejected(f"{record.location} {column.name}: {error}") from error


def _hash(key: str) -> int:
    """64 bits of a digest: Python's own hash is another one in each process."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big")


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
