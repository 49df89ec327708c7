"""The table of a cube as its page shows it: cells with their marks, links that turn and page it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from urllib.parse import quote, urlencode

from markupsafe import Markup, escape

from graph.queries import Pool
from server.cubes import figures
from server.cubes.cells import CubeCell
from server.cubes.kept_cells import kept_cells
from server.cubes.members import CubeCode
from server.cubes.structure import TIME, Dimension, last_part
from server.cubes.view import FIX, CubeView, chosen
from server.http.language import text
from server.http.urls import Urls
from server.pages.datasets.names import dimension_name, joined, told_apart
from server.pages.layout.units import name_in
from server.pages.layout.writing import with_values

_MOST_CHOICES = 80
_ROW_KINDS = {(True, False): "l0", (True, True): "l1", (False, True): "l2", (False, False): ""}
"""Whether a code has parts, and is one: its class in the style sheet."""
_STATUSES = {"M", "L", "A", "E", "P", "F", "B", "I", "N", "U", "D", "S", "H", "Q", "V", "G"}


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell: text, address, class of the style sheet, what is said of it (a title), and the
    language of that where it is not the reader's; the name of what it is a figure of, and its
    language likewise."""

    text: str
    href: str = ""
    kind: str = ""
    says: str = ""
    tag: str = ""
    name: str = ""
    name_tag: str = ""


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row: the name of its code, its language where it is not the reader's, its class in the
    style sheet (totals `l0`, `l1`, parts `l2`), its cells."""

    name: str
    tag: str
    kind: str
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class GridChoice:
    """A dimension whose code is chosen: the parameter, its name, codes as (key, name, language,
    chosen)."""

    name: str
    label: Markup
    codes: tuple[tuple[str, str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class PivotLink:
    """A way to turn the table: its text, and its address."""

    label: Markup
    href: str


@dataclass(frozen=True, slots=True)
class CubeGrid:
    """The table. `heads` are the columns as (name, language); `marks` say which legend it needs;
    `hidden` are the parameters that a form keeps; `is_over_time`: the last column is the newest."""

    corner: Markup
    heads: tuple[tuple[str, str], ...]
    rows: tuple[GridRow, ...]
    choices: tuple[GridChoice, ...]
    fixed: Markup
    pivots: tuple[PivotLink, ...]
    hidden: tuple[tuple[str, str], ...]
    marks: frozenset[str]
    shown_rows: int
    all_rows: int
    shown_columns: int
    all_columns: int
    row_page: tuple[int, int]
    column_page: tuple[int, int]
    row_href: Callable[[int], str]
    column_href: Callable[[int], str]
    query: str
    is_over_time: bool

    @property
    def has_foreign(self) -> bool:
        """Whether a row or column has no name in the reader's language."""
        return any(tag for _, tag in self.heads) or any(row.tag for row in self.rows)


def grid(pool: Pool, urls: Urls, shown: CubeView) -> CubeGrid:
    """The table of a view."""
    columns = shown.column_page.shown if shown.columns else ()
    across = (shown.columns, columns) if shown.columns else None
    found = kept_cells(
        pool, shown.cube, shown.measure, (shown.rows, shown.row_page.shown), across, shown.fixed
    )
    places = figures.decimals(cell.value for cell in found.values())
    totals = _totals(shown.rows.members)
    names = told_apart(shown.row_page.shown, shown.rows.members)
    rows = tuple(
        _row(
            urls,
            row,
            name,
            row.key in totals,
            [found.get((row.term, one.term)) for one in columns]
            if shown.columns
            else [found.get((row.term, None))],
            places,
        )
        for row, name in zip(shown.row_page.shown, names, strict=True)
    )
    return CubeGrid(
        corner=dimension_name(shown.rows),
        heads=tuple(_heads(shown, columns)) or ((text("value"), ""),),
        rows=rows,
        choices=tuple(_choice(one, code) for one, code in shown.fixed if len(one.members) > 1),
        fixed=joined((one, code) for one, code in shown.fixed if len(one.members) > 1),
        pivots=tuple(_pivots(shown)),
        hidden=tuple((k, v) for k, v in shown.parameters().items() if not k.startswith(FIX)),
        marks=frozenset(cell.kind for row in rows for cell in row.cells if cell.kind),
        shown_rows=len(rows),
        all_rows=len(shown.rows.members),
        shown_columns=max(len(columns), 1),
        all_columns=len(shown.columns.members) if shown.columns else 1,
        row_page=(shown.row_page.number, shown.row_page.pages),
        column_page=(shown.column_page.number, shown.column_page.pages),
        row_href=lambda n: _href(shown, {"page": str(n), **_columns_page(shown)}),
        column_href=lambda n: _href(shown, {"columns-page": str(n), **_row_page(shown)}),
        query=urlencode(shown.parameters()),
        is_over_time=shown.columns is not None and shown.columns.kind == TIME,
    )


