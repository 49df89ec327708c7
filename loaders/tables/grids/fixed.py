"""Text whose columns have fixed widths, padded with spaces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from graph.core.errors import ConfigError
from loaders.pipeline.record import Capture
from loaders.tables.cells.addresses import LineAddress
from loaders.tables.cells.model import UNENDED, Cell, Dialect, Reason, Row, Sheet
from loaders.tables.grids import text

_MOST_COLUMNS = 1000


def sheets(capture: Capture, dialect: Dialect) -> Iterator[Sheet]:
    """The only table of the file."""
    yield Sheet("", rows(capture, dialect))


def rows(capture: Capture, dialect: Dialect) -> Iterator[Row]:
    """A row a line; what stands behind the last column belongs to it. Padding is no part of a cell,
    but of its place.

    Raises ConfigError without widths; InputError for bytes that are invalid in the encoding.
    """
    if not 0 < len(dialect.widths) <= _MOST_COLUMNS or min(dialect.widths) < 1:
        raise ConfigError("a table of fixed width needs the widths of its columns, in characters")
    start = 0
    with text.lines(capture, dialect.encoding) as lines:
        for number, line in enumerate(text.decoded(lines, capture, dialect.encoding), 1):
            row = _row(line, number, start, dialect.widths)
            yield row if line.endswith(("\r", "\n")) else _unended(row, line, dialect.widths)
            start += len(line)


def _unended(row: Row, line: str, widths: Sequence[int]) -> Row:
    """A last row whose line has no end: where it ends before the last column, it was cut."""
    if len(line) > sum(widths[:-1]) or not line.strip():
        return row._replace(remark=UNENDED)
    return row._replace(problem="the file ends within this row, so it was cut")


def _row(line: str, number: int, start: int, widths: Sequence[int]) -> Row:
    bare = line.rstrip("\r\n")
    ends = [*accumulate(widths[:-1], initial=0), max(sum(widths), len(bare))]
    address = LineAddress(start, tuple(after - before for before, after in pairwise(ends)))
    cells = [
        Cell(bare[before:after].strip(), None, number, column, address)
        for column, (before, after) in enumerate(pairwise(ends), 1)
    ]
    return Row(number, cells, address)


def detect(lines: Sequence[str]) -> Reason | None:
    """The widths of columns that are told apart by spaces in every line; None without any."""
    bare = [line.rstrip("\r\n") for line in lines if line.strip()]
    if len(bare) < 3 or any("\t" in line for line in bare):
        return None
    if sum("  " in line.strip() for line in bare) * 2 < len(bare):
        return None
    length = max(map(len, bare))
    blank = [all(at >= len(line) or line[at] == " " for line in bare) for at in range(length)]
    starts = [at for at in range(length) if not blank[at] and (at == 0 or blank[at - 1])]
    if len(starts) < 2:
        return None
    widths = [after - before for before, after in pairwise([0, *starts[1:], length])]
    why = f"{len(starts)} columns with spaces between them in all {len(bare)} lines"
    return Reason(",".join(map(str, widths)), why, False)
