"""Local services: the table of facts and the page itself say the same, each fact located."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from graph.core.errors import InputError
from graph.core.iris import Names
from loaders.pipeline import source
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, Capture, Statement
from loaders.systems import local_services

PAGE = Path(__file__).parents[2] / "shared" / "seed" / "000_c508ca2f5dc06815.txt"
SOURCE = source.read(source.BUNDLED / "emongolia-local.toml")
BASE = "https://example.mn/"
CONTEXT = LoaderContext(SOURCE, Names(BASE))
DATASET = f"{BASE}id/dataset/emongolia-local/2022-07-19"

PREFIXES = f"""
PREFIX core: <https://w3id.org/ulzii/def/core#>
PREFIX service: <https://w3id.org/ulzii/def/service#>
PREFIX scheme: <https://w3id.org/ulzii/scheme/>
PREFIX adms: <http://www.w3.org/ns/adms#>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX sdmxd: <http://purl.org/linked-data/sdmx/2009/dimension#>
PREFIX sdmxm: <http://purl.org/linked-data/sdmx/2009/measure#>
PREFIX d: <{DATASET}#>
"""

page_is_here = pytest.mark.skipif(not PAGE.exists(), reason="the page is not here")


def capture(name: str, data: bytes, media_type: str = "text/csv") -> Capture:
    return Capture(hashlib.sha256(data).hexdigest(), name, name, media_type, data)


def bundled() -> list[Capture]:
    paths = [SOURCE.path.parent / name for name in SOURCE.files]
    return [capture(path.name, path.read_bytes()) for path in paths]


def from_page() -> list[Capture]:
    return [capture("page.txt", PAGE.read_bytes(), "text/plain"), bundled()[1]]


def statements(captures: list[Capture]) -> list[Statement]:
    return [
        statement
        for record in local_services.records(captures, CONTEXT)
        for statement in local_services.statements(record, CONTEXT)
    ]


def select(found: Iterable[Statement], query: str) -> list[tuple[Any, ...]]:
    store = ox.Store()
    store.extend(ox.Quad(s.subject, s.predicate, s.object) for s in found)
    solutions = store.query(PREFIXES + query)
    assert isinstance(solutions, ox.QuerySolutions)
    return [tuple(term.value for term in row) for row in solutions]


def edited(old: str, new: str) -> list[Capture]:
    facts, turtle = bundled()
    text = facts.data.decode()
    assert old in text
    return [replace(facts, content=text.replace(old, new, 1).encode()), turtle]


def test_21_observations_over_concepts_of_the_land_agency() -> None:
    found = select(
        statements(bundled()), "SELECT ?a ?n { ?o sdmxd:refArea ?a ; sdmxm:obsValue ?n }"
    )
    assert len(found) == 21
    assert sum(int(n) for _, n in found) == 1281
    assert ("https://w3id.org/ulzii/scheme/au/045", "61") in found


def test_claims_and_sum_speak_of_the_same_rows() -> None:
    found = select(
        statements(bundled()),
        "SELECT ?kind ?n { ?c a ?kind ; rdf:value ?n ; dct:isPartOf ?d ; core:about ?rows ."
        " ?rows a qb:ObservationGroup FILTER(?kind IN (core:Claim, core:ComputedValue)) }",
    )
    names = sorted((kind.rsplit("#", 1)[1], int(n)) for kind, n in found)
    assert names == [("Claim", 1280), ("Claim", 1281), ("ComputedValue", 1281)]


def test_the_sum_is_computed_and_inferred() -> None:
    found = statements(edited("count,Архангай,51", "count,Архангай,61"))
    values = [s for s in found if s.subject.value == f"{DATASET}#sum"]
    assert {s.layer for s in values} == {INFERRED}
    assert "1291" in {s.object.value for s in values}
    assert {s.rule for s in values} == {"sum-of-rows"}


def test_a_corrected_closing_figure_leaves_one_claim() -> None:
    found = statements(edited("total,closing,1280", "total,closing,1281"))
    values = select(
        found, "SELECT ?n { ?c a core:Claim ; core:about/a qb:ObservationGroup ; rdf:value ?n }"
    )
    assert values == [("1281",)]
    quoted = select(found, "SELECT ?q { d:claim-1281 prov:wasQuotedFrom ?q }")
    assert len(quoted) == 2


def test_14_centres_are_stated_and_7_inferred_by_complement() -> None:
    found = [s for s in statements(bundled()) if s.predicate.value.endswith("#inUnit")]
    layers: dict[str, set[str]] = {"stated": set(), "inferred": set()}
    for s in found:
        layers[s.layer].add(s.object.value.rsplit("/", 1)[1])
    assert layers["inferred"] == {"065", "083", "063", "042", "021", "044", "048"}
    assert len(layers["stated"]) == 14
    assert not layers["stated"] & layers["inferred"]


def test_no_centre_is_inferred_where_the_source_is_silent_about_the_others() -> None:
    found = statements(edited("centre,others,planned\n", ""))
    assert len(select(found, "SELECT ?c { ?c a service:Centre }")) == 14


def test_the_mobile_application_is_said_not_to_carry_the_services() -> None:
    found = select(
        statements(bundled()),
        "SELECT ?no ?page { ?g a service:ServiceGroup ; service:notOfferedThrough ?no ;"
        " <http://data.europa.eu/m8g/hasChannel>/<http://xmlns.com/foaf/0.1/page> ?page }",
    )
    assert found == [("https://w3id.org/ulzii/scheme/channel/mobile-app", "https://e-mongolia.mn/")]


def test_the_catalogue_names_the_dataset_and_its_record() -> None:
    found = select(
        statements(bundled()),
        f"SELECT ?d ?r {{ <{BASE}catalog> dcat:dataset ?d ; dcat:record ?r ."
        " ?r <http://xmlns.com/foaf/0.1/primaryTopic> ?d . ?d dct:temporal/dcat:endDate ?end"
        " FILTER(STR(?end) = '2022-06-30') }",
    )
    assert found == [(DATASET, f"{DATASET}#record")]


def test_every_claim_points_at_its_row() -> None:
    found = select(
        statements(bundled()),
        "SELECT ?n ?row { ?c rdf:value ?n ; prov:wasQuotedFrom/oa:hasSelector/rdf:value ?row }",
    )
    rows = bundled()[0].data.decode().splitlines()
    for number, row in found:
        assert rows[int(row.removeprefix("row=")) - 1].endswith(f",{number}")
    assert len(found) == 3


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("count,Увс,51\n", "", "facts.csv: Увс is not counted"),
        ("count,Увс,51", "count,Ховд,51", r"facts.csv row 26 column name: “Ховд” is counted twice"),
        ("count,Увс,51", "count,Увc,51", r"row 25 column name: “Увc” is not a known aimag"),
        ("count,Увс,51", "count,Увс,51.5", r"row 25 column value: “51.5” is not an integer"),
        ("count,Увс,51", "sum,Увс,51", r"row 25 column fact: “sum” is not a fact"),
        ("count,Увс,51", "count,Увс", r"row 25 column value: 2 cells instead of 3"),
        ("item,text,2022-07-19\n", "", "“item” is missing"),
        ("fact,name,value", "fact,name,wert", r"row 1: column value is missing"),
    ],
)
def test_broken_facts_are_located(old: str, new: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        statements(edited(old, new))


def test_a_cut_table_a_wrong_encoding_and_no_table_at_all_are_noticed() -> None:
    facts, turtle = bundled()
    for length in (10, 200, 400, len(facts.data) - 1):
        with pytest.raises(InputError):
            statements([replace(facts, content=facts.data[:length]), turtle])
    with pytest.raises(InputError, match=r"facts\.csv row 6: byte \d+ is not UTF-8"):
        statements([replace(facts, content=facts.data.replace("А".encode(), b"\xc0")), turtle])
    with pytest.raises(InputError, match="0 files of facts"):
        statements([turtle])


def comparable(found: list[Statement]) -> set[tuple[str, str, str, str, str]]:
    """All but what points into the capture, which is another one, and that it is not the text."""
    return {
        (str(s.subject), str(s.predicate), str(s.object), s.rule, s.layer)
        for s in found
        if "/capture/" not in str(s.subject) + str(s.object)
        and not s.subject.value.endswith(("-row", "-quote", "-position"))
        and s.rule != NOT_HELD
    }


NOT_HELD = "text-not-held"


def test_a_text_that_is_not_held_is_said_to_be_absent() -> None:
    """The chain of 1280 and 1281 ends at rows of the table; the text behind it is only a hash."""
    found = statements(bundled())
    notes = [s for s in found if s.rule == NOT_HELD]
    assert {s.subject.value for s in notes} == {f"{DATASET}#text"}
    assert sorted(str(s.object)[-3:] for s in notes) == ["@en", "@mn"]
    assert {s.layer for s in notes} == {INFERRED}
    quoted = select(
        found, "SELECT ?v ?c { ?claim rdf:value ?v ; prov:wasQuotedFrom/oa:hasSource ?c }"
    )
    facts = f"{BASE}capture/sha256-{bundled()[0].digest}"
    assert {("1280", facts), ("1281", facts)} <= set(quoted)


@page_is_here
def test_a_text_that_is_read_itself_is_held() -> None:
    assert not [s for s in statements(from_page()) if s.rule == NOT_HELD]


@page_is_here
def test_the_page_and_the_table_say_the_same() -> None:
    assert comparable(statements(from_page())) == comparable(statements(bundled()))


@page_is_here
def test_records_of_the_page_point_at_exact_characters() -> None:
    text = PAGE.read_text("utf-8")
    found = list(local_services.records(from_page(), CONTEXT))
    located = {r.locator: r for r in found}
    for locator in ("char=5012,5070", "char=5084,5113", "char=5688,5717", "char=6026,6040"):
        assert locator in located
    for record in found:
        if record.locator.startswith("char=") and record.kind in {"count", "centre", "total"}:
            start, end = map(int, record.locator.removeprefix("char=").split(","))
            fact = record.data["fact"]
            assert text[start:end] == fact.exact
            assert record.kind != "count" or fact.value in fact.exact


@page_is_here
def test_claims_of_the_page_are_quoted() -> None:
    found = select(
        statements(from_page()),
        "SELECT ?n ?exact ?start ?end ?before { ?c rdf:value ?n ; prov:wasQuotedFrom ?q ."
        " ?q oa:hasSelector ?quote , ?position . ?quote oa:exact ?exact ; oa:prefix ?before ."
        " ?position oa:start ?start ; oa:end ?end }",
    )
    text = PAGE.read_text("utf-8")
    assert sorted(int(n) for n, *_ in found) == [14, 1280, 1281]
    for number, exact, start, end, before in found:
        assert text[int(start) : int(end)] == exact
        assert number in exact
        assert text.count(before + exact) == 1


@page_is_here
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Ховд аймаг – 66", "Хөвд аймаг – 66", "Ховд is not counted"),
        ("зэрэг 1280", "зэрэг олон", "the page does not contain"),
        (
            "Төв аймаг Сэлэнгэ Орхон",
            "Төв аймаг Сэлэнге Орхон",
            r"char \d+: “Сэлэнге” is not",
        ),
    ],
)
def test_a_reworded_page_is_noticed(old: str, new: str, message: str) -> None:
    page, turtle = from_page()
    text = PAGE.read_text("utf-8")
    assert old in text
    with pytest.raises(InputError, match=message):
        statements([replace(page, content=text.replace(old, new).encode()), turtle])


@page_is_here
def test_a_page_cut_anywhere_in_the_item_is_noticed() -> None:
    page, turtle = from_page()
    text = PAGE.read_text("utf-8")
    for length in range(4900, 6150, 50):
        with pytest.raises(InputError):
            statements([replace(page, content=text[:length].encode()), turtle])


def test_nothing_the_store_would_rewrite() -> None:
    for s in statements(bundled()):
        store = ox.Store()
        store.add(ox.Quad(s.subject, s.predicate, s.object))
        assert next(iter(store)).object == s.object
