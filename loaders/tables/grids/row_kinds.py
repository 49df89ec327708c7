"""Rows that are not what they look like.

In some somebody signs a table: «Хянасан: ахлах мэргэжилтэн Б.Болд». They name people, so they are
no rows of any table, whatever its description says.
"""

from __future__ import annotations

import re

from loaders.tables.cells.model import Row
from loaders.tables.values import fold, is_total

_WORDS = (
    r"хянасан|гүйцэтгэсэн|боловсруулсан|баталсан|зөвшөөрсөн|нэгтгэсэн|тайлан гаргасан|"
    r"prepared by|checked by|approved by|compiled by"
)
_SIGNED = re.compile(rf"(?i)\(?(?:{_WORDS})\b")
_NAME = re.compile(r"\b[А-ЯӨҮЁA-Z]\.\s?[А-ЯӨҮЁA-Z][\w-]{2,}")
_NUMBER = re.compile(r"[-+]?\d[\d\s.,]*")


def is_signed(row: Row) -> bool:
    """Whether a row is a signature: such a word first, then a colon or a name, and no figures."""
    first = next((cell.text for cell in row.cells if not cell.blank), "")
    if first[:1].isdigit():  # as the rows of most registers begin: there are many of them
        return False
    texts = [cell.text for cell in row.cells if not cell.blank]
    if not texts or not _SIGNED.match(fold(texts[0]).strip()):
        return False
    if any(_NUMBER.fullmatch(text.strip()) for text in texts[1:3]):
        return False
    return ":" in texts[0] or any(_NAME.search(fold(text)) for text in texts)


def is_total_without_figure(row: Row) -> bool:
    """Whether a row has nothing but a word for a total behind its first column: no group is named
    there, its figure is missing."""
    texts = [cell.text for cell in row.cells if not cell.blank]
    return len(texts) == 1 and row.cells[0].blank and is_total(texts[0])
