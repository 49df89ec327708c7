"""Cells become canonical literals the store leaves alone; files are read strictly."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.core.errors import InputError
from graph.statements.record_lines import StatementWriter
from graph.statements.rowmap import Origins
from loaders.formats import written_columns
from loaders.formats.csv import decode, rows
from loaders.formats.mapping import (
    Field,
    apply,
    boolean,
    code,
    constant,
    date,
    date_or_date_time,
    date_time,
    decimal,
    integer,
    iri,
    one_of,
    text,
    value_at,
    year,
)
from loaders.formats.mapping_table import MappingTable
from loaders.pipeline.record import Capture, Record, Rejected
from vocab.namespaces import DCT, XSD

SUBJECT = ox.NamedNode("https://example.mn/s")


def capture(data: bytes, name: str = "table.csv") -> Capture:
    return Capture(hashlib.sha256(data).hexdigest(), name, name, "text/csv", data)


def record(**data: Any) -> Record:
    return Record(capture(b""), "row=7", "test", data)


def stored(literal: ox.Literal) -> ox.Literal:
    store = ox.Store()
    store.add(ox.Quad(SUBJECT, DCT.title, literal))
    kept = next(iter(store)).object
    assert isinstance(kept, ox.Literal)
    return kept


@pytest.mark.parametrize(
    ("convert", "written", "value", "datatype"),
    [
        (integer, "007", "7", XSD.integer),
        (integer, " 1,281 ", "1281", XSD.integer),
        (integer, -0, "0", XSD.integer),
        (integer, "12.0", "12", XSD.integer),
        (decimal, "57,649.70", "57649.7", XSD.decimal),
        (decimal, "3.0", "3", XSD.decimal),
        (decimal, "-0.0", "0", XSD.decimal),
        (decimal, 0.1, "0.1", XSD.decimal),
        (decimal, "1e3", "1000", XSD.decimal),
        (boolean, "TRUE", "true", XSD.boolean),
        (boolean, 0, "false", XSD.boolean),
        (date, "2022.09.22", "2022-09-22", XSD.date),
        (date, "2026-8-10", "2026-08-10", XSD.date),
        (date_time, "2026-04-19 08:00:00", "2026-04-19T08:00:00+08:00", XSD.dateTime),
        (date_time, "2026-04-19T08:00:00.500Z", "2026-04-19T08:00:00.5Z", XSD.dateTime),
        (date_time, "2026-04-19 08:00+0700", "2026-04-19T08:00:00+07:00", XSD.dateTime),
        (date_or_date_time, "2026/4/9", "2026-04-09", XSD.date),
        (date_or_date_time, "2026/4/9 7:05", "2026-04-09T07:05:00+08:00", XSD.dateTime),
        (year, 2025, "2025", XSD.gYear),
    ],
)
def test_canonical_forms(
    convert: Callable[[Any], ox.Literal], written: Any, value: str, datatype: ox.NamedNode
) -> None:
    literal = convert(written)
    assert (literal.value, literal.datatype) == (value, datatype)
    assert stored(literal).value == value


@pytest.mark.parametrize(
    ("convert", "written"),
    [
        (integer, "1.5"), (integer, "1 281"), (integer, "12,34"), (integer, "-"), (integer, True),
        (integer, "nan"), (integer, "1e9999"), (decimal, "1.234,5"), (decimal, "inf"),
        (decimal, "١٢"), (boolean, "yes"), (date, "2022.13.01"), (date, "2022-09.22"),
        (date, "22.09.2022"), (date_time, "2026-04-19"), (date_time, "2026-04-19 25:00:00"),
        (year, "25"),
    ],
)  # fmt: skip
def test_what_is_no_value_is_refused(convert: Callable[[Any], ox.Literal], written: Any) -> None:
    with pytest.raises(ValueError, match=r"“|not a number"):
        convert(written)


@given(st.decimals(-(10**15), 10**15, places=3))
def test_decimals_survive_the_store(number: Any) -> None:
    literal = decimal(number)
    assert stored(literal).value == literal.value
    assert decimal(literal.value) == literal


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_survive_the_store(number: int) -> None:
    assert stored(integer(str(number))).value == str(number)


TABLE = (
    Field(DCT.title, "name", text("mn"), "title"),
    Field(DCT.identifier, "id", code, "identifier"),
    Field(DCT.publisher, "org.reg", iri("https://e/{}".format), "publisher"),
    Field(DCT.extent, "size", integer, "size"),
)


def test_a_table_maps_what_is_there() -> None:
    found = list(apply(TABLE, SUBJECT, record(name=" Мал ", id="065", org={"reg": 5}, size="")))
    assert [(s.rule, s.object) for s in found] == [
        ("title", ox.Literal("Мал", language="mn")),
        ("identifier", ox.Literal("065")),
        ("publisher", ox.NamedNode("https://e/5")),
    ]


def test_a_value_that_cannot_be_read_rejects_the_record_with_place_and_column() -> None:
    with pytest.raises(Rejected, match=r"table\.csv#row=7 size: “олон” is not a number"):
        list(apply(TABLE, SUBJECT, record(size="олон")))


def test_a_part_of_a_record_can_be_mapped() -> None:
    found = list(apply(TABLE, SUBJECT, record(name="all"), {"name": "part"}))
    assert [s.object.value for s in found] == ["part"]


def test_paths_and_small_converters() -> None:
    assert value_at({"a": {"b": 1}}, "a.b") == 1
    assert value_at({"a": [1]}, "a.b") is None
    assert constant(SUBJECT)("anything") == SUBJECT
    with pytest.raises(ValueError, match="“y” is not one of x"):
        one_of({"x": SUBJECT})("y")


def read(data: bytes, **options: Any) -> list[tuple[int, dict[str, str]]]:
    return list(rows(capture(data), ("a", "b"), **options))


def test_rows_count_the_header_and_not_the_line_feeds_inside_quotes() -> None:
    found = read('\ufeffa,b\r\n1,"x\ny"\r\n2,z\r\n'.encode(), require_final_newline=True)
    assert found == [(2, {"a": "1", "b": "x\ny"}), (3, {"a": "2", "b": "z"})]


@pytest.mark.parametrize(
    ("data", "where", "what"),
    [
        (b"", "table.csv row 1", "empty"),
        (b"a\n1\n", "table.csv row 1", "column b is missing"),
        (b"a,b,a\n", "table.csv row 1", "column a appears twice"),
        (b"a,b\n1,2\n3\n", "table.csv row 3 column b", "1 cells instead of 2"),
        (b"a,b\n1,2,3\n", "table.csv row 2 column b", "3 cells instead of 2"),
        (b'a,b\n1,"2\n', "table.csv row 2", "unexpected end of data"),
        (b"a,b\n1,2\n3,4", "table.csv row 3", "does not end"),
        (b"a,b\n1,\xff\n", "table.csv row 2", "byte 6 is not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "table.csv row 1", "byte 0 is not UTF-8"),
        (b"a,b\n1,\x00\n", "table.csv row 2", "byte 6 is NUL"),
    ],
)
def test_a_broken_table_is_located(data: bytes, where: str, what: str) -> None:
    with pytest.raises(InputError, match=what) as caught:
        read(data, require_final_newline=True)
    assert caught.value.where == where
    assert caught.value.hint


def test_the_encoding_can_be_named() -> None:
    assert decode(capture("Мал".encode("cp1251")), "cp1251") == "Мал"


def _cell(*values: str) -> st.SearchStrategy[str]:
    """Cells of a column: usual ones, ones near them, and any other text."""
    usual = st.sampled_from(["", " ", *values])
    near = st.from_regex(
        r"-?[0-9]{0,19}(\.[0-9]{0,9})?|[0-9]{4}-[0-9]{2}-[0-9]{2}|[ -~А-я«№]*", fullmatch=True
    )
    return usual | near | st.text(st.characters(exclude_categories=["Cs"]))


cells = st.fixed_dictionaries(
    {
        "code": _cell("065", "1", 'a"b\\c\n', "ө", " а б ", "\x7f", "\u200b"),
        "number": _cell("7", "1,234", "2.50", "-0", "007", "9" * 18),
        "area": _cell("0.5", "2.50", "-0.10", "1" * 10 + ".5", "1.1234567"),
        "day": _cell("2022.09.22", "2026-8-10", "2026-02-29", "2026-02-28", "0999-01-01"),
        "several": _cell("a", "a|b"),
    }
)


@given(st.lists(cells, max_size=6), st.integers(0, 2))
def test_a_table_of_many_rows_gives_what_apply_gives(
    rows: list[dict[str, str]], remembered: int
) -> None:
    fields = (
        Field(DCT.identifier, "code", code, "identifier"),
        Field(DCT.title, "code", text("mn"), "title"),
        Field(DCT.extent, "number", integer, "extent"),
        Field(DCT.spatial, "area", decimal, "area"),
        Field(DCT.issued, "day", date, "issued"),
        Field(DCT.subject, "several", lambda value: map(code, value.split("|")), "several"),
    )
    table = MappingTable(fields)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(written_columns, "_REMEMBERED", remembered)
        for number, row in enumerate(rows):
            one = Record(capture(b""), f"row={number}", "row", row)
            found = _lines_of(lambda row: [table.about(SUBJECT, row)], one)
            assert found == _lines_of(lambda row: [*apply(fields, SUBJECT, row)], one)


def _lines_of(make: Callable[[Record], list[Any]], row: Record) -> Any:
    """The tagged lines of statements, or why the record is rejected."""
    origins = Origins()
    try:
        made = StatementWriter(origins, lambda _: None).write(0, make(row))
    except Rejected as reason:
        return str(reason)
    return made.lines, origins.rules
