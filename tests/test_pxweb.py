"""PX-Web tables as cubes: the bundled livestock table, and what real answers do wrong."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import ConfigError, InputError
from graph.iris import Names
from graph.statements.canonical import Normaliser, line
from loaders import capture, pxweb, source
from loaders.json_answer import pointer
from loaders.loader import Context
from loaders.pxweb.cube import slug
from loaders.record import INFERRED, Capture, Record, Rejected, Statement

BASE = "https://example.mn/"
TABLE = f"{BASE}id/dataset/nso/DT_NSO_1001_109V1"
CUBE = f"{TABLE}/cube"
OBS_VALUE = "http://purl.org/linked-data/sdmx/2009/measure#obsValue"
SOURCE = source.read(source.BUNDLED / "nso.toml")
CONTEXT = Context(SOURCE, Names(BASE))


def made(name: str, data: bytes, url: str = "") -> Capture:
    digest = hashlib.sha256(data).hexdigest()
    return Capture(digest, name, url or f"DT_T1/{name}", "application/json", data)


def bundled() -> list[Capture]:
    found = []
    for request in capture.requests(SOURCE):
        assert request.path is not None
        found.append(made(request.name, request.path.read_bytes(), request.url))
    return found


def mapped(captures: list[Capture], context: Context) -> Iterator[Statement]:
    for record in pxweb.records(captures, context):
        yield from pxweb.statements(record, context)


@pytest.fixture(scope="module")
def statements() -> list[Statement]:
    return list(mapped(bundled(), CONTEXT))


@pytest.fixture(scope="module")
def store(statements: list[Statement]) -> ox.Store:
    found = ox.Store()
    found.bulk_extend(ox.Quad(s.subject, s.predicate, s.object) for s in statements)
    return found


def ask(store: ox.Store, query: str) -> list[tuple[str, ...]]:
    prefixes = """
        PREFIX qb: <http://purl.org/linked-data/cube#> PREFIX dcat: <http://www.w3.org/ns/dcat#>
        PREFIX dct: <http://purl.org/dc/terms/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        PREFIX measure: <http://purl.org/linked-data/sdmx/2009/measure#>
        PREFIX dimension: <http://purl.org/linked-data/sdmx/2009/dimension#>
        PREFIX attribute: <http://purl.org/linked-data/sdmx/2009/attribute#>
        PREFIX core: <https://w3id.org/ulzii/def/core#> PREFIX stat: <https://w3id.org/ulzii/def/stat#>
    """
    rows = store.query(prefixes + query)
    assert isinstance(rows, ox.QuerySolutions)
    return [tuple(cell.value for cell in row if cell is not None) for row in rows]


# --- the bundled table -------------------------------------------------------------------------


def test_every_cell_is_an_observation(store: ox.Store) -> None:
    count = "SELECT (COUNT(?o) AS ?n) { ?o a qb:Observation %s }"
    assert ask(store, count % "") == [("9900",)]
    assert ask(store, count % "; measure:obsValue ?v") == [("9692",)]
    assert ask(store, count % "; attribute:obsStatus ?s") == [("208",)]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("total/total/2024", "57649.7"),
        ("total/3/2024", "8377.8"),
        ("total/361/2024", "175.8"),
        ("total/total/2017", "66219"),  # written 66219.0: canonical, as the store keeps it
        ("camel/361/1979", "0.6"),
    ],
)
def test_known_figures(store: ox.Store, key: str, value: str) -> None:
    found = ask(store, f"SELECT ?v {{ <{CUBE}/{key}> measure:obsValue ?v }}")
    assert found == [(value,)]


def test_an_empty_cell_has_a_status_and_no_measure(store: ox.Store) -> None:
    cell = f"<{CUBE}/total/361/1979>"
    assert ask(store, f"SELECT ?v {{ {cell} measure:obsValue ?v }}") == []
    (status,) = ask(store, f"SELECT ?s {{ {cell} attribute:obsStatus ?s }}")
    assert status[0].endswith("code#obsStatus-M")


def test_ulaanbaatar_stands_at_two_levels(store: ox.Store) -> None:
    query = """SELECT ?v { VALUES ?area { <https://w3id.org/ulzii/scheme/nso-2025/%s> }
        ?o dimension:refArea ?area ; dimension:refPeriod <https://w3id.org/ulzii/id/period/2024> ;
           <%s#livestock-type> <%s/type/total> ; measure:obsValue ?v }"""
    for key in ("x-ulaanbaatar-region", "x-ulaanbaatar"):
        assert len(ask(store, query % (key, CUBE, CUBE))) == 1


def test_every_area_is_a_concept_of_the_administrative_units(store: ox.Store) -> None:
    path = source.BUNDLED.parent / "bundled/admin-units/nso-codes.csv"
    with path.open(encoding="utf-8", newline="") as file:
        known = {r["key"]: r["name_en"] for r in csv.DictReader(file) if r["scheme"] == "nso-2025"}
    areas = {row[0] for row in ask(store, "SELECT DISTINCT ?a { ?o dimension:refArea ?a }")}
    assert len(areas) == 30
    assert {area.rpartition("/")[2] for area in areas} <= known.keys()
    for label, key in SOURCE.options["schemes"]["nso-2025"].items():
        assert known[key] == label.strip()


def test_labels_come_from_each_language(store: ox.Store) -> None:
    found = ask(store, f"SELECT (LANG(?l) AS ?t) ?l {{ <{CUBE}/type/horse> skos:prefLabel ?l }}")
    assert sorted(found) == [("en", "Horse"), ("mn", "Адуу")]
    titles = set(ask(store, f"SELECT (LANG(?l) AS ?t) ?l {{ <{TABLE}> dct:title ?l }}"))
    assert ("mn", "МАЛЫН ТОО, малын төрөл, аймаг, нийслэл, жилээр") in titles


def test_no_licence_is_made_up_and_rights_are_stated(store: ox.Store) -> None:
    assert ask(store, "SELECT ?l { ?d dct:license ?l }") == []
    rights = ask(store, "SELECT DISTINCT ?r { ?d a dcat:Distribution ; dct:rights ?r }")
    assert rights == [("https://w3id.org/ulzii/scheme/rights/nso-terms",)]


def test_the_record_lists_what_is_inferred(statements: list[Statement], store: ox.Store) -> None:
    listed = {row[0] for row in ask(store, "SELECT ?p { ?r core:inferredProperty ?p }")}
    subjects = {TABLE, CUBE}
    inferred = {
        s.predicate.value for s in statements if s.layer == INFERRED and s.subject.value in subjects
    }
    assert listed == inferred
    assert "http://purl.org/dc/terms/description" in listed
    assert "http://purl.org/linked-data/sdmx/2009/attribute#unitMult" in listed


def test_the_cube_says_over_what_it_adds_up(store: ox.Store) -> None:
    found = {row[0] for row in ask(store, "SELECT ?d { ?c stat:additiveOver ?d }")}
    area = "http://purl.org/linked-data/sdmx/2009/dimension#refArea"
    assert found == {area, f"{CUBE}#livestock-type"}


def test_statements_are_canonical_and_of_the_source(statements: list[Statement]) -> None:
    lines = [line(s.subject, s.predicate, s.object) for s in statements]
    assert Normaliser().lines(lines) == lines
    assert all(s.subject.value.startswith("http") and s.rule for s in statements)


def test_every_record_has_its_own_place(statements: list[Statement]) -> None:
    records = list(pxweb.records(bundled(), CONTEXT))
    places = {(r.capture.digest, r.locator) for r in records}
    assert len(places) == len(records) == 9971
    for record in records[:71]:
        assert isinstance(resolve(record), str), record.locator
    assert resolve(records[-1]) == json.loads(records[-1].capture.data)["value"][9899]


def resolve(record: Record) -> Any:
    """What a JSON Pointer points at (RFC 6901 §4, §6)."""
    found = json.loads(record.capture.data)
    for part in record.locator.split("/")[1:]:
        key = part.replace("%20", " ").replace("~1", "/").replace("~0", "~")
        found = found[int(key)] if isinstance(found, list) else found[key]
    return found


# --- small tables ------------------------------------------------------------------------------

ONE: dict[str, Any] = {
    "units": {"head": {"mn": "толгой", "en": "head"}},
    "tables": {
        "DT_T1": {
            "address": "https://agency.mn/{lang}/DT_T1.px",
            "theme": "AGRI",
            "unit": "head",
            "multiplier": 0,
            "rights": "nso-terms",
            "resolution": "P1Y",
            "dimensions": [
                {"id": "Төрөл", "role": "concept", "name": "kind", "codes": "kind"},
                {"id": "Бүс", "role": "area", "scheme": "small"},
                {"id": "Он", "role": "year"},
            ],
        }
    },
    "schemes": {"small": {"Total": "total", "  Town": "x-town-region", "Town": "x-town"}},
}
LABELS = {
    "Төрөл": ["Sheep & goat", "Horse"],
    "Бүс": ["Total", "  Town", "    Town"],
    "Он": ["2024", "2023"],
}


def small(**changes: Any) -> Context:
    return Context(replace(SOURCE, options={**SOURCE.options, **ONE, **changes}), Names(BASE))


def answer(
    order: tuple[str, ...] = ("Төрөл", "Бүс", "Он"),
    labels: dict[str, list[str]] = LABELS,
    **over: Any,
) -> dict[str, Any]:
    """A small answer; each figure is made of the positions of its labels in LABELS."""
    keys = product(*(labels[name] for name in order))
    values = []
    for key in keys:
        at = dict(zip(order, key, strict=True))
        digits = [LABELS[n].index(at[n]) if at.get(n) in LABELS[n] else 9 for n in LABELS]
        values.append(int("".join(map(str, digits))))
    return {
        "class": "dataset",
        "label": "Small",
        "id": list(order),
        "size": [len(labels[name]) for name in order],
        "dimension": {
            name: {
                "label": name,
                "category": {
                    "index": {str(i): i for i in range(len(labels[name]))},
                    "label": {str(i): text for i, text in enumerate(labels[name])},
                },
            }
            for name in order
        },
        "value": values,
        "version": "2.0",
        **over,
    }


def en(data: Any) -> Capture:
    return made("en.json", data if isinstance(data, bytes) else json.dumps(data).encode())


def mn(data: Any) -> Capture:
    return made("mn.json", json.dumps(data).encode())


def figures(*captures: Capture, context: Context | None = None) -> dict[str, str]:
    found = mapped(list(captures), context or small())
    return {
        s.subject.value.partition("/cube/")[2]: s.object.value
        for s in found
        if s.predicate.value == OBS_VALUE
    }


def test_slugs_name_concepts() -> None:
    assert figures(en(answer()))["sheep-goat/x-town/2023"] == "21"
    assert slug("Bactrian camel, 3+ years ") == "bactrian-camel-3-years"
    assert slug("Төв") == ""


@given(st.permutations(list(LABELS)), st.permutations(["2024", "2023"]))
def test_neither_dimension_order_nor_year_codes_matter(order: list[str], years: list[str]) -> None:
    """The year's code is a position: after an update the same code is another year."""
    turned = answer(tuple(order), {**LABELS, "Он": years})
    assert figures(en(turned)) == figures(en(answer()))


def test_a_byte_order_mark_is_dropped() -> None:
    marked = b"\xef\xbb\xbf" + json.dumps(answer()).encode()
    assert figures(en(marked)) == figures(en(answer()))


def test_the_sparse_form_and_symbols() -> None:
    data = answer(value={"0": 1.50, "3": 12}, status={"1": "..", "3": "p"})
    found = list(mapped([en(data)], small()))
    assert sum(s.predicate.value == OBS_VALUE for s in found) == 2
    assert {s.object.value for s in found if s.rule == "cell-symbol"} == {"..", "p"}
    assert {s.object.value for s in found if s.predicate.value == OBS_VALUE} == {"1.5", "12"}


def test_decimals_are_as_written_never_floats() -> None:
    text = json.dumps(answer()).replace('"value": [0', '"value": [12345678901234567.10')
    assert figures(en(text.encode()))["sheep-goat/total/2024"] == "12345678901234567.1"


def test_a_missing_mongolian_label_is_left_out() -> None:
    other = answer()
    del other["dimension"]["Төрөл"]["category"]["label"]["1"]
    found = [s for s in mapped([en(answer()), mn(other)], small()) if s.rule == "category-label"]
    languages = [s.object.language for s in found if isinstance(s.object, ox.Literal)]
    assert sorted(map(str, languages)) == ["en", "en", "mn"]


def test_figures_that_differ_between_languages_are_rejected() -> None:
    other = answer()
    other["value"][4] = 99
    records = list(pxweb.records([en(answer()), mn(other)], small()))
    outcomes = [r for r in records if r.locator == "/value/4"]
    with pytest.raises(Rejected, match=r"en\.json#/value/4 says 20, mn\.json#/value/4 says 99"):
        list(pxweb.statements(outcomes[0], small()))
    fine = [r for r in records if r.locator != "/value/4"]
    assert all(list(pxweb.statements(r, small())) for r in fine)


@pytest.mark.parametrize("cell", ["-", "12", True])
def test_a_cell_that_is_no_number_is_rejected(cell: Any) -> None:
    data = answer()
    data["value"][2] = cell
    (record,) = [r for r in pxweb.records([en(data)], small()) if r.locator == "/value/2"]
    with pytest.raises(Rejected, match=r"en\.json#/value/2"):
        list(pxweb.statements(record, small()))


WHOLE = json.dumps(answer(), ensure_ascii=False).encode()


def changed(**over: Any) -> bytes:
    return json.dumps(answer(**over)).encode()


def without_label(name: str, code: str) -> bytes:
    data = answer()
    del data["dimension"][name]["category"]["label"][code]
    return json.dumps(data).encode()


def index(positions: Any) -> bytes:
    data = answer()
    data["dimension"]["Он"]["category"]["index"] = positions
    return json.dumps(data).encode()


BROKEN = {
    "cut": (WHOLE[: len(WHOLE) // 2], r"en\.json row 1 column \d+: broken or cut JSON"),
    "empty": (b" \n", r"en\.json row 1: the answer is empty"),
    "a page": (b"<!DOCTYPE html><p>403", "en.json row 1: a web page instead of JSON"),
    "UTF-16": (WHOLE.decode().encode("utf-16"), "row 1: byte 0 is not utf-8"),
    "windows-1251": ("{\n \"label\": \"Мал\"}".encode("cp1251"), "en.json row 2: byte"),
    "NaN": (WHOLE.replace(b"[0,", b"[NaN,"), "NaN is no JSON number"),
    "key twice": (b'{"class": "dataset", "class": "dataset"}', "“class” appears twice"),
    "a list": (b"[]", "en.json#/class: this is no JSON-stat dataset"),
    "version 1": (changed(version="1.0"), "#/version: JSON-stat 2.0 is expected"),
    "no title": (changed(label=" "), "#/label: a label is expected"),
    "a cell short": (changed(value=[1] * 11), "#/value: 11 cells, “size” asks for 12"),
    "cells too many": (changed(value={"12": 1}), "#/value/12: there are only 12 cells"),
    "size wrong": (changed(size=[2, 3, 3]), "#/dimension/Он/category/index: 3 codes"),
    "size no number": (changed(size=["2", 3, 2]), "#/size: a list is expected"),
    "dimension unnamed": (changed(id=["Төрөл", "Бүс", "Сар"]), "#/id: "),
    "gap in positions": (index({"0": 0, "1": 2}), "#/dimension/Он/category/index"),
    "no positions": (index(None), "#/dimension/Он/category/index"),
    "label missing": (without_label("Бүс", "1"), "#/dimension/Бүс/category/label/1: the label is"),
    "label of no code": (index({"0": 0, "7": 1}), "label/1: a label for a code that is not there"),
    "unknown dimension": (
        json.dumps(answer(("Төрөл", "Бүс", "Он", "Хүйс"), {**LABELS, "Хүйс": ["All"]})).encode(),
        "#/dimension/Хүйс: dimension “Хүйс” is not described",
    ),
    "missing dimension": (json.dumps(answer(("Төрөл", "Он"))).encode(), "“Бүс” is missing"),
    "unknown area": (
        json.dumps(answer(labels={**LABELS, "Бүс": ["Total", "  Town", "Moon"]})).encode(),
        "#/dimension/Бүс/category/label/2: “Moon” has no term",
    ),
    "same slug twice": (
        json.dumps(answer(labels={**LABELS, "Төрөл": ["Horse", "horse "]})).encode(),
        "“horse ” would be “horse”, as /dimension/Төрөл/category/label/0 already is",
    ),
    "no year": (
        json.dumps(answer(labels={**LABELS, "Он": ["2024", "2023*"]})).encode(),
        "#/dimension/Он/category/label/1: “2023\\*” has no term",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_broken_answers_say_where(case: str) -> None:
    data, message = BROKEN[case]
    with pytest.raises(InputError, match=message) as caught:
        list(pxweb.records([en(data)], small()))
    assert caught.value.where.startswith("en.json")


def test_more_cells_than_the_agency_sends() -> None:
    with pytest.raises(InputError, match="#/size: 12 cells, more than 11"):
        list(pxweb.records([en(answer())], small(max_cells=11)))


def test_the_languages_must_be_one_table() -> None:
    newer = answer(labels={**LABELS, "Он": ["2025", "2024"]})
    with pytest.raises(InputError, match=r"mn\.json#/dimension/Он/category/label/0: “2025”"):
        list(pxweb.records([en(answer()), mn(newer)], small()))
    longer = answer(labels={**LABELS, "Он": ["2024", "2023", "2022"]})
    with pytest.raises(InputError, match=r"mn\.json#/dimension/Он/category/index"):
        list(pxweb.records([en(answer()), mn(longer)], small()))


def test_english_is_needed_and_each_language_once() -> None:
    with pytest.raises(InputError, match=r"mn\.json: DT_T1: the English answer is missing"):
        list(pxweb.records([mn(answer())], small()))
    with pytest.raises(InputError, match="a second time"):
        list(pxweb.records([en(answer()), en(answer())], small()))


def test_table_and_language_are_read_from_the_address() -> None:
    live = [
        made(f"{n}", json.dumps(answer()).encode(), f"https://agency.mn/api/v1/{n}/X/DT_T1.px")
        for n in ("en", "mn")
    ]
    assert len(figures(*live)) == 12
    with pytest.raises(InputError, match="no table of this source"):
        list(pxweb.records([made("en.json", WHOLE, "DT_T11/en.json")], small()))
    with pytest.raises(InputError, match="the language is not in"):
        list(pxweb.records([made("DT_T1.json", WHOLE)], small()))


def test_a_total_that_is_not_there_is_missed() -> None:
    first, *others = ONE["tables"]["DT_T1"]["dimensions"]
    dimensions = [{**first, "total": "All"}, *others]
    tables = {"DT_T1": {**ONE["tables"]["DT_T1"], "dimensions": dimensions}}
    with pytest.raises(InputError, match="Төрөл/category/label: no label “All”"):
        list(pxweb.records([en(answer())], small(tables=tables)))


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
    tables = {"DT_T1": {**ONE["tables"]["DT_T1"], **over}}
    with pytest.raises(ConfigError, match=message):
        list(pxweb.records([en(answer())], small(tables=tables)))


def test_pointers_stand_in_iris() -> None:
    place = pointer("dimension", "Малын төрөл", "a/b~c%", 0)
    assert place == "/dimension/Малын%20төрөл/a~1b~0c%25/0"
    assert ox.NamedNode(Names(BASE).capture("0" * 64, place))
