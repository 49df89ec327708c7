"""Numbers as agencies write them, by declared locale, as exact decimals.

A locale is named by an example: `1,234.5`, `1 234,5`. A separator of thousands may be left out, but
where it stands, it stands between groups of three digits: in “12,34” a comma is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from loaders.tables.values.missing import missing

_SPACES = " \u00a0\u202f\u2009"  # also those at which lines do not break
_MOST_DIGITS = 200
_MINUS = str.maketrans("−–", "--")
_MOST_EXAMPLES = 500


class _Locale(NamedTuple):
    """How numbers are written: their pattern, the separators to drop, the decimal sign."""

    pattern: re.Pattern[str]
    drop: str
    point: str


def _locale(groups: str, point: str) -> _Locale:
    whole = r"\d+"
    if groups:
        whole = rf"(?:\d+|\d{{1,3}}(?P<by>[{re.escape(groups)}])\d{{3}}(?:(?P=by)\d{{3}})*)"
    fraction = rf"(?:{re.escape(point)}\d*)?"
    text = rf"[+-]?(?:{whole}{fraction}|{re.escape(point)}\d+)(?:[eE][+-]?\d{{1,3}})?"
    return _Locale(re.compile(text, re.ASCII), groups, point)


LOCALES: Mapping[str, _Locale] = {
    "1,234.5": _locale(",", "."),
    "1 234,5": _locale(_SPACES, ","),
    "1 234.5": _locale(_SPACES, "."),
    "1.234,5": _locale(".", ","),
    "1'234.5": _locale("'’", "."),
    "1234.5": _locale("", "."),
    "1234,5": _locale("", ","),
}


def number(text: str, locale: str, *, parentheses: bool = False) -> Decimal:
    """The number that a text is in a locale, all its digits kept: “1,234.50” is 1234.50.

    `parentheses`: “(12)” is -12, as accountants write it. Raises ValueError for what is no number
    in the locale, KeyError for a locale that is none of LOCALES.
    """
    bare = text.strip().translate(_MINUS)
    if parentheses and bare.startswith("(") and bare.endswith(")"):
        return number(bare[1:-1], locale).copy_negate()  # minus would round to 28 digits
    found = LOCALES[locale]
    if len(bare) > _MOST_DIGITS or not found.pattern.fullmatch(bare):
        raise ValueError(f"“{_shown(text)}” is not a number like {locale}")
    for separator in found.drop:
        bare = bare.replace(separator, "")
    return Decimal(bare.replace(found.point, "."))


def _shown(text: str) -> str:
    return text.strip() if len(text) <= 60 else f"{text.strip()[:60]}…"


class LocaleFit(NamedTuple):
    """Which locales fit the texts of a column.

    `locales` fit all that are no missing marks, the first of LOCALES first. `ambiguous` is a text
    that is another number in another one of them, empty where they all mean the same. `numbers` is
    how many texts there were, `others` how many are a number in no locale, `example` the first.
    """

    locales: tuple[str, ...]
    ambiguous: str
    numbers: int
    others: int
    example: str


def fitting_locales(texts: Iterable[str]) -> LocaleFit:
    """The locales that could be declared for a column."""
    fitting, examples = set(LOCALES), list[str]()
    numbers = others = 0
    example = ""
    for text in texts:
        if missing(text):
            continue
        readings = _readings(text)
        if not readings:
            others += 1
            example = example or _shown(text)
            continue
        numbers += 1
        fitting &= set(readings)
        if len(set(readings.values())) > 1 and len(examples) < _MOST_EXAMPLES:
            examples.append(text)
    found = tuple(name for name in LOCALES if name in fitting and numbers)
    return LocaleFit(found, _ambiguous(examples, found), numbers, others, example)


def _readings(text: str) -> dict[str, Decimal]:
    """The number that a text is in each locale that fits it."""
    found = {}
    for name in LOCALES:
        try:
            found[name] = number(text, name)
        except ValueError:
            continue
    return found


def _ambiguous(texts: Iterable[str], locales: Iterable[str]) -> str:
    for text in texts:
        if len({number(text, name) for name in locales}) > 1:
            return text.strip()
    return ""
