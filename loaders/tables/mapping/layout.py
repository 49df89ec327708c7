"""Where the dimensions and measures of a described table stand in one file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

from graph.core.errors import ConfigError, InputError
from loaders.pipeline.record import Capture
from loaders.tables.description.columns import (
    OUTSIDE,
    TITLE,
    ColumnDescription,
    HeadDimension,
    section_level,
)
from loaders.tables.description.options import TableOptions
from loaders.tables.grids import Cell, Row, Table, has_named_members, table
from loaders.tables.grids.heads import folded, unique
from loaders.tables.mapping import drift, years
from loaders.tables.values import fold, period

SEPARATOR = " / "
_ANY_YEAR = 2000  # a leap year


@dataclass(frozen=True, slots=True)
class MeasureColumn:
    """A column with figures; `labels` has the label of each dimension that its head says."""

    column: ColumnDescription
    position: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A file with its table, and the columns where they stand.

    `repeated` are levels of groups whose groups may be missing: then that around them is its own
    only part.
    """

    capture: Capture
    table: Table
    positions: dict[str, int]
    measures: tuple[MeasureColumn, ...]
    title_year: int = 0
    repeated: frozenset[int] = frozenset()

    @property
    def head_locator(self) -> str:
        """The place of the head."""
        cell = self.table.head_cells[0]
        return cell.address.row(cell.row)

    def cell(self, row: Row, column: ColumnDescription) -> Cell | None:
        """The cell of a column in a row: of a section, what the section says; None without one."""
        if (position := self.positions.get(column.name)) is not None:
            return row.cells[position]  # asked first: most columns are those of the file
        if (level := section_level(column)) is not None:
            return self._group(row, level)
        text = _outside(self.capture, self.table, column)
        return self.table.head_cells[0]._replace(text=text)

    def _group(self, row: Row, level: int) -> Cell | None:
        found = row.sections[level] if level < len(row.sections) else None
        if found is None and level in self.repeated:
            return self._group(row, level - 1)
        return found

    def joined(self, row: Row, column: ColumnDescription) -> Iterator[Cell]:
        """The further cells of a row whose texts belong to the label of a column."""
        yield from (row.cells[self.positions[name]] for name in column.join)


def layout(capture: Capture, options: TableOptions) -> Layout:
    """Where everything stands in a file.

    Raises InputError for a file that is not as the description says: no such sheet, other columns.
    """
    found = table(capture, options.file.dialect())
    described = [
        one for one in options.columns if section_level(one) is None and one.name not in OUTSIDE
    ]
    places = drift.placed(
        described,
        found.heads,
        _CanGrow(found.head_parts),
        _where(capture, found),
        ordered=not has_named_members(capture, options.file.dialect()),
    )
    _check_filled(options, found)
    positions = {place.column.name: place.first for place in places}
    for column in options.columns:
        if absent := [name for name in column.join if name not in positions]:
            message = f"“{absent[0]}”, which “{column.name}” joins, is no column of the description"
            raise ConfigError(message, where="[[options.columns]] join")
    return Layout(
        capture,
        found,
        positions,
        tuple(_measures(places, found)),
        years.needed_of_title(found, capture.name) if _asks_title(options) else 0,
        frozenset(_repeated(options)),
    )


def _repeated(options: TableOptions) -> Iterator[int]:
    """Levels of concepts within concepts, unless their total says what no group means."""
    columns = {section_level(one): one for one in options.columns}
    for level, column in columns.items():
        above = columns.get(level - 1) if level else None
        if level and above and above.kind == column.kind == "concept" and not column.total:
            yield level


def _check_filled(options: TableOptions, found: Table) -> None:
    heads = unique(found.heads)
    for name in options.file.fill_down:
        if folded(name) not in heads:
            near = get_close_matches(folded(name), heads, 1)
            raise ConfigError(
                f"“{name}”, in which blanks repeat the cell above, is no column of the file",
                where="[options.file] fill_down",
                hint=f"Did you mean “{near[0]}”?" if near else f"The columns: {', '.join(heads)}.",
            )


def _asks_title(options: TableOptions) -> bool:
    heads = [head.year for column in options.columns for head in column.heads]
    return TITLE in {*heads, *(column.year for column in options.columns)}


def _where(capture: Capture, found: Table) -> str:
    return f"{capture.name} sheet “{found.name}”" if found.name else capture.name


def _outside(capture: Capture, found: Table, column: ColumnDescription) -> str:
    """What the name of a file, or what stands above its table, says by the pattern of a column."""
    place, text = "the name of the file", capture.name
    if column.name == TITLE:
        place, text = "what stands above the table", years.above(found)
    match = re.search(column.pattern, text) or re.search(column.pattern, fold(text))
    if match is None:
        raise InputError(
            f"{place} has nothing that “{column.pattern}” finds",
            where=capture.name,
            hint=f"See whether this is the right file, or correct “pattern” of “{column.name}”.",
        )
    return match[1] if match.re.groups else match[0]


class _CanGrow:
    """Whether the head at a position can be one more of a run: a period, never another place."""

    def __init__(self, parts: Sequence[Sequence[str]]) -> None:
        self._parts = parts

    def __call__(self, column: ColumnDescription, position: int) -> bool:
        labels = labels_of(column.heads, self._parts[position])
        return labels is not None and all(
            _is_period(label, dimension)
            for dimension, label in zip(column.heads, labels, strict=True)
            if dimension.kind == "period"
        )


def _is_period(text: str, dimension: HeadDimension) -> bool:
    try:
        period(text, dimension.period, _ANY_YEAR if dimension.year else 0)
    except ValueError:
        return False
    return True


def labels_of(dimensions: Sequence[HeadDimension], parts: Sequence[str]) -> tuple[str, ...] | None:
    """The label of each dimension in the parts of a head; None where their numbers differ."""
    counts = [len(parts)] if len(dimensions) == 1 else [one.rows for one in dimensions]
    if sum(counts) != len(parts):
        return None
    left = iter(parts)
    return tuple(
        (" " if one.kind == "period" else SEPARATOR).join(islice(left, count))
        for one, count in zip(dimensions, counts, strict=True)
    )  # «2020» above «I улирал» is one period


def _measures(places: Sequence[drift.PlacedColumn], found: Table) -> Iterator[MeasureColumn]:
    for place in places:
        if place.column.role != "measure":
            continue
        for position in range(place.first, place.last + 1):
            yield MeasureColumn(place.column, position, _labels(place.column, position, found))


def _labels(column: ColumnDescription, position: int, found: Table) -> tuple[str, ...]:
    if not column.heads:
        return ()
    labels = labels_of(column.heads, found.head_parts[position])
    if labels is None:
        raise InputError(
            f"the head “{found.heads[position]}” has {len(found.head_parts[position])} parts, and"
            f" “heads” of “{column.name}” describes {len(column.heads)}",
            where=found.head_cells[position].locator,
            hint="Describe one dimension for each row of heads, or one for all of them.",
        )
    return labels
