"""Rows that are not what they look like.

In some somebody signs a table: «Хянасан: ахлах мэргэжилтэн Б.Болд». They name people, so they are
no rows of any table, whatever its description says.
"""

from __future__ import annotations

import re
from itertools import pairwise

from loaders.tables.cells.model import Row
from loaders.tables.values import fold, is_total

_WORDS = (
    r"хянасан|гүйцэтгэсэн|боловсруулсан|баталсан|зөвшөөрсөн|нэгтгэсэн|тайлан гаргасан|"
    r"prepared by|checked by|approved by|compiled by"
)
_SIGNED = re.compile(rf"(?i)\(?(?:{_WORDS})\b")
_NAME = re.compile(r"\b[А-ЯӨҮЁA-Z]\.\s?[А-ЯӨҮЁA-Z][\w-]{2,}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"[-+]?\d[\d\s.,]*")
_WRITTEN_NUMBER = re.compile(r"[(+\-−]?\d[\d.,'\s\u00a0\u202f]*(?:[eE][+-]?\d+)?%?\)?")


def texts_of(row: Row) -> list[str]:
    """The texts of a row without blank ones."""
    return [cell.text.strip() for cell in row.cells if not cell.blank]


def is_number(text: str) -> bool:
    """Whether a text looks like a number, in whatever way it is written."""
    return bool(_WRITTEN_NUMBER.fullmatch(text.strip()))


def is_signed(row: Row) -> bool:
    """Whether a row is a signature: such a word first, then a colon or a name, and no figures."""
    if row.cells and row.cells[0].text[:1].isdigit():  # as most registers begin: they have many
        return False
    texts = [cell.text for cell in row.cells if not cell.blank]
    if not texts or texts[0][:1].isdigit() or not _SIGNED.match(fold(texts[0]).strip()):
        return False
    if any(_NUMBER.fullmatch(text.strip()) for text in texts[1:3]):
        return False
    return ":" in texts[0] or any(_NAME.search(fold(text)) for text in texts)


def is_total_without_figure(row: Row) -> bool:
    """Whether a row has nothing but a word for a total behind its first column: no group is named
    there, its figure is missing."""
    texts = [cell.text for cell in row.cells if not cell.blank]
    return len(texts) == 1 and row.cells[0].blank and is_total(texts[0])


def has_years_as_figures(row: Row, above: Row) -> bool:
    """Whether numbers like 1900, 1950 and 2010 are figures, not the years of a head: the row has a
    label, and the heads above are all there and differ, or the years have no common step."""
    texts = [cell.text.strip() for cell in row.cells]
    years = sorted({int(text) for text in texts if _YEAR.fullmatch(text)})
    if not years or not texts[0] or _YEAR.fullmatch(texts[0]):
        return False
    heads = [cell.text.strip() for cell in above.cells]
    is_complete = all(heads) and len(set(heads)) == len(heads) >= len(texts)
    return is_complete or len({later - year for year, later in pairwise(years)}) > 1
