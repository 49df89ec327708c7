"""Tallies as VoID, and back: the graph itself is where the numbers are kept.

A description of a named graph is `{base}void/{name}`, of all data together `{base}void`; a part has
the description's IRI with a fragment, made of the hashes of what it is a part by.
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
"""How the numbers are counted; those of another rule are counted anew."""

DUMPED = 500_000
"""Statements of the largest graph whose document is told of: about what a query's usual limits let
through in N-Triples (256 MiB, 30 seconds). Nobody is sent to where a larger one is refused."""

PropertyValues = Iterator[tuple[ox.NamedNode, Object]]

_PARTS: Mapping[PartitionKind, tuple[ox.NamedNode, ox.NamedNode]] = {
    "class": (VOID.classPartition, VOID["class"]),
    "property": (VOID.propertyPartition, VOID.property),
    "datatype": (VOID_EXT.datatypePartition, VOID_EXT.datatype),
}
_MEASURES: Mapping[VoidMeasure, ox.NamedNode] = {
    "triples": VOID.triples,
    "entities": VOID.entities,
    "distinctSubjects": VOID.distinctSubjects,
    "distinctObjects": VOID.distinctObjects,
}
_BELONGS: Mapping[str, ox.NamedNode] = {"class": VOID.classes, "property": VOID.properties}


@dataclass(frozen=True, slots=True)
class Described:
    """A named graph, or all data together (`name` is empty): what is said of it, and its tally."""

    name: str
    tally: Tally
    title: Mapping[str, str] = field(default_factory=dict)
    modified: str = ""
    version: str = ""
    example: str = ""


def lines(described: Iterable[Described], names: Names) -> list[bytes]:
    """The whole graph: sorted canonical lines."""
    listed = list(described)
    found = {line for one in listed for line in _graph(one, names)}
    found.update(_together([one.name for one in listed], names))
    data = next(one.tally[WHOLE, "triples"] for one in listed if not one.name)
    found.update(_itself(data, len(found), names))
    return sorted(canonical.normalise(sorted(found)))


def tallies(lines: Iterable[bytes], names: Names) -> dict[str, Tally]:
    """The tallies of a graph written with the same rule, by name; none of another."""
    said: dict[str, dict[str, list[Object]]] = {}
    for quad in ox.parse(b"\n".join(lines), ox.RdfFormat.N_TRIPLES):
        assert isinstance(quad.object, Object)
        said.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(
            quad.object
        )
    root = names.void()
    return {
        node[len(root) :].lstrip("/"): Counter(dict(_read(node, (), said)))
        for node, pairs in said.items()
        if ox.NamedNode(RULE) in pairs.get(CORE.rule.value, ())
    }


def _read(
    node: str, part: Partition, said: Mapping[str, Mapping[str, list[Object]]]
) -> Iterator[tuple[tuple[Partition, VoidMeasure], int]]:
    pairs = said[node]
    for measure, predicate in _MEASURES.items():
        for value in pairs.get(predicate.value, ()):
            yield (part, measure), int(value.value)
    for kind, (link, names_it) in _PARTS.items():
        for below in pairs.get(link.value, ()):
            (name,) = said[below.value][names_it.value]
            yield from _read(below.value, (*part, (kind, name.value)), said)


def _lines(subject: str, pairs: PropertyValues) -> Iterator[bytes]:
    about = ox.NamedNode(subject)
    return (canonical.line(about, predicate, value) for predicate, value in pairs)


def _graph(one: Described, names: Names) -> Iterator[bytes]:
    node = names.void(one.name)
    yield from _lines(node, _head(one, names))
    yield from _lines(node, _vocabularies(one.tally, names))
    yield from _parts(node, one.tally)
    if one.name:
        yield from _lines(f"{node}#graph", _named(one, node, names))


def _named(one: Described, node: str, names: Names) -> PropertyValues:
    yield RDF.type, SD.NamedGraph
    yield SD.name, ox.NamedNode(names.graph_at(one.name))
    yield SD.graph, ox.NamedNode(node)
    for language, title in one.title.items():
        yield RDFS.label, ox.Literal(title, language=language)


def _head(one: Described, names: Names) -> PropertyValues:
    yield RDF.type, VOID.Dataset
    yield RDF.type, SD.Graph
    yield CORE.rule, ox.NamedNode(RULE)
    yield VOID.sparqlEndpoint, ox.NamedNode(names.endpoint)
    for language, title in one.title.items():
        yield DCT.title, ox.Literal(title, language=language)
    if one.modified:
        yield DCT.modified, ox.Literal(one.modified, datatype=XSD.dateTime)
    if one.version:
        yield PROV.wasDerivedFrom, ox.NamedNode(one.version)
    if one.name and one.tally[WHOLE, "triples"] <= DUMPED:
        yield VOID.dataDump, ox.NamedNode(names.dump(one.name))
    if one.example:
        yield VOID.exampleResource, ox.NamedNode(one.example)


def _vocabularies(tally: Tally, names: Names) -> PropertyValues:
    """The namespaces of classes and properties, without those that one dataset has of its own."""
    terms = {part[0][1] for part, _ in tally if len(part) == 1}
    spaces = {term[: max(term.rfind("#"), term.rfind("/")) + 1] for term in terms}
    for space in sorted(spaces):
        if space and not space.startswith(f"{names.base}id/"):  # a URN has none
            yield VOID.vocabulary, ox.NamedNode(space)


def _parts(node: str, tally: Tally) -> Iterator[bytes]:
    parts = {part[:end] for part, _ in tally for end in range(len(part) + 1)}
    nodes = {part: ox.NamedNode(_fragment(node, part)) for part in parts | {WHOLE}}
    for kind, predicate in _BELONGS.items():
        number = sum(len(part) == 1 and part[0][0] == kind for part in parts)
        yield canonical.line(nodes[WHOLE], predicate, ox.Literal(number))
    for part in parts - {WHOLE}:
        kind, name = part[-1]
        link, names_it = _PARTS[kind]
        yield canonical.line(nodes[part[:-1]], link, nodes[part])
        yield canonical.line(nodes[part], names_it, ox.NamedNode(name))
    for (part, measure), number in tally.items():
        yield canonical.line(nodes[part], _MEASURES[measure], ox.Literal(number))


def _fragment(node: str, part: Partition) -> str:
    steps = "-".join(f"{kind}-{_code(name)}" for kind, name in part)
    return f"{node}#{steps}" if steps else node


@lru_cache(maxsize=10_000)
def _code(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:16]


def _together(graphs: Iterable[str], names: Names) -> Iterator[bytes]:
    """All data together is made of the named graphs."""
    subsets = (ox.NamedNode(names.void(name)) for name in graphs if name)
    return _lines(names.void(), ((VOID.subset, node) for node in subsets))


_TITLES = {
    "#default": (
        "Анхдагч граф, энэ тайлбарын хамт",
        "The default graph, this description included",
    ),
    "#description": ("Энэ VoID тайлбар", "This VoID description"),
}


def _itself(data: int, so_far: int, names: Names) -> list[bytes]:
    """The description's own graph, and the default graph, which is all data and this description.

    No data is said of the description's subjects, so the two numbers add up. Further numbers of
    itself it has none.
    """
    own = so_far + len(_sizes(0, 0, names))
    return _sizes(data + own, own, names)


def _sizes(default: int, own: int, names: Names) -> list[bytes]:
    root = names.void()
    described = Described(
        GRAPH, Counter(), dict(zip(("mn", "en"), _TITLES["#description"], strict=True))
    )
    return [
        *_lines(f"{root}#default", _whole(default, _TITLES["#default"])),
        *_lines(f"{root}#description", _whole(own, _TITLES["#description"])),
        *_lines(f"{root}#graph", _named(described, f"{root}#description", names)),
        *_lines(
            f"{root}#default",
            ((VOID.subset, ox.NamedNode(of)) for of in (root, f"{root}#description")),
        ),
    ]


def _whole(number: int, titles: tuple[str, str]) -> PropertyValues:
    yield RDF.type, VOID.Dataset
    yield RDF.type, SD.Graph
    yield VOID.triples, ox.Literal(number)
    for language, title in zip(("mn", "en"), titles, strict=True):
        yield DCT.title, ox.Literal(title, language=language)
