"""Which part of a cube a table shows: two dimensions as rows and columns, one code of each other.

All of it stands in the address: `rows` and `columns` name dimensions, `fix.{dimension}` a code,
`page` and `columns-page` which rows and columns, `measure` which measure where there are several.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.cubes.members import CubeCode
from server.cubes.structure import AREA, CODE, TIME, CubeStructure, Dimension, last_part
from server.http.problem_details import HttpProblem

ROWS_AT_ONCE, COLUMNS_AT_ONCE = 12, 8  # a page with its links stays below 60 kB
FIX = "fix."


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Some codes of a dimension: the page (from 1), and how many pages there are."""

    shown: tuple[CubeCode, ...]
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class CubeView:
    """The part of a cube that a table shows. `columns` is None where a cube has one dimension only;
    `fixed` has the code of every dimension that is neither."""

    cube: CubeStructure
    measure: str
    rows: Dimension
    columns: Dimension | None
    fixed: tuple[tuple[Dimension, CubeCode], ...]
    row_page: MemberPage
    column_page: MemberPage

    def parameters(self, **changes: str) -> dict[str, str]:
        """What stands in the address of this view, with some changes: an empty value leaves one
        out. A change of `rows` or `columns` begins with the first page."""
        given = {
            "rows": self.rows.key,
            "columns": self.columns.key if self.columns else "",
            **{FIX + dimension.key: member.key for dimension, member in self.fixed},
            "measure": last_part(self.measure) if len(self.cube.measures) > 1 else "",
        }
        return {key: value for key, value in {**given, **changes}.items() if value}


def view(cube: CubeStructure, asked: Mapping[str, str]) -> CubeView:
    """The view that an address asks for; what it does not say is chosen.

    Raises HttpProblem (400) for a dimension, code or page that the cube does not have.
    """
    rows, columns = _axes(cube, asked)
    fixed = tuple(
        (one, chosen(one, asked)) for one in cube.dimensions if one not in (rows, columns)
    )
    return CubeView(
        cube=cube,
        measure=_measure(cube, asked),
        rows=rows,
        columns=columns,
        fixed=fixed,
        row_page=_page(rows.members, ROWS_AT_ONCE, _number(asked, "page"), rows.kind == TIME),
        column_page=_columns_page(columns, asked),
    )


def _axes(cube: CubeStructure, asked: Mapping[str, str]) -> tuple[Dimension, Dimension | None]:
    """The dimensions of rows and columns. Unless the address says otherwise, time makes the
    columns, where there are several periods and something to compare in them."""
    as_rows = _as_rows_of_things if cube.names_each else _as_rows
    named = {name: _dimension(cube, asked[name]) for name in ("rows", "columns") if asked.get(name)}
    free = [one for one in cube.dimensions if one not in named.values()]
    rows, columns = named.get("rows"), named.get("columns")
    if columns is None and (rows is not None or sum(map(_varies, free)) > 1):
        columns = next((one for one in free if one.kind == TIME and _varies(one)), None)
    if rows is None:
        left = [one for one in free if one is not columns]
        rows = min(left, key=as_rows) if left else cube.dimensions[0]
    if columns is None:
        left = [one for one in free if one is not rows]
        columns = min(left, key=_as_columns) if left else None
    if rows == columns:
        if len(cube.dimensions) > 1:
            raise HttpProblem(
                400,
                f"“{rows.key}” cannot be both rows and columns",
                detail_mn=f"“{rows.key}” мөр, багана хоёулаа байж болохгүй",
            )
        columns = None
    return rows, columns


def _varies(one: Dimension) -> bool:
    return len(one.members) > 1


def _as_rows(one: Dimension) -> tuple[bool, bool, int]:
    """Areas make the rows, else the dimension with most codes."""
    return not _varies(one), one.kind != AREA, -len(one.members)


def _as_rows_of_things(one: Dimension) -> tuple[bool, bool, int]:
    """Where each figure is of a thing of its own, their numbers make the rows: what a place has
    stands on one page, and not the first thing of every place."""
    return not _varies(one), one.kind != CODE, -len(one.members)


def _as_columns(one: Dimension) -> tuple[bool, bool, int]:
    """Where time does not, the shortest dimension makes the columns."""
    return not _varies(one), one.kind != TIME, len(one.members)


def _dimension(cube: CubeStructure, key: str) -> Dimension:
    found = cube.dimension(key)
    if found is None:
        known = ", ".join(one.key for one in cube.dimensions)
        raise HttpProblem(
            400,
            f"the table has no dimension “{key}”",
            hint=f"Its are: {known}.",
            detail_mn=f"хүснэгтэд “{key}” хэмжээс алга",
            hint_mn=f"Байгаа нь: {known}.",
        )
    return found


def chosen(dimension: Dimension, asked: Mapping[str, str]) -> CubeCode:
    """The code of a dimension that an address names, else the usual one.

    Raises HttpProblem (400) for a code that it does not have.
    """
    key = asked.get(FIX + dimension.key, "")
    found = dimension.member(key) if key else dimension.usual
    if found is None:
        some = ", ".join(one.key for one in dimension.members[:20])
        raise HttpProblem(
            400,
            f"“{dimension.key}” has no code “{key}”",
            hint=f"Some are: {some}.",
            detail_mn=f"“{dimension.key}” хэмжээст “{key}” код алга",
            hint_mn=f"Зарим нь: {some}.",
        )
    return found


def _measure(cube: CubeStructure, asked: Mapping[str, str]) -> str:
    key = asked.get("measure", "")
    found = next((iri for iri in cube.measures if key in ("", last_part(iri), iri)), None)
    if found is None:
        raise HttpProblem(
            400, f"the table has no measure “{key}”", detail_mn=f"хүснэгтэд “{key}” үзүүлэлт алга"
        )
    return found


def _number(asked: Mapping[str, str], name: str) -> int | None:
    text = asked.get(name, "")
    if text and not (text.isascii() and text.isdigit() and 0 < len(text) < 8 and int(text)):
        raise HttpProblem(
            400,
            f"“{name}” is the number of a page, from 1",
            detail_mn=f"“{name}” нь 1-ээс эхэлсэн хуудасны дугаар байна",
        )
    return int(text) if text else None


def _columns_page(columns: Dimension | None, asked: Mapping[str, str]) -> MemberPage:
    number = _number(asked, "columns-page")
    if columns is None:
        return MemberPage((), 1, 1)
    return _page(columns.members, COLUMNS_AT_ONCE, number, columns.kind == TIME)


def _page(members: Sequence[CubeCode], size: int, number: int | None, from_end: bool) -> MemberPage:
    """Pages of periods are full at the end, and the last one comes first: the newest are wanted."""
    pages = -(-len(members) // size)
    page = number or (pages if from_end else 1)
    if page > pages:
        raise HttpProblem(
            400,
            f"there is no page {page}: the last one is {pages}",
            detail_mn=f"{page} дугаар хуудас алга: сүүлийнх нь {pages}",
        )
    first = (page - 1) * size - ((-len(members)) % size if from_end else 0)
    return MemberPage(tuple(members[max(first, 0) : first + size]), page, pages)
