"""Tables of the statistics office from files: rows, cells, empty ones, and sums exactly."""

from __future__ import annotations

import csv
import hashlib
import io
import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from graph.core.errors import InputError
from graph.core.iris import Names
from loaders.pipeline import source
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import (
    INFERRED,
    STATED,
    Capture,
    LoadFinding,
    Record,
    Statement,
)
from loaders.systems import nso
from loaders.tables.mapping.places import Places
from tests.one_by_one import one_by_one
from tests.shared import SHARED, bundled
from vocab.namespaces import RDFS, SKOS
from vocab.terms import Object

BASE = "https://example.mn/"
SOURCE = source.read(source.BUNDLED / "nso.toml")
BUNDLED = SOURCE.path.parent.parent / "bundled/nso/exports"
TABLES = SHARED / "data/mn/nso_tables"
DATASET = f"{BASE}id/dataset/nso/"

TITLE = {"en": "A table that no list has"}
MORE: dict[str, dict[str, Any]] = {
    "DT_NSO_0300_021V1": {
        "unit": "person",
        "dimensions": [{"name": "Duration of marriage", "key": "duration", "total": "Total"}],
    },
    "DT_NSO_0600_001V2": {"unit": "percent", "dimensions": [{"name": "Group", "key": "group"}]},
    "DT_NSO_1001_021V1": {
        "unit": "head",
        "multiplier": 3,
        "dimensions": [
            {"name": "Bag, khoroo", "key": "bag"},
            {"name": "Type of livestock", "key": "type"},
        ],
    },
    "DT_NSO_2300_010V1": {
        "unit": "person",
        "lang": "mn",
        "row_is_key": True,
        "dimensions": [
            {"name": "Статистик үзүүлэлт", "key": "indicator"},
            {"name": "Засаг захиргааны нэгж", "kind": "area", "key": "area", "scheme": "au"},
        ],
    },
    "DT_NSO_0100_T0023": {
        "files": "nso-0100-t0023-en.csv",
        "unit": "togrog",
        "numbers": "1234.5",
        "value": "value",
        "dimensions": [
            {"name": "Indicator", "key": "indicator"},
            {"name": "Year", "kind": "period"},
        ],
    },
    "livestock": {
        "files": "nso-1001-109v1-en.csv",
        "unit": "head",
        "multiplier": 3,
        "numbers": "1234.5",
        "value": "value",
        "dimensions": [
            {"name": "Type of livestock", "key": "type"},
            {"name": "Region", "key": "area"},
            {"name": "Year", "kind": "period"},
        ],
        "codes": {"area": {"Ulaanbaatar": "ub", "    Ulaanbaatar": "ub-region"}},
    },
}


def described() -> dict[str, Any]:
    default = {"rights": "nso-terms", "title": TITLE}
    more = {name: {"files": f"{name}_*.csv", **default, **one} for name, one in MORE.items()}
    return {**SOURCE.options, "exports": {**SOURCE.options["exports"], **more}}


CONTEXT = LoaderContext(replace(SOURCE, options=described()), Names(BASE))


def capture_of(name: str, data: bytes | str) -> Capture:
    content = data.encode() if isinstance(data, str) else data
    return Capture(hashlib.sha256(content).hexdigest(), name, name, "text/csv", content)


def file(name: str) -> Capture:
    for folder in (BUNDLED, TABLES):
        if (folder / name).is_file():
            return capture_of(name, (folder / name).read_bytes())
    pytest.skip("the shared folder with tables of the statistics office is absent")


@dataclass(frozen=True)
class Made:
    """All that was made of some files."""

    records: list[tuple[Record, list[Statement | LoadFinding]]]

    @property
    def statements(self) -> list[Statement]:
        return [one for _, made in self.records for one in made if isinstance(one, Statement)]

    @property
    def findings(self) -> list[LoadFinding]:
        return [one for _, made in self.records for one in made if isinstance(one, LoadFinding)]

    def figures(self) -> dict[str, str]:
        return {
            s.subject.value.partition("/cube/")[2]: s.object.value
            for s in self.statements
            if s.rule == "cell-value"
        }


@cache
def of_file(name: str) -> Made:
    return mapped([file(name)])


def mapped(captures: Iterable[Capture], context: LoaderContext = CONTEXT) -> Made:
    records = nso.records(list(captures), context)
    return Made([(one, list(one_by_one(nso.statements(one, context)))) for one in records])


