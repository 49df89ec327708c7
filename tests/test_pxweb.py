"""The bundled livestock table of PX-Web as a cube."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from graph.core.instance import Instance
from graph.core.iris import ROOT
from graph.statements.canonical import Normaliser, line
from loaders.formats import pxweb
from loaders.pipeline import capture, source
from loaders.pipeline.record import INFERRED, STATED, Capture, Record, Statement
from tests.pxweb_tables import CONTEXT, CUBE, SOURCE, TABLE, capture_of, map_all
from vocab.namespaces import SKOS


def bundled() -> list[Capture]:
    found = []
    for request in capture.requests(SOURCE, Instance(Path("/nowhere"), ROOT)):
        if request.path is None or request.path.parent.name != "DT_NSO_1001_109V1":
            continue
        found.append(capture_of(request.name, request.path.read_bytes(), request.url))
    return found


@pytest.fixture(scope="module")
def statements() -> list[Statement]:
    return list(map_all(bundled(), CONTEXT))


@pytest.fixture(scope="module")
def store(statements: list[Statement]) -> ox.Store:
    found = ox.Store()
    found.bulk_extend(ox.Quad(s.subject, s.predicate, s.object) for s in statements)
    return found


def select(store: ox.Store, query: str) -> list[tuple[str, ...]]:
    prefixes = """
        PREFIX qb: <http://purl.org/linked-data/cube#> PREFIX dcat: <http://www.w3.org/ns/dcat#>
        PREFIX dct: <http://purl.org/dc/terms/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        PREFIX measure: <http://purl.org/linked-data/sdmx/2009/measure#>
        PREFIX dimension: <http://purl.org/linked-data/sdmx/2009/dimension#>
        PREFIX attribute: <http://purl.org/linked-data/sdmx/2009/attribute#>
        PREFIX core: <https://w3id.org/ulzii/def/core#> PREFIX stat:
        <https://w3id.org/ulzii/def/stat#>
    """
    rows = store.query(prefixes + query)
    assert isinstance(rows, ox.QuerySolutions)
    return [tuple(cell.value for cell in row if cell is not None) for row in rows]


def test_every_cell_is_an_observation(store: ox.Store) -> None:
    count = "SELECT (COUNT(?o) AS ?n) { ?o a qb:Observation %s }"
    assert select(store, count % "") == [("9900",)]
    assert select(store, count % "; measure:obsValue ?v") == [("9692",)]
    assert select(store, count % "; attribute:obsStatus ?s") == [("208",)]


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
    found = select(store, f"SELECT ?v {{ <{CUBE}/{key}> measure:obsValue ?v }}")
    assert found == [(value,)]


def test_an_empty_cell_has_a_status_and_no_measure(store: ox.Store) -> None:
    cell = f"<{CUBE}/total/361/1979>"
    assert select(store, f"SELECT ?v {{ {cell} measure:obsValue ?v }}") == []
    (status,) = select(store, f"SELECT ?s {{ {cell} attribute:obsStatus ?s }}")
    assert status[0].endswith("code#obsStatus-M")


def test_ulaanbaatar_stands_at_two_levels(store: ox.Store) -> None:
    query = """SELECT ?v { VALUES ?area { <https://w3id.org/ulzii/scheme/nso-2025/%s> }
        ?o dimension:refArea ?area ; dimension:refPeriod <https://w3id.org/ulzii/id/period/2024> ;
           <%s#livestock-type> <%s/type/total> ; measure:obsValue ?v }"""
    for key in ("x-ulaanbaatar-region", "x-ulaanbaatar"):
        assert len(select(store, query % (key, CUBE, CUBE))) == 1


def test_every_area_is_a_concept_of_the_administrative_units(store: ox.Store) -> None:
    path = source.BUNDLED.parent / "bundled/admin-units/nso-codes.csv"
    with path.open(encoding="utf-8", newline="") as file:
        known = {r["key"]: r["name_en"] for r in csv.DictReader(file) if r["scheme"] == "nso-2025"}
    areas = {row[0] for row in select(store, "SELECT DISTINCT ?a { ?o dimension:refArea ?a }")}
    assert len(areas) == 30
    assert {area.rpartition("/")[2] for area in areas} <= known.keys()
    for label, key in SOURCE.options["schemes"]["nso-2025"].items():
        assert known[key] == label.strip()


def test_no_label_is_made_up(statements: list[Statement]) -> None:
    """The agency's Mongolian answer was not seen: its words for livestock are not known. Ours are
    an inference."""
    labels = {
        (one.layer, one.object.value)
        for one in statements
        if one.predicate == SKOS.prefLabel
        and isinstance(one.object, ox.Literal)
        and one.object.language == "mn"
    }
    assert {text for layer, text in labels if layer == STATED} == {
        "толгой мал",
        "ҮСХ-ны ашиглах нөхцөл (хуучин цахим хуудас)",
    }
    ours = {"Нийт", "Адуу", "Үхэр", "Тэмээ", "Хонь", "Ямаа"}
    assert {text for layer, text in labels if layer == INFERRED} == ours
    answer = json.loads(bundled()[1].data)
    assert answer["extension"]["inferred"] == ["/dimension/Бүс/category/label"]
    assert "label" not in answer["dimension"]["Малын төрөл"]["category"]
    assert "28" not in answer["dimension"]["Бүс"]["category"]["label"], "a region, not the capital"


def test_a_mongolian_label_of_the_agency_stands_in_the_place_of_ours() -> None:
    english, mongolian = bundled()
    answer = json.loads(mongolian.data)
    answer["dimension"]["Малын төрөл"]["category"]["label"] = {"3": "ТЭМЭЭ"}
    changed = capture_of(mongolian.name, json.dumps(answer).encode(), mongolian.url)
    made = [
        (one.layer, str(one.object))
        for one in map_all([english, changed], CONTEXT)
        if one.predicate == SKOS.prefLabel and one.subject.value.endswith("/camel")
    ]
    assert sorted(made) == [(STATED, '"Camel"@en'), (STATED, '"ТЭМЭЭ"@mn')]


def test_titles_come_from_each_language(store: ox.Store) -> None:
    titles = set(select(store, f"SELECT (LANG(?l) AS ?t) ?l {{ <{TABLE}> dct:title ?l }}"))
    assert ("mn", "МАЛЫН ТОО, малын төрөл, аймаг, нийслэл, жилээр") in titles


def test_no_licence_is_made_up_and_rights_are_stated(store: ox.Store) -> None:
    assert select(store, "SELECT ?l { ?d dct:license ?l }") == []
    rights = select(store, "SELECT DISTINCT ?r { ?d a dcat:Distribution ; dct:rights ?r }")
    assert rights == [("https://w3id.org/ulzii/scheme/rights/nso-terms",)]


def test_the_record_lists_what_is_inferred(statements: list[Statement], store: ox.Store) -> None:
    listed = {row[0] for row in select(store, "SELECT ?p { ?r core:inferredProperty ?p }")}
    subjects = {TABLE, CUBE}
    inferred = {
        s.predicate.value for s in statements if s.layer == INFERRED and s.subject.value in subjects
    }
    assert listed == inferred
    assert "http://purl.org/dc/terms/description" in listed
    assert "http://purl.org/linked-data/sdmx/2009/attribute#unitMult" in listed


def test_the_cube_says_over_what_it_adds_up(store: ox.Store) -> None:
    found = {row[0] for row in select(store, "SELECT ?d { ?c stat:additiveOver ?d }")}
    area = "http://purl.org/linked-data/sdmx/2009/dimension#refArea"
    assert found == {area, f"{CUBE}#livestock-type"}


def test_statements_are_canonical_and_of_the_source(statements: list[Statement]) -> None:
    lines = [line(s.subject, s.predicate, s.object) for s in statements]
    assert Normaliser().lines(lines) == lines
    assert all(s.subject.value.startswith("http") and s.rule for s in statements)


def test_every_record_has_its_own_place(statements: list[Statement]) -> None:
    records = list(pxweb.records(bundled(), CONTEXT))
    places = {(r.capture.digest, r.locator) for r in records}
    assert len(places) == len(records) == 9965
    for record in records[:65]:
        assert isinstance(resolve(record), str), record.locator
    assert resolve(records[-1]) == json.loads(records[-1].capture.data)["value"][9899]


def resolve(record: Record) -> Any:
    """What a JSON Pointer points at (RFC 6901 §4, §6)."""
    found = json.loads(record.capture.data)
    for part in record.locator.split("/")[1:]:
        key = part.replace("%20", " ").replace("~1", "/").replace("~0", "~")
        found = found[int(key)] if isinstance(found, list) else found[key]
    return found
