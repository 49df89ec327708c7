"""What stands in cells: numbers by locale, missing marks, units, periods, letters, dates."""

from __future__ import annotations

import json
from datetime import date as calendar_date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.formats.cubes import periods as keys
from loaders.tables import values
from loaders.tables.values import periods
from tests.shared import SHARED

# ---- numbers


def written(number: Decimal, locale: str) -> str:
    """A number in a locale, with groups of three where the locale has a sign for them."""
    digits = "".join(one for one in locale if not one.isdigit())
    groups, point = (digits[0], digits[1]) if len(digits) == 2 else ("", digits)
    return f"{number:,f}".replace(",", "\0").replace(".", point).replace("\0", groups)


DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=4)


@given(DECIMALS, st.sampled_from([*values.LOCALES]))
def test_a_number_is_read_as_it_was_written(number: Decimal, locale: str) -> None:
    found = values.number(written(number, locale), locale)
    assert f"{found:f}" == f"{number:f}"  # 2.5000 keeps its zeros


@pytest.mark.parametrize(
    ("text", "locale", "number"),
    [
        ("1,234.5", "1,234.5", "1234.5"),
        (" 77,150,000.00", "1,234.5", "77150000.00"),
        ("1 234,5", "1 234,5", "1234.5"),
        ("2 105", "1 234.5", "2105"),
        ("2\u00a0105\u00a0000", "1 234,5", "2105000"),
        ("2\u202f105", "1 234,5", "2105"),
        ("−3.5", "1,234.5", "-3.5"),
        ("1.5E+06", "1,234.5", "1.5E+6"),
        ("6725490079209.6725490079209", "1,234.5", "6725490079209.6725490079209"),
    ],
)
def test_numbers_of_agencies(text: str, locale: str, number: str) -> None:
    assert str(values.number(text, locale)) == number


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("12,34", "1,234.5"),
        ("1 234,5", "1,234.5"),
        ("1 234\u00a0567", "1 234,5"),  # two kinds of spaces
        ("1,2345", "1,234.5"),
        ("(12)", "1,234.5"),
        ("-", "1,234.5"),
        ("", "1,234.5"),
        ("١٢", "1,234.5"),
        ("nan", "1,234.5"),
        ("1" * 300, "1,234.5"),
    ],
)
def test_what_is_no_number_in_a_locale(text: str, locale: str) -> None:
    with pytest.raises(ValueError, match="is not a number like"):
        values.number(text, locale)


def test_parentheses_are_negative_where_it_is_declared() -> None:
    assert values.number("(1,200)", "1,234.5", parentheses=True) == -1200


def test_locales_that_fit_a_column() -> None:
    fit = values.fitting_locales(["1,234.5", "-", "12", "..", "1,234,567"])
    assert (fit.locales, fit.ambiguous, fit.numbers) == (("1,234.5",), "", 3)
    fit = values.fitting_locales(["1,234", "12"])
    assert fit.ambiguous == "1,234" and "1 234,5" in fit.locales
    fit = values.fitting_locales(["2 105", "кг"])
    assert (fit.others, fit.example, fit.ambiguous) == (1, "кг", "")


# ---- missing marks


def test_blank_dash_dots_and_zero_are_kept_apart() -> None:
    kinds = [one and one.kind for one in map(values.missing, ["", " ", "-", " –", "..", "…", "0"])]
    assert kinds == ["blank", "blank", "nil", "nil", "not-available", "not-available", None]
    assert values.missing(" -") == values.MissingMark("nil", " -")


# ---- units


@pytest.mark.parametrize(
    ("text", "power", "code"),
    [
        ("мянган төгрөг", 3, "MNT"),
        ("сая төгрөгөөр", 6, "MNT"),
        ("тэрбум ₮", 9, "MNT"),
        ("их наяд төгрөг", 12, "MNT"),
        ("мян.толгой", 3, "HEA"),
        ("сая", 6, ""),
        ("хувиар", 0, "P1"),
        ("кг", 0, "KGM"),
    ],
)
def test_units(text: str, power: int, code: str) -> None:
    assert values.unit(text) == values.Unit(text, power, code)


def test_units_of_heads() -> None:
    million = values.Unit("сая төгрөг", 6, "MNT")
    assert values.split_head("Орлого, сая төгрөг") == ("Орлого", million)
    assert values.split_head("Орлого (сая төгрөг)") == ("Орлого", million)
    for head in ("Орлого", "Нас", "Хүн ам, эмэгтэй"):
        assert values.split_head(head) == (head, None)


