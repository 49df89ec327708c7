"""Statistics as VoID statements, and back.

The graph is the only place where the statistics are stored, so no other file can contradict it. The
description of a named graph is `{base}void/{name}`, that of all data `{base}void`. A partition has
the IRI of its description with a fragment, made of hashes of its classes, properties and datatypes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

import pyoxigraph as ox

from graph.core import iris
from graph.core.iris import Names
from graph.statements import canonical
from graph.void import GRAPH
from graph.void.counts import WHOLE, Partition, PartitionKind, Tally, VoidMeasure
from vocab.namespaces import CORE, DCT, PROV, RDF, RDFS, SD, VOID, VOID_EXT, XSD
from vocab.terms import Object

RULE = iris.rule("void-statistics")
"""The version of the counting rules; statistics of another version are counted again."""

DUMPED = 500_000
"""Statements up to which a graph's dump is listed: about what the default limits of a query allow
in N-Triples (256 MiB, 30 seconds). The dump of a larger graph could be refused."""

PropertyValues = Iterator[tuple[ox.NamedNode, Object]]


def _token(name: ox.NamedNode) -> bytes:
    return str(name).encode()


_PARTS: Mapping[PartitionKind, tuple[bytes, bytes]] = {
    "class": (_token(VOID.classPartition), _token(VOID["class"])),
    "property": (_token(VOID.propertyPartition), _token(VOID.property)),
    "datatype": (_token(VOID_EXT.datatypePartition), _token(VOID_EXT.datatype)),
}
_MEASURES: Mapping[VoidMeasure, bytes] = {
    "triples": _token(VOID.triples),
    "entities": _token(VOID.entities),
    "distinctSubjects": _token(VOID.distinctSubjects),
    "distinctObjects": _token(VOID.distinctObjects),
}
_PART_COUNTS: Mapping[str, bytes] = {
    "class": _token(VOID.classes),
    "property": _token(VOID.properties),
}
_RULE, _COUNTED_BY = _token(CORE.rule), f"<{RULE}>".encode()
_READ = frozenset(
    {_RULE, *_MEASURES.values(), *(name for pair in _PARTS.values() for name in pair)}
)
_NUMBER = b'%b %b "%d"^^' + _token(XSD.integer) + b" ."
"""A line with a number: the canonical form of an integer."""


@dataclass(frozen=True, slots=True)
class GraphDescription:
    """A named graph, or all data (`name` is empty), with its metadata and statistics."""

    name: str
    tally: Tally
    title: Mapping[str, str] = field(default_factory=dict)
    modified: str = ""
    version: str = ""
    example: str = ""


def lines(described: Iterable[GraphDescription], names: Names) -> list[bytes]:
    """The VoID graph as sorted canonical lines."""
    graphs = list(described)
    result = {line for graph in graphs for line in _graph(graph, names)}
    result.update(_subsets([graph.name for graph in graphs], names))
    data = next(graph.tally[WHOLE, "triples"] for graph in graphs if not graph.name)
    result.update(_self_description(data, len(result), names))
    return sorted(canonical.normalise(sorted(result)))


def tallies(lines: Iterable[bytes], names: Names) -> dict[str, Tally]:
    """The statistics in a VoID graph, by the names of graphs; without those of another RULE.

    `lines` are canonical.
    """
    subjects: dict[bytes, dict[bytes, list[bytes]]] = {}
    for line in lines:
        subject, predicate, value = line.split(b" ", 2)
        if predicate in _READ:
            subjects.setdefault(subject, {}).setdefault(predicate, []).append(value[:-2])
    root = len(names.void())
    return {
        node[1:-1].decode()[root:].lstrip("/"): Counter(dict(_read(node, (), subjects)))
        for node, pairs in subjects.items()
        if _COUNTED_BY in pairs.get(_RULE, ())
    }


def _read(
    node: bytes, part: Partition, subjects: Mapping[bytes, Mapping[bytes, list[bytes]]]
) -> Iterator[tuple[tuple[Partition, VoidMeasure], int]]:
    pairs = subjects[node]
    for measure, predicate in _MEASURES.items():
        for value in pairs.get(predicate, ()):
            yield (part, measure), int(value.split(b'"')[1])
    for kind, (link, named_by) in _PARTS.items():
        for below in pairs.get(link, ()):
            (name,) = subjects[below][named_by]
            yield from _read(below, (*part, (kind, name[1:-1].decode())), subjects)


def _lines(subject: str, pairs: PropertyValues) -> Iterator[bytes]:
    about = ox.NamedNode(subject)
    return (canonical.line(about, predicate, value) for predicate, value in pairs)


def _graph(graph: GraphDescription, names: Names) -> Iterator[bytes]:
    node = names.void(graph.name)
    yield from _lines(node, _head(graph, names))
    yield from _lines(node, _vocabularies(graph.tally, names))
    yield from _parts(node, graph.tally)
    if graph.name:
        yield from _lines(f"{node}#graph", _named(graph, node, names))


def _named(graph: GraphDescription, node: str, names: Names) -> PropertyValues:
    yield RDF.type, SD.NamedGraph
    yield SD.name, ox.NamedNode(names.graph_at(graph.name))
    yield SD.graph, ox.NamedNode(node)
    for language, title in graph.title.items():
        yield RDFS.label, ox.Literal(title, language=language)


def _head(graph: GraphDescription, names: Names) -> PropertyValues:
    yield RDF.type, VOID.Dataset
    yield RDF.type, SD.Graph
    yield CORE.rule, ox.NamedNode(RULE)
    yield VOID.sparqlEndpoint, ox.NamedNode(names.endpoint)
    for language, title in graph.title.items():
        yield DCT.title, ox.Literal(title, language=language)
    if graph.modified:
        yield DCT.modified, ox.Literal(graph.modified, datatype=XSD.dateTime)
    if graph.version:
        yield PROV.wasDerivedFrom, ox.NamedNode(graph.version)
    if graph.name and graph.tally[WHOLE, "triples"] <= DUMPED:
        yield VOID.dataDump, ox.NamedNode(names.dump(graph.name))
    if graph.example:
        yield VOID.exampleResource, ox.NamedNode(graph.example)


def _vocabularies(tally: Tally, names: Names) -> PropertyValues:
    """The namespaces of classes and properties, without those of a single dataset's structure."""
    terms = {part[0][1] for part, _ in tally if len(part) == 1}
    spaces = {term[: max(term.rfind("#"), term.rfind("/")) + 1] for term in terms}
    for space in sorted(spaces):
        if space and not space.startswith(f"{names.base}id/"):  # URNs have no namespace
            yield VOID.vocabulary, ox.NamedNode(space)


