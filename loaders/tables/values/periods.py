"""Periods as agencies write them, as keys of `loaders.formats.cubes.periods`.

`2000-IV`, `2000 IV`, `IV 2000` and `2000-Q4` are `2000-Q4`; `2021.06` and `2021 оны 6-р сар` are
`2021-06`; `2022 оны 03 дугаар сараас 06 дугаар сар` is `2022-03--2022-06`. A sign for provisional
figures (`2024*`) is told apart. What may be two periods (`2021-2`) needs a declared kind.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from loaders.formats.cubes import periods as keys
from loaders.tables.values import period_forms
from loaders.tables.values.dates import date
from loaders.tables.values.letters import fold

KINDS = ("year", "quarter", "month", "week", "day", "interval")

_PROVISIONAL = re.compile(
    r"\s*(?:\*|\(\s*(?:p|prov\.?|provisional|урьдчилсан(?:\s+гүйцэтгэл)?)\s*\)"
    r"|\s(?:урьдчилсан(?:\s+гүйцэтгэл)?|provisional))\s*$",
    re.IGNORECASE,
)
_AFTER_YEAR = re.compile(r"^(\s*[12][0-9]{3}(?: он)?)\s?\*(?=\s?[-/ ])")  # “2024* / I”
_BASE = re.compile(r"\d{4}\s*=\s*100")
_YEAR_LAST = re.compile(r"[0-9]{1,2}([-./])[0-9]{1,2}\1[0-9]{2,4}")
_HEAD_WORD = re.compile(
    r"(?i)^(?:улирал|сар|он|хугацаа)[,:]? (?=\S+[ -])"
)  # «Улирал» above «I улирал»
_LONGEST = 100


class Period(NamedTuple):
    """A period: its key, its kind (one of KINDS), whether its figures are marked as provisional."""

    key: str
    kind: str
    provisional: bool = False


def period(text: str, kind: str = "", year: int = 0) -> Period:
    """The period that a text is.

    `kind`, one of KINDS, is what the column is declared to hold: it decides what would be two
    periods, and any other is refused. `year` completes a period that is written without one
    (`I.06`, the 6th of January).

    Raises ValueError for what is no period, is of another kind, or may be two.
    """
    bare, provisional = _without_mark(text)
    found = {one for one in readings(bare, year, bool(kind)) if kind in {"", one.kind}}
    if len(found) == 1:
        return found.pop()._replace(provisional=provisional)
    raise ValueError(_why(text, bare, found, kind))


def readings(text: str, year: int = 0, declared: bool = False) -> list[Period]:
    """All periods that a text may be; a mark for provisional figures is not looked at.

    `declared`: also those that it is only where the kind is declared.
    """
    bare = fold(unicodedata.normalize("NFKC", text[:_LONGEST]))
    found: dict[Period, None] = {}
    # a head of several rows, “2023 он / I улирал”, may be written like one of one row
    joined = bare.replace(" / ", " ")
    for written in dict.fromkeys((bare, joined, _HEAD_WORD.sub("", joined))):
        for form in period_forms.FORMS:
            if form.declared > declared:
                continue
            if match := form.pattern.fullmatch(written):
                key = form.key(match, year)
                if key and _exists(key):
                    found[Period(key, form.kind)] = None
    return list(found)


def _exists(key: str) -> bool:
    try:
        keys.days(key)
    except ValueError:  # week 54, the 31st of June, an end before its start
        return False
    return True


def _without_mark(text: str) -> tuple[str, bool]:
    bare = _PROVISIONAL.sub("", _AFTER_YEAR.sub(r"\1", text[:_LONGEST]))
    return bare, bare != text[:_LONGEST]


def _why(text: str, bare: str, found: set[Period], kind: str) -> str:
    shown = text.strip()[:60]
    if found:
        named = " or ".join(sorted(f"{one.kind} {one.key}" for one in found))
        return f"“{shown}” may be {named}: state the kind of the period"
    if _BASE.fullmatch(bare.strip()):
        return f"“{shown}” is the base of an index, not a period"
    if kind and (others := readings(bare)):
        return f"“{shown}” is a {others[0].kind}, not a {kind}"
    if maybe := readings(bare, declared=True):
        named = " or ".join(f"{one.kind} {one.key}" for one in maybe)
        return f"“{shown}” may be {named}: state the kind of the period"
    if readings(bare, 2000):
        return f"“{shown}” has no year: state which year it is of"
    return _why_no_date(bare, shown)


def _why_no_date(bare: str, shown: str) -> str:
    """A day with its year last has its own message: it needs a format."""
    try:
        date(bare)
    except ValueError as error:
        return str(error) if _YEAR_LAST.fullmatch(bare.strip()) else f"“{shown}” is not a period"
    return f"“{shown}” is not a period"
