"""Charts and maps: what is drawn, what is said, and how the hexagons are made."""

from __future__ import annotations

import itertools
import json
import math
import re
from collections import Counter
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from server.pages.figures import maps
from server.pages.figures.charts import ChartSeries, MarkedPoint, bar_chart, line_chart
from server.pages.figures.hexagons import __main__ as hexagons
from server.pages.figures.hexagons import grid
from server.pages.figures.hexagons.assign import UnitSeat, assign
from server.pages.figures.scale import class_bounds, class_of, round_step, top_of_axis
from tests.shared import SHARED

STYLES = Path(maps.__file__).parents[2] / "static" / "ulzii.css"
GEONAMES = SHARED / "data" / "mn" / "geonames" / "geonames_MN_2018.csv"
YEARS = ChartSeries("a <b>", [(2020, 1.0), (2021, None), (2022, 3.5), (2023, 2.0)])


def parsed(markup: str) -> ElementTree.Element:
    """Figures are well-formed XML without style attributes."""
    assert "style=" not in markup
    return ElementTree.fromstring(markup)


def test_a_missing_year_breaks_the_line() -> None:
    chart = line_chart([YEARS], "Title", "falls")
    (line,) = [
        one.get("d") or "" for one in parsed(chart).iter("path") if one.get("class") == "line s1"
    ]
    assert line.count("M") == 2
    assert line.count("L") == 1
    assert len(list(parsed(chart).iter("circle"))) == 2  # the lone year and the end


@pytest.mark.parametrize("last", [2.0, 3.5, 12345678.9])
def test_the_last_value_stands_beside_the_line_and_within_the_picture(last: float) -> None:
    """Nothing is cut out of the line where it stands, also where letters are large (phones)."""
    chart = parsed(
        line_chart([ChartSeries("a", [(2020, 1.0), (2021, 9.0), (2022, last)])], "t", "s")
    )
    (label,) = [one for one in chart.iter("text") if one.get("class") == "strong"]
    (end,) = [one for one in chart.iter("circle") if one.get("class") == "f1"]
    begins = float(label.get("x") or 0)
    assert begins > float(end.get("cx") or 0) + float(end.get("r") or 0)
    assert begins + 11 * len(label.text or "") <= float((chart.get("viewBox") or "").split()[2])
    assert "paint-order" not in next(
        line for line in STYLES.read_text("utf-8").splitlines() if "svg .strong" in line
    )


def test_a_picture_whose_label_names_something_foreign_is_named_by_an_element() -> None:
    label = Markup('<span lang="en">Govi region</span>')
    chart = bar_chart([("Govi region", 1.0, "en"), ("Төв", 2.0, "")], label, "a & b")
    figure = parsed(f"<figure>{chart}</figure>")
    svg, hidden = figure
    assert svg.get("aria-labelledby") == hidden.get("id")
    assert svg.get("aria-label") is None
    assert "".join(hidden.itertext()) == "Govi region. a & b"
    assert hidden[0].get("lang") == "en"


def test_a_chart_says_what_is_seen() -> None:
    chart = line_chart([YEARS], 'Title "x"', "falls", [MarkedPoint(2022, 3.5, "differs <i>")])
    root = parsed(chart)
    assert root.get("aria-label") == 'Title "x". falls'
    texts = [one.text for one in root.iter("text")]
    assert "0" in texts  # the axis begins at zero
    assert "2022: 3.5" in texts
    assert [one.text for one in root.iter("title")] == ["2022: differs <i>"]


def test_several_lines_are_named_at_their_ends_and_not_on_each_other() -> None:
    series = [ChartSeries(name, [(2020, 1.0), (2021, 2.0)]) for name in "abcd"]
    texts = [
        one
        for one in parsed(line_chart(series, "t", "s")).iter("text")
        if (one.text or "-") in "abcd"
    ]
    heights = sorted(float(one.get("y", "")) for one in texts)
    assert len(heights) == 4
    assert min(b - a for a, b in itertools.pairwise(heights)) >= 24
    assert max(heights) < 330


@pytest.mark.parametrize(
    "series",
    [[], [ChartSeries("a", [(2020, None)])], [ChartSeries("a", [(2020, -1.0)])], [YEARS] * 5],
)
def test_what_cannot_be_drawn_honestly_is_refused(series: list[ChartSeries]) -> None:
    with pytest.raises(ValueError, match="line chart"):
        line_chart(series, "t", "s")


