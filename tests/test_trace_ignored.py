"""Columns that a description ignores are hidden where their rows are shown, whatever their head."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from graph.archive import Archive
from graph.core.instance import Instance
from graph.evidence_bundles import build
from graph.evidence_bundles.model import BundleRequest
from graph.ledger import Ledger
from graph.trace.publications import read as publications
from graph.trace.records import masking, reading
from graph.trace.records.capture_text import CaptureText
from graph.trace.records.view import RecordView
from loaders.pipeline.load import load
from loaders.pipeline.source import read as read_source
from loaders.tables.showing import read_record
from server.cli import main
from tests.workbooks import sheet, xlsx

NAME = "Ганбат овогтой Тэмүүлэн"
ROWS: list[list[object]] = [
    ["Сум", "Тэмдэглэл", "Тоо"],
    ["Батцэнгэл", NAME, 12],
    ["Булган", "Дорж", 15],
    ["Хянасан: Б.Болд", None, None],
]
TEXT = "\n".join(",".join("" if one is None else str(one) for one in row) for row in ROWS)
COLUMN = '[[options.columns]]\nname = "Тэмдэглэл"\nrole = "{role}"\n'
FORMS = {
    "csv": (TEXT.encode(), "", ["row=2", "cell=2,3", "cell=2,2", "row=1-9", "row=4"]),
    "workbook": (
        xlsx({"А": sheet(ROWS), "Б": sheet([["x"], [NAME]])}),
        'form = "workbook"',
        ["А!C2", "А!B2", "А!2:2", "Б!A2"],
    ),
    "objects": (
        json.dumps({"d": [dict(zip("abc", row, strict=True)) for row in ROWS[1:3]]}).encode(),
        'form = "json"\npath = "/d"',
        ["/d/0", "/d/0/a", "/d/0/b", "/d", "", "/d/1/b"],
    ),
    "lists": (
        json.dumps(ROWS[:3], ensure_ascii=False).encode(),
        'form = "json"',
        ["/1", "/1/1", "/1/0", "/2/1"],
    ),
    "fixed": (
        "".join(f"{row[0]!s:12}{row[1]!s:30}{row[2]}\n" for row in ROWS[:3]).encode(),
        'form = "fixed"\nwidths = [12, 30, 5]',
        ["line=1,2", "line=0,9", "char=0,400", "char=55,85"],
    ),
}
CASES = [(name, place) for name, (_, _, places) in FORMS.items() for place in places]


def shown(
    instance: Instance, name: str, locator: str, role: str = "ignore", is_public: bool = False
) -> RecordView:
    data, keys, _ = FORMS[name]
    column = COLUMN.format(role=role)
    if name == "objects":
        column = column.replace("Тэмдэглэл", "b")
    archive = Archive(instance.archive)
    text = f'loader = "table"\n[options]\nbecomes = "cube"\n{column}[options.file]\n{keys}\n'
    described = archive.put(text.encode())
    capture = CaptureText(
        archive.put(data), size=len(data), description=described, is_public=is_public
    )
    return masking.masked(reading.read(archive, instance.cache, capture, locator, read_record))


@pytest.mark.parametrize(("name", "locator"), CASES)
def test_no_place_shows_what_is_ignored(instance: Instance, name: str, locator: str) -> None:
    """Nor rows around it, nor another sheet, nor the line as text, nor who signs below."""
    told = json.dumps(shown(instance, name, locator).to_json(), ensure_ascii=False)
    for hidden in ("Тэмүүлэн", "Дорж", "Болд"):
        assert hidden not in told


@pytest.mark.parametrize(
    ("name", "locator"),
    [("csv", "cell=2,3"), ("workbook", "А!C2"), ("objects", "/d/0/c"), ("lists", "/1/2")],
)
def test_the_rest_of_the_row_is_shown(instance: Instance, name: str, locator: str) -> None:
    view = shown(instance, name, locator)
    assert view.value == "12"
    assert view.table is not None
    assert ("Батцэнгэл", "…", "12") in [row.cells for row in view.table.rows]
    assert view.cells["b" if name == "objects" else "Тэмдэглэл"] == "…"


@pytest.mark.parametrize(("role", "is_public"), [("attribute", False), ("ignore", True)])
def test_what_is_mapped_or_public_is_shown(instance: Instance, role: str, is_public: bool) -> None:
    for name, place in (("csv", "row=2"), ("lists", "/1"), ("objects", "/d/0")):
        view = shown(instance, name, place, role, is_public)
        assert NAME in view.cells.values()


def test_members_of_persons_within_a_value_are_hidden(instance: Instance) -> None:
    rows = [{"a": 1, "b": 2, "who": [{"утас": NAME, "n": 5}], "x": {"захирал": {"нэр": NAME}}}]
    archive = Archive(instance.archive)
    data = json.dumps(rows).encode()
    text = 'loader = "table"\n[options.file]\nform = "json"\n'
    capture = CaptureText(archive.put(data), size=len(data), description=archive.put(text.encode()))
    view = masking.masked(reading.read(archive, instance.cache, capture, "/0", read_record))
    assert "Тэмүүлэн" not in json.dumps(view.to_json(), ensure_ascii=False)
    assert view.cells["a"] == "1"


def test_a_head_with_a_phone_number_is_masked() -> None:
    view = RecordView(cells={"Утас 99112233": "5"})
    assert masking.masked(view).cells == {"Утас …": "5"}


DESCRIPTION = """\
id = "notes"
loader = "table"
files = ["notes.csv"]
media_type = "text/csv"
captures = "{captures}"
title = {{ mn = "Тоо", en = "Numbers" }}
publisher = "x-nso"
[options]
becomes = "cube"
described = "2026-11-30T00:00:00+08:00"
file = {{ footnotes = "Хянасан" }}
dataset = {{ id = "notes" }}
[[options.columns]]
name = "Сум"
role = "dimension"
key = "soum"
[[options.columns]]
name = "Тэмдэглэл"
role = "{role}"
key = "note"
[[options.columns]]
name = "Тоо"
role = "measure"
"""


@pytest.mark.parametrize(
    ("captures", "role", "is_shown"),
    [("records", "ignore", False), ("records", "attribute", True), ("public", "ignore", True)],
)
def test_traces_and_bundles_have_it_only_where_it_is_public(
    instance: Instance, tmp_path: Path, captures: str, role: str, is_shown: bool
) -> None:
    (tmp_path / "notes.csv").write_text(TEXT, "utf-8")
    path = tmp_path / "notes.toml"
    path.write_text(DESCRIPTION.format(captures=captures, role=role), "utf-8")
    load(instance, read_source(path))
    version = publications(Ledger(instance).events).by_source["notes"][-1]
    lines = Archive(instance.archive).read(version.load["layers"]["stated"]["lines"])
    line = next(one for one in lines.decode().splitlines() if '"12"' in one)
    told = CliRunner().invoke(main, ["--data", str(instance.root), "trace", line]).output
    assert "notes.csv" in told
    assert (NAME in told) == is_shown
    bundle = build.build(instance, BundleRequest(line, readable=frozenset()))
    with zipfile.ZipFile(io.BytesIO(bundle)) as file:
        content = b"".join(map(file.read, file.namelist())).decode("utf-8", "replace")
    assert (NAME in content) == is_shown
