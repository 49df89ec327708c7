"""A result drawn as bars, as lines over years or on the map of aimags; or the reason why it is not.

Only what the columns themselves say is drawn: a number, what it is of, a year, a place. A result
states no unit, so none is written at the axis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from server.http.language import text
from server.pages.editor.columns import (
    NotDrawable,
    ResultColumn,
    columns_of,
    measure,
    name_column,
    place_column,
    year_column,
)
from server.pages.editor.results import ResultsView
from server.pages.figures.charts import MOST_SERIES, ChartSeries, bar_chart, line_chart
from server.pages.figures.maps import UnitOnMap, mosaic
from server.pages.layout.units import name_in
from server.sparql.labels import Labels

MOST_BARS = 40


@dataclass(frozen=True, slots=True)
class ResultFigure:
    """A picture, the variables it is drawn from, and how many rows have no number for it."""

    picture: Markup
    variables: tuple[str, ...]
    missing: int


@dataclass(slots=True)
class Drawing:
    """The chosen view of a result: `figure`, or `why_not` (the key of a text) and the table.

    `views` are the views that can be drawn, the table first.
    """

    view: str = "table"
    views: list[str] = field(default_factory=lambda: ["table"])
    figure: ResultFigure | None = None
    why_not: str = ""


def drawing_of(shown: ResultsView, view: str, labels: Labels) -> Drawing:
    """The view of a result that the reader asks for; an unknown or empty one is the table."""
    drawing = Drawing(view if view in _DRAW else "table")
    if not shown.rows:
        return drawing
    for name, draw in _DRAW.items():
        try:
            figure = draw(shown, labels)
        except NotDrawable as error:
            drawing.why_not = str(error) if name == view else drawing.why_not
        else:
            drawing.views.append(name)
            drawing.figure = figure if name == view else drawing.figure
    return drawing


def _bars(shown: ResultsView, labels: Labels) -> ResultFigure:
    columns = columns_of(shown, labels)
    of, number = name_column(columns), measure(columns)
    pairs = [(key, value) for key, value in _pairs([of], number) if value is not None]
    if len(pairs) > MOST_BARS or len(shown.rows) < shown.total:
        raise NotDrawable("not_drawn_many")
    rows = [(name, value, of.language) for (name,), value in pairs]
    picture = bar_chart(rows, _caption(number, of), text("as_in_table"))
    return ResultFigure(picture, (number.name, of.name), len(shown.rows) - len(pairs))


def _line(shown: ResultsView, labels: Labels) -> ResultFigure:
    columns = columns_of(shown, labels)
    year = year_column(columns)
    others = [column for column in columns if column.name != year.name]
    number = measure(others)
    series = [name_column(others)] if any(c.is_name for c in others) else []
    values = dict(_pairs([year, *series], number))
    lines = [*_series(values, series[0].language if series else "")]
    if len(lines) > MOST_SERIES:
        raise NotDrawable("not_drawn_series")
    picture = line_chart(lines, _caption(number, year), text("as_in_table"))
    missing = sum(value is None for value in values.values())
    return ResultFigure(picture, (number.name, *(c.name for c in (year, *series))), missing)


def _series(values: dict[tuple[str, ...], float | None], tag: str) -> Iterator[ChartSeries]:
    """The lines, each over all years; a year without a value breaks its line."""
    years = sorted({int(key[0]) for key in values})
    if len(years) < 2:
        raise NotDrawable("not_drawn_one")
    for name in dict.fromkeys(key[1:] for key in values):
        points = [(y, values.get((str(y), *name))) for y in range(years[0], years[-1] + 1)]
        yield ChartSeries(" ".join(name), points, tag)


def _map(shown: ResultsView, labels: Labels) -> ResultFigure:
    columns = columns_of(shown, labels)
    place, number = place_column(columns), measure(columns)
    pairs = dict(_pairs([place], number))
    names = {key: name_in(labels.get(iri, {}), key) for key, iri in place.iris()}
    units = {
        code: UnitOnMap(*names.get(code, (code, "")), f"/id/place/{code}.html", value)
        for (code,), value in pairs.items()
    }
    missing = sum(value is None for value in pairs.values())
    return ResultFigure(mosaic(units, _caption(number, place)), (number.name, place.name), missing)


def _pairs(
    of: Sequence[ResultColumn], number: ResultColumn
) -> Iterator[tuple[tuple[str, ...], float | None]]:
    """What each number is of, and the number. Raises NotDrawable where two are of the same."""
    seen = set[tuple[str, ...]]()
    for index, value in enumerate(number.numbers()):
        key = tuple(column.keys[index] for column in of)
        if key in seen:
            raise NotDrawable("not_drawn_repeats")
        seen.add(key)
        yield key, value


def _caption(number: ResultColumn, of: ResultColumn) -> str:
    return f"?{number.name}, ?{of.name}"


_DRAW: dict[str, Callable[[ResultsView, Labels], ResultFigure]] = {
    "bars": _bars,
    "line": _line,
    "map": _map,
}
