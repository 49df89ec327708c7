"""Mapping tables for files of many rows."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from loaders.formats.mapping import Field
from loaders.pipeline.record import Record, Rejected, WrittenStatements

_REMEMBERED = 5_000  # values of a column: codes and names of places recur, figures do not


class MappingTable:
    """A mapping table for files of many rows: as `apply`, in a third of the time.

    What a value becomes is remembered, so converters must depend on nothing but the value.
    """

    def __init__(self, fields: Iterable[Field]) -> None:
        self._fields = tuple(fields)
        layers = {field.layer for field in self._fields}
        assert len(layers) == 1, "a table for each layer"
        self._layer = layers.pop()
        self._columns = [
            (field, field.path, field.rule, dict[str, list[str]]()) for field in self._fields
        ]

    def about(self, subject: ox.NamedNode, record: Record) -> WrittenStatements:
        """The statements about one subject from a row, whose cells are texts.

        Raises Rejected for a value that cannot be converted.
        """
        texts: list[str] = []
        rules: list[str] = []
        data = record.data
        for field, path, rule, known in self._columns:
            value = data.get(path, "")
            made = known.get(value)
            if made is None:
                made = _written(field, value, record)
                if len(known) < _REMEMBERED:
                    known[value] = made
            for text in made:
                texts.append(text)
                rules.append(rule)
        return WrittenStatements(subject, texts, rules, self._layer)


def _written(field: Field, value: str, record: Record) -> list[str]:
    """Predicate and object of what a value becomes, as N-Triples."""
    if not value or value.isspace():
        return []
    try:
        terms = field.convert(value)
    except ValueError as error:
        raise Rejected(f"{record.location} {field.path}: {error}") from error
    listed = (
        () if terms is None else (terms,) if isinstance(terms, ox.Literal | ox.NamedNode) else terms
    )
    return [f"{field.property} {term}" for term in listed]