def test_bars_are_as_long_as_their_values() -> None:
    root = parsed(bar_chart([("a", 10.0, ""), ("b", 5.0, "en"), ("c", 0.0, "")], "t", "s"))
    widths = [float(one.get("width", "")) for one in root.iter("rect")]
    assert widths[1] == pytest.approx(widths[0] / 2, abs=0.1)
    assert widths[2] == 0
    assert [one.get("lang") for one in root.iter("text") if one.text == "b"] == ["en"]
    with pytest.raises(ValueError, match="bar chart"):
        bar_chart([("a", -1.0, "")], "t", "s")


@pytest.mark.parametrize("top", [0.003, 1, 7, 99, 100, 12345.6, 5e9])
def test_axes_have_few_round_steps_from_zero(top: float) -> None:
    end, step = top_of_axis([top])
    assert end >= top
    assert 1 <= end / step <= 7
    digits = step / 10 ** math.floor(math.log10(step))
    assert min(abs(digits - one) for one in (1, 2, 2.5, 5, 10)) < 1e-6
    assert round_step(top) == step


def test_classes_are_equal_and_begin_at_zero() -> None:
    bounds = class_bounds([3, 47, 50])
    assert bounds == [0, 10, 20, 30, 40, 50]
    assert [class_of(value, bounds) for value in (0, 9.9, 10, 50)] == [1, 1, 2, 5]
    assert top_of_axis([]) == (1, 1)


UNITS = {
    code: maps.UnitOnMap(f"n{code}", "", f"/p/{code}", None if code == "083" else 4.0 * i)
    for i, code in enumerate(maps.hexagon_map().units, 1)
}


def test_circles_grow_with_the_number_by_their_area() -> None:
    root = parsed(maps.mosaic(UNITS, "map"))
    radii = [float(one.get("r", "")) for one in root.iter("circle")]
    assert len(radii) == 21  # one unit has no figure
    assert max(radii) == 25
    assert len(list(root.iter("a"))) == 22
    values = sorted(one.value for one in UNITS.values() if one.value)
    assert sorted(radii)[10] == pytest.approx(25 * math.sqrt(values[10] / values[-1]), abs=0.06)


@pytest.mark.parametrize("value", [lambda i: 1.0, lambda i: float(i), lambda i: 40.0 + i % 7])
def test_no_circle_covers_another(value: Callable[[int], float]) -> None:
    units = {
        code: maps.UnitOnMap(code, "", "#", value(i))
        for i, code in enumerate(maps.hexagon_map().units)
    }
    drawn = [
        (float(one.get("cx", "")), float(one.get("cy", "")), float(one.get("r", "")))
        for one in parsed(maps.mosaic(units, "map")).iter("circle")
    ]
    assert len(drawn) >= 21
    for (x, y, r), (u, v, s) in combinations(drawn, 2):
        assert math.hypot(x - u, y - v) >= r + s - 0.5
    assert [r for _, _, r in drawn] == sorted((r for _, _, r in drawn), reverse=True)


@pytest.mark.parametrize("value", [lambda i: 1.0, lambda i: 100.0 * i, lambda i: 9999.0])
def test_no_number_is_wider_than_the_circle_in_which_it_stands(
    value: Callable[[int], float],
) -> None:
    units = {
        code: maps.UnitOnMap(code, "", "#", value(i))
        for i, code in enumerate(maps.hexagon_map().units)
    }
    root = parsed(maps.mosaic(units, "map", digits=0))
    circles = [[float(one.get(k, "")) for k in ("cx", "cy", "r")] for one in root.iter("circle")]
    numbers = [one for one in root.iter("text") if (one.get("class") or "").startswith("v")]
    assert len(numbers) == len(units)
    for number in numbers:
        x, y = float(number.get("x", "")), float(number.get("y", ""))
        half = len(number.text or "") * 9 / 2  # 13.5 px, bold
        for u, v, r in circles:
            if math.hypot(x - u, y - 5 - v) < r:  # the middle of its letters is in the circle
                assert half <= r


def test_the_page_of_a_unit_shows_where_it_is() -> None:
    unit = {"023": maps.UnitOnMap("<Khentii>", "en", "#")}
    root = parsed(maps.mosaic(unit, "map", here="023", dots=[(1.0, 2.0)]))
    assert [one.text for one in root.iter("text")] == ["<Khentii>"]
    assert len([one for one in root.iter("path") if one.get("class") == "unit here"]) == 1
    assert len(list(root.iter("circle"))) == 1


