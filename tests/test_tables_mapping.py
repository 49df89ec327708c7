"""Described tables without an instance: records and their statements, drift, places, mistakes."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.core import iris
from graph.core.errors import ConfigError, InputError
from graph.core.iris import Names
from graph.core.toml_schema import find_errors
from loaders.formats import written_columns
from loaders.formats.mapping import decimal
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import (
    Capture,
    LoadFinding,
    Mapped,
    Rejected,
    Statement,
)
from loaders.pipeline.source import Source
from loaders.tables import loader
from loaders.tables.cells.addresses import TEXT
from loaders.tables.description.columns import ColumnDescription
from loaders.tables.description.options import TableOptions
from loaders.tables.grids import Cell
from loaders.tables.guessing import description
from loaders.tables.guessing.table import look_at
from loaders.tables.mapping import drift, things
from loaders.tables.mapping.axes import LabelCodes
from loaders.tables.mapping.observations import _FOOTNOTE, _figures
from loaders.tables.mapping.things import FirstRows
from loaders.tables.values import missing, number
from loaders.tables.values.missing import MARKS
from tests.one_by_one import one_by_one
from vocab.namespaces import DCT, FOAF, PLACE, RDF, SCHEMA, SDMX_MEASURE, SKOS
from vocab.terms import Object

SEX: dict[str, Any] = {"name": "Хүйс", "role": "dimension", "key": "sex"}
YEARS: dict[str, Any] = {
    "name": "2022",
    "to": "2023",
    "role": "measure",
    "heads": [{"kind": "period"}],
    "grows": True,
}


def options(*columns: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """The options of a table."""
    shared = {"becomes": "cube", "described": "2026-01-01T00:00:00Z", "dataset": {"id": "t"}}
    return {**shared, "columns": list(columns), **keys}


class TwoSoums:
    """Булган in two aimags, and nothing else."""

    def subjects(self, predicate: ox.NamedNode, value: Object) -> set[ox.NamedNode]:
        keys = ("065", "046", "06507", "04610")
        return {ox.NamedNode(iris.concept("au", key)) for key in keys}

    def objects(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> set[Object]:
        key = subject.value.rpartition("/")[2]
        names = {"065": "Архангай", "046": "Өмнөговь"}
        if predicate == SKOS.prefLabel:
            return {ox.Literal(names.get(key, "Булган"), language="mn")}
        if predicate == SKOS.broader and len(key) == 5:
            return {ox.NamedNode(iris.concept("au", key[:3]))}
        if predicate == FOAF.focus:
            return {ox.NamedNode(iris.place(key))}
        return {PLACE.Aimag if len(key) == 3 else PLACE.Soum} if predicate == RDF.type else set()


def mapped(text: str, said: dict[str, Any], others: Any = None) -> list[Mapped | str]:
    """What is made of a CSV; reasons of rejected records in between."""
    content = text.encode()
    capture = Capture(hashlib.sha256(content).hexdigest(), "t.csv", "", "text/csv", content)
    source = Source("t", {"mn": "Х"}, "table", (), "text/csv", Path("t.toml"), options=said)
    context = LoaderContext(source, Names("https://example.mn/"), others=others)
    made: list[Mapped | str] = []
    for record in loader.records([capture], context):
        try:
            found = list(loader.statements(record, context))
        except Rejected as reason:
            made.append(str(reason))
            continue
        made += one_by_one(found)
    return made


def figures(made: Sequence[Mapped | str]) -> dict[str, str]:
    """Figures by the keys of their observations."""
    return {
        one.subject.value.partition("/cube/")[2]: str(one.object.value)
        for one in made
        if isinstance(one, Statement) and one.rule == "cell-value"
    }


def test_a_figure_that_is_none_is_rejected_alone() -> None:
    made = mapped("Хүйс,2022,2023\nЭрэгтэй,12,арав\n", options(SEX, YEARS))
    assert figures(made) == {"eregtei/2022": "12"}
    (reason,) = [one for one in made if isinstance(one, str)]
    assert reason.startswith("t.csv#cell=2,3: “арав” is not a number like 1234.5")


def test_marks_of_the_agency() -> None:
    said = options(SEX, YEARS, missing={"***": "not-available"})
    made = mapped("Хүйс,2022,2023\nЭрэгтэй,***,0\n", said)
    assert figures(made) == {"eregtei/2023": "0"}
    assert [one.kind for one in made if isinstance(one, LoadFinding)] == ["cell-not-available"]


def test_two_labels_with_one_key_are_refused() -> None:
    with pytest.raises(InputError, match=r"“эрэгтэй” would be “eregtei”, as “Эрэгтэй” already is"):
        mapped("Хүйс,2022,2023\nЭрэгтэй,1,2\nэрэгтэй,3,4\n", options(SEX, YEARS))


def test_a_place_of_several_names_needs_the_place_around_it() -> None:
    soum = {"name": "Сум", "role": "dimension", "kind": "area", "level": "soum"}
    aimag = {"name": "Аймаг", "role": "context", "kind": "area", "level": "aimag"}
    text = "Аймаг,Сум,2022,2023\nАрхангай,Булган,1,2\nӨмнөговь,Булган,3,4\n"
    within = mapped(text, options(aimag, {**soum, "within": "Аймаг"}, YEARS), TwoSoums())
    assert figures(within) == {"06507/2022": "1", "06507/2023": "2", "04610/2022": "3",
                               "04610/2023": "4"}  # fmt: skip
    alone = mapped(text, options({**aimag, "role": "ignore"}, soum, YEARS), TwoSoums())
    found = [one for one in alone if isinstance(one, LoadFinding)]
    assert {(one.kind, one.detail) for one in found} == {("place-ambiguous", "Булган")}
    assert len(found) == 4


def test_a_code_resolves_a_name() -> None:
    soum = {"name": "Сум", "role": "dimension", "kind": "area", "level": "soum"}
    said = options(soum, YEARS, codes={"area": {"Булган (А)": "06507"}})
    made = mapped("Сум,2022,2023\nБулган (А),1,2\n", said, TwoSoums())
    assert figures(made) == {"06507/2022": "1", "06507/2023": "2"}


@given(st.lists(st.text(max_size=2) | st.integers(0, 3000).map(str), max_size=60))
def test_the_first_row_of_each_key_is_known(keys: list[str]) -> None:
    rows, first = FirstRows(), dict[str, int]()
    for row, key in enumerate(keys, 1):
        assert rows.setdefault(key, row) == first.setdefault(key, row)


def test_keys_whose_entries_look_alike_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    class Digest:  # the key itself, so that entries of one bucket can be chosen
        def __init__(self, data: bytes, digest_size: int) -> None:
            self.digest = lambda: data.rjust(digest_size, b"\0")

    monkeypatch.setattr("loaders.tables.mapping.things.hashlib.blake2b", Digest)
    rows = FirstRows()
    # the row of the first key with the entry behind it looks like the begin of the third one's
    given_rows = {"": 1, "\1": 1, "\1\0\0": 7}
    assert {key: rows.setdefault(key, row) for key, row in given_rows.items()} == given_rows
    assert {key: rows.setdefault(key, 9) for key in given_rows} == given_rows


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


def test_records_of_a_class() -> None:
    columns: list[dict[str, Any]] = [
        {"name": "Код", "role": "key"},
        {"name": "Нэр", "role": "property", "property": "https://schema.org/name"},
        {"name": "Огноо", "role": "property", "property": "https://schema.org/foundingDate",
         "datatype": "date", "dates": "d.M.yyyy"},
    ]  # fmt: skip
    said = options(*columns, becomes="records", record={"class": "https://schema.org/School"})
    rows = "01,А,1.9.2001\n01,Б,1.9.2001\n02,В,2001\n03,,\n"
    made = mapped(f"Код,Нэр,Огноо\n{rows}", said)
    things = [one for one in made if isinstance(one, Statement) and one.rule == "thing-property"]
    assert [(one.subject.value[-2:], one.object.value) for one in things] == [
        ("01", "А"),
        ("01", "2001-09-01"),
    ]
    assert [one for one in made if isinstance(one, str)] == [
        "t.csv#row=3: “01” is the key of row 2 too",
        "t.csv#row=4 Огноо: “2001” is not a date like d.M.yyyy",
    ]


@pytest.mark.parametrize(
    ("change", "key", "message"),
    [
        ({"numbers": "?"}, "options.numbers", "not answered"),
        ({"numbers": "1.2.3"}, "options.numbers", "is not one of"),
        ({"columns": []}, "options.columns", "either"),
        ({"columns": [SEX]}, "options.columns", "“measure”"),
        ({"columns": [{**SEX, "key": ""}, YEARS]}, "options.columns[0].key", "needs a key"),
        ({"columns": [SEX, {**YEARS, "unit": "x"}]}, "options.columns[1].unit", "is missing"),
        ({"file": {"encoding": "klingon"}}, "options.file.encoding", "no encoding"),
        ({"file": {"footnotes": "("}}, "options.file.footnotes", "regular expression"),
        ({"becomes": "records"}, "options.record", "need"),
    ],
)
def test_mistakes_are_named_with_their_key(change: dict[str, Any], key: str, message: str) -> None:
    (error,) = find_errors(TableOptions, {**options(SEX, YEARS), **change}, ("options",))
    assert error.key == key
    assert message in error.message


HEADS = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6, unique=True)


@given(HEADS, HEADS)
def test_other_heads_are_always_drift(described: list[str], found: list[str]) -> None:
    """And the same heads in the same order never are."""
    columns = [ColumnDescription(name=one, role="ignore") for one in described]
    try:
        places = drift.placed(columns, found, lambda column, at: False, "t.csv")
    except InputError:
        assert described != found
    else:
        assert described == found
        assert [place.first for place in places] == list(range(len(found)))


def test_heads_that_are_blank_or_repeated_are_named_by_their_number() -> None:
    data = "Нэр,Нэр,,2022,2023\nа,б,в,1,2\nг,д,е,3,4\n".encode()
    capture = Capture(hashlib.sha256(data).hexdigest(), "t.csv", "", "", data)
    assert [one.name for one in look_at(capture).columns] == ["Нэр", "Нэр #2", "#3", "2022"]
    columns = [{**SEX, "name": "Нэр"}, *({"name": n, "role": "ignore"} for n in ("Нэр #2", "#3"))]
    made = mapped(data.decode(), options(*columns, YEARS))
    assert figures(made) == {"a/2022": "1", "a/2023": "2", "g/2022": "3", "g/2023": "4"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.json", '[{"Хүйс": "Эрэгтэй", "2022": 1, "2023": 2.5}]'),
        ("t.tsv", "Хүйс\t2022\t2023\nЭрэгтэй\t1\t2.5\n"),
        ("t.txt", "Хүйс     2022   2023\nЭрэгтэй     1    2.5\nЭмэгтэй     3    4.0\n"),
    ],
)
def test_other_forms_are_guessed_alike(name: str, content: str) -> None:
    data = content.encode()
    found = look_at(Capture(hashlib.sha256(data).hexdigest(), name, "", "", data))
    assert [column.keys["role"] for column in found.columns] == ["dimension", "measure"]
    text = description.text(list(description.entries(found, name)), (), ())
    assert '\nname = "2022"' in text
    assert 'publisher = "?"' in text


def test_a_source_with_a_question_is_refused_as_a_whole() -> None:
    with pytest.raises(ConfigError, match="not answered"):
        mapped("Хүйс,2022,2023\n", options(SEX, YEARS, numbers="?"))


def test_what_is_indented_is_part_of_what_stands_above_it_and_the_order_stays() -> None:
    labels = {"All": 0, "West": 0, "Uvs": 3, "Khovd": 3, "East": 0, "Dornod": 3}
    codes = LabelCodes("https://e/area", "en", {}, "All", {k: v for k, v in labels.items() if v})
    broader, position = {}, {}
    for label in labels:
        code = codes.code(label)
        assert code is not None
        for one in codes.described(code, label):
            if one.predicate == SKOS.broader:
                broader[label] = str(one.object).rpartition("/")[2].rstrip(">")
            if one.predicate == SCHEMA.position:
                position[label] = str(one.object.value)
    assert broader == {"West": "all", "Uvs": "west", "Khovd": "west", "East": "all",
                       "Dornod": "east"}  # fmt: skip
    assert sorted(position, key=lambda label: int(position[label])) == [*labels]
