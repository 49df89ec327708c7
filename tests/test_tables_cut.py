"""Files that are cut, and cells in which a spreadsheet program left an error."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from graph.core.errors import InputError
from graph.core.iris import Names
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, LoadFinding, Rejected
from loaders.pipeline.source import Source
from loaders.tables import loader
from loaders.tables.grids import detect
from loaders.tables.values import cell_error
from tests.mapped_tables import YEARS, figures, mapped, options
from tests.workbooks import ods_parts, packed, xlsx

SEX: dict[str, Any] = {"name": "Хүйс", "role": "dimension", "key": "sex"}
TABLE = "Хүйс,2022,2023\nЭрэгтэй,12,13\nЭмэгтэй,14,15"
RECORDS: dict[str, Any] = {
    "becomes": "records",
    "described": "2026-01-01T00:00:00Z",
    "record": {"class": "https://schema.org/School"},
    "columns": [
        {"name": "Хүйс", "role": "key"},
        {"name": "2022", "role": "property", "property": "https://schema.org/name"},
        {"name": "2023", "role": "ignore"},
    ],
}


def told(made: list[Any]) -> tuple[list[str], list[tuple[str, str]]]:
    """The reasons of rejections, and findings with their places."""
    found = [(one.kind, one.place) for one in made if isinstance(one, LoadFinding)]
    return [one for one in made if isinstance(one, str)], found


@pytest.mark.parametrize("said", [options(SEX, YEARS), RECORDS])
def test_a_last_line_without_its_end_is_a_finding(said: dict[str, Any]) -> None:
    assert told(mapped(TABLE, said)) == ([], [("file-unended", "t.csv#row=3")])
    assert told(mapped(TABLE + "\r\n", said)) == ([], [])


@pytest.mark.parametrize("end", ["Эмэгтэй,14", "Эмэгтэй"])
def test_a_last_row_that_is_cut_is_rejected_though_rows_may_be_ragged(end: str) -> None:
    text = f"Хүйс,2022,2023\nЭрэгтэй,12\n{end}"
    made = mapped(text, options(SEX, YEARS, file={"ragged": True}))
    (reason,), _ = told(made)
    assert reason.startswith("t.csv#row=3: the file ends within this row, so it was cut: ")
    assert figures(made) == {"eregtei/2022": "12"}
    whole = mapped(text + "\n", options(SEX, YEARS, file={"ragged": True}))
    assert told(whole) == ([], [])


def test_a_cut_is_no_reason_to_guess_another_form() -> None:
    data = 'Хүйс,2022,2023\n"Эрэгтэй",12,13\n"Эмэгтэй",14,15\n"Эмэг'.encode()
    capture = Capture(hashlib.sha256(data).hexdigest(), "t.csv", "", "text/csv", data)
    with pytest.raises(InputError, match=r"t\.csv row 4"):
        detect(capture)
    data = TABLE.encode()[:-4]
    capture = Capture(hashlib.sha256(data).hexdigest(), "t.csv", "", "text/csv", data)
    assert not detect(capture).dialect.ragged


def test_a_line_of_fixed_width_that_is_cut_is_rejected() -> None:
    text = "Хүйс    20222023\nЭрэгтэй   12  13\nЭмэгтэй   14"
    said = options(SEX, YEARS, file={"form": "fixed", "widths": [8, 4, 4]})
    (reason,), _ = told(mapped(text, said))
    assert "line=2,3: the file ends within this row" in reason


@pytest.mark.parametrize(
    "text", ["#REF!", "#DIV/0!", "#N/A", "#ССЫЛКА!", "#ДЕЛ/0!", "#Н/Д", "Err:502", " #VALUE! "]
)
def test_errors_of_programs_are_no_labels_and_no_figures(text: str) -> None:
    assert cell_error(text) and not cell_error(f"{text} 1") and not cell_error("#1")
    table = f"Хүйс,2022,2023\nЭрэгтэй,{text},13\n{text},14,15\n"
    made = mapped(table, options(SEX, YEARS))
    reasons, found = told(made)
    assert figures(made) == {"eregtei/2023": "13"}
    assert len(reasons) == 3
    assert [one for one in reasons if "cell=3,1: “" in one]
    rejected = mapped(table, RECORDS)
    assert [one.partition(" ")[0] for one in rejected if isinstance(one, str)] == [
        "t.csv#cell=2,2",
        "t.csv#cell=3,1",
    ]
    assert found == []  # those of rejected records are published in their place


FORMULAS = [
    '<c r="B2"><f>A1+1</f></c>',
    '<c r="B2"><f>A1+1</f><v></v></c>',
    '<c r="B2"><f>A1+1</f><v/></c>',
    '<c r="B2" t="n"><f>A1+1</f><v></v></c>',
]


class _Broken(NamedTuple):
    """Why a record is rejected, and what is published in its place."""

    reason: str
    finding: LoadFinding | None


def of_workbook(data: bytes, sheet: str) -> list[Any]:
    """Findings of rejected cells, and what else is made of a workbook with one sheet."""
    capture = Capture(hashlib.sha256(data).hexdigest(), "t.xlsx", "", "", data)
    said = options(SEX, YEARS, file={"form": "workbook", "sheet": sheet})
    source = Source("t", {"mn": "Х"}, "table", (), "", Path("t.toml"), options=said)
    context = LoaderContext(source, Names("https://example.mn/"))
    made: list[Any] = []
    for record in loader.records([capture], context):
        try:
            made += loader.statements(record, context)
        except Rejected as reason:
            made.append(_Broken(str(reason), reason.finding))
    return made


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_without_result_is_named_with_sheet_and_cell(cell: str) -> None:
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Хүйс</t></is></c><c r="B1"><v>2022</v></c>'
        '<c r="C1"><v>2023</v></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>Эр</t></is></c>'
        f'{cell}<c r="C2"><v>5</v></c></row>'
    )
    data = xlsx({"Тоо": f"<sheetData>{rows}</sheetData>"})
    ((reason, finding),) = [one for one in of_workbook(data, "Тоо") if isinstance(one, _Broken)]
    assert reason.startswith("t.xlsx#Тоо!B2: a formula without its result")
    assert finding is not None
    assert (finding.kind, finding.place) == ("cell-error", "t.xlsx#Тоо!B2")


def test_the_same_in_opendocument_and_an_empty_text_is_a_result() -> None:
    def cell(inner: str) -> str:
        return f"<table:table-cell {inner}</table:table-cell>"

    def text(value: str) -> str:
        return cell(f'office:value-type="string"><text:p>{value}</text:p>')

    row = "<table:table-row>{}</table:table-row>".format
    formula = cell('table:formula="of:=[.A1]">')
    empty = cell('table:formula="of:=[.A1]" office:value-type="string" office:string-value="">')
    head, body = map("".join, ([text("Хүйс"), text("2022"), text("2023")], [text("Эр"), formula]))
    content = row(head) + row(body + empty)
    data = packed(ods_parts(f'<table:table table:name="T">{content}</table:table>'))
    ((reason, finding),) = [one for one in of_workbook(data, "T") if isinstance(one, _Broken)]
    assert finding is not None
    assert finding.kind == "cell-error"
    assert "T!B2" in reason