def _heads(shown: CubeView, columns: Sequence[CubeCode]) -> list[tuple[str, str]]:
    return told_apart(columns, shown.columns.members if shown.columns else ())


def _row(
    urls: Urls,
    row: CubeCode,
    name: tuple[str, str],
    has_parts: bool,
    found: list[CubeCell | None],
    places: int,
) -> GridRow:
    return GridRow(
        *name,
        _ROW_KINDS[has_parts, row.level > 0],
        tuple(_cell(urls, one, places) for one in found),
    )


def _totals(members: Sequence[CubeCode]) -> set[str]:
    """The keys of the codes that have parts, which stand right behind them."""
    return {one.key for one, after in pairwise(members) if after.level > one.level}


def _cell(urls: Urls, cell: CubeCell | None, places: int) -> GridCell:
    if cell is None:
        return GridCell(figures.NO_FIGURE, kind="none", says=text("cell_absent"))
    name, tag = name_in(cell.names, "")
    return replace(_figure(urls, cell, places), name=name, name_tag=tag)


def _figure(urls: Urls, cell: CubeCell, places: int) -> GridCell:
    trace = f"/trace?of={quote(urls.href(cell.observation), safe='/:@~')}"
    notes = [f"{last_part(name)}: {value}" for name, value in cell.attributes.items()]
    if cell.value is None:
        status = f"status_{cell.status}" if cell.status in _STATUSES else "cell_absent"
        notes = [cell.text or text(status), *([f"“{cell.symbol}”"] if cell.symbol else []), *notes]
        return GridCell(cell.text or figures.NO_FIGURE, trace, "none", "; ".join(notes))
    figure = figures.written(cell.value, places)
    if warned := cell.warning:
        return GridCell(figure, urls.page(warned.iri), "warned", *name_in(warned.texts, ""))
    if cell.status in _STATUSES - {"A"}:
        notes.insert(0, text(f"status_{cell.status}"))
    # what a remark says would double the page: hundreds of cells have one, and the trace tells it
    return GridCell(figure, trace, "noted" if cell.findings else "", "; ".join(notes))


def choices_of_charts(
    dimensions: Iterable[Dimension], asked: Mapping[str, str]
) -> list[GridChoice]:
    """What can be chosen for the charts: a code of each dimension that changes them."""
    return [_choice(one, chosen(one, asked)) for one in dimensions]


def _choice(one: Dimension, code: CubeCode) -> GridChoice:
    near = one.members[:_MOST_CHOICES]
    listed = near if code in near else (code, *near)
    named = zip(listed, told_apart(listed, one.members), strict=True)
    codes = tuple((each.key, *name, each == code) for each, name in named)
    return GridChoice(FIX + one.key, dimension_name(one), codes)


def _pivots(shown: CubeView) -> list[PivotLink]:
    """Other ways to lay out the table: rows and columns exchanged, another dimension as either."""
    made = list[PivotLink]()
    if shown.columns is None:
        return made
    swapped = {"rows": shown.columns.key, "columns": shown.rows.key}
    made.append(PivotLink(escape(text("pivot_swap")), _href(shown, swapped)))
    for one, _ in shown.fixed:
        if len(one.members) == 1:
            continue
        for place, old in (("rows", shown.rows), ("columns", shown.columns)):
            label = with_values(text(f"pivot_{place}"), name=dimension_name(one))
            changed = {place: one.key, FIX + one.key: "", FIX + old.key: old.usual.key}
            made.append(PivotLink(label, _href(shown, changed)))
    return made


def _row_page(shown: CubeView) -> dict[str, str]:
    return {"page": str(shown.row_page.number)}


def _columns_page(shown: CubeView) -> dict[str, str]:
    return {"columns-page": str(shown.column_page.number)} if shown.columns else {}


def _href(shown: CubeView, changes: Mapping[str, str]) -> str:
    """The address of another view; it keeps the reader's language by cookie, as all links do."""
    return "?" + urlencode(shown.parameters(**changes)) + "#table"
