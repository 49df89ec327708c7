"""Results of pySHACL alone and with the prefilter, in a form that compares all their parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pyshacl
from rdflib import Graph

from bench.validation.comparable import ComparableResult, ComparableResults, properties_by_subject
from shapes.prefilter.focus_validator import forget_blank_nodes
from shapes.prefilter.run import Prefiltered
from shapes.prefilter.terms import term


def in_memory(lines: Iterable[bytes]) -> Graph:
    data = Graph()
    for line in lines:
        subject, predicate, value = line.split(b" ", 2)
        data.add((term(subject), term(predicate), term(value.rstrip(b"\n")[:-2])))
    return data


def pyshacl_alone(shapes: Graph, lines: Iterable[bytes]) -> Counter[ComparableResult]:
    """The results of pySHACL alone, over an rdflib graph."""
    forget_blank_nodes()
    _, report, text = pyshacl.validate(
        in_memory(lines), shacl_graph=shapes, inference="none", advanced=False, do_owl_imports=False
    )
    assert isinstance(report, Graph), text
    return ComparableResults(shapes).of_report(report)


def prefiltered(shapes: Graph, lines: list[bytes], jobs: int = 1) -> Counter[ComparableResult]:
    """The results with the prefilter, and those of shapes that need the full graph."""
    run, results = Prefiltered(shapes, lines), ComparableResults(shapes)
    found = list(run.results(jobs=jobs))
    if run.full_graph_pairs:
        found += run.validate_full_graph(in_memory(lines))
    return Counter(results.of(node, properties_by_subject(triples)) for node, triples in found)
