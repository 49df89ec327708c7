"""Heads of tables: several rows, in which an upper cell stands above several columns, as one name a
column."""

from __future__ import annotations

from collections.abc import Sequence

from loaders.tables.cells.model import Cell, MergedRange, Row
from loaders.tables.values import fold

SEPARATOR = " / "


def parts(rows: Sequence[Row], merged: Sequence[MergedRange] = ()) -> list[tuple[str, ...]]:
    """For each column the parts of its head from top to bottom, each once, without blank ones.

    Merged ranges say which columns an upper cell stands above. Where a file has none of them in the
    head, it stands above the blank cells to its right, as far as no other head begins above them.
    """
    width = max((_filled_width(row) for row in rows), default=0)
    grid = [[_clean(row, at) for at in range(width)] for row in rows]
    if not _spread_merged(grid, rows, merged):
        _spread_blank(grid)
    return [_distinct(column) for column in zip(*grid, strict=True)] if grid else []


def name(head: Sequence[str]) -> str:
    """The name of a column, `2020 / I`; empty where its head is blank."""
    return SEPARATOR.join(head)


def folded(head: str) -> str:
    """A head without differences that mean nothing: white space, letters of another alphabet that
    look the same, the sign of provisional figures, which goes when they are final."""
    return fold(head).rstrip("* ")


def unique(heads: Sequence[str]) -> list[str]:
    """The heads as a description names them: a blank one is `#3`, a second one with the name of
    another `Нэр #3`, by the number of the column."""
    seen: set[str] = set()
    names: list[str] = []
    for number, head in enumerate(map(folded, heads), 1):
        names.append(head if head and head not in seen else f"{head} #{number}".strip())
        seen.add(head)
    return names


def lowest(rows: Sequence[Row], width: int) -> list[Cell]:
    """The lowest cell of each head in which something stands, else that of the last row."""
    return [_lowest(rows, at) for at in range(width)]


def _lowest(rows: Sequence[Row], at: int) -> Cell:
    for row in reversed(rows):
        if at < len(row.cells) and not row.cells[at].blank:
            return row.cells[at]
    return Cell("", None, rows[-1].number, at + 1, rows[-1].address)


def _filled_width(row: Row) -> int:
    """The number of cells up to the last that is not blank."""
    return max((cell.column for cell in row.cells if not cell.blank), default=0)


def _clean(row: Row, at: int) -> str:
    return " ".join(row.cells[at].text.split()) if at < len(row.cells) else ""


def _spread_merged(
    grid: list[list[str]], rows: Sequence[Row], merged: Sequence[MergedRange]
) -> bool:
    """Write the text of merged ranges into all their cells; whether there were any in the head."""
    places = {row.number: at for at, row in enumerate(rows)}
    inside = [one for one in merged if one.top in places]
    for one in inside:
        text = grid[places[one.top]][one.left - 1] if one.left <= len(grid[0]) else ""
        for number in range(one.top, min(one.bottom, rows[-1].number) + 1):
            for at in range(one.left - 1, min(one.right, len(grid[0]))):
                grid[places[number]][at] = text
    return bool(inside)


def _spread_blank(grid: list[list[str]]) -> None:
    """Continue texts to the right over blank cells that have a head below, and none above of their
    own."""
    begins: set[int] = set()
    for level, row in enumerate(grid[:-1]):
        own = {at for at, text in enumerate(row) if text}
        for at in range(1, len(row)):
            below = any(lower[at] for lower in grid[level + 1 :])
            if not row[at] and below and at not in begins:
                row[at] = row[at - 1]
        begins |= own


def _distinct(column: Sequence[str]) -> tuple[str, ...]:
    """The parts of one head: a cell merged from top to bottom is one part."""
    filled = [text for text in column if text]
    return tuple(text for at, text in enumerate(filled) if at == 0 or text != filled[at - 1])
