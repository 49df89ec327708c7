"""The charts of a cube, where they can be drawn honestly; where not, the reason.

A line over time of one combination of codes, and bars that compare codes of one level (never a
total with its parts) in one period. Both show the figures of the table, and the same as a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from markupsafe import Markup, escape

from graph.queries import Pool
from server.cubes import figures, times
from server.cubes.cells import CubeCell
from server.cubes.kept_cells import kept_cells
from server.cubes.members import CubeCode
from server.cubes.structure import AREA, TIME, CubeStructure, Dimension
from server.cubes.view import CubeView, chosen
from server.http.language import text
from server.pages.datasets.levels import LEVEL, asked_level, level_links, levels_of
from server.pages.datasets.names import joined, told_apart
from server.pages.figures.charts import ChartSeries, MarkedPoint, TimeAxis, bar_chart, line_chart
from server.pages.layout.units import in_its_language, name_in, unit_text
from server.pages.layout.writing import with_values

_MOST_BARS = 24
_MOST_LISTED = 160
_MOST_NAMED = 12  # of the codes that have no bar


@dataclass(frozen=True, slots=True)
class CubeChart:
    """A chart: heading, unit, picture, and the same figures as (label, language, figure).

    `note` says what of it is missing. `levels`: where codes stand at several levels, the name of
    each and its address (empty: the one that is drawn).
    """

    kind: str
    heading: Markup
    unit: Markup
    picture: Markup
    listed: tuple[tuple[str, str, str], ...]
    note: Markup = field(default_factory=Markup)
    levels: tuple[tuple[Markup, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ChartsOrReason:
    """The charts of a cube; without any, the key of the text that says why."""

    charts: tuple[CubeChart, ...] = ()
    reason: str = ""


def charts(pool: Pool, shown: CubeView, asked: Mapping[str, str]) -> ChartsOrReason:
    """The charts of what is chosen in the address."""
    cube = shown.cube
    if cube.unit is None:
        return ChartsOrReason(reason="chart_no_unit")
    if cube.names_each:
        return ChartsOrReason(reason="chart_of_things")
    codes = [(one, chosen(one, asked)) for one in cube.dimensions]
    made, reasons = list[CubeChart](), list[str]()
    for drawn in (_line(pool, shown, codes), _bars(pool, shown, codes, asked)):
        if isinstance(drawn, CubeChart):
            made.append(drawn)
        elif drawn:
            reasons.append(drawn)
    return ChartsOrReason(tuple(made), "" if made else next(iter(reasons), "chart_one_point"))


Chosen = Sequence[tuple[Dimension, CubeCode]]


def _line(pool: Pool, shown: CubeView, codes: Chosen) -> CubeChart | str:
    """A line over time, or the key of the reason why there is none."""
    time = next((one for one, _ in codes if one.kind == TIME and len(one.members) > 1), None)
    if time is None:
        return ""
    places = times.scale(time.members)
    if places is None:
        return "chart_periods"
    others = [(one, code) for one, code in codes if one is not time]
    found = kept_cells(pool, shown.cube, shown.measure, (time, time.members), None, others)
    reason = _unfit(shown.cube, found.values())
    if reason:
        return reason
    by_number = {n: found.get((code.term, None)) for n, code in places.codes.items()}
    points = [(n, _number(by_number.get(n))) for n in places.numbers]
    known = [(n, value) for n, value in points if value is not None]
    if len(known) < 2:
        return "chart_one_point"
    flags = [
        MarkedPoint(n, float(cell.value), *_says(cell))
        for n, cell in by_number.items()
        if cell and cell.value is not None and cell.warning
    ]
    first, last = known[0], known[-1]
    top = max(known, key=lambda point: point[1])
    says = text("line_says").format(
        first=places.write(first[0]), first_value=_figure(first[1]),
        top=places.write(top[0]), top_value=_figure(top[1]),
        last=places.write(last[0]), last_value=_figure(last[1]),
    )  # fmt: skip
    heading = _heading(others, f"{places.write(first[0])}–{places.write(last[0])}")
    missing = len(places.numbers) - len(known)
    ordered = [(places.write(n), by_number.get(n)) for n in places.numbers if n in by_number]
    return CubeChart(
        "line",
        heading,
        unit_text(shown.cube.unit),
        line_chart(
            [ChartSeries("", points)], heading, says, flags,
            TimeAxis(places.of_year, places.year_of, places.write),
        ),
        _listed([(label, "", cell) for label, cell in ordered]),
        Markup(" ").join(
            with_values(text(key), number=number)
            for key, number in (
                ("line_breaks", missing),
                ("line_left_out", len(time.members) - len(places.codes)),
            )
            if number
        ),
    )  # fmt: skip


def _bars(pool: Pool, shown: CubeView, codes: Chosen, asked: Mapping[str, str]) -> CubeChart | str:
    """Bars of codes of one level, longest first."""
    compared = _compared(shown)
    if compared is None:
        return ""
    others = [(one, code) for one, code in codes if one is not compared]
    levels = levels_of(compared.members)
    drawn = asked_level(levels, asked.get(LEVEL, ""))
    level = levels[drawn]
    found = kept_cells(pool, shown.cube, shown.measure, (compared, level), None, others)
    reason = _unfit(shown.cube, found.values())
    if reason:
        return reason
    figured = [(code, found.get((code.term, None))) for code in level]
    bars = sorted(
        ((code, cell) for code, cell in figured if cell and cell.value is not None),
        key=lambda pair: -(pair[1].value or 0),
    )
    if len(bars) < 2:
        return "chart_one_point"
    named = told_apart(code for code, _ in bars[:_MOST_BARS])
    names = [(*name, cell) for name, (_, cell) in zip(named, bars, strict=False)]
    heading = _heading(others)
    says = Markup("; ").join(
        Markup("{} {}").format(in_its_language(name, tag), _figure(cell.value))
        for name, tag, cell in names[:8]
    )
    return CubeChart(
        "bars",
        heading,
        unit_text(shown.cube.unit),
        bar_chart(
            [(name, float(cell.value or 0), tag) for name, tag, cell in names], heading, says
        ),
        _listed([(name, tag, cell) for name, tag, cell in names]),
        _left_out(figured, [code for code, _ in bars[_MOST_BARS:]])
        + (f" {text('bars_one_level')}" if len(level) < len(compared.members) else ""),
        level_links(levels, drawn, asked) if len(levels) > 1 else (),
    )


def _left_out(
    figured: Sequence[tuple[CubeCode, CubeCell | None]], shorter: Sequence[CubeCode]
) -> Markup:
    """Which codes have no bar: those without a figure, and those beyond the longest."""
    silent = [code for code, cell in figured if cell is None or cell.value is None]
    said = (("bars_no_figure", silent), ("bars_shorter", shorter))
    return Markup(" ").join(
        with_values(text(key), names=_some(codes)) for key, codes in said if codes
    )


def _some(codes: Sequence[CubeCode]) -> Markup:
    names = [in_its_language(*named) for named in told_apart(codes[:_MOST_NAMED])]
    more = len(codes) - len(names)
    return Markup(", ").join(names) + (f" {text('and_more').format(number=more)}" if more else "")


def _compared(shown: CubeView) -> Dimension | None:
    """The dimension whose codes bars compare, if there is any."""
    many = [one for one in shown.cube.dimensions if one.kind != TIME and levels_of(one.members)]
    return min(many, key=lambda one: (one != shown.rows, one.kind != AREA), default=None)


def choosable(shown: CubeView) -> list[Dimension]:
    """The dimensions of which a code can be chosen for the charts: those that change a picture.

    A line over time is of one code of each; bars show all codes of the one that they compare.
    """
    cube = shown.cube
    if cube.unit is None or cube.names_each:
        return []
    times_of = (one.members for one in cube.dimensions if one.kind == TIME)
    has_line = any(len(one) > 1 and times.scale(one) is not None for one in times_of)
    compared = _compared(shown)
    has_bars = compared is not None
    return [
        one
        for one in cube.dimensions
        if one.kind != TIME
        and len(one.members) > 1
        and (has_line or (has_bars and one is not compared))
    ]


def _unfit(cube: CubeStructure, found: Iterable[CubeCell]) -> str:
    """Why figures cannot be drawn; empty where they can."""
    listed = [*found]
    if len({cell.unit for cell in listed if cell.unit}) > 1:
        return "chart_mixed_units"
    values = [cell.value for cell in listed if cell.value is not None]
    if not values:
        return "chart_no_figures"
    return "chart_below_zero" if min(values) < 0 else ""


def _number(cell: CubeCell | None) -> float | None:
    return None if cell is None or cell.value is None else float(cell.value)


def _figure(value: Decimal | float | None) -> str:
    exact = None if value is None else Decimal(str(value))
    return figures.written(exact, figures.decimals([exact]))


def _says(cell: CubeCell) -> tuple[str, str]:
    return name_in(cell.warning.texts if cell.warning else {}, "")


def _heading(others: Chosen, more: str = "") -> Markup:
    """The codes that a chart is about; those of dimensions with one code only say nothing."""
    named = joined(((one, code) for one, code in others if len(one.members) > 1), more)
    return named or escape(text("all_of_it"))


def _listed(
    rows: Sequence[tuple[str, str, CubeCell | None]],
) -> tuple[tuple[str, str, str], ...]:
    values = [cell.value if cell else None for _, _, cell in rows]
    places = figures.decimals(values)
    return tuple(
        (label, tag, figures.written(value, places))
        for (label, tag, _), value in list(zip(rows, values, strict=True))[:_MOST_LISTED]
    )
