"""What each column of a table is likely to be, and why."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from graph.core.privacy import mask_personal_data, may_name_a_person
from loaders.formats.cubes.keys import key_of
from loaders.tables.guessing.known_places import place_names
from loaders.tables.guessing.model import GuessedColumn, TableColumn
from loaders.tables.guessing.period_columns import (
    ANY_YEAR,
    dates_column,
    is_period,
    period_column,
    serials_column,
    yearless_column,
)
from loaders.tables.mapping.places import plain
from loaders.tables.values import (
    cell_error,
    fitting_locales,
    fold,
    is_total,
)

_CODE = re.compile(r"(?i)код|дугаар|№|code|\bid\b|регистр")
_MOST_CODES = 40  # labels whose keys are written into the description
_ENOUGH = 0.6
_WIDEST = 40  # characters of an example
_NUMBERING = re.compile(r"(?i)№|#|д/д|д\.д\.?|no\.?|n")
_PERSON = re.compile(r"(?i)утас|phone|\btel|регистр|register|\bрд\b")
REGISTER_NUMBER = re.compile(r"(?i)регистр(?!лэ|ий\w* тоо)|\bregist(?:er|ration)\b|\bрд\b|\bттд\b")
_INITIAL = re.compile(r"[А-ЯӨҮЁA-Z][а-яөүёa-z]?\.\s?[А-ЯӨҮЁA-Z][\w-]{2,}")
_BODY = re.compile(r"\d{7}|\d{10,14}")
_REMARK = re.compile(r"(?i)тайлбар|тэмдэглэл|note|remark|comment")


def guess(column: TableColumn, above: GuessedColumn | None) -> GuessedColumn:
    """What a column is; `above` is a column of areas that contain its areas."""
    column = without_errors(column)
    rules = (_nothing, _lists, _figures, _personal, _named, _initialled, _register, *_VALUES)
    for rule in rules:
        if found := rule(column):
            return found
    return _area(column, above) or _remark(column) or _concept(column)


def without_errors(column: TableColumn) -> TableColumn:
    """The column without errors of spreadsheet programs, which are neither figures nor labels."""
    if not any(map(cell_error, column.texts)):
        return column
    return replace(column, texts=tuple("" if cell_error(one) else one for one in column.texts))


def _nothing(column: TableColumn) -> GuessedColumn | None:
    if column.filled:
        return None
    return GuessedColumn(column.name, {"role": "ignore"}, "nothing stands in it")


def _lists(column: TableColumn) -> GuessedColumn | None:
    """What JSON has in a row besides is no value."""
    if not all(text[0] in "[{" and text[-1] in "]}" for text in column.filled):
        return None
    why = "a list or an object in each row, which one value cannot hold"
    return GuessedColumn(column.name, {"role": "ignore"}, why)


def _remark(column: TableColumn) -> GuessedColumn | None:
    """Text that some rows have and others have not says more of a figure, not what it is about."""
    blank = sum(not text.strip() for text in column.texts)
    if not blank or (blank * 2 < len(column.texts) and not _REMARK.search(fold(column.name))):
        return None
    keys: dict[str, object] = {"role": "attribute", "key": key_of(fold(column.name)) or "remark"}
    return GuessedColumn(column.name, keys, f"blank in {blank} of {len(column.texts)} rows")


def _figures(column: TableColumn) -> GuessedColumn | None:
    """Numbers below a unit are figures, though they look like years, months or phone numbers."""
    return _measure(column) if column.unit and not _PERSON.search(fold(column.name)) else None


def _personal(column: TableColumn) -> GuessedColumn | None:
    """Register and phone numbers of people are never published."""
    hidden = [text for text in column.filled if mask_personal_data(text) != text]
    if len(hidden) * 2 < len(column.filled):
        return None
    why = "it looks like register numbers or phone numbers of people, which are not published"
    return GuessedColumn(column.name, {"role": "ignore"}, why)


def _initialled(column: TableColumn) -> GuessedColumn | None:
    """«Д.Сараа» is a person, whatever the head."""
    named = [text for text in column.filled if _INITIAL.fullmatch(fold(text))]
    if len(named) * 2 < len(column.filled):
        return None
    why = "it looks like names of persons, who are not published"
    return GuessedColumn(column.name, {"role": "ignore"}, why)


def _named(column: TableColumn) -> GuessedColumn | None:
    """Names of persons are never published either."""
    named = [text for text in column.filled if may_name_a_person(column.name, text)]
    if len(named) * 2 < len(column.filled):
        return None
    why = "by its head it names persons, who are not published"
    return GuessedColumn(column.name, {"role": "ignore"}, why)


def _register(column: TableColumn) -> GuessedColumn | None:
    """The register number of a body identifies it; it is no figure."""
    if not REGISTER_NUMBER.search(column.name) or not all(map(_BODY.fullmatch, column.filled)):
        return None
    keys: dict[str, object] = {"role": "attribute", "key": key_of(fold(column.name)) or "register"}
    return GuessedColumn(column.name, keys, "register numbers of bodies, which are no figures")


def _code(column: TableColumn) -> GuessedColumn | None:
    counted = column.filled == [str(number) for number in range(1, len(column.filled) + 1)]
    if counted or (_NUMBERING.fullmatch(column.name) and _are_counted(column.filled)):
        return GuessedColumn(column.name, {"role": "ignore"}, "it only numbers the rows")
    if not _CODE.search(column.name) or not any(text[0] == "0" for text in column.filled):
        return None
    keys: dict[str, object] = {"role": "attribute", "key": key_of(column.name) or "code"}
    return GuessedColumn(column.name, keys, "codes: their leading zeros belong to them")


def _are_counted(texts: Sequence[str]) -> bool:
    """Whether numbers only count, from 1 in each group."""
    if not all(text.isdecimal() for text in texts):
        return False
    numbers = [int(text) for text in texts]
    return all(b in {1, a + 1} for a, b in pairwise([0, *numbers]))


def _measure(column: TableColumn) -> GuessedColumn | None:
    fit = fitting_locales(column.filled)
    if not fit.numbers or fit.others > (1 - _ENOUGH) * (fit.numbers + fit.others):
        return None
    others = f", {fit.others} others, like {fit.example}" if fit.others else ""
    why = f"{fit.numbers} numbers{others}"
    return GuessedColumn(column.name, {"role": "measure"}, why, unit=column.unit)


_VALUES = (dates_column, serials_column, period_column, yearless_column, _code, _measure)


def _area(column: TableColumn, above: GuessedColumn | None) -> GuessedColumn | None:
    labels = [label for label in column.labels if not is_total(label)]
    levels = place_names()
    # beside a column of aimags stand soums, some of which have the name of an aimag
    for level in sorted(levels, reverse=bool(above)):
        names = levels[level]
        known = [label for label in labels if plain(fold(label)) in names]
        if labels and len(known) >= _ENOUGH * len(labels):
            keys: dict[str, object] = {"role": "dimension", "kind": "area", "level": level}
            unknown = [label for label in labels if label not in known]
            why = f"{len(known)} of {len(labels)} are names of {level}s"
            why += f"; not: {', '.join(unknown[:5])}" if unknown else ""
            if level == "soum" and above:
                keys["within"] = above.name
            return GuessedColumn(column.name, keys | _total(column), why)
    return None


def _total(column: TableColumn) -> dict[str, object]:
    found = [label for label in column.labels if is_total(label)]
    return {"total": found[0]} if found else {}


def _concept(column: TableColumn) -> GuessedColumn:
    labels = column.labels
    key = key_of(fold(column.name))[:30].rstrip("-") or "group"
    keys = {"role": "dimension", "key": key} | _total(column)
    codes = {label: key_of(fold(label)) for label in labels} if len(labels) <= _MOST_CODES else {}
    examples = ", ".join(textwrap.shorten(one, _WIDEST, placeholder="…") for one in labels[:3])
    why = f"{len(labels)} texts in {len(column.filled)} rows, like {examples}"
    return GuessedColumn(column.name, keys, why, codes=codes)


def head_kind(columns: Sequence[TableColumn]) -> str:
    """What heads of several columns are: `period`, `yearless` or `area` where each of them is one,
    else ``."""
    heads = [column.parts for column in columns]
    for kind, year in (("period", 0), ("yearless", ANY_YEAR)):
        if all(is_period(" ".join(parts), year) for parts in heads):
            return kind
    names = place_names()["aimag"]
    if all(plain(fold(" ".join(parts))) in names for parts in heads):
        return "area"
    return ""
