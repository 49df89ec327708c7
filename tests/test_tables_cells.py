"""Cells of described tables are converted alike, whichever way their rows are read."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.core.iris import Names
from loaders.formats import written_columns
from loaders.formats.mapping import decimal
from loaders.pipeline.record import (
    Mapped,
    Statement,
)
from loaders.tables.cells.addresses import TEXT
from loaders.tables.description.options import TableOptions
from loaders.tables.grids import Cell
from loaders.tables.mapping import things
from loaders.tables.mapping.observations import _FOOTNOTE, _figures
from loaders.tables.values import missing, number
from loaders.tables.values.missing import MARKS
from tests.mapped_tables import mapped, options
from vocab.namespaces import DCT, RDF, SDMX_MEASURE


def _cells(*usual: str) -> st.SearchStrategy[str]:
    """Texts of cells: the usual ones, marks, and others."""
    odd = ("", "  ", "-", "..", " x ", "NA", "?", 'А"Б', "\\", "a\u00a0b", " А ", "é", "🌿")
    return st.sampled_from((*usual, *odd))


_NUMBERS = ("0", "-0", "7", "007", "1,234", "1.234", "2.50", "0.5", "-3.25", "1 200", "9" * 18)
_COLUMNS: dict[str, tuple[dict[str, Any], st.SearchStrategy[str]]] = {
    "text": ({"lang": "mn"}, _cells("Баян", "Баян-Өндөр сум №1", "a, b")),
    "code": ({}, _cells("065", "A-1", "x")),
    "integer": ({}, _cells(*_NUMBERS)),
    "decimal": ({}, _cells(*_NUMBERS)),
    "date": ({}, _cells("2022-09-22", "2022.9.2", "2022-02-29", "2022-02-28 00:00:00")),
    "boolean": ({}, _cells("1", "false", "тийм")),
    "year": ({}, _cells("2022", "0999", "22")),
    "iri": ({}, _cells("https://example.mn/a", "https://example.mn/ä", "mailto:x")),
}
_ROWS = st.fixed_dictionaries({name: cells for name, (_, cells) in _COLUMNS.items()})


@given(
    st.lists(_ROWS, max_size=6),
    st.sampled_from(["1,234.5", "1.234,5", "1 234.5"]),
    st.sampled_from(["", "yyyy-MM-dd", "yyyy.M.d"]),
    st.integers(0, 2),
)
def test_rows_become_what_their_cells_are_converted_to_one_by_one(
    rows: list[dict[str, str]], numbers: str, dates: str, remembered: int
) -> None:
    columns: list[dict[str, Any]] = [
        {"name": name, "role": "property", "property": f"https://example.mn/{name}",
         "datatype": name, **more, **({"dates": dates} if name == "date" else {})}
        for name, (more, _) in _COLUMNS.items()
    ]  # fmt: skip
    said = options(
        {"name": "id", "role": "key"},
        *columns,
        becomes="records",
        numbers=numbers,
        missing={"?": "nil"},
        record={"class": "https://example.mn/T"},
    )
    text = io.StringIO()
    csv.writer(text).writerows(
        [
            ["id", *_COLUMNS],
            *([f"k{n}", *map(row.__getitem__, _COLUMNS)] for n, row in enumerate(rows)),
        ]
    )
    described = TableOptions.model_validate(said)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(written_columns, "_REMEMBERED", remembered)
        made = mapped(text.getvalue(), said)
    found = [one for one in made if isinstance(one, str) or _is_of_a_thing(one)]
    expected = [
        one for n, row in enumerate(rows) for one in _one_by_one(f"k{n}", n + 2, row, described)
    ]
    assert found == expected


def _is_of_a_thing(one: Mapped | str) -> bool:
    return isinstance(one, Statement) and one.rule.startswith("thing")


def _one_by_one(
    key: str, number: int, row: dict[str, str], described: TableOptions
) -> list[Statement | str]:
    """The statements of a row by the converters of its columns, or why it is rejected."""
    names = Names("https://example.mn/")
    node = ox.NamedNode(names.thing("t", "t", key))
    kind, whole = ox.NamedNode("https://example.mn/T"), ox.NamedNode(names.dataset("t", "t"))
    made: list[Statement | str] = [
        Statement(node, RDF.type, kind, "thing"),
        Statement(node, DCT.isPartOf, whole, "thing"),
    ]
    for column in described.columns[1:]:
        cell = Cell(row[column.name], None, number, 1, TEXT)
        is_mark = column.datatype != "text" and missing(cell.text, {**MARKS, **described.missing})
        if is_mark or not cell.text.strip():
            continue
        try:
            value = things._CONVERTERS[column.datatype](cell, column, described)
        except ValueError as error:
            return [f"t.csv#row={number} {column.name}: {error}"]
        made.append(Statement(node, ox.NamedNode(str(column.property)), value, "thing-property"))
    return made


@pytest.mark.parametrize("locale", ["1,234.5", "1.234,5", "1 234,5"])
def test_figures_become_what_their_texts_are_as_numbers(locale: str) -> None:
    for text in (*_NUMBERS, "1.5", "12,5", "20500**", "7 ¹", "−3", "1e3", "x", "", "9" * 30):
        try:
            expected = f"{SDMX_MEASURE.obsValue} {decimal(number(_FOOTNOTE.sub('', text), locale))}"
        except ValueError as error:
            expected = str(error)
        for value in (None, Decimal("2.50")):
            try:
                found = _figures(locale)(Cell(text, value, 1, 1, TEXT))
            except ValueError as error:
                found = str(error)
            typed = f"{SDMX_MEASURE.obsValue} {decimal(value)}" if value is not None else expected
            assert found == typed
