"""Small PX-Web tables: what real answers do wrong."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.core.errors import ConfigError, InputError
from graph.core.iris import Names
from loaders.formats import pxweb
from loaders.formats.json_strict import pointer
from loaders.formats.pxweb.cube import slug
from loaders.pipeline.record import LoadFinding, Rejected, Statement
from tests.one_by_one import one_by_one
from tests.pxweb_tables import (
    BASE,
    LABELS,
    OBS_VALUE,
    OPTIONS,
    capture_of,
    context_with,
    en,
    figures,
    found_in,
    json_stat,
    map_all,
    mn,
)


def test_slugs_name_concepts() -> None:
    assert figures(en(json_stat()))["sheep-goat/x-town/2023"] == "21"
    assert slug("Bactrian camel, 3+ years ") == "bactrian-camel-3-years"
    assert slug("Төв") == ""


@given(st.permutations(list(LABELS)), st.permutations(["2024", "2023"]))
def test_neither_dimension_order_nor_year_codes_matter(order: list[str], years: list[str]) -> None:
    """The year's code is a position: after an update the same code is another year."""
    turned = json_stat(tuple(order), {**LABELS, "Он": years})
    assert figures(en(turned)) == figures(en(json_stat()))


def test_a_byte_order_mark_is_dropped() -> None:
    marked = b"\xef\xbb\xbf" + json.dumps(json_stat()).encode()
    assert figures(en(marked)) == figures(en(json_stat()))


def test_the_sparse_form_and_symbols() -> None:
    data = json_stat(value={"0": 1.50, "3": 12}, status={"1": "..", "3": "p"})
    found = list(map_all([en(data)], context_with()))
    assert sum(s.predicate.value == OBS_VALUE for s in found) == 2
    assert {s.object.value for s in found if s.rule == "cell-symbol"} == {"..", "p"}
    assert {s.object.value for s in found if s.predicate.value == OBS_VALUE} == {"1.5", "12"}


def test_decimals_are_as_written_never_floats() -> None:
    text = json.dumps(json_stat()).replace('"value": [0', '"value": [12345678901234567.10')
    assert figures(en(text.encode()))["sheep-goat/total/2024"] == "12345678901234567.1"


def test_a_missing_mongolian_label_is_left_out() -> None:
    other = json_stat()
    del other["dimension"]["Төрөл"]["category"]["label"]["1"]
    found = [
        s
        for s in map_all([en(json_stat()), mn(other)], context_with())
        if s.rule == "category-label"
    ]
    languages = [s.object.language for s in found if isinstance(s.object, ox.Literal)]
    assert sorted(map(str, languages)) == ["en", "en", "mn"]


def test_figures_that_differ_between_languages_are_rejected() -> None:
    other = json_stat()
    other["value"][4] = 99
    records = list(pxweb.records([en(json_stat()), mn(other)], context_with()))
    outcomes = [r for r in records if r.locator == "/value/4"]
    with pytest.raises(Rejected, match=r"en\.json#/value/4 says 20, mn\.json#/value/4 says 99"):
        list(pxweb.statements(outcomes[0], context_with()))
    fine = [r for r in records if r.locator != "/value/4"]
    assert all(list(pxweb.statements(r, context_with())) for r in fine)


STATUS = "http://purl.org/linked-data/sdmx/2009/attribute#obsStatus"


@pytest.mark.parametrize(
    ("cell", "symbols", "status", "note", "kind"),
    [
        ("-", {}, "M", {"-"}, "cell-nil"),
        (None, {"2": "-"}, "M", {"-"}, "cell-nil"),
        ("..", {}, "L", {".."}, "cell-not-available"),
        (None, {"2": ".."}, "L", {".."}, "cell-not-available"),
        (None, {}, "M", set(), None),
        (0, {}, None, set(), None),
    ],
)
def test_symbols_an_empty_cell_and_0_are_told_apart(
    cell: Any, symbols: dict[str, str], status: str | None, note: set[str], kind: str | None
) -> None:
    data = json_stat(status=symbols)
    data["value"][2] = cell
    (record,) = [r for r in pxweb.records([en(data)], context_with()) if r.locator == "/value/2"]
    made = list(one_by_one(pxweb.statements(record, context_with())))
    stated = [one for one in made if isinstance(one, Statement)]
    codes = [s.object.value.rpartition("-")[2] for s in stated if s.predicate.value == STATUS]
    assert codes == ([status] if status else [])
    assert [s.object.value for s in stated if s.predicate.value == OBS_VALUE] == (
        [] if status else ["0"]
    )
    assert {s.object.value for s in stated if s.rule == "cell-symbol"} == note
    found = [one for one in made if isinstance(one, LoadFinding)]
    assert [(f.kind, f.place, f.detail) for f in found] == (
        [(kind, "en.json#/value/2", *note)] if kind else []
    )


