"""A file as it was looked at, and what its columns are likely to be, runs of them joined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from graph.core.errors import InputError
from loaders.formats.cubes.keys import key_of
from loaders.pipeline.record import Capture
from loaders.tables.description.columns import SECTION
from loaders.tables.grids import Guess, Row, Table, detect, sample, table
from loaders.tables.grids.heads import unique
from loaders.tables.guessing import places_above, things, years
from loaders.tables.guessing.columns import guess, head_kind
from loaders.tables.guessing.model import GuessedColumn, TableColumn
from loaders.tables.guessing.period_columns import ANY_YEAR, is_period
from loaders.tables.guessing.unit_columns import as_unit, join_to_labels, labels_of
from loaders.tables.mapping.years import of_title
from loaders.tables.values import fold, is_total
from loaders.tables.workbooks import NO_RESULT

LOOKED_AT = 5000  # rows
_LEAST = {"period": 2, "yearless": 2, "area": 3, "concept": 2}  # columns of a run
_YEARLESS = {"kind": "period", "year": "?"}


@dataclass(frozen=True, slots=True)
class GuessedTable:
    """A file with its form, the texts of its first rows, and its columns."""

    capture: Capture
    form: Guess
    title: str
    columns: list[GuessedColumn]
    heads: list[str]
    figures: list[str]
    """Texts of the columns with figures, to find out how numbers are written."""
    unit_texts: Mapping[str, int] = field(default_factory=dict)
    """Texts of a column of units, with the number of their rows."""
    above: Sequence[str] = ()
    """What stands above the table."""


def look_at(capture: Capture) -> GuessedTable:
    """What a file is.

    Raises InputError for a file without a visible table.
    """
    found = detect(capture)
    read = table(capture, found.dialect)
    rows, _ = sample(read.rows, LOOKED_AT)
    if not rows:
        raise InputError(
            "the table has no rows below its head",
            where=f"{capture.name} row {found.dialect.preamble + found.dialect.header}",
            hint="Check that the whole file came.",
        )
    _check_calculated(rows, capture)
    names = unique(read.heads)
    seen = [_column(read, at, rows, names[at]) for at in range(len(names))]
    columns = [*_sections(rows, len(found.dialect.sections))]
    columns += _guessed(seen, columns[-1] if columns else None)
    years.say_years(columns, seen, of_title(read))
    join_to_labels(columns, seen)
    above = [fold(cell.text) for row in read.preamble for cell in row.cells if not cell.blank]
    if not is_cube(columns) or things.is_register(columns, seen):
        columns = things.as_properties(columns, seen)
    else:
        told = (years.of_title(columns, above), places_above.around(columns, above))
        columns[:0] = next(([one] for one in told if one), [])
    return GuessedTable(
        capture,
        found,
        _title(read),
        _with_own_keys(columns),
        names,
        [text for column in seen for text in column.texts if _is_figure(column, columns)],
        labels_of(columns, seen),
        above,
    )


def _check_calculated(rows: Sequence[Row], capture: Capture) -> None:
    """Raise InputError for a workbook that no spreadsheet program has calculated."""
    cells = (cell for row in rows for cell in row.cells if cell.value == NO_RESULT)
    if first := next(cells, None):
        raise InputError(
            "a formula without its result: the file was written by a program that does not"
            " calculate",
            where=f"{capture.name}#{first.locator}",
            hint="Open it in a spreadsheet program, save it there, and take that file.",
        )


def is_cube(columns: Sequence[GuessedColumn]) -> bool:
    """Whether there are figures; otherwise each row is a thing."""
    return any(one.keys["role"] in {"measure", "?"} for one in columns)


def _column(read: Table, at: int, rows: Sequence[Row], name: str) -> TableColumn:
    typed = any(not isinstance(row.cells[at].value, str | None) for row in rows)
    return TableColumn(
        name,
        read.head_parts[at],
        tuple(row.cells[at].text for row in rows),
        typed,
    )


def _sections(rows: Sequence[Row], levels: int) -> Iterator[GuessedColumn]:
    """What section rows say, as columns of their own; they contain what stands below them."""
    for level in range(levels):
        name = SECTION if level == 0 else f"{SECTION}{level + 1}"
        texts = [cell.text for row in rows if (cell := row.sections[level])]
        found = guess(TableColumn(name, (name,), tuple(texts)), None)
        if found.keys.get("role") == "dimension" and found.keys.get("kind") == "area":
            found.keys = {**found.keys, "role": "context"}
        if found.keys.get("kind", "concept") == "concept":
            found.keys["key"] = "group"
            found.keys |= _total_above(rows, level)
        yield found


def _total_above(rows: Sequence[Row], level: int) -> dict[str, object]:
    """The label of a total that stands in no group: it is the total of the groups too."""
    outside = (row for row in rows if row.sections[level] is None)
    texts = (cell.text.strip() for row in outside for cell in row.cells[:2])
    return {"total": found} if (found := next(filter(is_total, texts), "")) else {}


def _guessed(seen: Sequence[TableColumn], above: GuessedColumn | None) -> list[GuessedColumn]:
    found: list[GuessedColumn] = []
    at = 0
    while at < len(seen):
        run, kind = _run(seen, at)
        if run > 1:
            found += _guessed_runs(seen[at : at + run], kind)
        else:
            found.append(as_unit(seen[at]) or guess(seen[at], above))
        if found[-1].keys.get("level") == "aimag":
            above = found[-1]
        at += run
    _make_context(found)
    _read_single_periods(found, seen)
    if any("heads" in one.keys for one in found):
        _ask_of_further_measures(found)
    return found


def _run(seen: Sequence[TableColumn], at: int) -> tuple[int, str]:
    """The longest run of columns from one on whose heads are of one kind, and the kind."""
    for kind, least in _LEAST.items():
        end = at
        while end < len(seen) and _belongs(seen, at, end, kind):
            end += 1
        if end - at >= least:
            return end - at, kind
    return 1, ""


def _belongs(seen: Sequence[TableColumn], first: int, at: int, kind: str) -> bool:
    column = seen[at]
    if kind == "concept":  # a period in one row of heads, something else in another
        depth = len(seen[first].parts)
        parts = (is_period(one) or is_period(one, ANY_YEAR) for one in column.parts)
        return len(column.parts) == depth > 1 and any(parts)
    return head_kind([column]) == kind


def _guessed_runs(run: Sequence[TableColumn], kind: str) -> Iterator[GuessedColumn]:
    """A run of columns; where units change in it, one for each part with one unit: a unit is said
    of a whole run."""
    heads: list[dict[str, object]] = [{"kind": kind}]
    if kind == "yearless":
        heads = [{**_YEARLESS}]
    if kind == "concept":
        heads = _heads_by_row(run)
    if kind == "area":
        heads = [{"kind": "area", "level": "aimag"}]
    whole = len({column.unit for column in run}) == 1
    grows = whole and any(one["kind"] == "period" for one in heads)
    for _, part in groupby(run, key=lambda column: column.unit):
        columns = list(part)
        keys: dict[str, object] = {"to": columns[-1].name} if len(columns) > 1 else {}
        keys |= {"role": "measure", "heads": heads, **({"grows": True} if grows else {})}
        count = "1 head" if len(columns) == 1 else f"{len(columns)} heads, each"
        why = f"{count} {_named(heads)}"
        yield GuessedColumn(columns[0].name, keys, why, unit=columns[0].unit)


def _heads_by_row(run: Sequence[TableColumn]) -> list[dict[str, object]]:
    """A dimension for each row of heads; one for two rows that are a period together."""
    heads: list[dict[str, object]] = []
    level, depth = 0, len(run[0].parts)
    while level < depth:
        years = [year for year in (0, ANY_YEAR) if _are_periods(run, level, 2, year)]
        rows = 2 if level + 1 < depth and years else 1
        if rows == 2:
            heads.append({**(_YEARLESS if years[0] else {"kind": "period"}), "rows": 2})
        elif _are_periods(run, level, 1):
            heads.append({"kind": "period"})
        elif _are_periods(run, level, 1, ANY_YEAR):
            heads.append({**_YEARLESS})
        else:
            heads.append({"kind": "concept", "key": f"head-{level + 1}"})
        level += rows
    return heads


def _are_periods(run: Sequence[TableColumn], level: int, rows: int, year: int = 0) -> bool:
    """Whether the texts of so many rows of heads are periods, in each column."""
    return all(is_period(" ".join(column.parts[level : level + rows]), year) for column in run)


def _named(heads: Sequence[Mapping[str, object]]) -> str:
    return " and ".join(f"a {one['kind']}" for one in heads)


def _read_single_periods(found: Sequence[GuessedColumn], seen: Sequence[TableColumn]) -> None:
    """Periods are the heads of all figures, though the columns do not stand side by side."""
    parts = {column.name: column for column in seen}
    measures = [one for one in found if one.keys.get("role") == "measure"]
    single = [one for one in measures if "heads" not in one.keys and one.name in parts]
    if single == measures and single and head_kind([parts[one.name] for one in single]) == "period":
        for one in single:
            one.keys["heads"] = [{"kind": "period"}]
            one.why += "; the head is a period"


def _make_context(found: Sequence[GuessedColumn]) -> None:
    """A column of aimags only says where the soums beside it are."""
    names = {one.keys.get("within") for one in found}
    for one in found:
        if one.name in names:
            one.keys["role"] = "context"
            one.why += "; the places in the next column are parts of them"


def _ask_of_further_measures(found: Sequence[GuessedColumn]) -> None:
    for one in found:
        if one.keys.get("role") == "measure" and "heads" not in one.keys:
            one.keys["role"] = "?"
            one.questions["role"] = (
                f"Is “{one.name}” a sum of the other columns? Then its role is “ignore”."
            )


def _with_own_keys(columns: list[GuessedColumn]) -> list[GuessedColumn]:
    """No two dimensions have one key."""
    taken: set[object] = set()
    for number, one in enumerate(columns, 1):
        if (key := one.keys.get("key")) in taken:
            one.keys["key"] = f"{key}-{number}"
        if key:
            taken.add(one.keys["key"])
    return columns


def _is_figure(column: TableColumn, columns: Sequence[GuessedColumn]) -> bool:
    if column.typed:
        return False
    own = next((one for one in columns if one.name == column.name), None)
    return own is None or own.keys.get("role") in {"measure", "?"}


def _title(read: Table) -> str:
    """The first text above the table."""
    for row in read.preamble:
        for cell in row.cells:
            if len(key_of(cell.text)) > 3:
                return fold(cell.text)
    return ""
