"""Weekly workbooks with prices: their figures in the cube of the CSV, hidden sheets, no names."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from graph.core.iris import Names
from loaders.formats.cubes.keys import key_of
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, LoadFinding, Rejected, Statement
from loaders.systems import nso
from tests.one_by_one import one_by_one
from tests.test_nso_prices import DESCRIBED, PRICES, SOURCE, WORKBOOKS, capture_of
from tests.workbooks import sheet, xlsx

NAMES = {
    "product": {
        '"Алтан тариа" гурил / дээд': "altan-taria-flour-high-grade",
        '"Алтан тариа" гурил / 1-р зэрэг': "altan-taria-flour-first-grade",
        '"Алтан тариа" савласан гурил / дээдийн дээд': "altan-taria-packaged-flour-top-grade",
        '"Алтан тариа" савласан гурил / дээд': "altan-taria-packaged-flour-high-grade",
        '"Алтан тариа" савласан гурил / 1-р зэрэг': "altan-taria-packaged-flour-1st-grade",
        '"Алтан тариа" савласан гурил / 2-р зэрэг': "altan-taria-packaged-flour-2nd-grade",
        '"Алейка" дээд гурил': "aleika-high-grade-flour",
        "Сүү / Сүү ХК 1л": "suu-brand-milk-1l",
        "Сүү / Сүү ХК 0.5л": "suu-brand-milk-0-5l",
        "Сүү / Задгай": "milk-bulk",
        "Тараг, Цөцгийтэй": "yogurt",
        "Талх / Атар": "atar-brand-bread",
        "Талх / Зууван чех": "round-bread-czech-style",
        "Талх / Хар талх": "brown-bread",
        "Будаа / цагаан": "white-rice",
        "Будаа / шар": "yellow-rice",
        'Цөцгийн тос, "Сүү" ХК': "butter-suu-ltd",
        "Ургамлын тос": "vegatable-oil",
        "Ногоон цай, Гүрж": "gree-tea-georgia",
        "Элсэн чихэр": "sugar",
        "Хонины мах / ястай": "mutton-w-bones",
        "Хонины мах / цул": "mutton-boneless",
        "Үхрийн мах / ястай": "beef-w-bones",
        "Үхрийн мах / цул": "beef-boneless",
        "Адууны мах, ястай": "horse-meat-w-bones",
        "Ямааны мах, ястай": "goat-meat-w-bones",
        "Төмс, монгол": "potato-mongolian",
        "Лууван, монгол": "carrot-mongolian",
        "Байцаа, монгол": "cabbage-mongolian",
        "Хүрэн манжин, монгол": "beet-mongolian",
        "Сонгино, хятад": "onion-china",
        "Алим, фүжи": "apple-fuji",
        "Өндөг, ОХУ": "egg-russian",
        "Нөөцийн мах, ястай / үхэр": "reserve-meat-beef-w-bones",
        "Нөөцийн мах, ястай / хонь": "reserve-meat-mutton-w-bones",
        "Нөөцийн мах, ястай / ямаа": "reserve-meat-goat-w-bones",
    },
    "market": {
        '"Баянзүрх" зах': "bayanzurkh",
        '"Сансар" Супер-маркет': "sansar",
        '"Хүчит шонхор" зах': "khuchit-shonkhor",
        '"Бөмбөгөр" хт': "bumbugur",
        '"Меркури" зах': "mercury-ikh-nayad",
        '"Барс" хт': "bars",
        '"Таван эрдэнэ" зах': "tavan-erdene",
        '"Хар хорин" зах': "kharkhorin",
        "Номин Супер-маркет": "nomin",
        "Макс Супер-маркет": "max-m-mart",
        "Оргил Супер-маркет": "orgil",
        "Имарт": "emart",
        '"Саруул" зах': "saruul",
        "Их наяд ХТ": "mercury-ikh-nayad",
    },
}
"""The keys that the CSV gives the same products and markets: their figures agree."""

WEEKLY: dict[str, Any] = {
    "files": "20??-??-??*.xlsx",
    "of": "market-prices",
    "lang": "mn",
    "numbers": "1234.5",
    "unit": "togrog",
    "rights": "nso-terms",
    "file": {"form": "workbook", "sheet": "Захын үнэ (2)", "preamble": 4},
    "codes": NAMES,
    "columns": [
        {
            "name": "@file",
            "role": "dimension",
            "kind": "period",
            "pattern": r"\d{4}-\d\d-\d\d",
            "dates": "yyyy-MM-dd",
        },
        {"name": "№", "role": "ignore"},
        {
            "name": "Барааны нэр",
            "role": "dimension",
            "key": "product",
            "join": ["Барааны нэр #3"],
        },
        {"name": "Барааны нэр #3", "role": "ignore"},
        {"name": "хэмжих нэгж", "role": "attribute", "key": "size"},
        {
            "name": '"Баянзүрх" зах',
            "to": "Имарт",
            "role": "measure",
            "heads": [{"kind": "concept", "key": "market"}],
            "grows": True,
        },
        {"name": "Дундаж үнэ", "role": "ignore"},
    ],
}
OPTIONS = {**SOURCE.options, "exports": {"market-prices": DESCRIBED, "weekly": WEEKLY}}
CONTEXT = LoaderContext(replace(SOURCE, options=OPTIONS), Names("https://example.mn/"))
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
needs_prices = pytest.mark.skipif(
    not PRICES.is_dir(), reason="the shared folder with prices is absent"
)

FIGURES = [
    ("2019-01-02.xlsx", 308, 776183),
    ("2019-04-172019-04-17.xlsx", 307, 839273),
    ("2019-05-01.xlsx", 307, 839562),
    ("2019-11-13.xlsx", 306, 855662),
    ("2020-06-17.xlsx", 315, 1082933),
    ("2021-01-06.xlsx", 327, 1032266),
    ("2021-12-08.xlsx", 331, 1252595),
]


def mapped(captures: Iterable[Capture]) -> tuple[dict[str, str], list[LoadFinding], list[str]]:
    """Figures by key, findings, and all that is said or shown of the records."""
    figures: dict[str, str] = {}
    findings: list[LoadFinding] = []
    said: list[str] = []
    for record in nso.records(list(captures), CONTEXT):
        try:
            made = list(one_by_one(nso.statements(record, CONTEXT)))
        except Rejected as reason:
            said.append(str(reason))
            continue
        said += map(str, made)
        findings += (one for one in made if isinstance(one, LoadFinding))
        for one in made:
            if isinstance(one, Statement) and one.rule == "cell-value":
                figures[one.subject.value.partition("/cube/")[2]] = one.object.value
    return figures, findings, said


@cache
def prices_of_csv() -> dict[str, str]:
    """The prices of the CSV by date, product and market."""
    text = (PRICES / "ub_market_prices_en.csv").read_text("utf-8")
    return {
        f"{row['date']}/{key_of(row['product'])}/{key_of(row['market'])}": row["price"]
        for row in csv.DictReader(io.StringIO(text))
        if row["price"]
    }


@needs_prices
@pytest.mark.parametrize(("name", "prices", "total"), FIGURES)
def test_every_figure_of_a_workbook_is_that_of_the_csv(name: str, prices: int, total: int) -> None:
    path = PRICES / "weekly" / name
    figures, findings, _ = mapped([capture_of(path, SPREADSHEET)])
    assert (len(figures), sum(map(Decimal, figures.values()))) == (prices, total)
    of_csv = prices_of_csv()
    assert {key: Decimal(of_csv[key]) for key in figures} == {
        key: Decimal(one) for key, one in figures.items()
    }
    day = name[:10]
    assert sum(key.startswith(day) for key in of_csv) == prices, "and no other"
    (hidden,) = (one for one in findings if one.kind == "sheet-hidden")
    assert hidden.count == 4
    assert "“хүнсний үнэ - аймаг”, “ноолуурын үнэ-”, “jin”" in hidden.detail


@needs_prices
def test_both_languages_name_the_concepts_of_one_cube() -> None:
    """One figure has its cell in the CSV and in the workbook; it is not revised by the other."""
    lines = (PRICES / "ub_market_prices_en.csv").read_text("utf-8").splitlines()
    head, *rows = lines
    day = [row for row in rows if row.startswith("2019-01-02")]
    data = "\n".join([head, *day, ""]).encode()
    table = Capture("0" * 64, "ub_market_prices_en.csv", "", "text/csv", data)
    figures, findings, said = mapped([table, capture_of(WORKBOOKS[0], SPREADSHEET)])
    assert len(figures) == 308
    assert {one.kind for one in findings} == {"sheet-hidden"}
    labels = [one for one in said if "core#prefLabel" in one and "/market/bars>" in one]
    assert len(labels) == 2
    assert all("Bars" in one or "Барс" in one for one in labels)


WHO = ("Нэргүй", "Нэрт")


def with_names(data: bytes) -> bytes:
    """A workbook in which persons stand in the places that programs and people put them."""
    properties = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
        'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>Б.Нэргүй'
        "</dc:creator><cp:lastModifiedBy>Д.Нэрт</cp:lastModifiedBy></cp:coreProperties>"
    )
    comments = "<comments><authors><author>Б.Нэргүй</author></authors></comments>"
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            if name != "docProps/core.xml":
                new.writestr(name, old.read(name))
        new.writestr("docProps/core.xml", properties)
        new.writestr("xl/comments1.xml", comments)
    return file.getvalue()


def made_up() -> bytes:
    """A workbook of the same form, with names on a hidden sheet and below the table."""
    head: list[object] = [
        "№",
        "Барааны нэр",
        None,
        "хэмжих нэгж",
        '"Баянзүрх" зах',
        "Имарт",
        "Дундаж үнэ",
    ]
    rows: list[list[object]] = [
        [None],
        [None],
        [None],
        [None],
        head,
        [1, "Талх", "Атар", "ширхэг", 1000, 1200, 1100],
        [None],
        ["Хянасан: хэлтсийн дарга Д.Нэрт, 99112233"],
        ["Гүйцэтгэсэн:", "мэргэжилтэн Б.Нэргүй"],
    ]
    merged = ["B5:C5"]
    return xlsx(
        {"Захын үнэ (2)": sheet(rows, merged), "ажилтан": sheet([["Нэр", "Утас"], ["Нэрт", 1]])},
        hidden=["ажилтан"],
    )


def test_names_of_employees_never_appear(monkeypatch: pytest.MonkeyPatch) -> None:
    footnotes = {**WEEKLY["file"], "footnotes": "Хянасан|Гүйцэтгэсэн"}
    weekly = {**WEEKLY, "file": footnotes}
    monkeypatch.setitem(OPTIONS["exports"], "weekly", weekly)
    figures, findings, said = mapped(
        [Capture("1" * 64, "2022-01-05.xlsx", "", SPREADSHEET, with_names(made_up()))]
    )
    assert figures == {
        "2022-01-05/atar-brand-bread/bayanzurkh": "1000",
        "2022-01-05/atar-brand-bread/emart": "1200",
    }
    assert [one.detail for one in findings] == ["“ажилтан”"]
    assert not [one for one in said if any(name in one for name in (*WHO, "99112233"))]


@needs_prices
def test_properties_of_real_workbooks_are_not_read() -> None:
    data = with_names(WORKBOOKS[0].read_bytes())
    changed = Capture("2" * 64, WORKBOOKS[0].name, "", SPREADSHEET, data)
    figures, _, said = mapped([changed])
    assert len(figures) == 308
    assert not [one for one in said if any(name in one for name in WHO)]