def unit(base: str) -> dict[str, Any]:
    data = json_stat()
    data["dimension"]["Төрөл"]["category"]["unit"] = {"0": {"base": base, "decimals": 1}}
    return data


@pytest.mark.parametrize(
    ("data", "multiplier", "contradicts"),
    [
        (json_stat(label="Livestock, thousand heads"), 0, True),
        (json_stat(label="Livestock, thousand heads"), 3, False),
        (json_stat(label="Малын тоо, сая"), 3, True),
        (unit("head"), 0, False),
        (unit("thous. head"), 3, False),
        (unit("thous. head"), 0, True),
        (unit("tonnes"), 0, True),
    ],
)
def test_a_unit_that_contradicts_the_declared_one_is_found(
    data: dict[str, Any], multiplier: int, contradicts: bool
) -> None:
    table = {**OPTIONS["tables"]["DT_T1"], "multiplier": multiplier}
    found = found_in([en(data)], context_with(tables={"DT_T1": table}))
    assert [f.kind for f in found] == (["unit-contradicts"] if contradicts else [])


def test_a_figure_that_no_query_could_reckon_with_is_rejected() -> None:
    data = json.dumps(json_stat()).replace('"value": [0', '"value": [1e400').encode()
    record = next(r for r in pxweb.records([en(data)], context_with()) if r.locator == "/value/0")
    with pytest.raises(Rejected, match="larger than a decimal") as rejected:
        list(pxweb.statements(record, context_with()))
    assert rejected.value.finding == LoadFinding(
        "cell-rejected",
        ox.NamedNode(f"{BASE}id/dataset/nso/DT_T1"),
        "en.json#/value/0",
        detail="1E+400",
    )


@pytest.mark.parametrize("cell", ["1e400", "12", True])
def test_a_cell_that_is_no_number_is_rejected(cell: Any) -> None:
    data = json_stat()
    data["value"][2] = cell
    (record,) = [r for r in pxweb.records([en(data)], context_with()) if r.locator == "/value/2"]
    with pytest.raises(Rejected, match=r"en\.json#/value/2") as rejected:
        list(pxweb.statements(record, context_with()))
    found = rejected.value.finding
    assert found is not None
    assert (found.kind, found.detail) == ("cell-rejected", str(cell))


WHOLE = json.dumps(json_stat(), ensure_ascii=False).encode()


def changed(**over: Any) -> bytes:
    return json.dumps(json_stat(**over)).encode()


def without_label(name: str, code: str) -> bytes:
    data = json_stat()
    del data["dimension"][name]["category"]["label"][code]
    return json.dumps(data).encode()


def index(positions: Any) -> bytes:
    data = json_stat()
    data["dimension"]["Он"]["category"]["index"] = positions
    return json.dumps(data).encode()


