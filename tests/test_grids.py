"""Tables in files: their rows, cells and places; how the form of a file is guessed."""

from __future__ import annotations

import hashlib

from loaders.pipeline.record import Capture
from loaders.tables.grids import Dialect, detect, read

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
