"""What the catalogue says of a dataset, and of the things that its datasets refer to.

A dataset and its parts are described by the graphs of its own source alone: what another source
says of its IRI is that source's word. Things under our base, which a source may describe only if
they were minted for it, are read from the default graph; others from the source's graphs and from
`graph/authority`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import pyoxigraph as ox

from graph.catalogue.description import addresses, literal_nodes
from graph.catalogue.description.addresses import Properties
from graph.catalogue.description.entry import Entry, entry_triples
from graph.catalogue.description.properties import (
    DESCRIPTION,
    NEEDS_NAME,
    PROPERTIES,
    STATDCAT,
    ValueKind,
)
from graph.catalogue.description.values import ADDRESSES, is_iri, not_after, restated
from graph.core.instance import CatalogueWords
from graph.core.iris import SHARED, Names
from graph.statements.layer import INFERRED, STATED
from vocab.namespaces import DCAT, DCT, FOAF, QB, RDF, RDFS, SDMX_ATTRIBUTE, SKOS
from vocab.terms import Object

CATALOG = "catalog"  # the role of the catalogue itself among shared things
_ALL = {**DESCRIPTION, **PROPERTIES}
_FULL = {CATALOG, DCAT.DatasetSeries.value, DCAT.DataService.value}
_NOT_HERE = {DCAT.Dataset, DCAT.Catalog, DCAT.CatalogRecord, DCAT.DatasetSeries}
_DEFAULT = ox.DefaultGraph()

Graphs = tuple[ox.NamedNode | ox.DefaultGraph, ...]


class Reference(NamedTuple):
    """A thing that is referred to: whose words describe it, and the type the profile requires.

    `source` is empty where the default graph does, `role` where no type is required.
    """

    source: str
    iri: str
    role: str


class Description(NamedTuple):
    """Triples, and the things to which they refer."""

    triples: list[ox.Triple]
    references: frozenset[Reference]


class Describer:
    """Describes what a store says, for the instance with these names; `words` are its own of the
    catalogue."""

    def __init__(self, store: ox.Store, names: Names, words: CatalogueWords) -> None:
        self._store = store
        self._words = words
        self._names = names
        self._own = f"<{names.base}"  # also where the instance is at home on this machine
        self._hashed = f"{names.base}id/value/"  # named by content: graph.core.iris.Names.value
        self._authority = ox.NamedNode(names.graph("authority"))

    def dataset(self, entry: Entry) -> Description:
        """A dataset, its distributions and other parts, and its catalogue record."""
        graphs = self._graphs(entry.source)
        parts = self._parts(entry.iri, graphs)
        dataset = ox.NamedNode(entry.iri)
        found = parts[dataset]
        identifiers = found.pop(DCT.identifier, set())
        found.setdefault(RDF.type, set()).add(DCAT.Dataset)
        addresses.require(parts, dataset, self._names)
        for of_part in parts.values():
            _drop_future(of_part, entry.modified)
        for predicate, values in self._cube(found.get(DCT.hasFormat, set()), graphs).items():
            found.setdefault(predicate, set()).update(values)
        record = ox.NamedNode(entry.record(self._names))
        parts[record] = self._properties(record, graphs)
        made = entry_triples(entry, self._names, {v.value for v in identifiers})
        for predicate in {t.predicate for t in made if t.subject == record}:
            parts[record].pop(predicate, None)
        services = self._services(dataset, graphs)
        made += (ox.Triple(one, DCAT.servesDataset, dataset) for one in services)
        told = self._description(parts, entry.source, made)
        shown = (self._reference(one, DCAT.DataService, entry.source) for one in services)
        return told._replace(references=told.references.union(shown))

    def shared(self, reference: Reference) -> Description:
        """A thing beside the datasets, or only referred to, with the type the profile requires."""
        node = ox.NamedNode(reference.iri)
        graphs: Graphs = (_DEFAULT,)
        if reference.source:
            graphs = (*self._graphs(reference.source), self._authority)
        table = _ALL if reference.role in _FULL else DESCRIPTION
        found = {p: v for p, v in self._properties(node, graphs).items() if p in table}
        # told with each dataset: one service may serve a million, and a page has a part of them
        found.pop(DCAT.servesDataset, None)
        types = found.setdefault(RDF.type, set())
        types.difference_update(_NOT_HERE)
        if reference.role == CATALOG:
            types.add(DCAT.Catalog)
            found.update(_told(self._words))
            for predicate, texts in _UNNAMED.items():
                found.setdefault(predicate, set(texts))
        elif reference.role:
            role = ox.NamedNode(reference.role)
            types.add(role)
            name = NEEDS_NAME.get(role)
            if name is not None and name not in found:
                found[name] = {ox.Literal(literal_nodes.last_segment(reference.iri))}
        return self._description({node: found}, reference.source)

    def names_of(self, iri: str) -> dict[str, str]:
        """The names of a thing by language (empty: none), the first where it has several."""
        graphs: Graphs = (_DEFAULT,)
        if not self._is_own(iri):
            graphs = (self._authority,)
        found = self._properties(ox.NamedNode(iri), graphs)
        texts = (v for p in _NAMES for v in found.get(p, ()) if isinstance(v, ox.Literal))
        return {text.language or "": text.value for text in sorted(texts, key=str, reverse=True)}

    def _is_own(self, iri: str) -> bool:
        """Whether a source may describe a thing only if it was minted for it."""
        return iri.startswith((self._names.base, *SHARED))

    def _reference(self, thing: ox.NamedNode, role: ox.NamedNode | None, source: str) -> Reference:
        words = "" if self._is_own(thing.value) else source
        return Reference(words, thing.value, role.value if role else "")

    def _services(self, dataset: ox.NamedNode, graphs: Graphs) -> set[ox.NamedNode]:
        """The services that serve a dataset."""
        quads = (
            quad
            for graph in graphs
            for quad in self._store.quads_for_pattern(None, DCAT.servesDataset, dataset, graph)
        )
        subjects = {quad.subject for quad in quads}
        return {s for s in subjects if isinstance(s, ox.NamedNode) and is_iri(s.value)}

    def _graphs(self, source: str) -> Graphs:
        graph = self._names.graph
        return ox.NamedNode(graph(source, STATED)), ox.NamedNode(graph(source, INFERRED))

    def _parts(self, iri: str, graphs: Graphs) -> dict[ox.NamedNode, Properties]:
        """The properties of a dataset and of its parts."""
        parts: dict[ox.NamedNode, Properties] = {}
        pending = [ox.NamedNode(iri)]
        while pending:
            node = pending.pop()
            if node in parts:
                continue
            parts[node] = found = self._properties(node, graphs)
            found.get(RDF.type, set()).difference_update(_NOT_HERE)
            for predicate, values in found.items():
                if _ALL[predicate].kind is ValueKind.PART:
                    pending.extend(v for v in values if isinstance(v, ox.NamedNode))
        return parts

    def _properties(self, node: ox.NamedNode, graphs: Graphs) -> Properties:
        found: Properties = {}
        for graph in graphs:
            for quad in self._store.quads_for_pattern(node, None, None, graph):
                # each access makes a term anew
                predicate, value = quad.predicate, quad.object
                if predicate not in _ALL or not isinstance(value, Object):
                    continue
                own = predicate in ADDRESSES and str(value).startswith(self._own)
                if (kept := value if own else restated(predicate, value)) is not None:
                    found.setdefault(predicate, set()).add(kept)
        return found

    def _is_empty(self, value: Object) -> bool:
        """Whether a thing has a hash for its IRI, which is no name, and only a type besides."""
        if not isinstance(value, ox.NamedNode) or not value.value.startswith(self._hashed):
            return False
        return not self._properties(value, (_DEFAULT,)).keys() - {RDF.type}

    def _cube(self, cubes: set[Object], graphs: Graphs) -> Properties:
        """The properties of StatDCAT-AP, from the structure of the dataset's data cubes."""
        found: Properties = {}
        for cube in cubes:
            if unit := self._values(cube, SDMX_ATTRIBUTE.unitMeasure, graphs):
                found.setdefault(STATDCAT.statUnitMeasure, set()).update(unit)
            for structure in self._values(cube, QB.structure, graphs):
                for component in self._values(structure, QB.component, graphs):
                    for predicate, kind in ((STATDCAT.dimension, QB.dimension), _ATTRIBUTE):
                        if values := self._values(component, kind, graphs):
                            found.setdefault(predicate, set()).update(values)
        return found

    def _values(self, node: object, predicate: ox.NamedNode, graphs: Graphs) -> set[Object]:
        if not isinstance(node, ox.NamedNode):
            return set()
        quads = (q for g in graphs for q in self._store.quads_for_pattern(node, predicate, None, g))
        return {quad.object for quad in quads if isinstance(quad.object, ox.NamedNode)}

    def _description(
        self, parts: Mapping[ox.NamedNode, Properties], source: str, made: Iterable[ox.Triple] = ()
    ) -> Description:
        references = set[Reference]()
        triples = set(made)
        for node, found in parts.items():
            for predicate, values in found.items():
                for value in values:
                    triples.update(self._statement(node, predicate, value, source, references))
        return Description(sorted(triples, key=_order), frozenset(references))

    def _statement(
        self,
        node: ox.NamedNode,
        predicate: ox.NamedNode,
        value: Object,
        source: str,
        references: set[Reference],
    ) -> Iterator[ox.Triple]:
        """A triple, and the thing it refers to; a text in a thing's place becomes one by name.

        A thing that must have a name, of which nothing is known, is left out.
        """
        values = _ALL[predicate]
        if values.stub in NEEDS_NAME and self._is_empty(value):
            return
        if isinstance(value, ox.Literal) and values.kind is ValueKind.NAMED:
            named, about = literal_nodes.described(self._names, source, value, values.stub)
            yield ox.Triple(node, predicate, named)
            yield from about
            return
        yield ox.Triple(node, predicate, value)
        if isinstance(value, ox.NamedNode) and values.kind in (ValueKind.NAMED, ValueKind.SHARED):
            references.add(self._reference(value, values.stub, source))


