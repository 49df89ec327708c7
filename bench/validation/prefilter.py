"""Validating behind the prefilter against pySHACL alone, on synthetic catalogues as exported.

python -m bench.validation.prefilter [--sizes 1000,50000] [--shapes FILE …]

pySHACL alone is measured on a sample and extrapolated by the number of datasets, which flatters it:
it is slightly slower than linear. The results of the sample are compared one by one.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyshacl
from rdflib import SH, Graph

from bench.data import synthetic
from shapes.prefilter.run import Prefiltered
from shapes.prefilter.terms import term

SAMPLE = 500
OFFICIAL = Path(__file__).parents[3] / "shared/data/dcat/shapes/dcat-ap-3.0.1"
FILES = (OFFICIAL / "html_shacl_shapes.ttl", OFFICIAL / "html_shacl_range.ttl")

_INTEGER = b"XMLSchema#integer>"
_COUNT = b"XMLSchema#nonNegativeInteger>"
_LEFT_OUT = (
    b"/terms/title> ",
    b"dcat#accessURL> ",
    b"#record> <http://purl.org/dc/terms/modified> ",
)
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_STUBS = {
    "<http://purl.org/dc/terms/publisher>": "http://xmlns.com/foaf/0.1/Agent",
    "<http://purl.org/dc/terms/language>": "http://purl.org/dc/terms/LinguisticSystem",
    "<http://purl.org/dc/terms/accrualPeriodicity>": "http://purl.org/dc/terms/Frequency",
    "<http://purl.org/dc/terms/spatial>": "http://purl.org/dc/terms/Location",
    "<http://www.w3.org/ns/dcat#theme>": "http://www.w3.org/2004/02/skos/core#Concept",
    "<http://purl.org/dc/terms/format>": "http://purl.org/dc/terms/MediaTypeOrExtent",
    "<http://purl.org/dc/terms/rights>": "http://purl.org/dc/terms/RightsStatement",
}
_NAMES = {
    "http://xmlns.com/foaf/0.1/Agent": '<http://xmlns.com/foaf/0.1/name> "Яам"@mn',
    "http://www.w3.org/2004/02/skos/core#Concept": (
        '<http://www.w3.org/2004/02/skos/core#prefLabel> "Сэдэв"@mn'
    ),
}


class Row(NamedTuple):
    """One promise measured: seconds of ours and theirs, and how many times faster ours is."""

    work: str
    size: str
    ours: float
    theirs: float
    unit: str
    ratio: float
    target: str
    met: bool | None
    detail: str


class Case(NamedTuple):
    """A catalogue in which one focus node of `every` fails."""

    work: str
    every: int
    target: float


CASES = (
    Case("validating, 1 % of focus nodes fail", 100, 20.0),
    Case("validating, 10 % of focus nodes fail", 10, 10.0),
    Case("validating, every focus node fails", 1, 4.0),
)


def catalogue(datasets: int, every: int) -> Iterator[bytes]:
    """Canonical lines with the datatypes of the export; failing datasets lack what they must say.

    A dataset that fails lacks its titles, its distributions their addresses, its record its date.
    """
    for line in synthetic.lines(datasets):
        if line.dataset % every or not any(part in line.text for part in _LEFT_OUT):
            yield line.text.replace(_INTEGER, _COUNT) + b"\n"


def stubs(datasets: int) -> list[bytes]:
    """Types and names of what the datasets point to, as the published references have them."""
    found: set[bytes] = set()
    for line in synthetic.lines(min(datasets, 10_000)):
        _, predicate, value = line.text.decode().removesuffix(" .").split(" ", 2)
        if kind := _STUBS.get(predicate):
            found.add(f"{value} {_TYPE} <{kind}> .\n".encode())
            if kind in _NAMES:
                found.add(f"{value} {_NAMES[kind]} .\n".encode())
    return sorted(found)


def ours(shapes: Graph, case: Case, datasets: int, jobs: int) -> tuple[float, int]:
    """Seconds from lines to results, and the number of results; lines are kept on disk."""
    reference, lines = stubs(datasets), list(catalogue(datasets, case.every))
    with tempfile.TemporaryDirectory(prefix="ulzii-bench-") as folder:
        start = time.perf_counter()
        found = Prefiltered(shapes, lines, reference, Path(folder)).results(jobs=jobs)
        count = sum(1 for _ in found)
        return time.perf_counter() - start, count


def theirs(shapes: Graph, case: Case, datasets: int) -> tuple[float, Graph]:
    """Seconds pySHACL takes over a graph already read, and its report."""
    data = Graph()
    for line in (*stubs(datasets), *catalogue(datasets, case.every)):
        subject, predicate, value = line.split(b" ", 2)
        data.add((term(subject), term(predicate), term(value[:-3])))
    start = time.perf_counter()
    _, report, text = pyshacl.validate(data, shacl_graph=shapes, do_owl_imports=False)
    if not isinstance(report, Graph):
        raise RuntimeError(text)
    return time.perf_counter() - start, report


Told = tuple[str, ...]


def alike(shapes: Graph, case: Case, report: Graph, datasets: int) -> bool:
    """Whether ours says the same of the sample: focus, path, component, severity, message."""
    lines = catalogue(datasets, case.every)
    mine: list[Told] = []
    for node, triples in Prefiltered(shapes, lines, stubs(datasets)).results():
        said = {predicate: value for subject, predicate, value in triples if subject == node}
        mine.append(tuple(str(said.get(predicate)) for predicate in _COMPARED))
    nodes = report.objects(None, SH.result)
    other = [tuple(str(report.value(node, predicate)) for predicate in _COMPARED) for node in nodes]
    return sorted(mine) == sorted(other)


_COMPARED = (
    SH.focusNode,
    SH.resultPath,
    SH.value,
    SH.sourceConstraintComponent,
    SH.sourceShape,
    SH.resultSeverity,
    SH.resultMessage,
)


def run(sizes: list[int], files: tuple[Path, ...] = FILES, jobs: int = 0) -> list[Row]:
    """Measure every case at every size; no rows where the official shapes are absent."""
    return list(rows(sizes, files, jobs))


def rows(sizes: list[int], files: tuple[Path, ...] = FILES, jobs: int = 0) -> Iterator[Row]:
    """The same, one row as soon as it is measured."""
    if not all(path.is_file() for path in files):
        return
    shapes = Graph()
    for path in files:
        shapes.parse(path)
    for case in CASES:
        yield from _measured(shapes, case, sizes, jobs)


def _measured(shapes: Graph, case: Case, sizes: list[int], jobs: int) -> Iterator[Row]:
    sample = min(SAMPLE, *sizes)
    alone, report = theirs(shapes, case, sample)
    if not alike(shapes, case, report, sample):
        raise AssertionError(f"{case.work}: not what pySHACL finds alone")
    for datasets in sizes:
        seconds, count = ours(shapes, case, datasets, jobs or os.cpu_count() or 1)
        extrapolated = alone * datasets / sample
        ratio = extrapolated / seconds
        yield Row(
            case.work,
            f"{datasets:,} datasets",
            seconds,
            extrapolated,
            "seconds",
            ratio,
            f"≥ {case.target:g}",
            ratio >= case.target,
            f"{count:,} results; pySHACL alone took {alone:.2f} s for {sample:,} datasets, "
            "extrapolated; same results there",
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.validation.prefilter", description=__doc__)
    parser.add_argument("--sizes", default="1000,50000")
    parser.add_argument("--shapes", type=Path, nargs="*", default=FILES)
    parser.add_argument("--jobs", type=int, default=0)
    chosen = parser.parse_args()
    sizes = [int(size) for size in chosen.sizes.split(",")]
    for row in rows(sizes, tuple(chosen.shapes), chosen.jobs):
        print(*row, sep=" | ", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