def test_tiles_print_the_number_and_say_where_there_is_none() -> None:
    html = f"<div>{maps.tiles(UNITS, 'mn', 'no figure')}</div>"
    root = parsed(html)
    assert Counter(one.text == "…" for one in root.iter("b")) == {False: 21, True: 1}
    assert "no figure" in html
    places = [
        one.get("class") for one in root.iter("li") if (one.get("class") or "").startswith("c")
    ]
    assert len(places) == len(set(places)) == 22  # no tile on another


def test_the_bundled_map_has_every_unit_and_no_boundary() -> None:
    drawn = maps.hexagon_map()
    assert drawn.units.keys() == hexagons.read_units().keys() == maps.TILES.keys()
    for unit in drawn.units.values():
        assert re.fullmatch(r"(M[\d .L-]+Z)+", unit.path)


def test_hexagons_tile_the_plane() -> None:
    for cell in [(0, 0), (3, -7), (-5, 2)]:
        assert grid.cell_at(grid.centre(cell)) == cell
        near = [math.dist(grid.centre(cell), grid.centre(one)) for one in grid.neighbours(cell)]
        assert near == pytest.approx([grid.WIDTH] * 6)
    two = grid.outline([(0, 0), (1, 0)], 1, (0, 0))
    assert two.count("L") == 9  # ten corners: the shared edge is gone
    ring = grid.outline(grid.neighbours((0, 0)), 1, (0, 0))
    assert ring.count("M") == 2  # the outside, and the hole
    assert [len(piece) for piece in grid.pieces([(0, 0), (5, 5), (5, 6)])] == [1, 2]


def test_the_projection_keeps_areas() -> None:
    def area(latitude: float) -> float:
        corners = [(latitude + a, 100 + b) for a, b in ((0, 0), (0, 1), (1, 1), (1, 0))]
        places = [grid.project(*corner) for corner in corners]
        turned = zip(places, places[1:] + places[:1], strict=True)
        return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in turned)) / 2

    def on_the_sphere(latitude: float) -> float:
        height = math.sin(math.radians(latitude + 1)) - math.sin(math.radians(latitude))
        return 6371**2 * math.radians(1) * height

    for latitude in (42.0, 51.0):
        assert area(latitude) == pytest.approx(on_the_sphere(latitude), rel=0.001)


def test_hexagons_go_to_the_unit_with_most_points_and_small_units_are_seen() -> None:
    units = {
        code: UnitSeat(code, "", "", grid.centre(seat))
        for code, seat in (("a", (0, 0)), ("b", (6, 0)), ("small", (3, 3)))
    }
    cells = [(q, r) for q in range(7) for r in range(7)]
    points = [(grid.centre(cell), "a" if cell[0] < 4 else "b") for cell in cells for _ in range(3)]
    points.append((grid.centre((3, 3)), "small"))  # outvoted everywhere
    owners = assign(points, units)
    assert owners[0, 0] == "a"
    assert owners[6, 1] == "b"
    assert [cell for cell, code in owners.items() if code == "small"] != []
    assert Counter(owners.values())["small"] == 2
    for code in units:
        assert len(grid.pieces(cell for cell, owner in owners.items() if owner == code)) == 1


@pytest.mark.skipif(not GEONAMES.exists(), reason="the shared folder with GeoNames is absent")
def test_the_bundled_map_is_what_the_script_makes() -> None:
    assert json.loads(hexagons.make(GEONAMES)) == json.loads(maps.FILE.read_text("utf-8"))


def test_no_outline_goes_somewhere_and_back() -> None:
    """Such edges lie within a unit and are seen as ticks."""
    for code, unit in maps.hexagon_map().units.items():
        edges = set[tuple[str, str]]()
        for ring in unit.path.split("M")[1:]:
            corners = ring.rstrip("Z").split("L")
            edges.update(zip(corners, [*corners[1:], corners[0]], strict=True))
        assert not edges & {(end, start) for start, end in edges}, code


def test_edges_that_hexagons_share_fall_away_in_every_row() -> None:
    for row in range(-4, 5):
        assert grid.outline([(0, row), (1, row)], 1, (0, 0)).count("L") == 9
