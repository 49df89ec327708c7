"""The bundled index of the statistics office: its rows, datasets, and what is found about it."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from graph.core.errors import InputError
from graph.core.iris import Names
from loaders.formats.json_strict import read
from loaders.formats.pxweb.listing import periods
from loaders.formats.pxweb.listing.rows import local_id
from loaders.pipeline import source
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, LoadFinding, Mapped, Record, Statement
from loaders.systems import nso
from loaders.systems.nso import index
from tests.pxweb_tables import capture_of

BASE = "https://example.mn/"
SOURCE = source.read(source.BUNDLED / "nso.toml")
CONTEXT = LoaderContext(SOURCE, Names(BASE))
INDEX = SOURCE.path.parent.parent / "bundled/nso/index-2026-01.json"
DATASET = f"{BASE}id/dataset/nso/"
DCT, DCAT = "http://purl.org/dc/terms/", "http://www.w3.org/ns/dcat#"
MIXED = re.compile(r"[A-Za-z][\u0400-\u04FF]|[\u0400-\u04FF][A-Za-z]")


@cache
def mapped() -> tuple[tuple[Record, tuple[Mapped, ...]], ...]:
    capture = capture_of(INDEX.name, INDEX.read_bytes(), "index")
    records = nso.records([capture], CONTEXT)
    return tuple((one, tuple(nso.statements(one, CONTEXT))) for one in records)


@cache
def statements() -> tuple[Statement, ...]:
    return tuple(one for _, made in mapped() for one in made if isinstance(one, Statement))


def objects(predicate: str, subject: str = "") -> set[str]:
    return {
        one.object.value
        for one in statements()
        if one.predicate.value == predicate and one.subject.value.startswith(subject)
    }


def test_each_row_is_a_record_and_each_table_one_dataset() -> None:
    assert len(mapped()) == 1244
    datasets = {s.subject.value for s in statements() if s.object.value == f"{DCAT}Dataset"}
    assert len(datasets) == 1106
    assert f"{DATASET}DT_NSO_1001_109V1" in datasets
    assert all(re.fullmatch(r"[\w./:~@-]+", one, re.ASCII) for one in datasets)


def test_both_paths_of_a_table_are_kept() -> None:
    files = Counter(
        s.subject.value for s in statements() if s.predicate.value == f"{DCAT}distribution"
    )
    assert Counter(files.values()) == {1: 968, 2: 138}
    addresses = objects(f"{DCAT}accessURL", f"{DATASET}DT_NSO_0600_001V3/file/")
    start = "https://data.1212.mn/api/v1/{}/NSO/{}/DT_NSO_0600_001V3.px"
    folders = ("Economy,%20environment/Consumer%20Price%20Index", "Regional%20development/Price")
    assert addresses == {start.format(lang, path) for lang in ("mn", "en") for path in folders}


@pytest.mark.parametrize(
    ("kind", "datasets", "rows"),
    [
        ("period-reversed", 807, 928),
        ("period-missing", 246, 258),
        ("period-unreadable", 18, 22),
        ("table-under-paths", 138, 138),
        ("table-titles-differ", 20, 20),
    ],
)
def test_what_is_found(kind: str, datasets: int, rows: int) -> None:
    found = [
        one
        for _, made in mapped()
        for one in made
        if isinstance(one, LoadFinding) and one.kind == kind
    ]
    assert (len({one.subject for one in found}), sum(one.count for one in found)) == (
        datasets,
        rows,
    )


@pytest.mark.parametrize(
    ("lang", "titles", "datasets", "rows"), [("mn", 11, 12, 13), ("en", 3, 3, 3)]
)
def test_titles_of_two_scripts_stay_as_found(
    lang: str, titles: int, datasets: int, rows: int
) -> None:
    """The rule one-script finds them; each row that has the title is an origin of it."""
    mixed = [
        s
        for s in statements()
        if s.predicate.value == f"{DCT}title"
        and getattr(s.object, "language", "") == lang
        and MIXED.search(s.object.value)
    ]
    assert len({s.object.value for s in mixed}) == titles
    assert len({s.subject.value for s in mixed}) == datasets
    assert len(mixed) == rows


def test_a_period_that_ends_first_is_put_in_order_as_an_inference() -> None:
    node = f"{DATASET}DT_NSO_1001_109V1"
    (one,) = [
        s for s in statements() if (s.subject.value, s.predicate.value) == (node, f"{DCT}temporal")
    ]
    assert (one.object.value.rpartition("/")[2], one.layer) == ("1970--2024", INFERRED)
    (other,) = [
        s
        for s in statements()
        if s.subject.value == f"{DATASET}DT_NSO_2100_051V1"
        and s.predicate.value == f"{DCT}temporal"
    ]
    assert (other.object.value.rpartition("/")[2], other.layer) == ("2010--2018", "stated")


def test_a_licence_only_where_the_page_of_the_table_says_it() -> None:
    licensed = {
        s.subject.value.removeprefix(DATASET).partition("/")[0]: s.object.value.rpartition("/")[2]
        for s in statements()
        if s.predicate.value == f"{DCT}license"
    }
    tables = ("DT_NSO_0400_066V1", "DT_NSO_0600_001V3", "DT_NSO_1400_016V2")
    assert licensed == dict.fromkeys(tables, "CC_BY_4_0")
    rights = {s.subject.value for s in statements() if s.predicate.value == f"{DCT}rights"}
    files = {s.subject.value for s in statements() if s.object.value == f"{DCAT}Distribution"}
    assert {one.removeprefix(DATASET).partition("/")[0] for one in files - rights} == set(tables)


def test_twenty_statements_lead_to_the_row_that_says_them() -> None:
    data = json.loads(INDEX.read_bytes())
    for record, made in mapped()[:: len(mapped()) // 20]:
        row = data[int(record.locator.removeprefix("/"))]
        stated = [one for one in made if isinstance(one, Statement)]
        titles = {s.object.value for s in stated if s.rule == "table-title"}
        first = next(one for one in data if one["tbl_id"] == row["tbl_id"])
        said = {row[k].strip() for k in ("tbl_nm", "tbl_eng_nm") if row[k] == first[k]}
        assert titles == said


@pytest.mark.parametrize(
    ("start", "end", "key", "days"),
    [
        ("2024", "1970", "1970--2024", ("1970-01-01", "2024-12-31")),
        ("2024", "2024", "2024", ("2024-01-01", "2024-12-31")),
        ("2024-III", "2024-I", "2024-Q1--2024-Q3", ("2024-01-01", "2024-09-30")),
        ("2016M1", "2025M2", "2016-01--2025-02", ("2016-01-01", "2025-02-28")),
        ("2025.11", "2024-2", "2024-02--2025-11", ("2024-02-01", "2025-11-30")),
        ("2026-01-19", "2024-01-02", "2024-01-02--2026-01-19", ("2024-01-02", "2026-01-19")),
    ],
)
def test_periods(start: str, end: str, key: str, days: tuple[str, str]) -> None:
    span = periods.span(start, end)
    assert span is not None
    assert (span.key, (span.start, span.end)) == (key, days)


@pytest.mark.parametrize("text", ["2015=100", "", "2024-13", "2024-02-30", "24", "2024-V"])
def test_what_is_no_period(text: str) -> None:
    assert periods.span(text, "2024") is None


def test_an_id_that_cannot_stand_in_an_address_is_hashed() -> None:
    assert local_id("DT_NSO_0500_022V1-1") == "DT_NSO_0500_022V1-1"
    assert re.fullmatch("[0-9a-f]{32}", local_id("DT_NSO_0500_007V1 (2)"))


ROW: dict[str, Any] = {"px_path": "A/B", "px_file": "T.px", "tbl_id": "T", "tbl_nm": "Т"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"px_path": "A"}, "a list of tables is expected"),
        ([], "a list of tables is expected"),
        ([ROW, 1], "#/1: a table with texts is expected"),
        ([{**ROW, "strt_prd": 2024}], "#/0: a table with texts is expected"),
        ([{**ROW, "tbl_id": " "}], "#/0: “tbl_id” is missing"),
        ([{**ROW, "tbl_nm": ""}], "#/0: the table has no title"),
    ],
)
def test_a_broken_index_says_where(data: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(index.rows(capture_of("index.json", json.dumps(data).encode())))


def test_the_bundled_index_is_the_one_that_was_counted(tmp_path: Path) -> None:
    rows = read(capture_of(INDEX.name, INDEX.read_bytes()))
    assert len({row["tbl_id"] for row in rows}) == 1106
