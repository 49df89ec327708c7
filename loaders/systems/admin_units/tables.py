"""The CSV tables of the source, read and checked against each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from graph.core.errors import InputError
from loaders.formats.csv import rows
from loaders.pipeline.record import Capture, Record

COLUMNS = {
    "aimags": "au1 type name_mn name_en iso3166_2 name_iso nso_acode nso_old nso_old_region agaar"
    " postcode geonames geonames_admin1 name_geonames latitude longitude",
    "soums": "au2 au1 type name_mn geonames name_geonames latitude longitude",
    "nso-codes": "scheme key level notation parent name_mn name_en place valid_from status"
    " note_mn note_en",
}
"""Table → its columns. All tables must be there."""

Tables = Mapping[str, Sequence[Record]]


def read(captures: Iterable[Capture], source: str) -> Tables:
    """The rows of each table, as records.

    Raises InputError for a missing or unknown table, a repeated code, and a row that refers to a
    unit or code that is in no table.
    """
    by_kind = {rows[0].kind: rows for rows in map(_records, captures) if rows}
    for missing in sorted(COLUMNS.keys() - by_kind.keys()):
        raise InputError(
            f"the table {missing}.csv is missing or empty",
            where=source,
            hint=f"The source consists of {', '.join(f'{name}.csv' for name in COLUMNS)}.",
        )
    _check(by_kind)
    return by_kind


def _records(capture: Capture) -> list[Record]:
    return list(_rows(capture))


def _rows(capture: Capture) -> Iterator[Record]:
    kind = PurePosixPath(capture.name).stem
    if kind not in COLUMNS:
        raise InputError(
            "this is not a table of the source",
            where=capture.name,
            hint=f"Its tables are {', '.join(COLUMNS)}.",
        )
    for number, cells in rows(capture, COLUMNS[kind].split(), require_final_newline=True):
        yield Record(capture, f"row={number}", kind, cells)


def _check(tables: Tables) -> None:
    aimags = _unique(tables["aimags"], "au1")
    places = aimags | _unique(tables["soums"], "au2") | {"mn"}
    for column in ("iso3166_2", "nso_acode", "nso_old", "agaar", "postcode", "geonames"):
        _unique(tables["aimags"], column)
    _check_known(tables["soums"], "au1", aimags)
    _check_known(tables["nso-codes"], "place", places)
    for scheme in ("nso-old", "nso-2025"):
        codes = [r for r in tables["nso-codes"] if r.data["scheme"] == scheme]
        _check_known(codes, "parent", _unique(codes, "key"))


def _unique(table: Iterable[Record], column: str) -> set[str]:
    """The values of a column; raises InputError for one that appears twice."""
    values: set[str] = set()
    for record in table:
        if record.data[column] in values:
            raise _error(record, column, "is in an earlier row too")
        values.add(record.data[column])
    return values


def _check_known(table: Iterable[Record], column: str, known: set[str]) -> None:
    for record in table:
        if record.data[column] and record.data[column] not in known:
            raise _error(record, column, "is in no table")


def _error(record: Record, column: str, message: str) -> InputError:
    row = record.locator.removeprefix("row=")
    return InputError(
        f"“{record.data[column]}” {message}",
        where=f"{record.capture.name} row {row} column {column}",
        hint="Each unit has one row, named by its land-agency code.",
    )
