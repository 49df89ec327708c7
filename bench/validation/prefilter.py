"""The time of validation with the prefilter and by pySHACL alone, on synthetic catalogues.

python -m bench.validation.prefilter [--sizes 1000,50000] [--shapes FILE …]

pySHACL alone is measured on a sample and extrapolated by the number of datasets, which is in its
favour: its time grows slightly more than linearly. All results of the sample are compared.
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
from bench.results import Measurement
from shapes.prefilter.run import Prefiltered
from shapes.prefilter.terms import term

SAMPLE = 500
_DCAT_AP_SHAPES = Path(__file__).parents[3] / "shared/data/dcat/shapes/dcat-ap-3.0.1"
FILES = (_DCAT_AP_SHAPES / "html_shacl_shapes.ttl", _DCAT_AP_SHAPES / "html_shacl_range.ttl")

_INTEGER = b"XMLSchema#integer>"
_COUNT = b"XMLSchema#nonNegativeInteger>"
_OMITTED = (
    b"/terms/title> ",
    b"dcat#accessURL> ",
    b"#record> <http://purl.org/dc/terms/modified> ",
)
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_REFERENCE_TYPES = {
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


class Case(NamedTuple):
    """A catalogue in which one of every `every` focus nodes fails, and the target ratio."""

    work: str
    every: int
    target: float


CASES = (
    Case("validating, 1 % of focus nodes fail", 100, 20.0),
    Case("validating, 10 % of focus nodes fail", 10, 10.0),
    Case("validating, every focus node fails", 1, 4.0),
)


def catalogue(datasets: int, every: int) -> Iterator[bytes]:
    """Canonical lines with the datatypes of an export, with failing datasets.

    A failing dataset has no titles, no access URLs and no modification date of its record.
    """
    for line in synthetic.lines(datasets):
        if line.dataset % every or not any(part in line.text for part in _OMITTED):
            yield line.text.replace(_INTEGER, _COUNT) + b"\n"


def reference_lines(datasets: int) -> list[bytes]:
    """Types and names of the resources that the datasets link to, as published."""
    found: set[bytes] = set()
    for line in synthetic.lines(min(datasets, 10_000)):
        _, predicate, value = line.text.decode().removesuffix(" .").split(" ", 2)
        if kind := _REFERENCE_TYPES.get(predicate):
            found.add(f"{value} {_TYPE} <{kind}> .\n".encode())
            if kind in _NAMES:
                found.add(f"{value} {_NAMES[kind]} .\n".encode())
    return sorted(found)


def run_prefiltered(shapes: Graph, case: Case, datasets: int, jobs: int) -> tuple[float, int]:
    """Seconds from lines to results, and the number of results; the lines are on disk."""
    reference, lines = reference_lines(datasets), list(catalogue(datasets, case.every))
    with tempfile.TemporaryDirectory(prefix="ulzii-bench-") as folder:
        start = time.perf_counter()
        found = Prefiltered(shapes, lines, reference, Path(folder)).results(jobs=jobs)
        count = sum(1 for _ in found)
        return time.perf_counter() - start, count


def run_pyshacl(shapes: Graph, case: Case, datasets: int) -> tuple[float, Graph]:
    """Seconds that pySHACL takes for a graph that is already loaded, and its report."""
    data = Graph()
    for line in (*reference_lines(datasets), *catalogue(datasets, case.every)):
        subject, predicate, value = line.split(b" ", 2)
        data.add((term(subject), term(predicate), term(value[:-3])))
    start = time.perf_counter()
    _, report, text = pyshacl.validate(data, shacl_graph=shapes, do_owl_imports=False)
    if not isinstance(report, Graph):
        raise RuntimeError(text)
    return time.perf_counter() - start, report


ComparedParts = tuple[str, ...]


def same_results(shapes: Graph, case: Case, report: Graph, datasets: int) -> bool:
    """Whether both have the same results for the sample, by the parts in _COMPARED."""
    lines = catalogue(datasets, case.every)
    our_results: list[ComparedParts] = []
    for node, triples in Prefiltered(shapes, lines, reference_lines(datasets)).results():
        properties = {predicate: value for subject, predicate, value in triples if subject == node}
        our_results.append(tuple(str(properties.get(predicate)) for predicate in _COMPARED))
    nodes = report.objects(None, SH.result)
    their_results = [
        tuple(str(report.value(node, predicate)) for predicate in _COMPARED) for node in nodes
    ]
    return sorted(our_results) == sorted(their_results)


_COMPARED = (
    SH.focusNode,
    SH.resultPath,
    SH.value,
    SH.sourceConstraintComponent,
    SH.sourceShape,
    SH.resultSeverity,
    SH.resultMessage,
)


def run(sizes: list[int], files: tuple[Path, ...] = FILES, jobs: int = 0) -> list[Measurement]:
    """Measure every case at every size; no rows if the official shapes are not available."""
    return list(rows(sizes, files, jobs))


def rows(sizes: list[int], files: tuple[Path, ...] = FILES, jobs: int = 0) -> Iterator[Measurement]:
    """The same, each row as soon as it is measured."""
    if not all(path.is_file() for path in files):
        return
    shapes = Graph()
    for path in files:
        shapes.parse(path)
    for case in CASES:
        yield from _measure(shapes, case, sizes, jobs)


def _measure(shapes: Graph, case: Case, sizes: list[int], jobs: int) -> Iterator[Measurement]:
    sample = min(SAMPLE, *sizes)
    alone, report = run_pyshacl(shapes, case, sample)
    if not same_results(shapes, case, report, sample):
        raise AssertionError(f"{case.work}: the results differ from those of pySHACL alone")
    for datasets in sizes:
        seconds, count = run_prefiltered(shapes, case, datasets, jobs or os.cpu_count() or 1)
        extrapolated = alone * datasets / sample
        ratio = extrapolated / seconds
        yield Measurement(
            work=case.work,
            size=f"{datasets:,} datasets",
            against="pySHACL",
            ours=seconds,
            theirs=extrapolated,
            unit="seconds",
            ratio=ratio,
            target=f"≥ {case.target:g}",
            met=ratio >= case.target,
            detail=f"{count:,} results; pySHACL alone took {alone:.2f} s for {sample:,} datasets, "
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
