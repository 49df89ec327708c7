"""Results drawn on the page at /sparql: what can be drawn, from which columns, and why not."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest
from flask import Flask, g
from hypothesis import given
from hypothesis import strategies as st

from server.pages.editor.drawing import drawing_of
from server.pages.editor.results import ResultsView
from server.texts import TEXTS

PLACE = "https://w3id.org/ulzii/id/place/{}"
STORE = ox.Store()


def view(names: str, *rows: str) -> ResultsView:
    """A result as a query gives it; rows are written as in VALUES."""
    values = " ".join(f"({row})" for row in rows)
    found = STORE.query(f"SELECT {names} {{ VALUES ({names}) {{ {values} }} }}")
    assert isinstance(found, ox.QuerySolutions)
    variables = [one.value for one in found.variables]
    listed = [list(row) for row in found]
    return ResultsView(variables, listed, len(listed))


def drawn(shown: ResultsView, asked: str, language: str = "en") -> tuple[list[str], str, str]:
    """The views, the picture and why there is none."""
    app = Flask(__name__)
    with app.test_request_context("/"):
        g.language = language
        labels = {PLACE.format("065"): {"mn": "Архангай", "en": "Arkhangai"}}
        drawing = drawing_of(shown, asked, labels)
        return drawing.views, drawing.figure.picture if drawing.figure else "", drawing.why_not


def test_bars_take_the_last_number_and_the_name_in_the_readers_language() -> None:
    shown = view("?mn ?en ?n ?share", '"Төв"@mn "Tuv"@en 3 7', '"Увс"@mn "Uvs"@en 4 8.50')
    views, picture, _ = drawn(shown, "bars", "mn")
    assert views == ["table", "bars"]
    assert re.findall(r">([^<>]+)</text>", picture) == ["Төв", "7", "Увс", "8.5"]
    assert ">Tuv<" in drawn(shown, "bars", "en")[1]


def test_lines_run_over_years_and_break_where_one_is_missing() -> None:
    rows = [
        '"2019" "хонь" 3',
        '"2020" "хонь" 4',
        '"2022" "хонь" 6',
        '"2019" "ямаа" 2',
        '"2022" "ямаа" 1',
    ]
    views, picture, _ = drawn(view("?year ?kind ?n", *rows), "line")
    assert "line" in views
    paths = re.findall(r'class="line s\d" d="([^"]+)"', picture)
    assert [path.count("M") for path in paths] == [2, 2]  # each begins anew after the gap


def test_places_by_address_or_code_are_on_the_map() -> None:
    by_address = view("?place ?n", f"<{PLACE.format('065')}> 5", f"<{PLACE.format('067')}> UNDEF")
    views, picture, _ = drawn(by_address, "map")
    assert "map" in views
    assert picture.count("bubble") == 1
    assert "Arkhangai: 5" in picture
    by_code = view("?iso ?n", '"MN-073" 5', '"MN-1" 6')
    assert "/id/place/065.html" in drawn(by_code, "map")[1]


@pytest.mark.parametrize(
    ("asked", "names", "rows", "why"),
    [
        ("bars", "?a", ['"x"'], "not_drawn_no_number"),
        ("bars", "?n", ["1", "2"], "not_drawn_no_name"),
        ("bars", "?a ?n", ['"x" 1', '"x" 2'], "not_drawn_repeats"),
        ("bars", "?a ?n", ['"x" -1', '"y" 2'], "not_drawn_negative"),
        (
            "bars",
            "?a ?n",
            ['"x" "INF"^^<http://www.w3.org/2001/XMLSchema#double>'],
            "not_drawn_negative",
        ),
        ("bars", "?a ?n", [f'"{n}" 1' for n in range(41)], "not_drawn_many"),
        ("line", "?a ?n", ['"x" 1', '"y" 2'], "not_drawn_no_year"),
        ("line", "?y ?n", ['"2020" 1'], "not_drawn_one"),
        (
            "line",
            "?y ?a ?n",
            [f'"{y}" "{a}" 1' for y in (2020, 2021) for a in "abcde"],
            "not_drawn_series",
        ),
        ("map", "?a ?n", ['"x" 1'], "not_drawn_no_place"),
        (
            "map",
            "?p ?n",
            [f"<{PLACE.format('065')}> 1", f"<{PLACE.format('06501')}> 1"],
            "not_drawn_no_place",
        ),
    ],
)
def test_what_cannot_be_drawn_says_why(asked: str, names: str, rows: list[str], why: str) -> None:
    views, picture, reason = drawn(view(names, *rows), asked)
    assert (asked in views, picture, reason) == (False, "", why)
    assert why in TEXTS


TERMS = st.sampled_from(
    [
        '"x"',
        '"Ө"@mn',
        "1",
        "-2.5",
        "1e9",
        "UNDEF",
        '"2020"',
        "<http://e/>",
        f"<{PLACE.format('065')}>",
    ]
)


@given(
    st.lists(st.tuples(TERMS, TERMS, TERMS), min_size=1, max_size=6),
    st.sampled_from(["bars", "line", "map"]),
)
def test_any_result_is_drawn_or_says_why_not(rows: list[tuple[str, str, str]], asked: str) -> None:
    views, picture, why = drawn(view("?a ?b ?c", *map(" ".join, rows)), asked)
    assert bool(picture) == (asked in views) != bool(why)


def test_an_unknown_view_is_the_table() -> None:
    assert drawn(view("?a ?n", '"x" 1'), "<script>")[1:] == ("", "")