FIGURES = [
    ("DT_NSO_0300_019V1_2021-10-18_www.1212.mn.csv", 9, 234, 0, "967475"),
    ("DT_NSO_0300_021V1_2021-10-18_www.1212.mn.csv", 6, 192, 0, "126579"),
    ("DT_NSO_0400_021V1_2019-04-25_www.1212.mn.csv", 1, 70, 1, "31411.3"),
    ("DT_NSO_0400_021V1_2021-10-06_www.1212.mn.csv", 2, 160, 1, "86962.6"),
    ("DT_NSO_0400_021V1_2021-12-15_www.1212.mn.csv", 1, 25, 0, "9629.5"),
    ("DT_NSO_0600_001V2_2019-04-25_www.1212.mn.csv", 1, 158, 0, "18993.1"),
    ("DT_NSO_1001_021V1_2019-04-22_www.1212.mn.csv", 1, 49, 0, "1538592.03"),
    ("DT_NSO_1900_032V1_2021-12-15_www.1212.mn.csv", 30, 300, 54, "3000"),
    ("DT_NSO_2300_010V1_2021-09-13_www.1212.mn.csv", 4569, 36552, 13662, "1419973"),
    ("nso-0100-t0023-en.csv", 169, 169, 22, "92687"),
    ("nso-1001-109v1-en.csv", 9900, 9900, 208, "11621262.5"),
    ("wages-by-region-en.csv", 2520, 2520, 415, "1237563.6"),
]


@pytest.mark.parametrize(
    ("name", "rows", "cells", "empty", "total"),
    [one if one[2] < 9000 else pytest.param(*one, marks=pytest.mark.ci) for one in FIGURES],
)
def test_rows_cells_and_sums(name: str, rows: int, cells: int, empty: int, total: str) -> None:
    made = of_file(name)
    observations = [one for one, _ in made.records if one.kind == "observation"]
    places = {re.match(r"row=\d+|cell=\d+", one.locator)[0][-6:] for one in observations}  # type: ignore[index]
    assert len(observations) == cells
    assert len({re.sub(r"\D", "", one) for one in places}) == rows
    values = [s.object.value for s in made.statements if s.rule == "cell-value"]
    assert len(values) == cells - empty
    assert sum(map(Decimal, values)) == Decimal(total)
    nodes = {s.subject for s in made.statements if s.rule == "observation"}
    assert len(nodes) == cells, "each cell has a key of its own"


@pytest.mark.parametrize("name", [name for name, *_ in FIGURES])
def test_twenty_figures_stand_in_the_cells_they_are_traced_to(name: str) -> None:
    capture = file(name)
    table = list(csv.reader(io.StringIO(capture.data.decode("utf-8-sig"))))
    made = of_file(name).records
    cells = [(one, s) for one, all_ in made for s in all_ if getattr(s, "rule", "") == "cell-value"]
    for record, statement in random.Random(7).sample(cells, min(20, len(cells))):
        row, _, column = re.sub(r"^(row|cell)=", "", record.locator).partition(",")
        text = table[int(row) - 1][int(column) - 1 if column else -1]
        assert isinstance(statement, Statement)
        assert Decimal(text.replace(",", "")) == Decimal(statement.object.value)


WAGES = [name for name, *_ in FIGURES if "0400_021V1" in name]


def test_selections_of_one_table_accumulate() -> None:
    """Ulaanbaatar by quarter; the total and Ulaanbaatar by quarter; the total by year."""
    each = [mapped([file(name)]).figures() for name in WAGES]
    found = mapped(map(file, WAGES))
    assert found.figures() == {**each[0], **each[1], **each[2]}
    assert found.figures()["ulaanbaatar/total/2000-Q4"] == "74.4"
    assert found.figures()["total/total/2020"] == "1220.6"
    assert len({s.subject.value for s in found.statements if s.rule == "observation"}) == 185
    assert found.findings == [], "both have the same 70 cells of Ulaanbaatar"
    cell = f"{DATASET}DT_NSO_0400_021V1/cube/ulaanbaatar/total/2000-Q4"
    origins = {
        one.capture.name for one, all_ in found.records for s in all_
        if isinstance(s, Statement) and s.subject.value == cell and s.rule == "cell-value"
    }  # fmt: skip
    assert origins == set(WAGES[:2])


def test_the_last_retrieval_counts_where_a_figure_was_revised() -> None:
    head = '"Aimag","Sex","2000-IV","2001-I"\n"Ulaanbaatar","Total",'
    old = capture_of("DT_NSO_0400_021V1_2019-04-25_x.csv", head + '"74.4","73.4"\n')
    new = capture_of("DT_NSO_0400_021V1_2021-10-06_x.csv", head.replace(',"2001-I"', "") + '"75"\n')
    for files in ([old, new], [new, old]):
        made = mapped(files)
        assert made.figures() == {
            "ulaanbaatar/total/2000-Q4": "75",
            "ulaanbaatar/total/2001-Q1": "73.4",
        }
        (found,) = made.findings
        assert (found.kind, found.detail) == (
            "cell-revised",
            "2019-04-25: 74.4; 2021-10-06: 75",
        )


