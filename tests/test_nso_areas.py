"""Areas of the statistics office's tables from files: places, levels, what is not tied."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pyoxigraph as ox
import pytest

from loaders.pipeline.record import (
    INFERRED,
)
from loaders.tables.mapping.places import Places
from tests.nso_exports import CONTEXT, DATASET, WAGES, capture_of, file, mapped, of_file
from tests.shared import bundled
from vocab.namespaces import SKOS
from vocab.terms import Object


class PublishedUnits:
    """The bundled administrative units, as another source publishes them."""

    def __init__(self) -> None:
        self._store = ox.Store()
        for one in bundled("admin-units"):
            self._store.add(ox.Quad(one.subject, one.predicate, one.object))

    def subjects(self, predicate: ox.NamedNode, value: Object) -> set[Any]:
        return {one.subject for one in self._store.quads_for_pattern(None, predicate, value)}

    def objects(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> set[Any]:
        return {one.object for one in self._store.quads_for_pattern(subject, predicate, None)}


def test_areas_of_crime_where_places_are_published() -> None:
    """298 names: 236 are of one place, 48 of several (the table says of none within which), 14 of
    none: the country, regions, the railway, units that spell themselves otherwise."""
    capture = file("DT_NSO_2300_010V1_2021-09-13_www.1212.mn.csv")
    lines = capture.data.decode("utf-8-sig").splitlines()
    rows = list(csv.reader(lines))[1:]
    names = Counter(" ".join(row[1].split()) for row in rows)
    units: Any = PublishedUnits()
    places = Places(units)
    found = {name: places.find(name, "au", "", "", None) for name in names}
    kinds = {
        name: "one" if one.concept else "several" if one.candidates else "none"
        for name, one in found.items()
    }
    assert Counter(kinds.values()) == {"one": 236, "several": 48, "none": 14}
    cells = Counter[str]()
    for name, count in names.items():
        cells[kinds[name]] += count * 8
    assert (sum(cells.values()), cells["one"]) == (36552, 23288)
    first = capture_of(capture.name, "\n".join(lines[:40]))
    made = mapped([first], replace(CONTEXT, others=units))
    expected = Counter[str]()
    for row in rows[:39]:
        expected[kinds[" ".join(row[1].split())]] += 8
    kinds_found = Counter(one.kind for one in made.findings)
    assert kinds_found["place-ambiguous"] == expected["several"]
    assert kinds_found["place-unknown"] == expected["none"]
    assert "/au/08101" in str(made.statements), "Улиастай"


@pytest.mark.parametrize(
    ("name", "level", "code"),
    [
        ("Баянгол дүүрэг", "soum", "01107"),
        ("Баянгол", "soum", ""),  # a district, and soums of three aimags
        ("Архангай аймаг", "", "065"),
        ("Архангай сум", "", ""),
        ("Улаанбаатар хот", "aimag", "011"),
    ],
)
def test_the_word_for_the_kind_of_a_place_is_heeded(name: str, level: str, code: str) -> None:
    units: Any = PublishedUnits()
    found = Places(units).find(name, "au", level, "", None).concept
    assert (found.key if found else "") == code


def test_ulaanbaatar_stands_at_two_levels_of_the_wages() -> None:
    figures = of_file("wages-by-region-en.csv").figures()
    assert figures["total/ulaanbaatar/2024"] == figures["total/ulaanbaatar-region/2024"] == "2390.7"


def test_areas_of_the_bundled_tables_are_places() -> None:
    """All names but the totals: 27 of the wages, the capital of the other table; none is of a
    region that the office drew in 2025."""
    made = mapped([file("wages-by-region-en.csv"), *map(file, WAGES)])
    areas = {s.subject.value for s in made.statements if re.search("/cube/area/", s.subject.value)}
    tied = {s.subject.value: s for s in made.statements if s.predicate == SKOS.exactMatch}
    assert {(one.rule, one.layer) for one in tied.values()} == {("place-of-label", INFERRED)}
    units: Any = PublishedUnits()
    places = Places(units).in_scheme("nso-old")
    known = {one.node.value for group in places.values() for one in group}
    assert {one.object.value for one in tied.values()} == known
    assert (len(known), len(tied)) == (27, 28)
    assert {one.rpartition("/cube/")[2] for one in areas - tied.keys()} == {
        "area/national-average",
        "area/total",
    }
    for one in tied.values():
        (name,) = {
            s.object.value.strip()
            for s in made.statements
            if (s.subject, s.rule) == (one.subject, "category-label")
        }
        assert isinstance(one.object, ox.NamedNode)
        assert name in {label.value for label in units.objects(one.object, SKOS.prefLabel)}
    assert not [one for one in made.findings if one.kind.startswith("place-")]


def test_an_area_that_is_not_tied_is_listed_and_counted() -> None:
    """Two figures of a name that nobody declared, each at its row."""
    data = "gender,Aimag,TIME,value\nTOTAL,Khovd,2024,1\nTOTAL,Gobi,2023,2\nTOTAL,Gobi,2024,3\n"
    made = mapped([capture_of("wages-by-region-en.csv", data)])
    found = [(one.kind, one.subject.value, one.detail, one.place) for one in made.findings]
    node = f"{DATASET}wages-by-region/cube/area/gobi"
    assert [one for one in found if one[0] == "place-unknown"] == [
        ("place-unknown", node, "Gobi", "wages-by-region-en.csv#row=3"),
        ("place-unknown", node, "Gobi", "wages-by-region-en.csv#row=4"),
    ]
