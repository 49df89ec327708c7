"""Mapping tables for files of many rows."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import pyoxigraph as ox

from loaders.formats import written_columns
from loaders.formats.mapping import Converter, Field, LanguageText, code, date, decimal, integer
from loaders.formats.written_columns import PlainTexts, WrittenColumn
from loaders.pipeline.record import Record, Rejected, WrittenStatements
from vocab.terms import Object

_PLAIN: dict[Converter, PlainTexts] = {
    code: written_columns.TEXTS,
    integer: written_columns.INTEGERS,
    decimal: written_columns.DECIMALS,
    date: written_columns.DATES,
}


class MappingTable:
    """A mapping table for files of many rows: as `apply`, several times as fast.

    What a value becomes is remembered, so converters must depend on nothing but the value.
    """

    def __init__(self, fields: Iterable[Field]) -> None:
        listed = tuple(fields)
        self._columns = [(field.path, _column(field)) for field in listed]
        self._rules = tuple(field.rule for field in listed)
        layers = {field.layer for field in listed}
        assert len(layers) == 1, "a table for each layer"
        self._layer = layers.pop()

    def about(self, subject: ox.NamedNode, record: Record) -> WrittenStatements:
        """The statements about one subject from a row, whose cells are texts.

        Raises Rejected for a value that cannot be converted.
        """
        data = record.data
        try:
            cells = [column[data.get(path, "")] for path, column in self._columns]
        except ValueError as error:
            raise Rejected(f"{record.location} {error}") from error
        texts = [*chain.from_iterable(cells)]
        rules = self._rules
        if len(texts) != len(rules) or not all(cells):
            rules = tuple(
                rule for rule, cell in zip(rules, cells, strict=True) for _ in range(len(cell))
            )
        return WrittenStatements(subject, texts, rules, self._layer)


def _column(field: Field) -> WrittenColumn:
    def convert(value: str) -> Object | Iterable[Object] | None:
        if not value or value.isspace():
            return None
        try:
            return field.convert(value)
        except ValueError as error:
            raise ValueError(f"{field.path}: {error}") from error

    of = code if isinstance(field.convert, LanguageText) else field.convert
    return WrittenColumn(field.property, convert, _PLAIN.get(of, written_columns.NONE))
