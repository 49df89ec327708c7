"""Records of described tables as they are shown: workbooks, dialects, encodings, wide and far."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from graph.archive import Archive
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.queries import Pool
from graph.trace.publications import read as publications
from graph.trace.records import reading
from graph.trace.records.capture_text import CaptureText
from graph.trace.records.view import RecordView
from loaders.pipeline.load import load
from loaders.pipeline.source import read as read_source
from loaders.tables.cells import addresses
from loaders.tables.cells.addresses import SheetAddress, SheetPlace
from loaders.tables.showing import read_record, record
from server.app import create_app
from server.cli import main
from tests.workbooks import ods_parts, packed, sheet, xlsx

FIGURES: list[list[object]] = [
    ["Малын тоо, 2024", None, None],
    ["Аймаг", "2023", "2024"],
    ["Архангай", 512, 498],
    ["Орхон", 1020, 0],
    ["Увс", 9100.5, 9055],
]
DESCRIPTION = """\
loader = "table"
[options.file]
{keys}
"""


def shown(
    instance: Instance, data: bytes, locator: str, keys: str = "", **named: Any
) -> RecordView:
    """A record of a table whose file is read by these keys; without any it is not described."""
    archive = Archive(instance.archive)
    text = DESCRIPTION.format(keys=keys)
    capture = CaptureText(
        archive.put(data),
        size=len(data),
        description=archive.put(text.encode()) if keys else "",
        **named,
    )
    return reading.read(archive, instance.cache, capture, locator, read_record)


def rows(view: RecordView) -> list[tuple[str, tuple[str, ...], bool]]:
    assert view.table is not None
    return [(one.number, one.cells, one.marked) for one in view.table.rows]


WORKBOOK = 'form = "workbook"\nsheet = "Малын тоо"\npreamble = 1\nheader = 1'


def test_a_cell_of_a_workbook_is_marked_under_its_heads(instance: Instance) -> None:
    data = xlsx({"Тайлбар": sheet([["x"]]), "Малын тоо": sheet(FIGURES)})
    view = shown(instance, data, "'Малын тоо'!B4", WORKBOOK)
    assert view.value == "1020"
    assert view.cells == {"Аймаг": "Орхон", "2023": "1020", "2024": "0"}
    assert view.table is not None
    assert (view.table.sheet, view.table.header) == ("Малын тоо", ("Аймаг", "2023", "2024"))
    assert view.table.marked == 1
    assert rows(view) == [
        ("3", ("Архангай", "512", "498"), False),
        ("4", ("Орхон", "1020", "0"), True),
        ("5", ("Увс", "9100.5", "9055"), False),
    ]


def test_heads_and_what_stands_above_them_are_shown_where_they_are_the_record(
    instance: Instance,
) -> None:
    data = xlsx({"Малын тоо": sheet(FIGURES)})
    view = shown(instance, data, "'Малын тоо'!C2", WORKBOOK)
    assert view.value == "2024"
    assert [one[0] for one in rows(view) if one[2]] == ["2"]
    assert rows(view)[0][1][0] == "Малын тоо, 2024"


def test_a_row_of_a_workbook_that_nobody_describes_is_shown_under_letters(
    instance: Instance,
) -> None:
    data = xlsx({"Sheet1": sheet(FIGURES)})
    view = shown(instance, data, "Sheet1!4:4")
    assert view.table is not None
    assert view.table.header == ("A", "B", "C")
    assert view.cells == {"A": "Орхон", "B": "1020", "C": "0"}
    assert shown(instance, data, "Other!B7").note


def test_cells_of_opendocument(instance: Instance) -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    written = (map(cell.format, row) for row in (["name", "n"], ["a", "1"], ["b", "2"]))
    cells = "".join(f"<table:table-row>{''.join(one)}</table:table-row>" for one in written)
    data = packed(ods_parts(f'<table:table table:name="T">{cells}</table:table>'))
    view = shown(instance, data, "T!B3", 'form = "workbook"\nsheet = "T"')
    assert (view.value, view.cells) == ("2", {"name": "b", "n": "2"})


def test_the_description_says_delimiter_encoding_and_heads(instance: Instance) -> None:
    text = "Гарчиг, нэг;;\r\n;2024;\r\nАймаг;эр;эм\r\nУвс;1,5;2\r\nТөв;3;4\r\n"
    keys = 'delimiter = ";"\nencoding = "cp1251"\npreamble = 1\nheader = 2'
    data = text.replace("ө", "є").encode("cp1251")
    view = shown(instance, data, "cell=5,3", keys)
    assert view.table is not None
    assert view.table.header == ("Аймаг", "2024 / эр", "2024 / эм")
    assert (view.value, view.cells["Аймаг"]) == ("4", "Тєв")
    assert [one[0] for one in rows(view)] == ["4", "5"]


def test_a_file_of_fixed_width_is_shown_as_its_table(instance: Instance) -> None:
    lines = ["name   n\n", "Увс    12\n", "Орхон  7\n"]
    keys = 'form = "fixed"\nwidths = [7, 2]'
    start = len(lines[0]) + 7
    view = shown(instance, "".join(lines).encode(), f"char={start},{start + 2}", keys)
    assert (view.value, view.cells) == ("12", {"name": "Увс", "n": "12"})
    assert shown(instance, "".join(lines).encode(), "line=2,3", keys).cells["name"] == "Орхон"


def test_a_row_far_inside_a_large_file_is_the_same(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (
        b"t;;\n" + b"code;name;x\n" + b"".join(b"%d;'a\nb; %d';1\n" % (n, n) for n in range(3000))
    )
    keys = 'delimiter = ";"\nquote = "\'"\npreamble = 1'
    whole = shown(instance, data, "cell=2345,2", keys)
    assert whole.value == "a\nb; 2342"
    reading.read.cache_clear()
    monkeypatch.setattr(record, "LARGE", 100)
    assert shown(instance, data, "cell=2345,2", keys) == whole
    assert [*(instance.cache / "marks").iterdir()]


def test_of_a_wide_table_the_columns_around_the_cell_are_shown(instance: Instance) -> None:
    data = (",".join(f"h{n}" for n in range(500)) + "\n" + ",".join(map(str, range(500)))).encode()
    view = shown(instance, data, "cell=2,401", "header = 1")
    assert view.value == "400"
    assert view.table is not None
    assert view.table.header[:3] == ("h0", "h1", "h2")
    assert view.table.header[view.table.marked] == "h400"
    assert len(view.table.header) < 70


def test_csvw_metadata_say_it_too(instance: Instance) -> None:
    schema = {"columns": [{"titles": "a"}, {"titles": "b"}], "primaryKey": "a"}
    metadata = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": "t.csv",
        "dialect": {"delimiter": "|", "skipRows": 1},
        "tableSchema": schema,
    }
    archive = Archive(instance.archive)
    said = archive.put(json.dumps(metadata).encode())
    view = shown(
        instance, b"title\na|b\n1|2\n", "row=3", "ragged = true", metadata=said, name="t.csv"
    )
    assert view.cells == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("data", "locator", "keys"),
    [
        (b"PK\3\4" + b"x" * 50, "S!B7", WORKBOOK),
        (b"", "S!B7", WORKBOOK),
        (b"a;b\n1;2\n", "row=3", 'encoding = "no-such"'),
        (b"a\0b", "row=1", 'encoding = "utf-8"'),
        (b"\xff\xff\n", "row=1", 'encoding = "utf-8"'),
        (b'a\n"' + b"x" * 200_000, "row=2", "header = 1"),
        (b"a\n", "row=999999999999", "header = 1"),
        (b"a\n", "cell=1,99", "header = 1"),
        (b"aaa\n", "char=0,9", 'form = "fixed"'),
    ],
)
def test_hostile_files_and_places_give_a_view_and_no_error(
    instance: Instance, data: bytes, locator: str, keys: str
) -> None:
    assert isinstance(shown(instance, data, locator, keys), RecordView)


@given(st.text(min_size=1, max_size=12), st.integers(1, 1 << 20), st.integers(1, 16_384))
def test_places_in_sheets_are_read_as_they_are_written(name: str, row: int, column: int) -> None:
    address = SheetAddress(name)
    if "\n" not in name:
        assert addresses.parse(address.cell(row, column)) == SheetPlace(name, row, column)
        assert addresses.parse(address.row(row)) == SheetPlace(name, row, 0)


@pytest.fixture
def livestock(instance: Instance, tmp_path: Path) -> Instance:
    """A source whose table is a workbook, described and loaded."""
    (tmp_path / "stock.xlsx").write_bytes(xlsx({"Малын тоо": sheet(FIGURES)}))
    path = tmp_path / "stock.toml"
    path.write_text(
        """\
