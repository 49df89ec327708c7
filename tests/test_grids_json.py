"""Tables in JSON and in text of fixed width."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.core.errors import ConfigError, InputError
from loaders.pipeline.record import Capture
from loaders.tables.grids import Dialect, detect, read, table


def capture(data: bytes, name: str = "table.json") -> Capture:
    return Capture(hashlib.sha256(data).hexdigest(), name, "", "", data)


def guessed(value: Any) -> tuple[list[str], list[list[str]], Dialect]:
    """Heads, rows and dialect of a value written as JSON."""
    data = capture(json.dumps(value, ensure_ascii=False).encode())
    dialect = detect(data).dialect
    found = table(data, dialect)
    return found.heads, [row.texts for row in found.rows], dialect


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ([{"a": "x", "b": 1}, {"a": "y", "b": 2}], ""),
        (
            {"code": 200, "result": {"items": [{"a": "x", "b": 1}, {"a": "y", "b": 2}]}},
            "/result/items",
        ),
        ([["a", "b"], ["x", 1], ["y", 2]], ""),
        ({"a": ["x", "y"], "b": [1, 2]}, ""),
        ({"a": {"0": "x", "1": "y"}, "b": {"0": 1, "1": 2}}, None),
        ({"columns": ["a", "b"], "data": [["x", 1], ["y", 2]]}, ""),
    ],
)
def test_forms_of_tables_in_json(value: Any, path: str | None) -> None:
    heads, rows, dialect = guessed(value)
    if path is None:  # by key: pandas writes columns so; only a description can tell
        assert heads == ["key", "0", "1"]
        return
    assert (heads, rows, dialect.path) == (["a", "b"], [["x", "1"], ["y", "2"]], path)


def test_objects_by_key() -> None:
    heads, rows, _ = guessed({"MN-1": {"name": "Улаанбаатар"}, "MN-035": {"name": "Орхон", "n": 1}})
    assert heads == ["key", "name", "n"]
    assert rows == [["MN-1", "Улаанбаатар", ""], ["MN-035", "Орхон", "1"]]


def located(value: Any) -> dict[str, str]:
    data = capture(json.dumps(value).encode())
    found = table(data, detect(data).dialect)
    return {cell.locator: cell.text for row in found.rows for cell in row.cells}


def at(value: Any, pointer: str) -> Any:
    """The value at a JSON Pointer."""
    for key in pointer.split("/")[1:]:
        key = key.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


KEYS = st.text("ab/~ө", min_size=1, max_size=3)
ITEMS = st.dictionaries(
    KEYS, st.integers(0, 9) | st.fixed_dictionaries({"x": st.text("аб")}), min_size=1
)


@given(st.lists(ITEMS, min_size=2, max_size=4), st.sampled_from(["", "items"]))
def test_places_are_pointers_to_the_values(items: list[Any], member: str) -> None:
    whole: Any = {member: items} if member else items
    for pointer, text in located(whole).items():
        if text:
            assert str(at(whole, pointer)) == text


def test_places_of_columns_and_of_objects_by_key() -> None:
    for whole in ({"a": ["x", "y"], "b": ["z"]}, {"k": {"a": "x"}, "l": {"a": "y", "b": "z"}}):
        for pointer, text in located(whole).items():
            if text and pointer not in {"/k", "/l"}:  # the key itself
                assert at(whole, pointer) == text


def test_a_member_that_comes_late_has_no_head() -> None:
    items = [{"a": 1}] * 1000 + [{"a": 1, "late": 2}]
    data = capture(json.dumps(items).encode())
    rows = list(table(data, Dialect("json")).rows)
    assert not rows[998].problem
    assert rows[1000].problem == "2 cells instead of 1: /1000/late has no head"


def test_figures_keep_their_digits() -> None:
    data = capture(b'[{"a":1.10,"b":12345678901234567890.123456789,"c":null,"d":[1],"e":true}]')
    [row] = list(table(data, Dialect("json")).rows)
    assert row.texts == ["1.10", "12345678901234567890.123456789", "", "[1]", "true"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings_of_json(encoding: str) -> None:
    data = capture('[{"нэр":"Төв"},{"нэр":"Увс"}]'.encode(encoding))
    assert table(data, detect(data).dialect).heads == ["нэр"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'[{"a":1},{"a":1,"a":2}]', "table.json item 2: member “a” comes twice"),
        (b'[{"a":1},{"b":{"a":1,"a":2}}]', "item 2: member “a” comes twice"),
        (b'[{"a":1},{"a":2}', "item 3: invalid or cut JSON: parse error: premature EOF"),
        (b'[{"a":1},{"a":NaN}]', "item 2: invalid or cut JSON: lexical error"),
        (b'[{"a":' + b"1" * 5000 + b"}]", "a number with more than 4,300 digits"),
        (b'[["a"],{"a":1}]', "item 2: no list, as the others are"),
        (
            b"[{" + b",".join(b'"%d":1' % n for n in range(17_000)) + b"}]",
            "the first rows have 17,000 members; 16,384 are allowed",
        ),
        (b'{"a":1}', "there is no table at “/”"),
        (b"[" * 600 + b"]" * 600, "nested more than 500 levels deep"),
        (b'{"a":{"b":1},"a":{"b":2}}', "item 2: member “a” comes twice"),
        (b"[\xff]", "byte 1 is not UTF-8"),
    ],
)
def test_broken_json_is_refused_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        for sheet in read(capture(data), Dialect("json")):
            list(sheet.rows)
    assert message in str(caught.value)


def test_a_path_is_a_pointer() -> None:
    with pytest.raises(ConfigError, match=r"Write it as a JSON Pointer: /result/items\."):
        table(capture(b"[]"), Dialect("json", path="result.items"))


# ---- fixed width

FIXED = (
    "Аймаг        Хүн ам   Мал\n"
    "Төв          93,000   4.5\n"
    "Дархан-Уул  105,000   0.3\n"
    "Увс          83,000\n"
)


def test_text_of_fixed_width() -> None:
    data = capture(FIXED.encode(), "table.txt")
    dialect = detect(data).dialect
    assert dialect.form == "fixed"
    found = table(data, dialect)
    rows = list(found.rows)
    assert found.heads == ["Аймаг", "Хүн ам", "Мал"]
    assert rows[1].texts == ["Дархан-Уул", "105,000", "0.3"]
    assert rows[2].texts == ["Увс", "83,000", ""]
    start, end = map(int, rows[1].cells[1].locator.removeprefix("char=").split(","))
    assert FIXED[start:end].strip() == "105,000"
    assert rows[1].locator == "line=2,3"


def test_fixed_width_needs_widths_and_names_wrong_bytes() -> None:
    with pytest.raises(ConfigError, match="needs the widths"):
        table(capture(b"a b"), Dialect("fixed"))
    with pytest.raises(InputError, match="row 2 column 1: bytes that are not utf-8"):
        list(table(capture(b"a b\n\xff b\n"), Dialect("fixed", widths=(2, 1))).rows)


def test_a_table_without_a_head_has_letters() -> None:
    data = capture('[["1","Засвар"," 49,745,085.00"],["2","Талбай"," 56,330,738.00"]]'.encode())
    dialect = detect(data).dialect
    assert dialect.header == 0
    found = table(data, dialect)
    assert found.heads == ["A", "B", "C"]
    assert [row.texts[0] for row in found.rows] == ["1", "2"]
