"""Columns of days and periods: dates are never guessed, only asked for, and so is a year."""

from __future__ import annotations

import re
from collections.abc import Sequence

from loaders.tables.guessing.model import GuessedColumn, TableColumn
from loaders.tables.values import fitting_kinds, fold, period
from loaders.tables.values.dates import SERIAL, date

_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")
ANY_YEAR = 2000  # a leap year
_FIRST = 20  # labels, of which one is no period where they are none
_DAY = re.compile(r"(?i)огноо|өдөр|\bdate\b|\bday\b")
_SERIAL = re.compile(r"[2-5]\d{4}")  # from 1954 to 2064
_PLAIN = re.compile(r"(\d{4})(?:\.\d+)?")
_LIKELY_YEARS = range(1900, 2101)


def serials_column(column: TableColumn) -> GuessedColumn | None:
    """Days that a workbook stores as numbers without saying so."""
    if not _DAY.search(fold(column.name)) or not all(_SERIAL.fullmatch(t) for t in column.filled):
        return None
    day = column.filled[0]
    question = (
        f"Is {day} the day {date(day, SERIAL)}, as spreadsheets count days? Then “{SERIAL}”;"
        " else the role is “measure” or “ignore”."
    )
    asked: dict[str, object] = {"role": "dimension", "kind": "period", "dates": "?"}
    return GuessedColumn(column.name, asked, "numbers below a head for days", {"dates": question})


def dates_column(column: TableColumn) -> GuessedColumn | None:
    """Dates are never guessed, only asked for."""
    if not all(_DATE.fullmatch(text.removesuffix(" 00:00:00")) for text in column.filled):
        return None
    if column.typed:
        keys: dict[str, object] = {"role": "dimension", "kind": "period", "period": "day"}
        return GuessedColumn(column.name, keys, "days, as the file stores them")
    question = f"How are dates of “{column.name}” written, like “{column.filled[0]}”? "
    question += _first_date(column.filled[0])
    asked: dict[str, object] = {"role": "dimension", "kind": "period", "dates": "?"}
    return GuessedColumn(column.name, asked, "dates", {"dates": question})


def _first_date(text: str) -> str:
    try:
        date(text)
    except ValueError as error:
        return str(error)
    sign = text[4]
    return f"“yyyy{sign}MM{sign}dd” if the year comes first, then the month"


def period_column(column: TableColumn) -> GuessedColumn | None:
    if fitting_kinds(column.labels[:_FIRST]).others:
        return None  # thousands of long texts need not all be tried
    fit = fitting_kinds(column.labels)
    if fit.others or not fit.kinds or _are_other_numbers(column.labels):
        return None  # also what only a year would make a period of: see _yearless
    keys: dict[str, object] = {"role": "dimension", "kind": "period"}
    if fit.ambiguous:
        question = f"Which period is “{column.filled[0]}”? One of {', '.join(fit.kinds)}."
        asked = {"period": question}
        return GuessedColumn(column.name, {**keys, "period": "?"}, "periods", asked)
    return GuessedColumn(column.name, keys, f"each is a {fit.kinds[0]}, like {column.filled[0]}")


def yearless_column(column: TableColumn) -> GuessedColumn | None:
    """Periods that are written without their year; a bare number is none."""
    first = column.labels[:_FIRST]  # thousands of long texts need not all be tried
    if not first or not all(is_period(one, ANY_YEAR) for one in first):
        return None
    if any(map(is_period, first)) or not all(is_period(one, ANY_YEAR) for one in column.labels):
        return None
    keys: dict[str, object] = {"role": "dimension", "kind": "period", "year": "?"}
    return GuessedColumn(column.name, keys, f"periods without a year, like {column.filled[0]}")


def _are_other_numbers(labels: Sequence[str]) -> bool:
    """Whether 1234.5 and 1500 are among them, which would be a month and a year long ago."""
    plain = [match for label in labels if (match := _PLAIN.fullmatch(label))]
    return any(int(match[1]) not in _LIKELY_YEARS for match in plain)


def is_period(text: str, year: int = 0) -> bool:
    """Whether a text is a period without further declaration, at most with that of a year."""
    try:
        period(text, "", year)
    except ValueError:
        return False
    return True
