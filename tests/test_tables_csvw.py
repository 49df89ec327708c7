"""CSVW metadata: written from a guess, read as a description, and what is wrong with them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.core.errors import ConfigError, InputError
from graph.core.iris import Names
from graph.core.toml_schema import find_errors
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Statement
from loaders.pipeline.source import Source
from loaders.tables import loader
from loaders.tables.csvw import reading, writing
from loaders.tables.description.options import TableOptions
from loaders.tables.guessing import description
from loaders.tables.guessing.table import look_at
from tests.agency_tables import FILES
from tests.one_by_one import one_by_one

HERDERS = 'Аймаг,Хүйс,2022,2023\nАрхангай,Эрэгтэй,"1,200.5",3\nДорнод,Эмэгтэй,7,8\n'


def captured(name: str, content: bytes) -> Capture:
    """A capture of a file."""
    return Capture(hashlib.sha256(content).hexdigest(), name, "", "", content)


def written(content: bytes) -> dict[str, Any]:
    """The metadata of a table in table.csv."""
    found = look_at(captured("table.csv", content))
    language, numbers = description.language(found), description.numbers(found)
    return writing.metadata(found, "table.csv", language, numbers)


def read(metadata: object, becomes: str = "cube") -> dict[str, Any]:
    """The options that metadata of table.csv give."""
    text = json.dumps(metadata).encode()
    return reading.options(captured("table.csv-metadata.json", text), becomes, "table.csv")


def test_what_is_written_is_read_again() -> None:
    figure = {"role": "measure", "heads": [{"kind": "period"}]}
    assert read(written(HERDERS.encode())) == {
        "columns": [
            {"name": "Аймаг", "role": "dimension", "kind": "area"},
            {"name": "Хүйс", "role": "dimension", "key": "khuis"},
            {"name": "2022", **figure},
            {"name": "2023", **figure},
        ],
        "file": {
            "encoding": "utf-8",
            "delimiter": ",",
            "quote": '"',
            "header": 1,
            "preamble": 0,
        },
        "numbers": "1,234.5",
    }


def test_the_dialect_of_another_program() -> None:
    found = read(written(FILES["budget.csv"]()))
    assert found["file"] == {
        "encoding": "windows-1251",
        "delimiter": ";",
        "quote": '"',
        "header": 1,
        "preamble": 2,
    }
    assert found["numbers"] == "1 234,5"


def test_records_of_a_register() -> None:
    columns: list[dict[str, Any]] = [
        {"name": "code", "titles": "Код", "propertyUrl": "http://example.org/code"},
        {"name": "opened", "titles": {"mn": ["Нээгдсэн"]}, "propertyUrl": "http://example.org/on"},
        {"name": "phone", "titles": "Утас", "suppressOutput": True},
        {"name": "note", "titles": "Тайлбар"},
    ]
    columns[1]["datatype"] = {"base": "date", "format": "d.M.yyyy"}
    schema = {"columns": columns, "primaryKey": "code"}
    table = {"@context": "http://www.w3.org/ns/csvw", "url": "table.csv", "tableSchema": schema}
    code, opened, phone, note = read(table, "records")["columns"]
    assert code["role"] == "key"
    assert opened == {
        "name": "Нээгдсэн",
        "role": "property",
        "property": "http://example.org/on",
        "datatype": "date",
        "dates": "d.M.yyyy",
    }
    assert phone == {"name": "Утас", "role": "ignore"}
    assert note["role"] == "ignore"


def test_the_table_of_several() -> None:
    one = written(HERDERS.encode())
    other = {**one, "url": "other.csv", "tableSchema": {"columns": [{"titles": "x"}]}}
    group = {"@context": one.pop("@context"), "tables": [other, one]}
    assert len(read(group)["columns"]) == 4


@pytest.mark.parametrize(
    ("metadata", "named"),
    [
        ([], "@context"),
        ({"url": "table.csv"}, "@context"),
        ({"@context": 5}, "@context"),
        ({"@context": "http://www.w3.org/ns/csvw"}, "there are no columns"),
        (
            {"@context": "http://www.w3.org/ns/csvw", "tables": [{"url": "a"}, {"url": "b"}]},
            "no table has the URL",
        ),
        (
            {"@context": "http://www.w3.org/ns/csvw", "tableSchema": {"columns": [1]}},
            "not a column",
        ),
    ],
)
def test_what_is_no_metadata_is_named(metadata: object, named: str) -> None:
    with pytest.raises(InputError, match=named):
        read(metadata)


def test_numbers_in_two_ways_are_refused() -> None:
    metadata = written(HERDERS.encode())
    metadata["tableSchema"]["columns"][2]["datatype"]["format"] = {"decimalChar": ","}
    with pytest.raises(InputError, match="different ways"):
        read(metadata)


MEMBERS = (
    "url tables tableSchema columns titles datatype base format propertyUrl dialect primaryKey"
    " virtual lang groupChar"
).split()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(MEMBERS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from(["cube", "records"]))
def test_whatever_metadata_say_is_read_or_refused(said: object, becomes: str) -> None:
    """And what is read is right by the schema, or refused by it with its key."""
    metadata = {"@context": "http://www.w3.org/ns/csvw", "tableSchema": {"columns": [said]}}
    for one in (metadata, {**metadata, **said} if isinstance(said, dict) else metadata):
        try:
            find_errors(TableOptions, read(one, becomes))
        except InputError:
            continue


def test_a_description_names_metadata_in_the_place_of_columns() -> None:
    said = {"becomes": "cube", "described": "2026-01-01T00:00:00Z", "dataset": {"id": "t"}}
    source = Source(
        "t", {"mn": "Х"}, "table", (), "text/csv", Path("t.toml"),
        options={**said, "csvw": "table.csv-metadata.json"},
    )  # fmt: skip
    captures = [
        captured("table.csv", HERDERS.encode()),
        captured("table.csv-metadata.json", json.dumps(written(HERDERS.encode())).encode()),
    ]
    context = LoaderContext(source, Names("https://example.mn/"))
    made = [
        statement
        for record in loader.records(captures, context)
        for statement in one_by_one(loader.statements(record, context))
    ]
    figures = [one for one in made if isinstance(one, Statement) and one.rule == "cell-value"]
    assert [one.object.value for one in figures] == ["1200.5", "3", "7", "8"]
    with pytest.raises(ConfigError, match="among the files"):
        list(loader.records(captures[:1], context))
