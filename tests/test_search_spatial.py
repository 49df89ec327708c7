"""Spatial search: the index finds what the engine's own functions find in a full scan."""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Callable, Sequence
from io import StringIO

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph.core import instance as instances
from graph.core.errors import QuerySyntaxError, QueryTooLarge
from graph.ledger import create
from graph.queries import Query
from graph.queries.engines.embedded import run_query
from graph.queries.results.spool import ResultSpool
from graph.search import geometry, spatial
from graph.search.geometry import Box
from graph.search.properties import GEOJSON
from graph.search.query import SearchIndex
from graph.search.spatial import SpatialHit, SpatialScope
from graph.snapshots import Snapshot
from tests import parts
from tests.test_publish import publish
from tests.test_search_index import GEO, WKT, line

JSON = ox.NamedNode(GEO + "geoJSONLiteral")
PREFIXES = (
    "PREFIX spatial: <http://jena.apache.org/spatial#> PREFIX geo: <" + GEO + ">"
    " PREFIX geof: <http://www.opengis.net/def/function/geosparql/>"
    " PREFIX uom: <http://www.opengis.net/def/uom/OGC/1.0/> PREFIX e: <http://e/>\n"
)
# Every fifth degree or so, shapes of all kinds, and literals that are none.
POINTS = {
    f"p{n}": (n * 37 % 360 - 180 + n / 7 % 1, n * 53 % 180 - 90 + n / 11 % 1) for n in range(200)
}
SHAPES = {
    "square": "POLYGON((100 40, 110 40, 110 50, 100 50, 100 40))",
    "hole": "POLYGON((0 0, 10 0, 10 10, 0 10, 0 0), (4 4, 6 4, 6 6, 4 6, 4 4))",
    "road": "LINESTRING(20 20, 30 30, 40 20)",
    "spots": "MULTIPOINT((60 10), (70 10))",
    "plots": "MULTIPOLYGON(((-20 -20, -9 -20, -9 -9, -20 -20)), ((-4 -4, -3 -4, -3 -3, -4 -4)))",
    "mixed": "GEOMETRYCOLLECTION(POINT(80 5), LINESTRING(80 0, 85 0))",
    "named": "<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POINT(106.9 47.9)",
    "other-system": "<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(47.9 106.9)",
    "broken": "POINT(106.9 x)",
    "three": "POINT(106.9 47.9 1300)",
    "empty": "POINT EMPTY",
}
JSON_SHAPES = {
    "json-point": '{"type":"Point","coordinates":[50,50]}',
    "json-area": '{"type":"Polygon","coordinates":[[[50,60],[55,60],[55,65],[50,60]]]}',
    "json-spots": '{"type":"MultiPoint","coordinates":[[51,51],[52,52]]}',
    "json-broken": '{"type":"Point"}',
}  # fmt: skip


def literals() -> dict[str, ox.Literal]:
    points = {
        name: ox.Literal(f"POINT({x!r} {y!r})", datatype=WKT) for name, (x, y) in POINTS.items()
    }
    shapes = {name: ox.Literal(text, datatype=WKT) for name, text in SHAPES.items()}
    return points | shapes | {n: ox.Literal(t, datatype=JSON) for n, t in JSON_SHAPES.items()}


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    instance = instances.create(tmp_path_factory.mktemp("near") / "data", "https://example.mn/")
    create(instance)
    instances.write_config(instance)
    stated = [line(name, GEO + "asWKT", literal) for name, literal in literals().items()]
    links = [line("place", GEO + "hasGeometry", ox.NamedNode("http://e/named"))]
    publish(instance, "b", [line("p1", GEO + "asWKT", literals()["p1"])])
    return publish(instance, "a", sorted([*stated, *links]))


@pytest.fixture(scope="module")
def index(placed: Snapshot) -> SearchIndex:
    return SearchIndex.of(placed)


def names(hits: Sequence[SpatialHit]) -> set[str]:
    return {one.iri.removeprefix("http://e/").replace("place", "named") for one in hits}


