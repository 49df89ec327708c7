"""Tables in files: their rows, cells and places; how the form of a file is guessed."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.core.errors import InputError
from loaders.pipeline.record import Capture
from loaders.tables.grids import Dialect, detect, read, table
from loaders.tables.grids import text as text_lines

AGENCY = '№\tАжил\tГүйцэтгэгч\tТөсөв\r1\tЗасвар\t"Цогт хас" ХХК\t 77,150,000.00\r'


def capture(data: bytes, name: str = "table.csv") -> Capture:
    return Capture(hashlib.sha256(data).hexdigest(), name, "", "text/csv", data)


def test_rows_and_cells_have_their_places() -> None:
    [sheet] = read(capture(b'name,n\n"a\nb",1\n'), Dialect())
    rows = list(sheet.rows)
    assert [row.texts for row in rows] == [["name", "n"], ["a\nb", "1"]]
    assert [row.locator for row in rows] == ["row=1", "row=2"]
    assert rows[1].cells[1].locator == "cell=2,2"


def test_a_file_of_an_agency_is_guessed() -> None:
    found = detect(capture(AGENCY.encode()))
    assert (found.dialect.delimiter, found.dialect.quote) == ("\t", "")
    [sheet] = read(capture(AGENCY.encode()), found.dialect)
    assert [row.texts for row in sheet.rows][1][2:] == ['"Цогт хас" ХХК', " 77,150,000.00"]


BUDGET = (
    '9\r№\tАжил\tГүйцэтгэгч\tТөсөв\r2013\r1\tЗасвар\t"Цогт хас" ХХК\t 5.00\r2014\r2\tГүүр\r\r13\r'
    "№\tАжил\tГүйцэтгэгч\tТөсөв\r2013\r1\tШат\tИБ\t -\rТайлбар: дутуу\rдоор\r"
)


def test_sections_repeated_heads_and_footnotes() -> None:
    dialect = Dialect(
        delimiter="\t",
        quote="",
        preamble=1,
        sections=(r"\d{1,2}", r"\d{4}"),
        footnotes="Тайлбар",
    )
    found = table(capture(BUDGET.encode()), dialect)
    rows = list(found.rows)
    assert found.heads == ["№", "Ажил", "Гүйцэтгэгч", "Төсөв"]
    assert [[one and one.text for one in row.sections] for row in rows] == [
        ["9", "2013"],
        ["9", "2014"],
        ["13", "2013"],
    ]
    assert [row.number for row in rows] == [4, 6, 11]
    assert rows[1].problem == "2 cells instead of 4: “Гүйцэтгэгч” is missing"
    assert [row.texts for row in found.notes] == [["Тайлбар: дутуу"], ["доор"]]


def test_a_row_that_no_section_matches_is_never_dropped() -> None:
    text = "Сум,А,Б\nТөв,,\nБаян,1,2\nДүн,,\nУвс,,\nДавст,3,4\nХовд,,\nМөст,5,6\n5,,\n"
    rows = list(table(capture(text.encode()), Dialect(sections=("Төв|Ховд",))).rows)
    assert [row.number for row in rows if row.problem] == [5, 6]
    assert "only the text “Увс”" in rows[2].problem
    assert "below row 5 with only the text “Увс”" in rows[3].problem
    assert "“skip”" in rows[3].problem


def test_an_inner_section_does_not_end_an_unknown_one() -> None:
    text = "А,Б\nТөв,\n2020,\nБаян,1\nУвс,\n2020,\nДавст,3\nТөв,\n2021,\nБаян,4\n2021x,\nБ,1\n"
    dialect = Dialect(sections=("Төв", r"\d{4}"))
    rows = list(table(capture(text.encode()), dialect).rows)
    assert [row.number for row in rows if row.problem] == [5, 7, 11, 12]
    filled = Dialect(sections=("Төв",), fill_down=("А",))
    rows = list(table(capture("А,Б,В\nТөв,,\nа,б,1\n,в,\n".encode()), filled).rows)
    assert not [row for row in rows if row.problem]


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("Аймаг,А,Б,В\nТөв,1900,1950,2010\nУвс,1905,1950,2020\n", 1),
        ("Аймаг,А,Б,В\nТөв,1900,1950,2000\nУвс,1905,1955,2005\n", 1),
        ("Аймаг,А,,\nТөв,1900,1950,2010\nУвс,1905,1950,2021\n", 1),
        ("Аймаг,А,,\n,2000,2010,2015\nУвс,7,8,9\nТөв,7,8,9\n", 2),
        ("Үзүүлэлт,А,А,Б\nАймаг,2019,2020,2021\nУвс,7,8,9\nТөв,7,8,9\n", 2),
    ],
)
def test_figures_like_years_are_no_second_row_of_heads(text: str, header: int) -> None:
    assert detect(capture(text.encode())).dialect.header == header


def test_heads_of_several_rows_become_one_name() -> None:
    text = "Аймаг,2020,,2021,\n,эр,эм,эр,эм\nТөв,1,2,3,4\n"
    found = table(capture(text.encode()), Dialect(header=2))
    assert found.heads == ["Аймаг", "2020 / эр", "2020 / эм", "2021 / эр", "2021 / эм"]
    assert [cell.locator for cell in found.head_cells[:2]] == ["cell=1,1", "cell=2,2"]


def test_what_stands_above_is_filled_with_its_own_place() -> None:
    text = "Аймаг,Сум,n\nТөв,Зуунмод,1\n,Баян,2\n"
    rows = list(table(capture(text.encode()), Dialect(fill_down=("Аймаг",))).rows)
    assert rows[1].texts == ["Төв", "Баян", "2"]
    assert rows[1].cells[0].locator == "cell=2,1"


def guessed(text: str | bytes, name: str = "table.csv") -> Dialect:
    data = text.encode() if isinstance(text, str) else text
    return detect(capture(data, name)).dialect


def test_guessed_structure_of_a_table_with_everything() -> None:
    text = (
        "Хүн ам, аймгаар\n\nАймаг,Сум,2020,,2021,\n,,эр,эм,эр,эм\n"
        "Төв,Зуунмод,1,2,3,4\n,Баян,1,2,3,4\n,Эрдэнэ,1,-,3,4\nУвс,Улаангом,5,6,7,8\n,Баруунтуруун,5,6,7,8\n"
        "Эх сурвалж: захиргааны мэдээ\n"
    )
    found = guessed(text)
    assert (found.preamble, found.header, found.fill_down) == (2, 2, ("Аймаг",))
    read_ = table(capture(text.encode()), found)
    rows = list(read_.rows)
    assert read_.heads == ["Аймаг", "Сум", "2020 / эр", "2020 / эм", "2021 / эр", "2021 / эм"]
    assert [row.texts[0] for row in rows] == ["Төв", "Төв", "Төв", "Увс", "Увс"]
    assert [note.texts[0] for note in read_.notes] == ["Эх сурвалж: захиргааны мэдээ"]


def test_guessed_sections_of_an_agency() -> None:
    found = guessed(BUDGET.removesuffix("доор\r"))
    assert (found.delimiter, found.quote, found.preamble, found.header) == ("\t", "", 1, 1)
    assert (found.sections, found.ragged) == ((r"\d{1,3}", r"(19|20)\d\d( он)?"), True)
    assert found.footnotes


def test_blanks_between_delimiter_and_quotation_mark() -> None:
    text = 'a, "b", c\nx, "y, z", 1\nx, "y", 2\n'
    found = detect(capture(text.encode()))
    assert (found.dialect.skip_space, found.dialect.quote) == (True, '"')
    row = next(table(capture(text.encode()), found.dialect).rows)
    assert row.texts == ["x", "y, z", "1"]


def test_each_guess_has_its_reason() -> None:
    found = detect(capture(b"name;n\na;1,5\nb;2,5\n"))
    assert found.dialect.delimiter == ";"
    assert found.reasons["delimiter"].why == "with a semicolon, 100% of the rows have 2 cells"
    assert found.reasons["header"].sure


def test_years_are_a_head_and_no_figures() -> None:
    assert guessed("Аймаг,1995,1996,1997\nТөв,1014,1127,1095\n").header == 1
    assert guessed("Улирал,2000-IV,2001-I\nТөв,1,2\n").header == 1


MONGOLIAN = "Аймаг;Төсөв\nЗавхан аймаг;5\nАрхангай, засаг даргын тамгын газар;7\n"


@pytest.mark.parametrize(
    ("encoding", "guess"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("windows-1251", "windows-1251"),
        ("mac-cyrillic", "mac-cyrillic"),
        ("koi8-r", "koi8-r"),
        ("ibm866", "ibm866"),
    ],
)
def test_encodings_are_told_apart_with_a_reason(encoding: str, guess: str) -> None:
    text = MONGOLIAN.replace("ө", "о")  # one-byte encodings have no ө
    found = detect(capture(text.encode(encoding)))
    assert found.dialect.encoding == guess
    assert found.reasons["encoding"].why
    [sheet] = read(capture(text.encode(encoding)), found.dialect)
    assert next(sheet.rows).texts == ["Аймаг", "Тосов"]


def test_a_text_decoded_wrongly_long_ago_is_told() -> None:
    mojibake = MONGOLIAN.replace("ө", "є").encode("windows-1251").decode("latin-1")
    found = detect(capture(mojibake.encode()))
    assert not found.reasons["encoding"].sure
    assert "taken for Latin-1" in found.reasons["encoding"].why


def test_wrong_bytes_are_named_by_row_and_column() -> None:
    data = b'a,b\n"x\ny",1\nz,\xff2\n'
    [sheet] = read(capture(data), Dialect())
    with pytest.raises(InputError, match=r"table\.csv row 3 column 2: bytes that are not utf-8"):
        list(sheet.rows)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'a,b\n"x,1\n', "row 2: unexpected end of data"),
        (b'a,b\n"x"y,1\n', "row 2: ',' expected after '\"'"),
        (b"a,b\nx\0,1\n", "line 2: NUL"),
        (b"a\n" + b"," * 20_000, "row 2: 20,001 cells; 16,384 are allowed"),
        (b'a\n"' + b"x" * 200_000, "row 2: field larger than field limit"),
    ],
)
def test_broken_text_is_refused_with_its_place(data: bytes, message: str) -> None:
    [sheet] = read(capture(data), Dialect())
    with pytest.raises(InputError, match=re.escape(message)):
        list(sheet.rows)


def test_an_endless_line_is_refused_without_being_read_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(text_lines, "MAX_LINE", 1000)
    [sheet] = read(capture(b"a," * 1000), Dialect())
    with pytest.raises(InputError, match="a line with more than 1,000 characters"):
        list(sheet.rows)


# ---- any text in any dialect

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), max_size=8)
ROWS = st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=6)


@given(
    ROWS,
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be"]),
)
def test_what_is_written_comes_back_cell_for_cell(
    rows: list[list[str]], delimiter: str, end: str, encoding: str
) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    data = file.getvalue().encode(encoding)
    [sheet] = read(capture(data), Dialect(delimiter=delimiter, encoding=encoding))
    found = list(sheet.rows)
    assert [row.texts for row in found] == rows
    places = [[cell.locator for cell in row.cells] for row in found]
    assert places == [
        [f"cell={at},{column}" for column in range(1, len(row) + 1)]
        for at, row in enumerate(rows, 1)
    ]


@given(st.binary(max_size=60))
def test_any_bytes_are_a_table_or_a_named_problem(data: bytes) -> None:
    with suppress(InputError):
        found = detect(capture(data))
        for sheet in read(capture(data), found.dialect):
            list(sheet.rows)


def test_a_total_without_a_figure_names_no_group() -> None:
    """It stands where the names of works stand; in the first column it may name a group."""
    lines = [
        "№\tНэр\tДүн",
        "\tЗам",
        "1\tА\t5",
        "2\tБ\t6",
        "\tНийт",
        "\tГүүр",
        "1\tВ\t7",
        "\tБүгд дүн",
    ]
    lines += ["\tГэрэл", "1\tГ\t8", "2\tД\t9"]
    found = detect(capture("\n".join(lines).encode()))
    rows = list(table(capture("\n".join(lines).encode()), found.dialect).rows)
    assert [(row.sections[0] and row.sections[0].text, row.texts[1]) for row in rows] == [
        *[("Зам", one) for one in ("А", "Б", "Нийт")],
        *[("Гүүр", one) for one in ("В", "Бүгд дүн")],
        *[("Гэрэл", one) for one in ("Г", "Д")],
    ]
    first = "Нэр\tДүн\nНийт\nА\t5\nБ\t6\nЭрэгтэй\nА\t2\nБ\t3\n".encode()
    grouped = list(table(capture(first), detect(capture(first)).dialect).rows)
    assert [row.sections[0] and row.sections[0].text for row in grouped] == ["Нийт"] * 2 + [
        "Эрэгтэй"
    ] * 2