def _drop_future(found: Properties, published: str) -> None:
    """Leave out dates that lie after the publication."""
    for predicate, values in list(found.items()):
        if kept := not_after(predicate, values, published):
            found[predicate] = kept
        else:
            del found[predicate]


def _told(words: CatalogueWords) -> Properties:
    """What the instance's settings say of the catalogue, in the place of what sources say."""
    texts = {DCT.title: words.title, DCT.description: words.description}
    found: Properties = {
        predicate: {ox.Literal(text, language=language) for language, text in told}
        for predicate, told in texts.items()
        if told
    }
    if words.publisher:
        found[DCT.publisher] = {ox.NamedNode(words.publisher)}
    return found


_UNNAMED = {
    DCT.title: (
        ox.Literal("Нээлттэй өгөгдлийн каталог", language="mn"),
        ox.Literal("Catalogue of open data", language="en"),
    ),
    DCT.description: (
        ox.Literal("Энэ каталогт нийтлэгдсэн өгөгдлийн багцууд.", language="mn"),
        ox.Literal("The datasets that are published in this catalogue.", language="en"),
    ),
}
"""What DCAT-AP requires of a catalogue, where no source says it; a publisher is not made up."""
_NAMES = (FOAF.name, SKOS.prefLabel, DCT.title, RDFS.label)
_ATTRIBUTE = (STATDCAT.attribute, QB.attribute)


def _order(triple: ox.Triple) -> tuple[str, bool, str]:
    return str(triple.subject), triple.predicate != RDF.type, str(triple)
