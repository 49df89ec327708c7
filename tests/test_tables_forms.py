"""Forms of tables that new users met: what `ulzii guess` makes of them, and what is said of files
that are none."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TypeGuard

import pytest

from graph.core.errors import InputError
from graph.core.iris import Names
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, LoadFinding, Statement
from loaders.pipeline.source import Source
from loaders.tables import loader
from loaders.tables.description.columns import HeadDimension
from loaders.tables.guessing import description
from loaders.tables.guessing.table import GuessedTable, look_at
from loaders.tables.mapping.layout import labels_of
from loaders.tables.values.dates import date
from tests.mapped_tables import SEX, YEARS, figures, mapped, options
from tests.one_by_one import one_by_one
from tests.workbooks import sheet, xlsx


def guessed(data: str | bytes, name: str = "t.csv") -> GuessedTable:
    content = data.encode() if isinstance(data, str) else data
    return look_at(Capture(hashlib.sha256(content).hexdigest(), name, name, "", content))


def roles(found: GuessedTable) -> dict[str, object]:
    return {column.name: column.keys["role"] for column in found.columns}


MEALS = (
    "Хоолны зардал;;;;\n;;;;\n"
    "Аймаг;2023;;2024*;\n;Сурагч;Зардал;Сурагч;Зардал\n;хvн;мян.тєг;хvн;мян.тєг\n"
    "Архангай;12 345;1 234,8;12 400;1 300\nХовд;9 876;987,5;20 500**;..\n"
    "* урьдчилсан гvйцэтгэл;;;;\n** тооцооны дvн;;;;\nГvйцэтгэсэн: Б.Туяа;;;;\n"
)


def test_heads_in_three_rows_of_which_the_first_has_few_texts() -> None:
    found = guessed(MEALS.encode("cp1251"))
    assert (found.form.dialect.preamble, found.form.dialect.header) == (2, 3)
    area, *measures = found.columns
    assert (area.name, area.keys["level"]) == ("Аймаг", "aimag")
    assert [one.keys["heads"][0] for one in measures] == [{"kind": "period"}] * 4  # type: ignore[index]
    assert measures[-1].name == "2024* / Зардал / мян.төг"
    units = [one.unit for one in measures if one.unit]
    assert [(one.code, one.power) for one in units] == [("IE", 0), ("MNT", 3)] * 2


def test_a_title_of_two_texts_is_no_head() -> None:
    text = "Хүснэгт 1;;;;мян.төг\nХүйс;2021;2022;2023;2024\nЭр;1;2;3;4\nЭм;3;4;5;6\n"
    assert guessed(text).form.dialect.preamble == 1


def test_the_sign_of_a_footnote_behind_a_figure_is_its_note() -> None:
    made = mapped("Хүйс,2022,2023\nЭр,20500**,7\nЭм,12 ¹,**\n", options(SEX, YEARS))
    assert figures(made) == {"er/2022": "20500", "er/2023": "7", "em/2022": "12"}
    notes = {
        one.subject.value.rpartition("/cube/")[2]: str(one.object.value)
        for one in made
        if isinstance(one, Statement) and one.rule == "cell-symbol"
    }
    assert notes == {"er/2022": "**", "em/2022": "¹"}
    assert [one for one in made if isinstance(one, str)], "** alone is no figure"


SIGNED = "Хянасан: ахлах мэргэжилтэн Б.Болд,,\nГүйцэтгэсэн Д.Дорж,,\n"


@pytest.mark.parametrize("rows", [SIGNED, SIGNED.replace("ү", "v"), "Prepared by: B.Bold,,\n"])
def test_rows_in_which_somebody_signs_are_never_read(rows: str) -> None:
    made = mapped(f"Хүйс,2022,2023\nЭр,1,2\n{rows}", options(SEX, YEARS))
    assert figures(made) == {"er/2022": "1", "er/2023": "2"}
    assert not [one for one in made if any(name in str(one) for name in ("Болд", "Дорж", "Bold"))]
    found = guessed(f"Хүйс,2022,2023\nЭр,1,2\nЭм,3,4\n{rows}")
    assert not [e for e in description.entries(found, "t.csv") if "Болд" in f"{e.value}{e.why}"]


def test_a_label_that_only_begins_so_is_a_label() -> None:
    made = mapped("Хүйс,2022,2023\nХянасан хэрэг,1,2\nБаталсан: бүгд,3,4\n", options(SEX, YEARS))
    assert len(figures(made)) == 4


def test_rows_can_be_left_out_by_their_first_text() -> None:
    said = options(SEX, YEARS, file={"skip": "Дүн|Нийт"})
    assert set(figures(mapped("Хүйс,2022,2023\nЭр,1,2\nНийт,1,2\nНийтлэл,5,6\n", said))) == {
        "er/2022",
        "er/2023",
        "niitlel/2022",
        "niitlel/2023",
    }


def test_days_that_are_numbers_are_asked_for() -> None:
    rows: list[list[object]] = [["Огноо", "Ханш"], [45292, 3400.5], [45293, 3401]]
    found = guessed(xlsx({"S": sheet(rows)}), "t.xlsx")
    assert found.columns[0].keys["dates"] == "?"
    assert "45292 the day 2024-01-01" in found.columns[0].questions["dates"]
    assert date("45292", "serial").isoformat() == "2024-01-01"
    with pytest.raises(ValueError, match="as a spreadsheet counts them"):
        date("2024-01-01", "serial")
    day = {"name": "Огноо", "role": "dimension", "kind": "period", "dates": "serial"}
    made = mapped("Огноо,Ханш\n45292,5\n,6\n", options(day, {"name": "Ханш", "role": "measure"}))
    assert figures(made) == {"2024-01-01": "5"}
    assert "rows of sums are left out by “skip”" in next(filter(_is_text, made))


def _is_text(one: object) -> TypeGuard[str]:
    return isinstance(one, str)


def test_a_register_has_numbers_and_is_one_all_the_same() -> None:
    items = ",".join(
        f'{{"register": "{1000000 + n}", "name": "Сургууль {n}", "employees": {n * n},'
        f' "lots": [{{"no": {n}}}]}}'
        for n in range(12)
    )
    found = guessed(f'{{"list": [{items}]}}', "t.json")
    assert roles(found) == {
        "register": "key",
        "name": "property",
        "employees": "property",
        "lots": "ignore",
    }
    said = {e.key: (e.value, e.why) for e in description.entries(found, "t.json")}
    assert said["becomes"] == (
        "records",
        "each row has an identifier and a name of its own, beside numbers",
    )
    assert "“employees”" in found.columns[2].questions["property"]


def test_remarks_in_some_rows_are_no_dimension() -> None:
    found = guessed("Хүйс,2022,2023,Тайлбар\nЭр,1,2,\nЭм,3,4,засварласан\n")
    assert roles(found)["Тайлбар"] == "attribute"


def test_periods_between_empty_columns_are_periods() -> None:
    found = guessed("Нэр,,2023,,2024\nа,,1,,2\nб,,3,,4\n")
    heads = [one.keys["heads"] for one in found.columns if one.keys["role"] == "measure"]
    assert heads == [[{"kind": "period"}]] * 2


def test_keys_of_labels_are_those_of_their_folded_letters() -> None:
    found = guessed("Нэр,2022,2023\nЭкcпорт,1,2\nИмпopт,3,4\n")
    assert list(found.columns[0].codes.values()) == ["eksport", "import"]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("t.csv", b"", "t.csv: there is no table: no row of heads"),
        ("t.csv", "Аймаг,2023\n".encode(), "t.csv row 1: the table has no rows below its head"),
        ("t.csv", b"%PDF-1.4\n%\xe2\xe3", "this is a PDF document, not a table"),
        ("t.xls", b"<html><table/></html>", "this is a web page, not a table"),
        (
            "t.xlsx",
            xlsx({"S": "<sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>A</t></is></c></row>"
                  "<row r='2'><c r='A2'><f>1+1</f></c></row></sheetData>"}),
            "t.xlsx#S!A2: a formula without its result",
        ),
    ],
)  # fmt: skip
def test_files_that_are_no_tables_are_named(name: str, data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        guessed(data, name)


def test_a_formula_with_an_empty_result_is_a_blank_cell() -> None:
    content = (
        "<sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>Нэр</t></is></c>"
        "<c r='B1'><v>2023</v></c></row><row r='2'><c r='A2' t='inlineStr'><is><t>а</t></is></c>"
        "<c r='B2' t='str'><f>IF(1,\"\",2)</f><v></v></c></row></sheetData>"
    )
    capture = Capture("0" * 64, "t.xlsx", "", "", xlsx({"S": content}))
    said = options(
        {"name": "Нэр", "role": "dimension", "key": "name"},
        {"name": "2023", "role": "measure", "heads": [{"kind": "period"}]},
        file={"form": "workbook"},
    )
    source = Source("t", {"mn": "Х"}, "table", (), "text/csv", Path("t.toml"), options=said)
    context = LoaderContext(source, Names("https://example.mn/"))
    records = list(loader.records([capture], context))
    made = [*one_by_one(one for r in records for one in loader.statements(r, context))]
    assert [one for one in made if isinstance(one, Statement) and one.rule == "empty-cell"]
    assert not [one for one in made if isinstance(one, LoadFinding)]


def test_a_report_as_a_department_of_livestock_makes_it() -> None:
    """Numbers of rows that begin anew in each aimag, the aimag beside them, a year above quarters
    above what is counted."""
    rows: list[list[object]] = [
        ["Мал эмнэлгийн үйлчилгээ, сумаар", None, None, None, None, None],
        [None],
        ["№", "Аймаг, сум", "2025 он", None, None, None],
        [None, None, "I улирал", None, "II улирал", None],
        [
            None,
            None,
            "Тоо, мянган толгой",
            "Дүн, сая төгрөг",
            "Тоо, мянган толгой",
            "Дүн, сая төгрөг",
        ],
        [None, "Дорнод", None, None, None, None],
        [1, "Баян-Уул", 12.5, 33.1, 13, 35],
        [2, "Булган", 8, 21.75, None, 22],
        [None, "Говь-Алтай", None, None, None, None],
        [1, "Дарив", 3.25, 9, 3.5, 9.5],
        [2, "Шарга", 4, 11, "-", 12],
        ["Эх сурвалж: мэргэжлийн хяналт"],
    ]
    merged = ["A1:F1", "A3:A5", "B3:B5", "C3:F3", "C4:D4", "E4:F4"]
    found = guessed(xlsx({"2025": sheet(rows, merged)}), "t.xlsx")
    aimag, number, soum, *measures = found.columns
    assert (aimag.name, aimag.keys["role"], aimag.keys["level"]) == ("§", "context", "aimag")
    assert (number.name, number.keys["role"]) == ("№", "ignore")
    assert (soum.keys["level"], soum.keys["within"]) == ("soum", "§")
    heads = [{"kind": "period", "rows": 2}, {"kind": "concept", "key": "head-3"}]
    assert [one.keys["heads"] for one in measures] == [heads] * 4
    assert [one.unit.code for one in measures if one.unit] == ["HEA", "MNT"] * 2


def test_a_period_may_stand_in_two_rows_of_heads_beside_another() -> None:
    heads = [HeadDimension(kind="period", rows=2), HeadDimension(kind="concept", key="what")]
    assert labels_of(heads, ("2025 он", "I улирал", "Тоо")) == ("2025 он I улирал", "Тоо")
    assert labels_of(heads, ("2025 он", "Тоо")) is None
    assert labels_of(heads[:1], ("2025", "I", "эхний")) == ("2025 I эхний",)


@pytest.mark.parametrize(
    ("numbers", "role"),
    [(("1", "2", "1", "2", "3"), "ignore"), (("1", "2", "4"), "measure"), (("2", "3"), "measure")],
)
def test_a_column_of_numbers_is_left_out_where_it_counts(
    numbers: tuple[str, ...], role: str
) -> None:
    rows = "".join(f"{number};Х{at};{at}7,5\n" for at, number in enumerate(numbers))
    assert roles(guessed(f"№;Нэр;Дүн\n{rows}"))["№"] == role