def engine(function: str, other: str) -> set[str]:
    """All literals for which a function of the engine is true, asked one by one."""
    values = " ".join(f'("{name}" {literal})' for name, literal in literals().items())
    rows = ox.Store().query(
        f"{PREFIXES} SELECT ?n {{ VALUES (?n ?g) {{ {values} }} FILTER({function}(?g, {other})) }}"
    )
    assert isinstance(rows, ox.QuerySolutions)
    return {row["n"].value for row in rows}


def polygon(box: Box) -> str:
    west, south, east, north = box
    ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
    return f'"POLYGON(({ring}))"^^geo:wktLiteral'


sides = st.tuples(st.floats(-180, 180, width=32), st.floats(-180, 180, width=32)).filter(
    lambda s: s[0] < s[1]
)
heights = st.tuples(st.floats(-90, 90, width=32), st.floats(-90, 90, width=32)).filter(
    lambda s: s[0] < s[1]
)
BOXES = st.builds(lambda x, y: Box(x[0], y[0], x[1], y[1]), sides, heights)


@settings(max_examples=parts.examples(15, 120), deadline=None)
@given(BOXES)
@example(Box(100, 40, 110, 50))
@example(Box(4.5, 4.5, 5.5, 5.5))  # in the hole
@example(Box(-180, -90, 180, 90))
def test_boxes_hold_what_the_engine_says(index: SearchIndex, box: Box) -> None:
    touched = names(spatial.intersecting(index, box, SpatialScope()))
    assert touched == engine("geof:sfIntersects", polygon(box))
    inside = names(spatial.within(index, box, SpatialScope()))
    assert inside <= touched
    assert inside >= engine("geof:sfWithin", polygon(box))  # without those on its edge


@settings(max_examples=parts.examples(15, 120), deadline=None)
@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(0, 2.1e7))
@example(179.9, 10.0, 3e6)
@example(-179.9, -10.0, 3e6)
@example(0.0, 90.0, 1e6)
@example(5.0, 5.0, 1000.0)
def test_what_is_near_is_what_is_measured_near(
    index: SearchIndex, longitude: float, latitude: float, metres: float
) -> None:
    hits = spatial.nearest(index, (longitude, latitude), metres, SpatialScope())
    here = f'"POINT({longitude!r} {latitude!r})"^^geo:wktLiteral'
    measured = engine(f"{metres!r} >= geof:distance", f"{here}, uom:metre")
    points = {name for name in names(hits) if name in POINTS}
    close = {
        n
        for n, at in POINTS.items()
        if abs(geometry.distance((longitude, latitude), at) - metres) < 1e-3
    }
    assert points ^ {name for name in measured if name in POINTS} <= close  # rounding at the rim
    assert [one.metres for one in hits] == sorted(one.metres for one in hits)
    holding = engine("geof:sfIntersects", here)
    assert {one for one in names(hits) if one in SHAPES} >= holding & SHAPES.keys()


@settings(max_examples=parts.examples(25, 200), deadline=None)
@given(*(st.floats(-180, 180), st.floats(-90, 90)) * 2)
def test_distances_are_the_engines(x: float, y: float, u: float, v: float) -> None:
    one, other = (f'"POINT({a!r} {b!r})"^^geo:wktLiteral' for a, b in ((x, y), (u, v)))
    rows = ox.Store().query(
        f"{PREFIXES} SELECT (geof:distance({one}, {other}, uom:metre) AS ?d) {{}}"
    )
    assert isinstance(rows, ox.QuerySolutions)
    engines = float(next(rows)["d"].value)
    assert geometry.distance((x, y), (u, v)) == pytest.approx(engines, rel=1e-7, abs=1e-3)


@pytest.mark.parametrize(
    ("place", "shape", "metres"),
    [
        ((95, 45), "square", 392_000),
        ((105, 45), "square", 0),
        ((5, 5), "hole", 110_800),
        ((30, 31), "road", 111_195),
        ((30, 10), "road", 1_544_760),
        ((65, 10), "spots", 547_000),
        ((80, 5), "mixed", 0),
    ],
)
def test_distances_to_shapes(
    index: SearchIndex, place: tuple[float, float], shape: str, metres: float
) -> None:
    hits = {one.iri: one.metres for one in spatial.nearest(index, place, 2e6, SpatialScope())}
    assert hits[f"http://e/{shape}"] == pytest.approx(metres, rel=0.01)


