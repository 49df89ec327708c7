"""Files of the statistics office's tables, described for tests, and what is made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest

from graph.core.iris import Names
from loaders.pipeline import source
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import (
    Capture,
    LoadFinding,
    Record,
    Statement,
)
from loaders.systems import nso
from tests.one_by_one import one_by_one
from tests.shared import SHARED

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


WAGES = [name for name, *_ in FIGURES if "0400_021V1" in name]


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