def _parts(node: str, tally: Tally) -> Iterator[bytes]:
    """The lines of partitions, which are most of the graph: canonical as they are written."""
    parts = {part[:end] for part, _ in tally for end in range(len(part) + 1)}
    nodes = {part: f"<{partition_iri(node, part)}>".encode() for part in parts | {WHOLE}}
    for kind, predicate in _PART_COUNTS.items():
        number = sum(len(part) == 1 and part[0][0] == kind for part in parts)
        yield _NUMBER % (nodes[WHOLE], predicate, number)
    for part in parts - {WHOLE}:
        kind, name = part[-1]
        link, named_by = _PARTS[kind]
        yield b"%b %b %b ." % (nodes[part[:-1]], link, nodes[part])
        yield b"%b %b <%b> ." % (nodes[part], named_by, name.encode())
    for (part, measure), number in tally.items():
        yield _NUMBER % (nodes[part], _MEASURES[measure], number)


def partition_iri(node: str, part: Partition) -> str:
    """The IRI of a partition of the description `node`."""
    steps = "-".join(f"{kind}-{_code(name)}" for kind, name in part)
    return f"{node}#{steps}" if steps else node


@lru_cache(maxsize=10_000)
def _code(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:16]


def _subsets(graphs: Iterable[str], names: Names) -> Iterator[bytes]:
    """The named graphs as subsets of all data."""
    subsets = (ox.NamedNode(names.void(name)) for name in graphs if name)
    return _lines(names.void(), ((VOID.subset, node) for node in subsets))


_TITLES = {
    "#default": (
        "Анхдагч граф, энэ тайлбарын хамт",
        "The default graph, this description included",
    ),
    "#description": ("Энэ VoID тайлбар", "This VoID description"),
}


def _self_description(data: int, other_triples: int, names: Names) -> list[bytes]:
    """The statements about the VoID graph itself, and about the default graph.

    `data` is the number of triples of all data, `other_triples` that of the other VoID statements.
    """
    # No data has subjects of the description, so the numbers of triples add up. Other statistics of
    # itself would change while they are written down, so there are none.
    own = other_triples + len(_sizes(0, 0, names))
    return _sizes(data + own, own, names)


def _sizes(default: int, own: int, names: Names) -> list[bytes]:
    root = names.void()
    described = GraphDescription(
        GRAPH, Counter(), dict(zip(("mn", "en"), _TITLES["#description"], strict=True))
    )
    return [
        *_lines(f"{root}#default", _size_description(default, _TITLES["#default"])),
        *_lines(f"{root}#description", _size_description(own, _TITLES["#description"])),
        *_lines(f"{root}#graph", _named(described, f"{root}#description", names)),
        *_lines(
            f"{root}#default",
            ((VOID.subset, ox.NamedNode(part)) for part in (root, f"{root}#description")),
        ),
    ]


def _size_description(number: int, titles: tuple[str, str]) -> PropertyValues:
    yield RDF.type, VOID.Dataset
    yield RDF.type, SD.Graph
    yield VOID.triples, ox.Literal(number)
    for language, title in zip(("mn", "en"), titles, strict=True):
        yield DCT.title, ox.Literal(title, language=language)