def test_crime_has_row_order_for_its_only_key() -> None:
    capture = file("DT_NSO_2300_010V1_2021-09-13_www.1212.mn.csv")
    table = list(csv.reader(io.StringIO(capture.data.decode("utf-8-sig"))))[1:]
    pairs = Counter((row[0], row[1]) for row in table)
    assert sum(count > 1 for count in pairs.values()) == 576
    made = of_file(capture.name)
    keys = {s.subject.value for s in made.statements if s.rule == "observation"}
    assert len(keys) == 36552
    unresolved = {one.kind for one in made.findings}
    assert unresolved == {"place-unknown"}, "no places are published here: none is guessed"
    regions = {"Баруун бүс", "Хангайн бүс", "Төвийн бүс", "Зүүн бүс"}
    assert differing(table, regions) == (126, 87)


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


def differing(table: list[list[str]], regions: set[str]) -> tuple[int, int]:
    """How many national totals can be compared with regions and Ulaanbaatar; how many differ."""
    compared = different = 0
    for indicator in dict.fromkeys(row[0] for row in table):
        rows = [row for row in table if row[0] == indicator]
        first = {name: next((r for r in rows if r[1] == name), None) for name in
                 {"Улсын дүн", "Улаанбаатар", *regions}}  # fmt: skip
        if not all(first.values()):
            continue
        for column in range(2, len(rows[0])):
            cells = {name: row[column].replace(",", "") for name, row in first.items() if row}
            if total := cells.pop("Улсын дүн"):  # an empty cell of a region counts as nothing
                compared += 1
                different += sum(int(one or 0) for one in cells.values()) != int(total)
    return compared, different


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


def test_labels_that_came_in_english_only_have_our_translation_as_an_inference() -> None:
    made = mapped([file(name) for name in sorted(one.name for one in BUNDLED.glob("*.csv"))])
    labels: dict[str, dict[str, str]] = {}
    for one in made.statements:
        if one.predicate in {SKOS.prefLabel, RDFS.label} and "/cube" in one.subject.value:
            assert isinstance(one.object, ox.Literal)
            assert one.object.language
            assert (one.layer, one.object.language) in {(STATED, "en"), (INFERRED, "mn")}
            assert one.layer == STATED or one.rule == "own-translation"
            labels.setdefault(one.subject.value, {})[one.object.language] = one.object.value
    assert [node for node, found in labels.items() if found.keys() != {"mn", "en"}] == []
    pairs = {(found["en"], found["mn"]) for found in labels.values()}
    assert {("Male", "Эрэгтэй"), ("FEMALE", "Эмэгтэй"), ("Total", "Нийт")} <= pairs
    assert {("18-19", "18-19"), ("Age group", "Насны бүлэг"), ("Rural", "Хөдөө")} <= pairs


def test_a_table_that_no_list_has_is_described_by_its_title() -> None:
    made = of_file("wages-by-region-en.csv")
    titles = {s.object.value for s in made.statements if s.predicate.value.endswith("terms/title")}
    assert SOURCE.options["exports"]["wages-by-region"]["title"]["en"] in titles
    listed = source.BUNDLED.parent / "bundled/nso/index-2026-01.json"
    index = Capture("0" * 64, "index.json", "index", "application/json", listed.read_bytes())
    both = mapped([index, file(FIGURES[0][0])]).statements
    node = f"{DATASET}DT_NSO_0300_019V1"
    assert {
        s.object.value for s in both
        if s.subject.value == node and s.predicate.value.endswith("terms/title")
    } == {"REGISTERED MARRIAGES, by sex, age group, and by year",
          "ГЭРЛЭЛТЭЭ БҮРТГҮҮЛСЭН ХҮНИЙ ТОО, хүйс, насны бүлэг, жилээр"}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("other.csv", "a,b\n", "this is no table of the source"),
        ("DT_NSO_0400_021V1_x.csv", "Aimag,Gender,2000\nx,y,1\n", "renamed"),
        ("DT_NSO_0400_021V1_x.csv", "Aimag,Sex\nx,y\n", "no column has figures"),
    ],
)
def test_a_file_that_is_not_as_described_says_what_is_wrong(
    name: str, data: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        mapped([capture_of(name, data)])


def test_the_bundled_files_are_those_that_were_counted() -> None:
    bundled = {path.name for path in Path(BUNDLED).glob("*.csv")}
    assert bundled < {name for name, *_ in FIGURES}
    assert len(bundled) == 6