@pytest.mark.parametrize(
    ("text", "datatype"),
    [
        ("[1]", GEOJSON),
        ("null", GEOJSON),
        ('{"geometries": [5]}', GEOJSON),
        ('{"geometry": "x"}', GEOJSON),
        ('{"type": "Point", "coordinates": [NaN, 1]}', GEOJSON),
        (f'{{"type": "Point", "coordinates": [1{"0" * 400}, 1]}}', GEOJSON),
        ('{"geometries":' * 5000, GEOJSON),
        ("POINT(1e999 1)", WKT.value),
    ],
)
def test_a_literal_that_is_no_geometry_has_no_box(text: str, datatype: str) -> None:
    assert geometry.bounding_box(text, datatype) is None


@pytest.mark.parametrize("text", [f"POINT({'1' * 20_000})", "MULTIPOINT" * 20_000])
def test_a_long_literal_that_is_no_geometry_takes_no_time(text: str) -> None:
    start = time.process_time()
    assert geometry.bounding_box(text, WKT.value) is None
    assert time.process_time() - start < 1


def test_a_shape_is_no_nearer_than_its_box_lets_it() -> None:
    for place in ((0.0, 85.0), (170.0, -60.0)):
        for metres in (1e3, 1e5, 1e6):
            for angle in range(0, 360, 15):
                turn = metres / geometry.RADIUS
                lat = math.asin(
                    math.sin(math.radians(place[1])) * math.cos(turn)
                    + math.cos(math.radians(place[1]))
                    * math.sin(turn)
                    * math.cos(math.radians(angle))
                )
                lon = math.radians(place[0]) + math.atan2(
                    math.sin(math.radians(angle))
                    * math.sin(turn)
                    * math.cos(math.radians(place[1])),
                    math.cos(turn) - math.sin(math.radians(place[1])) * math.sin(lat),
                )
                x, y = (math.degrees(lon) + 540) % 360 - 180, math.degrees(lat)
                assert any(
                    b.west <= x <= b.east and b.south <= y <= b.north
                    for b in geometry.boxes_around(place, metres)
                )


# --- in queries ---


@pytest.fixture(scope="module")
def ask(placed: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[str]]:
    store = ox.Store.read_only(str(placed.path))
    folder = tmp_path_factory.mktemp("spool")

    def run(text: str) -> list[str]:
        with ResultSpool(1 << 20, folder) as spool:
            run_query(store, Query(PREFIXES + text, format="csv"), None, spool, placed.path)
            body = spool.body()
        assert isinstance(body, bytes)
        rows = list(csv.reader(StringIO(body.decode(), newline="")))[1:]
        return [" ".join(row).replace("http://e/", "") for row in rows]

    return run


TOUCHED = "spatial:intersectBox (47 106 48 107)"


@pytest.mark.parametrize(
    ("where", "hits"),
    [
        ("?s spatial:nearby (47.9 106.9 1)", {"place", "square"}),
        ("?s spatial:nearby (47.9 106.9 1 uom:metre)", {"place", "square"}),
        ("?s spatial:nearby (47.9 106.9 2 uom:kilometre 1)", {"place"}),
        ('?s spatial:nearbyGeom ("POINT(50 50)"^^geo:wktLiteral 1 "km")', {"json-point"}),
        ("?s spatial:withinBox (47 106 48 107)", {"place"}),
        ("?s spatial:intersectBox (47 106 48 107)", {"place", "square"}),
        (f"?s spatial:withinBoxGeom ({polygon(Box(19, 19, 41, 31))} 5)", {"road"}),
        ("?s spatial:intersectBox (47 106 48 107) ; geo:hasGeometry ?g", {"place"}),
        ("e:square spatial:intersectBox (47 106 48 107) BIND(e:x AS ?s)", {"x"}),
        ("e:road spatial:intersectBox (47 106 48 107) BIND(e:x AS ?s)", set()),
        ("GRAPH <https://example.mn/graph/b> { ?s spatial:withinBox (-90 -180 90 180) }", {"p1"}),
        (f"?s {TOUCHED} FILTER NOT EXISTS {{ ?s spatial:withinBox (47 106 48 107) }}", {"square"}),
    ],
)  # fmt: skip
def test_places_are_patterns(ask: Callable[[str], list[str]], where: str, hits: set[str]) -> None:
    points = {f"p{n}" for n in range(200)} - {"p1"}
    assert set(ask(f"SELECT ?s {{ {where} }}")) - points == hits


