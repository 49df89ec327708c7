"""The time of searches with the index, beside the same question as a SPARQL filter.

Both run in a query worker on the same snapshot; the results are compared.
`python -m bench.queries.search [DATASETS]` prints the rows alone.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.data import synthetic
from bench.loading import load
from bench.results import Measurement
from graph.core.instance import Instance
from graph.queries import Pool, Query, QueryLimits

_PREFIXES = (
    "PREFIX text: <http://jena.apache.org/text#> PREFIX spatial: <http://jena.apache.org/spatial#>"
    " PREFIX dct: <http://purl.org/dc/terms/> PREFIX geo: <http://www.opengis.net/ont/geosparql#>"
    " PREFIX geof: <http://www.opengis.net/def/function/geosparql/>"
    " PREFIX uom: <http://www.opengis.net/def/uom/OGC/1.0/>\n"
)
_TITLES = (
    'SELECT DISTINCT ?s { ?s text:query (dct:title "багц %d" "lang:mn") }',
    'SELECT DISTINCT ?s { ?s dct:title ?t FILTER(LANG(?t) = "mn" && '
    'REGEX(LCASE(?t), "багц %d([^0-9]|$)")) }',
)
_CONTAINED = (
    _TITLES[0],
    'SELECT DISTINCT ?s { ?s dct:title ?t FILTER(CONTAINS(LCASE(?t), "багц %d,")) }',
)
_NEAR = (
    "SELECT ?s { ?s spatial:nearby (47.5 %d.25 20) }",
    "SELECT ?s { ?s geo:asWKT ?w FILTER(geof:distance(?w, "
    '"POINT(%d.25 47.5)"^^geo:wktLiteral, uom:kilometre) <= 20) }',
)
_WITHIN = (
    "SELECT ?s { ?s spatial:withinBox (47.05 %d.05 47.45 %d.45) }",
    'SELECT ?s { ?s geo:asWKT ?w FILTER(geof:sfWithin(?w, "POLYGON((%d.05 47.05, %d.45 47.05,'
    ' %d.45 47.45, %d.05 47.45, %d.05 47.05))"^^geo:wktLiteral)) }',
)
_ROUNDS = 5
_TARGET = 10.0
_TARGET_FROM = 10_000  # resources; with fewer, a filter takes no longer than any query does
Pair = tuple[str, str]


def texts(instance: Instance, datasets: int) -> Iterator[Measurement]:
    """Find a title of a synthetic catalogue by its words."""
    numbers = [datasets * share // 7 for share in range(1, _ROUNDS + 1)]
    with _pool(instance) as pool:
        size = f"{datasets:,} datasets"
        yield _compared(pool, "a title by its words, against CONTAINS", size, _CONTAINED, numbers)
        yield _compared(pool, "a title by its words, against REGEX", size, _TITLES, numbers)


def places(folder: Path, number: int) -> Iterator[Measurement]:
    """Find places near a point and in a box, among `number` places."""
    instance = load.new_instance(folder)
    load.load_version(instance, list(_points(number)))
    with _pool(instance) as pool:
        size, degrees = f"{number:,} places", list(range(100, 100 + _ROUNDS))
        yield _compared(pool, "places within 20 km, against geof:distance", size, _NEAR, degrees)
        yield _compared(pool, "places in a box, against geof:sfWithin", size, _WITHIN, degrees)


def _pool(instance: Instance) -> Pool:
    return Pool.start(instance, workers=1, limits=QueryLimits(timeout=600.0))


def _points(number: int) -> Iterator[synthetic.Line]:
    """Places distributed over Mongolia, the same in every run."""
    for n in range(number):
        longitude, latitude = 88 + n * 7919 % 320000 / 10000, 42 + n * 104729 % 100000 / 10000
        yield synthetic.Line(
            f"<{synthetic.BASE}place/{n}> <http://www.opengis.net/ont/geosparql#asWKT>"
            f' "POINT({longitude} {latitude})"'
            "^^<http://www.opengis.net/ont/geosparql#wktLiteral> .".encode(),
            n,
        )


def _compared(pool: Pool, work: str, size: str, pair: Pair, numbers: list[int]) -> Measurement:
    ours, theirs = (_times_and_results(pool, text, numbers) for text in pair)
    if ours[1] != theirs[1]:
        raise ValueError(f"{work}: index and filter do not give the same answers")
    ratio = theirs[0] / ours[0]
    detail = f"{sum(map(len, ours[1]))} answers to {len(numbers)} questions, medians"
    has_target = int(size.partition(" ")[0].replace(",", "")) >= _TARGET_FROM
    return Measurement(
        work=work,
        size=size,
        against="a filter",
        ours=1000 * ours[0],
        theirs=1000 * theirs[0],
        unit="ms",
        ratio=ratio,
        target=f"≥ {_TARGET:g}" if has_target else "",
        met=ratio >= _TARGET if has_target else None,
        detail=detail,
    )


def _times_and_results(pool: Pool, text: str, numbers: list[int]) -> tuple[float, list[list[str]]]:
    """The median time in seconds, and the sorted results."""
    seconds, answers = [], []
    pool.run(Query("ASK {}"))  # so that the worker has the store open
    for number in numbers:
        query = Query(_PREFIXES + text.replace("%d", str(number)), format="csv")
        begun = time.perf_counter()
        body = pool.run(query).read()
        seconds.append(time.perf_counter() - begun)
        answers.append(sorted(body.decode().split()))
    return statistics.median(seconds), answers


def main() -> None:
    """Measure searching alone."""
    datasets = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory(prefix="ulzii-bench-") as folder:
        instance = load.new_instance(Path(folder) / "texts")
        load.load_version(instance, list(synthetic.lines(datasets)))
        for row in (*texts(instance, datasets), *places(Path(folder) / "places", datasets)):
            print(f"{row.work}, {row.size}: {row.ours:.4f} {row.theirs:.4f} {row.ratio:.0f} times")


if __name__ == "__main__":
    main()
