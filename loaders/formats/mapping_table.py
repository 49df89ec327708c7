"""Mapping tables for files of many rows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain

import pyoxigraph as ox

from loaders.formats.mapping import Converter, Field, LanguageText, code, date, decimal, integer
from loaders.pipeline.record import Record, Rejected, WrittenStatements

_REMEMBERED = 5_000  # values of a column: codes and names of places recur, figures do not

_LETTERS = r"!#-\[\]-~\u0400-\u04ff«»“”–—№"  # N-Triples has none of them escaped
_TEXT = re.compile(f"[{_LETTERS}](?:[{_LETTERS} ]*[{_LETTERS}])?")
_NOTHING = re.compile("(?!)")
_PLAIN: dict[Converter, tuple[str, re.Pattern[str]]] = {
    code: ("0", _TEXT),
    integer: ("0", re.compile(r"0|-?[1-9][0-9]{0,16}")),
    decimal: ("0.5", re.compile(r"-?(?:0|[1-9][0-9]{0,8})\.[0-9]{0,6}[1-9]")),
    date: (
        "2000-01-01",
        re.compile(r"[12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"),
    ),
}
"""Values that stand in the literal as they stand in the cell, and an example: most cells have such
a value, and no term needs to be made for it. A property test compares this with the converters."""


class MappingTable:
    """A mapping table for files of many rows: as `apply`, several times as fast.

    What a value becomes is remembered, so converters must depend on nothing but the value.
    """

    def __init__(self, fields: Iterable[Field]) -> None:
        self._columns = [(field.path, _Column(field)) for field in fields]
        self._rules = tuple(column.field.rule for _, column in self._columns)
        layers = {column.field.layer for _, column in self._columns}
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


class _Column(dict[str, tuple[str, ...]]):
    """From the value of a cell to predicate and object of its statements, as N-Triples."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        of = code if isinstance(field.convert, LanguageText) else field.convert
        example, pattern = _PLAIN.get(of, ("", _NOTHING))
        self._is_plain = pattern.fullmatch
        of_example = "".join(_written(field, example))
        self._before, _, self._behind = of_example.partition(f'"{example}"')

    def __missing__(self, value: str) -> tuple[str, ...]:
        if self._is_plain(value):
            made: tuple[str, ...] = (f'{self._before}"{value}"{self._behind}',)
        else:
            made = _written(self.field, value)
        if len(self) < _REMEMBERED:
            self[value] = made
        return made


def _written(field: Field, value: str) -> tuple[str, ...]:
    """Predicate and object of what a value becomes. Raises ValueError with the path."""
    if not value or value.isspace():
        return ()
    try:
        terms = field.convert(value)
    except ValueError as error:
        raise ValueError(f"{field.path}: {error}") from error
    listed = (
        () if terms is None else (terms,) if isinstance(terms, ox.Literal | ox.NamedNode) else terms
    )
    return tuple(f"{field.property} {term}" for term in listed)
