"""Line and bar charts as SVG, with everything in them also said in `aria-label`."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from server.pages.figures.scale import tick_text, top_of_axis

_WIDTH = 640
_HEIGHT = 330
_LEFT = 74
_TOP = 18
_BOTTOM = 40
_OF_CHARACTER = 11.5  # of a label on phones, where letters are larger in the picture
_RIGHT_OF_MANY = 92
_LABEL_HEIGHT = 24
_BESIDE = 10  # of a line's end and its label
_MOST_YEARS = 6  # at the axis
MOST_SERIES = 4  # colours that everybody tells apart

Point = tuple[int, float | None]


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Periods as whole numbers: years themselves, or quarters, months or days that are counted.

    `of_year`: the number of a year's first period; `year_of`: the year of a period; `write`: its
    name.
    """

    of_year: Callable[[int], int] = int
    year_of: Callable[[int], int] = int
    write: Callable[[int], str] = str


YEARS = TimeAxis()


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """A line: its label, and (period, value) in order of time; None breaks the line. `tag` is the
    language of the label (empty: the page's)."""

    label: str
    points: Sequence[Point]
    tag: str = ""

    @property
    def known(self) -> list[tuple[int, float]]:
        """The points that have a value."""
        return [(year, value) for year, value in self.points if value is not None]


