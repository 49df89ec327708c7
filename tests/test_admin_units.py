"""Administrative units: every place once, codes apart from it, faults located."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from graph.core.errors import InputError
from graph.core.iris import Names
from loaders.pipeline import source
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Record, Rejected, Statement
from loaders.systems import admin_units

SHARED = Path(__file__).parents[2] / "shared" / "data" / "mn" / "admin"
SOURCE = source.read(source.BUNDLED / "admin-units.toml")
CONTEXT = LoaderContext(SOURCE, Names("https://example.mn/"))

PREFIXES = """
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xkos: <http://rdf-vocabulary.ddialliance.org/xkos#>
PREFIX adms: <http://www.w3.org/ns/adms#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX geo: <http://www.opengis.net/ont/geosparql#>
PREFIX place: <https://w3id.org/ulzii/def/place#>
PREFIX scheme: <https://w3id.org/ulzii/scheme/>
PREFIX pl: <https://w3id.org/ulzii/id/place/>
"""


def bundled() -> list[Capture]:
    return [captured(SOURCE.path.parent / name) for name in SOURCE.files]


def captured(path: Path) -> Capture:
    data = path.read_bytes()
    return Capture(hashlib.sha256(data).hexdigest(), path.name, path.name, "text/csv", data)


def statements(captures: list[Capture]) -> list[Statement]:
    return [
        statement
        for record in admin_units.records(captures, CONTEXT)
        for statement in admin_units.statements(record, CONTEXT)
    ]


@cache
def store() -> ox.Store:
    made = ox.Store()
    made.extend(ox.Quad(s.subject, s.predicate, s.object) for s in statements(bundled()))
    return made


def select(query: str) -> list[tuple[Any, ...]]:
    found = store().query(PREFIXES + query)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(term.value for term in row) for row in found]


def changed(name: str, old: str, new: str) -> list[Capture]:
    """The bundled files with one replacement, which must be possible."""
    found = bundled()
    (place,) = (n for n, c in enumerate(found) if c.name == name)
    text = found[place].data.decode()
    assert old in text
    found[place] = replace(found[place], content=text.replace(old, new, 1).encode())
    return found


def test_there_are_22_first_level_and_339_second_level_units() -> None:
    counts = dict(select("SELECT ?t (COUNT(?p) AS ?n) { ?p a ?t } GROUP BY ?t"))
    kinds = ("Aimag", "Capital", "Soum", "District", "Country")
    found = [int(counts[f"https://w3id.org/ulzii/def/place#{kind}"]) for kind in kinds]
    assert found == [21, 1, 330, 9, 1]


def test_aimags_are_found_by_iso_code_in_both_languages() -> None:
    found = select(
        "SELECT ?iso ?mn ?en { ?p a place:Aimag ; rdfs:label ?mn , ?en ."
        ' FILTER(lang(?mn) = "mn" && lang(?en) = "en")'
        " ?c foaf:focus ?p ; skos:inScheme scheme:iso3166-2 ; skos:notation ?iso }"
    )
    assert len(found) == 21
    assert ("MN-073", "Архангай", "Arkhangai") in found


def test_a_place_carries_neither_code_nor_parent() -> None:
    predicates = select("SELECT DISTINCT ?p { { pl:065 ?p ?o } UNION { pl:06334 ?p ?o } }")
    assert {p for (p,) in predicates} == {
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
        "http://www.w3.org/2000/01/rdf-schema#label",
        "http://www.opengis.net/ont/geosparql#hasGeometry",
    }


def test_a_point_names_who_put_it_there_and_nobody_elses_place_has_one() -> None:
    assert select(
        "SELECT ?wkt ?source { pl:021 geo:hasGeometry ?g . ?g a geo:Geometry ; geo:asWKT ?wkt ;"
        " dct:source ?source }"
    ) == [("POINT(115 48)", "https://sws.geonames.org/2031799/")]
    assert len(select("SELECT ?p { ?p geo:hasGeometry ?g }")) == 22 + 295
    assert select("SELECT ?p { ?p a place:District ; geo:hasGeometry ?g }") == []


def test_two_authorities_disagree_about_selenge_soum_and_both_stay() -> None:
    found = select(
        "SELECT ?scheme ?parent { ?c foaf:focus pl:06334 ; skos:inScheme ?scheme ;"
        " skos:broader/foaf:focus ?p . ?p rdfs:label ?parent FILTER(lang(?parent) = 'en') }"
    )
    assert sorted((scheme.rsplit("/", 1)[1], parent) for scheme, parent in found) == [
        ("au", "Bulgan"),
        ("nso-2025", "Orkhon"),
    ]


def test_every_concept_leads_up_to_the_top_of_its_own_scheme() -> None:
    lost = select(
        "SELECT ?c { ?c a skos:Concept ; skos:inScheme ?s . FILTER NOT EXISTS"
        " { ?c skos:broader*/skos:topConceptOf ?s } }"
    )
    assert lost == []


def test_the_regions_of_2025_hold_22_units() -> None:
    found = select(
        "SELECT ?region (COUNT(?c) AS ?n) { ?c skos:inScheme scheme:nso-2025 ; skos:broader ?r ;"
        " foaf:focus/a ?kind . FILTER(?kind IN (place:Aimag, place:Capital)) ?r skos:prefLabel"
        " ?region } GROUP BY ?region"
    )
    assert {name: int(n) for name, n in found} == {
        "Khangai region": 3, "Western region": 5, "Northern region": 3, "Central region": 3,
        "Eastern region": 3, "Govi region": 4, "Ulaanbaatar": 1,
    }  # fmt: skip


def test_codes_that_are_not_known_have_no_notation_and_say_so() -> None:
    unmarked = select(
        "SELECT ?c { ?c skos:inScheme scheme:nso-2025 FILTER(CONTAINS(STR(?c), '/x-'))"
        " FILTER(EXISTS { ?c skos:notation ?n } || NOT EXISTS { ?c adms:status ?s }) }"
    )
    assert unmarked == []
    marked = select(
        "SELECT ?c { ?c adms:status ?s ; skos:inScheme scheme:nso-2025"
        " FILTER(CONTAINS(STR(?c), '/x-')) }"
    )
    assert len(marked) == 6 + 19


def test_the_levels_are_a_list_in_order_with_members() -> None:
    found = select(
        "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>"
        " SELECT ?depth (COUNT(?m) AS ?n) { ?level xkos:depth ?depth ; skos:member ?m ."
        " scheme:nso-2025 xkos:levels/rdf:rest*/rdf:first ?level } GROUP BY ?depth ORDER BY ?depth"
    )
    assert [(int(d), int(n)) for d, n in found] == [(1, 1), (2, 7), (3, 22), (4, 2)]


def test_transfers_name_known_places_only() -> None:
    assert select(
        "SELECT ?p { ?e a place:TransferEvent ; place:unit|place:fromUnit|place:toUnit ?p"
        " FILTER NOT EXISTS { ?p rdfs:label ?l } }"
    ) == []  # fmt: skip
    names = select(
        "SELECT ?l { ?e a place:TransferEvent ; place:unit ?u ; place:toUnit pl:011 ."
        " ?u rdfs:label ?l }"
    )
    assert {name for (name,) in names} == {
        "Баян", "Баянцагаан", "Баянжаргалан", "Баяндэлгэр", "Архуст", "Мөнгөнморьт", "Эрдэнэ",
    }  # fmt: skip


def test_no_blank_node_and_nothing_the_store_would_rewrite() -> None:
    for s in statements(bundled()):
        assert isinstance(s.subject, ox.NamedNode)
        assert ox.Quad(s.subject, s.predicate, s.object) in store()


def test_records_are_located_by_csv_row() -> None:
    by_place = {r.locator: r for r in admin_units.records(bundled(), CONTEXT) if r.kind == "aimags"}
    assert by_place["row=2"].data["au1"] == "011"
    assert len(by_place) == 22


@pytest.mark.parametrize(
    ("name", "old", "new", "where"),
    [
        ("aimags.csv", "\n021,", "\n011,", "aimags.csv row 3 column au1"),
        ("soums.csv", "01104,011", "01104,099", "soums.csv row 3 column au1"),
        ("soums.csv", "01104,011,district", "01104,011", "soums.csv row 3 column longitude"),
        ("nso-codes.csv", "3,,x-khangai", "3,,x-nowhere", "nso-codes.csv row 15 column parent"),
        ("aimags.csv", "name_iso", "name_en", "aimags.csv row 1"),
        ("schemes.ttl", "skos:ConceptScheme ;", "skos:ConceptScheme", "schemes.ttl line 11 column"),
    ],
)  # fmt: skip
def test_a_broken_file_is_located(name: str, old: str, new: str, where: str) -> None:
    with pytest.raises(InputError) as caught:
        list(admin_units.records(changed(name, old, new), CONTEXT))
    assert caught.value.where.startswith(where)


def test_a_cut_file_and_a_missing_table_are_noticed() -> None:
    cut = bundled()
    cut[1] = replace(cut[1], content=cut[1].data[:-3])
    with pytest.raises(InputError, match=r"soums\.csv row 340: the last row does not end"):
        list(admin_units.records(cut, CONTEXT))
    with pytest.raises(InputError, match=r"soums\.csv is missing"):
        list(admin_units.records([c for c in bundled() if c.name != "soums.csv"], CONTEXT))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("021,aimag,", "021,town,", r"aimags\.csv#row=3 type: “town” is not one of"),
        ("Дорнод,Dornod,MN-061", ",Dornod,MN-061", r"aimags\.csv#row=3 name_mn: empty"),
        (",48,115", ",48,1150", r"aimags\.csv#row=3 longitude: “1150” is not a number of degrees"),
        ("MN-061", "MN061", r"aimags\.csv#row=3 iso3166_2: “MN061” is not a code"),
    ],
)
def test_a_bad_row_is_rejected_with_row_and_column(old: str, new: str, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        statements(changed("aimags.csv", old, new))


def test_names_of_the_same_soum_elsewhere_do_not_mix() -> None:
    found = select('SELECT ?p { ?p a place:Soum ; rdfs:label "Булган"@mn }')
    assert len(found) == 6


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the development data is not here")
def test_the_bundled_files_say_what_the_development_data_says() -> None:
    ours = {r.data["au1"]: r.data for r in _kind("aimags")}
    theirs = {r["au1_code"]: r for r in rows(SHARED / "aimag_crosswalk.csv")}
    same = {
        "name_mn": "name_mn", "name_en": "name_en_nso", "iso3166_2": "iso3166_2",
        "name_iso": "name_en_iso3166_2", "nso_acode": "nso_acode", "nso_old": "nso_region_code_old",
        "agaar": "agaar_aimag_code", "postcode": "postal_prefix", "geonames": "geonames_id",
        "geonames_admin1": "geonames_admin1",
    }  # fmt: skip
    assert ours.keys() == theirs.keys()
    assert all(ours[k][a] == theirs[k][b] for k in ours for a, b in same.items())
    iso = json.loads((SHARED / "iso3166_2_MN.json").read_text("utf-8"))
    assert {r["iso3166_2"]: r["name_iso"] for r in ours.values()} == {
        code: unit["name"] for code, unit in iso.items()
    }


@pytest.mark.skipif(not SHARED.is_dir(), reason="the development data is not here")
def test_the_bundled_soums_say_what_the_development_data_says() -> None:
    ours = {r.data["au2"]: r.data for r in _kind("soums")}
    theirs = {r["au2_code"]: r for r in rows(SHARED / "soums_crosswalk.csv")}
    assert ours.keys() == theirs.keys()
    for key, mine in ours.items():
        other, matched = theirs[key], "|" not in theirs[key]["geonames_id"]
        assert (mine["name_mn"], mine["au1"], mine["type"]) == (
            other["name_mn"], other["au1_code"], other["type"],
        )  # fmt: skip
        assert mine["geonames"] == (other["geonames_id"] if matched else "")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the development data is not here")
def test_points_are_where_geonames_puts_them() -> None:
    theirs = {r["geonameid"]: r for r in rows(SHARED.parent / "geonames" / "geonames_MN_2018.csv")}
    for mine in (r.data for kind in ("aimags", "soums") for r in _kind(kind)):
        other = theirs.get(mine["geonames"], {"latitude": "", "longitude": ""})
        assert all(mine[name] == other[name] for name in ("latitude", "longitude"))


def _kind(kind: str) -> list[Record]:
    return [r for r in admin_units.records(bundled(), CONTEXT) if r.kind == kind]
