"""Described tables without an instance: records and their statements, drift, places, mistakes."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.core.errors import ConfigError, InputError
from graph.core.toml_schema import find_errors
from loaders.pipeline.record import (
    Capture,
    LoadFinding,
    Statement,
)
from loaders.tables.description.columns import ColumnDescription
from loaders.tables.description.options import TableOptions
from loaders.tables.guessing import description
from loaders.tables.guessing.table import look_at
from loaders.tables.mapping import drift
from loaders.tables.mapping.axes import LabelCodes
from loaders.tables.mapping.things import FirstRows
from tests.mapped_tables import SEX, YEARS, TwoSoums, figures, mapped, options
from vocab.namespaces import SCHEMA, SKOS


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