def test_columns_tell_distance_and_shape(ask: Callable[[str], list[str]]) -> None:
    pattern = "(?s ?d ?g) spatial:nearby (47.9 106.9 1000 uom:metre)"
    rows = ask(f"SELECT ?s ?d ?g {{ {pattern} FILTER(?s = e:place) }}")
    assert rows == [f"place 0 {SHAPES['named']}"]
    again = "BIND(geof:distance(?g, 'POINT(106 47)'^^geo:wktLiteral, uom:kilometre) AS ?e)"
    measured = f"(?s ?d ?g) spatial:nearbyGeom ('POINT(106 47)'^^geo:wktLiteral 500) {again}"
    assert ask(f"SELECT ?s {{ {measured} FILTER(ABS(?d - ?e) < 1e-6) }}") == ["place"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("spatial:nearby (47.9 106.9)", "a radius"),
        ("spatial:nearby (106.9 147.9 1)", "not a valid latitude"),
        ("spatial:nearby (47.9 106.9 -1)", "cannot be negative"),
        ('spatial:nearby (47.9 106.9 "1")', "not a number"),
        ("spatial:nearby (47.9 106.9 1 uom:degree)", "not a known unit"),
        ("spatial:nearby (47.9 106.9 1 uom:metre 0)", "limit"),
        ("spatial:nearby (?lat ?long 1)", "no value yet"),
        ("spatial:withinBox (48 106 47 107)", "not a valid box"),
        ("spatial:withinBox (48 106)", "four sides"),
        ('spatial:withinBoxGeom ("POINT(1 1)")', "not a geometry"),
        ('spatial:nearbyGeom ("LINESTRING(1 1, 2 2)"^^geo:wktLiteral 1)', "from a point"),
    ],
)
def test_misuse_is_said(ask: Callable[[str], list[str]], call: str, message: str) -> None:
    with pytest.raises(QuerySyntaxError, match=message):
        ask(f"SELECT * {{ ?s {call} }}")


def test_too_much_is_said(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spatial, "MAX_HITS", 10)
    with pytest.raises(QueryTooLarge):
        spatial.intersecting(index, Box(-180, -90, 180, 90), SpatialScope())
    assert len(spatial.intersecting(index, Box(-180, -90, 180, 90), SpatialScope(), 5)) == 5


AREA, OTHER = polygon(Box(106, 47, 108, 49)), polygon(Box(107, 47, 109, 49))
LINE, POINT = '"LINESTRING(106 47,107 48)"^^geo:wktLiteral', '"POINT(107 48)"^^geo:wktLiteral'


@pytest.mark.parametrize(
    ("call", "value"),
    [
        (f"geof:sfWithin({POINT}, {AREA})", "true"),
        (f"geof:sfWithin('POINT(106 48)'^^geo:wktLiteral, {AREA})", "false"),  # on its edge
        (f'geof:relate({POINT}, {AREA}, "T*F**F***")', "true"),
        (f"FLOOR(geof:distance({POINT}, 'POINT(107 49)'^^geo:wktLiteral, uom:kilometre))", "111"),
        (f"geof:distance({POINT}, {AREA}, uom:metre)", ""),
        (f"geof:distance({POINT}, {POINT}, uom:degree)", ""),
        (f"FLOOR(geof:length({LINE}, uom:kilometre))", "134"),
        (f"FLOOR(geof:perimeter({AREA}, uom:kilometre))", "742"),
        (f"geof:area({AREA}, uom:square_metre) > 3e10", "true"),
        (f"geof:area({AREA}, uom:squareMetre)", ""),
        (f"geof:isEmpty(geof:intersection({AREA}, {OTHER}))", "false"),
        (f"geof:intersection({AREA}, {POINT})", ""),
        (f"geof:buffer({POINT}, 1, uom:metre)", ""),
        (f"geof:boundary({AREA})", ""),
    ],
)
def test_what_the_page_says_of_geosparql_functions(
    ask: Callable[[str], list[str]], call: str, value: str
) -> None:
    assert ask(f"SELECT ({call} AS ?v) {{}}") == [value]
