"""The rows of a file: khoroos, years, works and stated sums.

2                                      a khoroo
№      Хийгдсэн ажил  Гүйцэтгэгч  Төсөв
2013                                   a year of it
1      Гэрэлтүүлэг    …           28,515,977.00
       Нийт                       718,789,316.00     the sum of the year, as stated
       БҮГД ДҮН                   1,615,176,856.00   the sum of the khoroo, as stated

Cells are separated by tabs, and lines end in CR. A sum without a number states none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from graph.core.errors import InputError
from loaders.pipeline.record import Capture, Record
from loaders.tables.cells.model import Row
from loaders.tables.grids import Dialect, read

# quotation marks are of the names of companies
DIALECT = Dialect(form="delimited", delimiter="\t", quote="", ragged=True)
_HEAD = "№"
_YEAR_SUM, _KHOROO_SUM = "Нийт", "БҮГД ДҮН"
_AMOUNT = re.compile(r"\d{1,3}(,\d{3})*(\.\d+)?")
NONE_STATED = ("", "-")


@dataclass(slots=True)
class _Position:
    """Where reading is: the khoroo and the year, and the groups of works so far."""

    khoroo: str = ""
    year: str = ""
    groups: dict[str, list[Record]] = field(default_factory=dict)


def records(capture: Capture, districts: Mapping[str, Any]) -> Iterator[Record]:
    """The records of a file. Raises InputError, as `local_fund.records` says."""
    if capture.name not in districts:
        raise InputError(
            "the district of this file is not known",
            where=capture.name,
            hint=f"Name it under [options.districts]: {', '.join(districts)} are there.",
        )
    district, position = districts[capture.name], _Position()
    for row in next(iter(read(capture, DIALECT))).rows:
        yield from _row(capture, row, district, position)
    for key, works in position.groups.items():
        yield Record(capture, _span(works), "group", {"group": key, "works": works})


def _row(
    capture: Capture, row: Row, district: Mapping[str, Any], position: _Position
) -> Iterator[Record]:
    cells = [cell.text.strip() for cell in row.cells] + [""] * 4
    number, title, amount = cells[0], cells[1], cells[3]
    lone = bool(number) and not any(cells[1:])
    if not any(cells) or number == _HEAD:
        return
    if lone and re.fullmatch(r"20\d\d", number):
        position.year = number
    elif lone and number in district["khoroos"]:
        position.khoroo, position.year = district["khoroos"][number], ""
        data = {"code": position.khoroo, "number": number, "district": district}
        yield Record(capture, row.locator, "khoroo", data, critical=True)
    elif number.isdecimal() and title and position.year:
        yield _work(capture, row, position, number, title, _amount(capture, row, amount))
    elif not number and title in (_YEAR_SUM, _KHOROO_SUM) and position.khoroo:
        key = position.khoroo + (f"-{position.year}" if title == _YEAR_SUM else "")
        if amount not in NONE_STATED:
            data = {"group": key, "amount": _amount(capture, row, amount)}
            yield Record(capture, row.locator, "stated", data)
    else:
        raise _unknown(capture, row, "this row is no khoroo, year, work or sum")


def _work(
    capture: Capture, row: Row, position: _Position, number: str, title: str, amount: str
) -> Record:
    data = {
        "khoroo": position.khoroo,
        "year": position.year,
        "number": number,
        "title": title,
        "amount": amount,
    }
    record = Record(capture, row.locator, "work", data)
    for key in (f"{position.khoroo}-{position.year}", position.khoroo):
        position.groups.setdefault(key, []).append(record)
    return record


def _amount(capture: Capture, row: Row, text: str) -> str:
    """The text of an amount. Raises InputError for what is neither one nor a sign for none."""
    if text not in NONE_STATED and not _AMOUNT.fullmatch(text):
        raise _unknown(capture, row, f"“{text}” is not an amount like 1,234.00")
    return text


def _unknown(capture: Capture, row: Row, message: str) -> InputError:
    hint = "The forms of rows are at the top of loaders/systems/local_fund/rows.py."
    return InputError(message, where=f"{capture.name} row {row.number}", hint=hint)


def _span(works: list[Record]) -> str:
    first, last = (one.locator.removeprefix("row=") for one in (works[0], works[-1]))
    return f"row={first}-{last}" if first != last else f"row={first}"


def total(works: list[Record]) -> Decimal:
    """The sum of the amounts that are stated."""
    amounts = (one.data["amount"] for one in works)
    return sum((Decimal(a.replace(",", "")) for a in amounts if a not in NONE_STATED), Decimal())