@dataclass(frozen=True, slots=True)
class MarkedPoint:
    """A point with a finding, what it says, and the language of that (empty: the page's)."""

    year: int
    value: float
    says: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where years and values stand in the picture."""

    first: int
    last: int
    top: float
    step: float
    right: int
    axis: TimeAxis = field(default=YEARS)

    def x(self, year: int) -> float:
        span = self.last - self.first or 1
        return _LEFT + (year - self.first) / span * (_WIDTH - _LEFT - self.right)

    def y(self, value: float) -> float:
        return _TOP + (1 - value / self.top) * (_HEIGHT - _TOP - _BOTTOM)


def line_chart(
    series: Sequence[ChartSeries],
    name: str,
    says: str,
    flags: Sequence[MarkedPoint] = (),
    axis: TimeAxis = YEARS,
) -> Markup:
    """Lines over years or other periods, from zero, each named at its end.

    `name` and `says` are the text for who cannot see it: the title, and what is seen. Raises
    ValueError for no value, a value below zero, or more than MOST_SERIES lines.
    """
    values = [value for one in series for _, value in one.known]
    if not values or min(values) < 0 or len(series) > MOST_SERIES:
        raise ValueError("a line chart has values from zero on, and at most four lines")
    years = [year for one in series for year, _ in one.points]
    top, step = top_of_axis(values)
    right = _RIGHT_OF_MANY if len(series) > 1 else _room_for(series[0].known)
    frame = _Frame(min(years), max(years), top, step, right, axis)
    parts = [*_axes(frame), *_lines(frame, series), *_flags(frame, flags)]
    return svg("chart", _WIDTH, _HEIGHT, _label(name, says), parts)


def _room_for(known: Sequence[tuple[int, float]]) -> int:
    """The room beside the end of the only line, where its last value stands."""
    return _BESIDE + 4 + round(_OF_CHARACTER * len(tick_text(known[-1][1])))


def _label(name: str, says: str) -> Markup:
    return Markup("{}. {}").format(name, says)


def svg(kind: str, width: int, height: int, label: str, parts: Sequence[str]) -> Markup:
    """An `<svg>` of parts that are already markup.

    A label with markup, as of names in another language, stands in a hidden element that names the
    picture: an attribute has no place for a language.
    """
    opened = Markup('<svg class="{}" viewBox="0 0 {} {}" role="img" ').format(kind, width, height)
    named, hidden = Markup('aria-label="{}">').format(label), Markup("")
    if isinstance(label, Markup) and "<" in label:
        key = f"says-{zlib.crc32(label.encode()):08x}"
        named = Markup('aria-labelledby="{}">').format(key)
        hidden = Markup('<span hidden="" id="{}">{}</span>').format(key, label)
    return opened + named + Markup("".join(parts)) + Markup("</svg>") + hidden


def _axes(frame: _Frame) -> Iterator[str]:
    for index in range(round(frame.top / frame.step) + 1):
        value = index * frame.step
        y, kind = frame.y(value), "gridline" if index else "axis"
        yield f'<path class="{kind}" d="M{_LEFT} {y:.1f}H{_WIDTH - frame.right}"/>'
        yield _text(_LEFT - 8, y + 5, tick_text(value), "q", "end")
    axis = frame.axis
    for year in _years_at_axis(axis.year_of(frame.first), axis.year_of(frame.last)):
        at = axis.of_year(year)
        if frame.first <= at <= frame.last:
            yield f'<path class="axis" d="M{frame.x(at):.1f} {_HEIGHT - _BOTTOM}v5"/>'
            yield _text(frame.x(at), _HEIGHT - _BOTTOM + 25, str(year), "q", "middle")


def _years_at_axis(first: int, last: int) -> range:
    step = next((s for s in (1, 2, 5, 10, 20, 50) if (last - first) / s <= _MOST_YEARS), 100)
    return range(math.ceil(first / step) * step, last + 1, step)


def _lines(frame: _Frame, series: Sequence[ChartSeries]) -> Iterator[str]:
    ends = list[tuple[float, str, str]]()
    for number, one in enumerate(series, 1):
        yield f'<path class="line s{number}" d="{_path(frame, one.points)}"/>'
        yield from _lone_points(frame, one.points, number)
        if not one.known:
            continue
        year, value = one.known[-1]
        yield _dot(frame, year, value, f"f{number}", 4)
        ends.append((frame.y(value), one.label, one.tag))
    if len(series) > 1:
        yield from _names_at_ends(frame, sorted(ends))
    else:
        yield from _values_of_one(frame, series[0].known)


def _path(frame: _Frame, points: Sequence[Point]) -> str:
    path, pen = "", "M"
    for year, value in points:
        if value is None:
            pen = "M"
        else:
            path += f"{pen}{frame.x(year):.1f} {frame.y(value):.1f}"
            pen = "L"
    return path


def _lone_points(frame: _Frame, points: Sequence[Point], number: int) -> Iterator[str]:
    """Values without a neighbour, of which no line can be seen."""
    around = [(0, None), *points, (0, None)]
    for (_, before), (year, value), (_, after) in zip(around, points, around[2:], strict=False):
        if value is not None and before is None and after is None:
            yield _dot(frame, year, value, f"f{number}", 3)


def _names_at_ends(frame: _Frame, ends: Sequence[tuple[float, str, str]]) -> Iterator[str]:
    """Names beside the ends of their lines, never on each other."""
    heights = list[float]()
    for y, _, _ in ends:
        heights.append(max(y, heights[-1] + _LABEL_HEIGHT) if heights else y)
    over = max(0.0, heights[-1] - (_HEIGHT - _BOTTOM)) if heights else 0
    for height, (_, label, tag) in zip(heights, ends, strict=True):
        yield _text(_WIDTH - frame.right + _BESIDE, height - over + 5, label, tag=tag)


def _values_of_one(frame: _Frame, known: Sequence[tuple[int, float]]) -> Iterator[str]:
    """The last value of the only line, beside its end, and the highest one above it."""
    year, value = known[-1]
    yield _text(frame.x(year) + _BESIDE, frame.y(value) + 5, tick_text(value), "strong")
    top_year, top = max(known, key=lambda point: point[1])
    if top_year != year:
        y = max(frame.y(top) - 6, 14)
        side = "end" if frame.x(top_year) > _WIDTH / 3 else "start"
        yield _text(
            frame.x(top_year), y, f"{frame.axis.write(top_year)}: {tick_text(top)}", "", side
        )


def _flags(frame: _Frame, flags: Sequence[MarkedPoint]) -> Iterator[str]:
    for one in flags:
        dot = _dot(frame, one.year, one.value, "flag", 5)
        says = escape(f"{frame.axis.write(one.year)}: {one.says}")
        lang = f' lang="{escape(one.tag)}"' if one.tag else ""
        yield dot.replace("/>", f"><title{lang}>{says}</title></circle>")


def _dot(frame: _Frame, year: int, value: float, kind: str, radius: int) -> str:
    return (
        f'<circle class="{kind}" cx="{frame.x(year):.1f}" cy="{frame.y(value):.1f}" r="{radius}"/>'
    )


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "", tag: str = "") -> str:
    given = (("lang", escape(tag)), ("class", kind), ("text-anchor", anchor))
    more = "".join(f' {name}="{value}"' for name, value in given if value)
    return f'<text{more} x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


_ROW = 38
_BAR_LEFT = 190
_BAR_RIGHT = 106


def bar_chart(rows: Sequence[tuple[str, float, str]], name: str, says: str) -> Markup:
    """Bars from zero; `rows`: label, value, language of the label (empty: the page's).

    Raises ValueError for no row or a value below zero.
    """
    if not rows or min(value for _, value, _ in rows) < 0:
        raise ValueError("a bar chart has values from zero on")
    top = max(value for _, value, _ in rows) or 1
    parts = [part for i, row in enumerate(rows) for part in _bar(4 + i * _ROW, *row, top)]
    parts.append(f'<path class="axis" d="M{_BAR_LEFT} 4v{_ROW * len(rows)}"/>')
    return svg("chart", _WIDTH, 8 + _ROW * len(rows), _label(name, says), parts)


def _bar(y: int, label: str, value: float, tag: str, top: float) -> Iterator[str]:
    width = value / top * (_WIDTH - _BAR_LEFT - _BAR_RIGHT)
    middle = y + _ROW / 2 + 5
    yield _text(_BAR_LEFT - 10, middle, label, "", "end", tag)
    yield f'<rect class="f1" x="{_BAR_LEFT}" y="{y + 7}" width="{width:.1f}" height="{_ROW - 14}"/>'
    yield _text(_BAR_LEFT + width + 8, middle, tick_text(value))
