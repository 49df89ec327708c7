"""What each column of a table is likely to be, and why."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from graph.core.privacy import mask_personal_data, may_name_a_person
from loaders.formats.cubes.keys import key_of
from loaders.tables.guessing.known_places import place_names
from loaders.tables.mapping.places import plain
from loaders.tables.values import (
    Unit,
    fitting_kinds,
    fitting_locales,
    fold,
    is_total,
    missing,
    period,
    split_head,
    unit,
)
from loaders.tables.values.dates import SERIAL, date

_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")
_CODE = re.compile(r"(?i)код|дугаар|№|code|\bid\b|регистр")
_FIRST = 20  # labels, of which one is no period where they are none
_MOST_CODES = 40  # labels whose keys are written into the description
_ENOUGH = 0.6
_WIDEST = 40  # characters of an example
_DAY = re.compile(r"(?i)огноо|өдөр|\bdate\b|\bday\b")
_SERIAL = re.compile(r"[2-5]\d{4}")  # from 1954 to 2064
_NUMBERING = re.compile(r"(?i)№|#|д/д|д\.д\.?|no\.?|n")
_PERSON = re.compile(r"(?i)утас|phone|\btel|регистр|register|\bрд\b")
REGISTER_NUMBER = re.compile(r"(?i)регистр(?!лэ|ий\w* тоо)|\bregist(?:er|ration)\b|\bрд\b|\bттд\b")
_BODY = re.compile(r"\d{7}|\d{10,14}")
_PLAIN = re.compile(r"(\d{4})(?:\.\d+)?")
_LIKELY_YEARS = range(1900, 2101)
_REMARK = re.compile(r"(?i)тайлбар|тэмдэглэл|note|remark|comment")


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column as it was read: the parts of its head, its texts; `typed` in a workbook or JSON."""

    name: str
    parts: tuple[str, ...]
    texts: tuple[str, ...]
    typed: bool = False

    @property
    def filled(self) -> list[str]:
        """Its texts that are no missing marks."""
        return [" ".join(text.split()) for text in self.texts if not missing(text)]

    @property
    def labels(self) -> list[str]:
        """Each of them once."""
        return list(dict.fromkeys(self.filled))

    @property
    def unit(self) -> Unit | None:
        """The unit that its head says: “Үнэ, сая төгрөг”, or “хүн” in the lowest of its rows."""
        lowest = unit(self.parts[-1]) if len(self.parts) > 1 else None
        said = (split_head(part)[1] for part in reversed(self.parts))
        return lowest or next(filter(None, said), None)


@dataclass(slots=True)
class GuessedColumn:
    """The keys of a column's description with the reason for them; `questions`, and the reasons of
    single keys, by key. `unit` is what the head says of figures."""

    name: str
    keys: dict[str, object]
    why: str
    questions: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    unit: Unit | None = None


def guess(column: TableColumn, above: GuessedColumn | None) -> GuessedColumn:
    """What a column is; `above` is a column of areas that contain its areas."""
    rules = (_nothing, _lists, _figures, _personal, _named, _register, *_VALUES)
    for rule in rules:
        if found := rule(column):
            return found
    return _area(column, above) or _remark(column) or _concept(column)


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


def _serials(column: TableColumn) -> GuessedColumn | None:
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


def _dates(column: TableColumn) -> GuessedColumn | None:
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


def _period(column: TableColumn) -> GuessedColumn | None:
    if fitting_kinds(column.labels[:_FIRST]).others:
        return None  # thousands of long texts need not all be tried
    fit = fitting_kinds(column.labels)
    if fit.others or not fit.kinds or _are_other_numbers(column.labels):
        return None
    keys: dict[str, object] = {"role": "dimension", "kind": "period"}
    if fit.ambiguous:
        question = f"Which period is “{column.filled[0]}”? One of {', '.join(fit.kinds)}."
        asked = {"period": question}
        return GuessedColumn(column.name, {**keys, "period": "?"}, "periods", asked)
    return GuessedColumn(column.name, keys, f"each is a {fit.kinds[0]}, like {column.filled[0]}")


def _are_other_numbers(labels: Sequence[str]) -> bool:
    """Whether 1234.5 and 1500 are among them, which would be a month and a year long ago."""
    plain = [match for label in labels if (match := _PLAIN.fullmatch(label))]
    return any(int(match[1]) not in _LIKELY_YEARS for match in plain)


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


_VALUES = (_dates, _serials, _period, _code, _measure)


def _area(column: TableColumn, above: GuessedColumn | None) -> GuessedColumn | None:
    labels = [label for label in column.labels if not is_total(label)]
    for level, names in place_names().items():
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
    """What heads of several columns are: `period` or `area` where each of them is one, else ``."""
    heads = [column.parts for column in columns]
    if all(is_period(" ".join(parts)) for parts in heads):
        return "period"
    names = place_names()["aimag"]
    if all(plain(fold(" ".join(parts))) in names for parts in heads):
        return "area"
    return ""


def is_period(text: str) -> bool:
    """Whether a text is a period without further declaration."""
    try:
        period(text)
    except ValueError:
        return False
    return True