BROKEN = {
    "cut": (WHOLE[: len(WHOLE) // 2], r"en\.json row 1 column \d+: invalid or truncated JSON"),
    "empty": (b" \n", r"en\.json row 1: the response is empty"),
    "a page": (b"<!DOCTYPE html><p>403", "en.json row 1: a web page instead of JSON"),
    "UTF-16": (WHOLE.decode().encode("utf-16"), "row 1: byte 0 is not UTF-8"),
    "windows-1251": ("{\n \"label\": \"Мал\"}".encode("cp1251"), "en.json row 2: byte"),
    "NaN": (WHOLE.replace(b"[0,", b"[NaN,"), "NaN is not a JSON number"),
    "key twice": (b'{"class": "dataset", "class": "dataset"}', "“class” appears twice"),
    "a list": (b"[]", "en.json#/class: this is not a JSON-stat dataset"),
    "version 1": (changed(version="1.0"), "#/version: JSON-stat 2.0 is expected"),
    "no title": (changed(label=" "), "#/label: a label is expected"),
    "a cell short": (changed(value=[1] * 11), "#/value: 11 cells, “size” says 12"),
    "cells too many": (changed(value={"12": 1}), "#/value/12: there are only 12 cells"),
    "size wrong": (changed(size=[2, 3, 3]), "#/dimension/Он/category/index: 3 codes"),
    "size no number": (changed(size=["2", 3, 2]), "#/size: a list is expected"),
    "dimension unnamed": (changed(id=["Төрөл", "Бүс", "Сар"]), "#/id: "),
    "gap in positions": (index({"0": 0, "1": 2}), "#/dimension/Он/category/index"),
    "no positions": (index(None), "#/dimension/Он/category/index"),
    "label missing": (without_label("Бүс", "1"), "#/dimension/Бүс/category/label/1: the label is"),
    "label of no code": (index({"0": 0, "7": 1}), "label/1: a label for a code that is not there"),
    "unknown dimension": (
        json.dumps(json_stat(("Төрөл", "Бүс", "Он", "Хүйс"), {**LABELS, "Хүйс": ["All"]})).encode(),
        "#/dimension/Хүйс: dimension “Хүйс” is not described",
    ),
    "missing dimension": (json.dumps(json_stat(("Төрөл", "Он"))).encode(), "“Бүс” is missing"),
    "unknown area": (
        json.dumps(json_stat(labels={**LABELS, "Бүс": ["Total", "  Town", "Moon"]})).encode(),
        "#/dimension/Бүс/category/label/2: “Moon” has no term",
    ),
    "same slug twice": (
        json.dumps(json_stat(labels={**LABELS, "Төрөл": ["Horse", "horse "]})).encode(),
        "“horse ” would be “horse”, as /dimension/Төрөл/category/label/0 already is",
    ),
    "no year": (
        json.dumps(json_stat(labels={**LABELS, "Он": ["2024", "2023*"]})).encode(),
        "#/dimension/Он/category/label/1: “2023\\*” has no term",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_broken_answers_say_where(case: str) -> None:
    data, message = BROKEN[case]
    with pytest.raises(InputError, match=message) as caught:
        list(pxweb.records([en(data)], context_with()))
    assert caught.value.where.startswith("en.json")


def test_more_cells_than_the_agency_sends() -> None:
    with pytest.raises(InputError, match="#/size: 12 cells, more than 11"):
        list(pxweb.records([en(json_stat())], context_with(max_cells=11)))


def test_the_languages_must_be_one_table() -> None:
    newer = json_stat(labels={**LABELS, "Он": ["2025", "2024"]})
    with pytest.raises(InputError, match=r"mn\.json#/dimension/Он/category/label/0: “2025”"):
        list(pxweb.records([en(json_stat()), mn(newer)], context_with()))
    longer = json_stat(labels={**LABELS, "Он": ["2024", "2023", "2022"]})
    with pytest.raises(InputError, match=r"mn\.json#/dimension/Он/category/index"):
        list(pxweb.records([en(json_stat()), mn(longer)], context_with()))


def test_english_is_needed_and_each_language_once() -> None:
    with pytest.raises(InputError, match=r"mn\.json: DT_T1: the English response is missing"):
        list(pxweb.records([mn(json_stat())], context_with()))
    with pytest.raises(InputError, match="appears again"):
        list(pxweb.records([en(json_stat()), en(json_stat())], context_with()))


def test_table_and_language_are_read_from_the_address() -> None:
    live = [
        capture_of(
            f"{n}", json.dumps(json_stat()).encode(), f"https://agency.mn/api/v1/{n}/X/DT_T1.px"
        )
        for n in ("en", "mn")
    ]
    assert len(figures(*live)) == 12
    with pytest.raises(InputError, match="not a table of the source"):
        list(pxweb.records([capture_of("en.json", WHOLE, "DT_T11/en.json")], context_with()))
    with pytest.raises(InputError, match="the language is not in"):
        list(pxweb.records([capture_of("DT_T1.json", WHOLE)], context_with()))


def test_a_total_that_is_not_there_is_missed() -> None:
    first, *others = OPTIONS["tables"]["DT_T1"]["dimensions"]
    dimensions = [{**first, "total": "All"}, *others]
    tables = {"DT_T1": {**OPTIONS["tables"]["DT_T1"], "dimensions": dimensions}}
    with pytest.raises(InputError, match="Төрөл/category/label: no label “All”"):
        list(pxweb.records([en(json_stat())], context_with(tables=tables)))


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"unit": "tonne"}, r"\[options.units.tonne\] is missing"),
        ({"colour": "red"}, "colour"),
        ({"additive_over": ["Сар"]}, "no dimension"),
        ({"dimensions": [{"id": "Он", "role": "week"}]}, "none of concept, area, year"),
        ({"dimensions": [{"id": "Төрөл", "role": "concept"}]}, "needs name and codes"),
        ({"dimensions": [{"id": "Бүс", "role": "area", "scheme": "no"}]}, "schemes.no"),
    ],
)
def test_a_wrong_description_says_which_table(over: dict[str, Any], message: str) -> None:
    tables = {"DT_T1": {**OPTIONS["tables"]["DT_T1"], **over}}
    with pytest.raises(ConfigError, match=message):
        list(pxweb.records([en(json_stat())], context_with(tables=tables)))


def test_pointers_stand_in_iris() -> None:
    place = pointer("dimension", "Малын төрөл", "a/b~c%", 0)
    assert place == "/dimension/Малын%20төрөл/a~1b~0c%25/0"
    assert ox.NamedNode(Names(BASE).capture("0" * 64, place))
