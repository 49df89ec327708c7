"""Tables of the statistics office from files: rows, cells, empty ones, and sums exactly."""

from __future__ import annotations

import csv
import io
import random
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.core.errors import InputError
from loaders.pipeline import source
from loaders.pipeline.record import (
    INFERRED,
    STATED,
    Capture,
    Statement,
)
from tests.nso_exports import (
    BUNDLED,
    DATASET,
    FIGURES,
    SOURCE,
    WAGES,
    capture_of,
    differing,
    file,
    mapped,
    of_file,
)
from vocab.namespaces import RDFS, SKOS


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
