"""Mongolia's first-level units as hexagons and as equal tiles: a schema, not boundaries.

The hexagons are made from points of GeoNames (CC BY 4.0) by `server.pages.figures.hexagons`. Counts
are circles whose area is the number, never filled areas, for an aimag's size is not its number.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

from server.pages.figures.circles import MapCircle, apart
from server.pages.figures.scale import CLASSES, class_bounds, class_of, tick_text
from server.pages.layout.writing import number_text

FILE = Path(__file__).with_name("mongolia.json")
_LARGEST = 25  # radius of the largest circle
_SMALLEST = 3
_LINE = 18  # height of a line of text
_DIGIT = 9  # width of a digit of a number in a circle, at most
_OUTSIDE = frozenset({"011", "045", "061"})  # too small for their names, which stand beside the map
_SMALL = _OUTSIDE | {"042"}
# Where a name stands that would not fit into its unit or lies on another one's: (dx, dy).
_NAME_AT = {
    "011": (142, -116), "042": (60, 40), "045": (92, -88), "061": (-26, -128), "023": (6, 0),
    "041": (-30, 14), "043": (-8, -24), "063": (2, -20), "064": (8, 10), "083": (4, 0),
    "084": (-10, 36),
}  # fmt: skip
_CIRCLE_AT = {
    "011": (22, -8),
    "044": (2, 34),
    "063": (-4, -22),
}  # moved within the unit, off another one's name


@dataclass(frozen=True, slots=True)
class UnitShape:
    """A unit on the map: ISO 3166-2 code, path, middle, and the hexagon nearest to it."""

    iso: str
    path: str
    middle: tuple[int, int]
    hexagon: tuple[int, int]


@dataclass(frozen=True, slots=True)
class UnitOnMap:
    """What is shown of a unit: name and its language (empty: the page's), address, number."""

    name: str
    tag: str
    href: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class HexagonMap:
    """The shapes by land-agency code; `scale` and `origin` lead from kilometres to the picture."""

    width: int
    height: int
    scale: float
    origin: tuple[float, float]
    units: dict[str, UnitShape]


@cache
def hexagon_map() -> HexagonMap:
    """The bundled map."""
    found = json.loads(FILE.read_text("utf-8"))
    units = {
        code: UnitShape(one["iso"], one["d"], (one["x"], one["y"]), (one["bx"], one["by"]))
        for code, one in found["units"].items()
    }
    origin = (found["ox"], found["oy"])
    return HexagonMap(found["width"], found["height"], found["scale"], origin, units)


def mosaic(
    units: Mapping[str, UnitOnMap],
    label: str,
    here: str = "",
    dots: Sequence[tuple[float, float]] = (),
    digits: int | None = None,
) -> Markup:
    """The hexagon map. `units`: by land-agency code; `here`: the one that a page is about.

    `dots`: points in the picture. Units that are not given are drawn without a link.
    """
    drawn = hexagon_map()
    top = max((one.value or 0 for one in units.values()), default=0)
    parts = [*_shapes(drawn, units, here, digits)]
    parts += (f'<circle class="dot" cx="{x:.0f}" cy="{y:.0f}" r="3.5"/>' for x, y in dots)
    if here:
        parts += _name_of_place(drawn, units, here)
    else:
        circles = _circles(drawn, units, top)
        parts += map(_drawn, sorted(circles.values(), key=lambda one: -one.radius))
        for code, circle in circles.items():
            parts += _marks(drawn, code, units[code], circle, top, digits)
    opened = Markup('<svg class="map" viewBox="0 0 {} {}" role="group" aria-label="{}">')
    return opened.format(drawn.width, drawn.height, label) + Markup("".join(parts) + "</svg>")


def _shapes(
    drawn: HexagonMap, units: Mapping[str, UnitOnMap], here: str, digits: int | None
) -> Iterator[str]:
    for code, shape in sorted(drawn.units.items(), key=lambda item: item[0] in _SMALL):
        kind = "unit here" if code == here else "unit"
        unit = units.get(code)
        if unit is None:
            yield f'<path class="{kind}" d="{shape.path}"/>'
            continue
        value = "" if unit.value is None else f": {number_text(unit.value, digits)}"
        title = escape(f"{unit.name}{value} · {shape.iso}")
        path = f'<path class="{kind}" d="{shape.path}"><title>{title}</title></path>'
        yield f'<a{_lang(unit)} href="{escape(unit.href)}">{path}</a>'


def _name_of_place(drawn: HexagonMap, units: Mapping[str, UnitOnMap], here: str) -> list[str]:
    """The name of the unit that a page is about."""
    if here not in units or here not in drawn.units:
        return []
    x, y = drawn.units[here].middle
    return [_named(units[here], x, y + 118, "keep strong")]


def _circles(drawn: HexagonMap, units: Mapping[str, UnitOnMap], top: float) -> dict[str, MapCircle]:
    """The circle of each unit, in the order of the units; without a number its radius is 0."""
    found = dict[str, MapCircle]()
    for code, unit in units.items():
        if code in drawn.units:
            x, y = drawn.units[code].hexagon
            dx, dy = _CIRCLE_AT.get(code, (0, 0)) if top else (0, 0)
            found[code] = MapCircle(x + dx, y + dy, _radius(unit.value, top))
    return apart(found, _SMALL)


def _drawn(circle: MapCircle) -> str:
    if not circle.radius:
        return ""
    return (
        f'<circle class="bubble" cx="{circle.x:.0f}" cy="{circle.y:.0f}" r="{circle.radius:.1f}"/>'
    )


def _marks(
    drawn: HexagonMap,
    code: str,
    unit: UnitOnMap,
    circle: MapCircle,
    top: float,
    digits: int | None,
) -> Iterator[str]:
    """A unit's name and number."""
    shape, radius = drawn.units[code], circle.radius
    x, y = round(circle.x), round(circle.y)
    if code in _SMALL:
        yield from _beside(code, shape, unit, (x, y), digits, is_counted=top > 0)
    elif top:
        above = min(0, _NAME_AT.get(code, (0, 0))[1])  # a name below its circle lies on others'
        yield _named(unit, x, y + above - (radius or 3) - 6)
        yield _number_of(unit.value, circle, digits, is_above=above <= -_LINE)
    else:
        yield _named(unit, *_moved((x, y), code), "")


def _number_of(
    value: float | None, circle: MapCircle, digits: int | None, *, is_above: bool
) -> str:
    """The number in its circle; where the circle is narrower, below it, or between circle and name
    where there is a line's room."""
    x, y = round(circle.x), round(circle.y)
    if value is None or len(number_text(value, digits)) * _DIGIT <= 2 * circle.radius:
        return _number(value, x, y + 5, "v", digits)
    away = -circle.radius - 5 if is_above else circle.radius + 13
    return _number(value, x, round(y + away), "v halo", digits)


def _radius(value: float | None, top: float) -> float:
    if value is None or not top:
        return 0
    return max(_SMALLEST, _LARGEST * math.sqrt(max(value, 0) / top))


def _moved(place: tuple[int, int], code: str) -> tuple[int, int]:
    dx, dy = _NAME_AT.get(code, (0, 0))
    return place[0] + dx, place[1] + dy + 5


def _beside(
    code: str,
    shape: UnitShape,
    unit: UnitOnMap,
    circle: tuple[int, int],
    digits: int | None,
    *,
    is_counted: bool,
) -> Iterator[str]:
    """Name and number of a small unit, beside it with a line to it."""
    dx, dy = _NAME_AT[code]
    x, y = shape.middle[0] + dx, shape.middle[1] + dy
    yield f'<path class="lead" d="M{circle[0]} {circle[1]}L{x} {y + (22 if dy < 0 else -14)}"/>'
    kind = "out" if code in _OUTSIDE else ""
    yield _named(unit, x, y, kind)
    if is_counted:
        yield _number(unit.value, x, y + 17, f"v {kind or 'halo'}", digits)


def _named(unit: UnitOnMap, x: float, y: float, kind: str = "") -> str:
    more = (f' class="{kind}"' if kind else "") + (
        f' lang="{escape(unit.tag)}"' if unit.tag else ""
    )
    return f'<text{more} x="{x:.0f}" y="{y:.0f}">{escape(unit.name)}</text>'


def _lang(unit: UnitOnMap) -> str:
    return f' lang="{escape(unit.tag)}"' if unit.tag else ""


def _number(value: float | None, x: float, y: float, kind: str, digits: int | None) -> str:
    """The number of a unit; “…” where there is no figure."""
    number = "…" if value is None else number_text(value, digits)
    return f'<text class="{kind}" x="{x}" y="{y}">{number}</text>'


# The equal tiles: column, row, and a short name in Mongolian and English.
TILES: dict[str, tuple[int, int, str, str]] = {
    "067": (4, 1, "Хөв", "Khv"), "063": (5, 1, "Бул", "Bul"), "043": (6, 1, "Сэл", "Sel"),
    "083": (1, 2, "Б-Ө", "B-U"), "085": (2, 2, "Увс", "Uvs"), "081": (3, 2, "Зав", "Zav"),
    "065": (4, 2, "Арх", "Ark"), "061": (5, 2, "Орх", "Ork"), "045": (6, 2, "Дар", "Dar"),
    "023": (7, 2, "Хэн", "Khe"), "021": (8, 2, "Дор", "Dor"), "084": (2, 3, "Хов", "Khd"),
    "082": (3, 3, "Г-А", "G-A"), "064": (4, 3, "Б-Х", "Bkh"), "062": (5, 3, "Өвө", "Uvu"),
    "041": (6, 3, "Төв", "Tuv"), "011": (7, 3, "УБ", "UB"), "022": (8, 3, "Сүх", "Suk"),
    "046": (5, 4, "Өмн", "Umn"), "048": (6, 4, "Дун", "Dun"), "042": (7, 4, "Г-С", "GSu"),
    "044": (8, 4, "Д-Г", "Dgo"),
}  # fmt: skip


def tiles(
    units: Mapping[str, UnitOnMap], language: str, no_figure: str, digits: int | None = None
) -> Markup:
    """Equal tiles, one for each unit, with its number in it; the shade only repeats the number.

    `no_figure`: what a tile without a number means, for the legend.
    """
    values = [one.value for one in units.values() if one.value is not None]
    bounds = class_bounds(values)
    shown = [_tile(code, units[code], language, bounds, digits) for code in _in_order(units)]
    legend = _legend(bounds) if values else ""
    if len(values) < len(units):
        legend += f'<li><span class="swatch k0"></span>{escape(no_figure)}</li>'
    return Markup(f'<ul class="tiles">{"".join(shown)}</ul><ul class="legend">{legend}</ul>')


def _in_order(units: Mapping[str, UnitOnMap]) -> list[str]:
    return sorted(TILES.keys() & units.keys(), key=lambda code: (TILES[code][1], TILES[code][0]))


def _tile(
    code: str, unit: UnitOnMap, language: str, bounds: Sequence[float], digits: int | None
) -> str:
    column, row, mn, en = TILES[code]
    shade = 0 if unit.value is None else class_of(unit.value, bounds)
    number = "…" if unit.value is None else number_text(unit.value, digits)
    long = f'<i class="long"{_lang(unit)}>{escape(unit.name)}</i>'
    short = f'<i class="short" aria-hidden="true">{mn if language == "mn" else en}</i>'
    inside = f"{long}{short}<b>{number}</b>"
    link = f'<a class="k{shade}" href="{escape(unit.href)}">{inside}</a>'
    return f'<li class="c{column} r{row}">{link}</li>'


def _legend(bounds: Sequence[float]) -> str:
    whole = all(bound == int(bound) for bound in bounds)
    items = list[str]()
    for number in range(CLASSES):
        last = whole and number < CLASSES - 1 and bounds[1] > 1
        ends = f"{tick_text(bounds[number])}–{tick_text(bounds[number + 1] - last)}"
        items.append(f'<li><span class="swatch k{number + 1}"></span>{ends}</li>')
    return "".join(items)
