"""Columns of tables with many rows: from the text of a cell to N-Triples, with no term between.

Most cells have a text that stands in the literal as it stands in the cell: one look at its letters
is enough. All others go through the converter of their column, and what the first of them became is
remembered, as codes and names of places recur.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

import pyoxigraph as ox

from vocab.terms import Object

_REMEMBERED = 5_000  # texts of a column: figures do not recur

_NO_ERROR = r"(?!#|(?i:err|ошибка):)"  # of a spreadsheet program, which a loader may refuse
_LETTERS = r"!#-\[\]-~\u0400-\u04ff«»“”–—№"  # N-Triples has none of them escaped


class PlainTexts(NamedTuple):
    """Texts that stand in a literal as they stand in a cell, with an example of them."""

    pattern: re.Pattern[str]
    example: str


# A property test compares these with the converters.
TEXTS = PlainTexts(re.compile(f"{_NO_ERROR}[{_LETTERS}](?:[{_LETTERS} ]*[{_LETTERS}])?"), "0")
INTEGERS = PlainTexts(re.compile(r"0|-?[1-9][0-9]{0,16}"), "0")
DECIMALS = PlainTexts(
    re.compile(r"-?(?:0|[1-9][0-9]{0,8})\.[0-9]{0,6}[1-9]|0|-?[1-9][0-9]{0,8}"), "0.5"
)
WHOLE_DECIMALS = PlainTexts(re.compile("0|-?[1-9][0-9]{0,8}"), "0")
DATES = PlainTexts(
    re.compile(r"[12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"), "2000-01-01"
)
YEARS = PlainTexts(re.compile(r"[12][0-9]{3}"), "2000")
NONE = PlainTexts(re.compile("(?!)"), "")


class WrittenColumn(dict[str, tuple[str, ...]]):
    """From the text of a cell to predicate and object of its statements, as N-Triples.

    `convert` must depend on nothing but the text; None is no statement. Looking up raises what it
    raises.
    """

    def __init__(
        self,
        predicate: ox.NamedNode,
        convert: Callable[[str], Object | Iterable[Object] | None],
        plain: PlainTexts = NONE,
    ) -> None:
        super().__init__()
        self._predicate = predicate
        self._convert = convert
        self._is_plain = plain.pattern.fullmatch
        self._before = self._behind = ""
        if plain is not NONE:
            (of_example,) = self.written(convert(plain.example))
            before, _, behind = of_example.partition(f'"{plain.example}"')
            self._before, self._behind = f'{before}"', f'"{behind}'

    def __missing__(self, text: str) -> tuple[str, ...]:
        if self._is_plain(text):
            made: tuple[str, ...] = (self._before + text + self._behind,)
        else:
            made = self.written(self._convert(text))
        if len(self) < _REMEMBERED:
            self[text] = made
        return made

    def written(self, terms: Object | Iterable[Object] | None) -> tuple[str, ...]:
        """Predicate and object for each term."""
        if isinstance(terms, _TERMS):
            terms = (terms,)
        return tuple(f"{self._predicate} {term}" for term in terms or ())


_TERMS = (ox.Literal, ox.NamedNode)