def test_a_number_with_its_unit_is_exact() -> None:
    assert values.quantity("60.05 тэрбум төгрөг", "1,234.5").scaled == Decimal("60050000000")
    assert values.quantity("₮ 5,000", "1,234.5").number == 5000
    assert values.quantity("5", "1,234.5").unit.text == ""
    with pytest.raises(ValueError, match="“хүү” in “5 хүү” is no known unit"):
        values.quantity("5 хүү", "1,234.5")


# ---- periods


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2024", "2024"),
        ("2024 он", "2024"),
        ("2000-IV", "2000-Q4"),
        ("2000 IV", "2000-Q4"),
        ("IV 2000", "2000-Q4"),
        ("2000-Q4", "2000-Q4"),
        ("2021 оны 4-р улирал", "2021-Q4"),
        ("2021 оны дөрөвдүгээр улирал", "2021-Q4"),
        ("2021-12", "2021-12"),
        ("2021.06", "2021-06"),
        ("2021M06", "2021-06"),
        ("2000-ХII", "2000-12"),  # Cyrillic Х
        ("2021.XI сар", "2021-11"),
        ("2021 оны 12 дугаар сар", "2021-12"),
        ("2022 оны арван хоёрдугаар сар", "2022-12"),
        ("2021.XII - 08", "2021-12-08"),
        ("2014 03 05", "2014-03-05"),
        ("2026-8-10", "2026-08-10"),
        ("2021 оны 12-р сарын 08-ний байдлаар", "2021-12-08"),
        ("2022 оны гуравдугаар сарын 15", "2022-03-15"),
        ("2022 оны 03 дугаар сараас 06 дугаар сар", "2022-03--2022-06"),
        ("2022 оны 03 дугаар сараас 06 дугаар сарын хооронд", "2022-03--2022-06"),
        ("2021 I-IX", "2021-01--2021-09"),
        ("2021 оны эхний 9 сар", "2021-01--2021-09"),
        ("2020-2021", "2020--2021"),
        ("2019-W05", "2019-W05"),
        ("2019 оны 5 дугаар долоо хоног", "2019-W05"),
    ],
)
def test_periods_of_agencies(text: str, key: str) -> None:
    assert values.period(text).key == key
    keys.days(key)


def test_heads_of_two_rows() -> None:
    assert values.period("2023 / I").key == "2023-Q1"
    assert values.period("2024* / IV") == values.Period("2024-Q4", "quarter", provisional=True)
    assert values.period("2023 он / 12 сар").key == "2023-12"
    assert values.period("2023 оны / I улирал").key == "2023-Q1"


@pytest.mark.parametrize("text", ["2024*", "2024 *", "2024 (урьдчилсан)", "2024(p)"])
def test_provisional_years(text: str) -> None:
    assert values.period(text) == values.Period("2024", "year", provisional=True)


def test_a_kind_decides_what_may_be_two_periods() -> None:
    with pytest.raises(ValueError, match="may be month 2021-02 or quarter 2021-Q2"):
        values.period("2021-2")
    assert values.period("2021-2", "quarter").key == "2021-Q2"
    assert values.period("2021-2", "month").key == "2021-02"
    assert values.period("2000-IV", "month").key == "2000-04"
    with pytest.raises(ValueError, match=r"“2021\.1” may be month 2021-01 or quarter 2021-Q1"):
        values.period("2021.1")
    with pytest.raises(ValueError, match="is a year, not a month"):
        values.period("2021", "month")


def test_a_day_without_a_year_needs_one() -> None:
    with pytest.raises(ValueError, match="has no year"):
        values.period("I.06")
    assert values.period("I.06", year=2021).key == "2021-01-06"
    assert values.period("10 сарын 13", year=2021).key == "2021-10-13"


@pytest.mark.parametrize(
    "text", ["", "2015=100", "2022-13", "2019-W54", "Он", "20244", "2021-06-31", "٢٠٢٤"]
)
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a period|is the base of an index"):
        values.period(text)