id = "stock"
loader = "table"
files = ["stock.xlsx"]
media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
captures = "records"
title = { mn = "Мал", en = "Livestock" }
publisher = "x-nso"
[options]
becomes = "cube"
described = "2026-11-30T00:00:00+08:00"
file = { form = "workbook", sheet = "Малын тоо", preamble = 1 }
dataset = { id = "stock", unit = "head" }
units = { head = { mn = "толгой", en = "head" } }
[[options.columns]]
name = "Аймаг"
role = "dimension"
key = "area"
[[options.columns]]
name = "2023"
to = "2024"
role = "measure"
heads = [{ kind = "period" }]
""",
        "utf-8",
    )
    load(instance, read_source(path))
    return instance


def figure(instance: Instance) -> str:
    """The statement of the figure 1020."""
    version = publications(Ledger(instance).events).by_source["stock"][-1]
    lines = Archive(instance.archive).read(version.load["layers"]["stated"]["lines"])
    return next(one for one in lines.decode().splitlines() if '"1020' in one and "obsValue" in one)


def test_a_figure_of_a_workbook_is_traced_to_its_marked_cell(
    livestock: Instance, pool: Pool
) -> None:
    traced = CliRunner().invoke(main, ["--data", str(livestock.root), "trace", figure(livestock)])
    assert traced.exit_code == 0, traced.output
    assert "sheet “Малын тоо”" in traced.output
    assert "as written: 1020" in traced.output
    client: FlaskClient = create_app(livestock, pool).test_client()
    answer: Any = client.get("/trace", query_string={"of": figure(livestock), "format": "json"})
    (one,) = answer.json["statements"][0]["statedBy"][0]["records"]
    assert one["record"]["value"] == "1020"
    assert one["record"]["table"]["header"] == ["Аймаг", "2023", "2024"]
    page = client.get(
        f"/capture/sha256-{one['capture'].rpartition('sha256-')[2].partition('#')[0]}",
        query_string={"record": "'Малын тоо'!B4", "format": "html", "lang": "en"},
    ).text
    assert "<mark>1020</mark>" in page
    assert 'Sheet “<span lang="mn">Малын тоо</span>”' in page