@given(st.integers(1000, 2999), st.integers(1, 12))
def test_months_in_every_way_of_writing(year: int, month: int) -> None:
    key = f"{year}-{month:02}"
    ways = [
        "{y}-{m:02}",
        "{y}.{m:02}",
        "{y}M{m:02}",
        "{y} оны {m}-р сар",
        "{y} оны {m:02} дугаар сар",
    ]
    assert {values.period(way.format(y=year, m=month)).key for way in ways} == {key}


@given(st.text(max_size=40))
def test_any_text_is_a_period_or_a_named_problem(text: str) -> None:
    try:
        found = values.period(text)
    except ValueError as error:
        assert str(error)
    else:
        assert found.kind in periods.KINDS and keys.days(found.key)


def test_kinds_that_fit_a_column() -> None:
    fit = values.fitting_kinds(["2021-1", "2021-2", "2021-12", ""])
    assert (fit.kinds, fit.ambiguous) == (("month",), False)
    fit = values.fitting_kinds(["2021-1", "2021-2"])
    assert (fit.kinds, fit.ambiguous) == (("quarter", "month"), True)
    fit = values.fitting_kinds(["2023", "2024*", "Нийт"])
    assert (fit.kinds, fit.provisional, fit.others, fit.example) == (("year",), 1, 1, "Нийт")


# ---- dates


def test_a_date_whose_month_may_be_either_needs_a_format() -> None:
    with pytest.raises(ValueError, match="day 1 of month 2 or day 2 of month 1"):
        values.date("01/02/2019")
    assert values.date("01/02/2019", "dd/MM/yyyy") == calendar_date(2019, 2, 1)
    assert values.date("1.2.2019", "d.M.yyyy") == calendar_date(2019, 2, 1)
    assert values.date("2022.09.22") == calendar_date(2022, 9, 22)
    with pytest.raises(ValueError, match="state its format"):
        values.date("13/02/2019")
    with pytest.raises(ValueError, match="not a day of the calendar"):
        values.date("30/02/2019", "dd/MM/yyyy")
    with pytest.raises(ValueError, match="is not a format of dates"):
        values.date("30/02/2019", "dd/MM")


def test_a_time_by_its_format() -> None:
    assert values.date_time("01/02/2019 10:05", "MM/dd/yyyy HH:mm").isoformat() == (
        "2019-01-02T10:05:00"
    )
    assert values.date_time("2019-1-2 9:05:07", "yyyy-M-d HH:mm:ss").second == 7
    for text, pattern in (("01/02/2019 25:00", "dd/MM/yyyy HH:mm"), ("1", "dd/MM/yyyy HH")):
        with pytest.raises(ValueError, match="is not a"):
            values.date_time(text, pattern)


# ---- letters


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("БYХ", "БҮХ"),
        ("САНХYYГИЙН", "САНХҮҮГИЙН"),
        ("аge15-49", "age15-49"),
        ("ЧЄЛЄЄНИЙ", "ЧӨЛӨӨНИЙ"),
        ("19-р зvйл", "19-р зүйл"),
        ("Yндсэн", "Үндсэн"),
        ("Дархан\u00a0 уул ", "Дархан уул"),
        ("й", "й"),  # и with a breve, composed
        ("GDP, ДНБ", "GDP, ДНБ"),
        ("Их Yндэс", "Их Үндэс"),
    ],
)
def test_letters_of_the_wrong_alphabet(text: str, folded: str) -> None:
    assert values.fold(text) == folded


def test_what_was_folded_is_told() -> None:
    found = values.folded("БYХ єдєр")
    assert found.raw == "БYХ єдєр"
    assert found.rules == ("Latin letters in a Cyrillic word", "substitute letters")
    assert values.folded("СOХ").unclear == ("СOХ",)  # all three letters are of both alphabets


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert values.fold(values.fold(text)) == values.fold(text)


INDEX = SHARED / "data" / "mn" / "nso" / "px_index_mongolstats_2026-01.json"


@pytest.mark.skipif(not INDEX.is_file(), reason="the shared folder with real tables is absent")
def test_titles_of_the_statistics_office_with_two_alphabets_in_a_word() -> None:
    rows = json.loads(INDEX.read_bytes())
    rule = "Latin letters in a Cyrillic word"
    found = [row for row in rows if rule in values.folded(row["tbl_nm"]).rules]
    assert len({row["tbl_nm"] for row in found}) == 11
    assert (len(found), len({row["tbl_id"] for row in found})) == (13, 12)
    assert not any(values.folded(row["tbl_nm"]).unclear for row in rows)
