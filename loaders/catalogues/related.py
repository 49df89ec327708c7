"""A dataset and other sources: whether one describes it too, and which of their datasets it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from graph.core.iris import Names
from loaders.catalogues.naming import kinds
from loaders.catalogues.naming.records import NamedRecord
from loaders.catalogues.naming.terms import text_of
from loaders.pipeline.protocol import OtherSources
from vocab.namespaces import DCAT, DCT, RDF, SKOS

_GLOBAL = re.compile(
    r"https?://\S+|(doi:|info:doi/)?10\.\d{4,}/\S+"
    r"|(urn:uuid:)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    re.IGNORECASE,
)
"""Identifiers that mean the same everywhere: addresses, DOIs, UUIDs."""

_TYPES = (DCAT.Dataset, DCAT.DataService)
_ADDRESSES = (DCAT.accessURL, DCAT.downloadURL)


class Related:
    """Asks other sources about datasets."""

    def __init__(self, names: Names, others: OtherSources | None) -> None:
        self._catalog = ox.NamedNode(names.catalog)
        self._others = others

    def describing(self, iri: str) -> set[str]:
        """The other sources that describe this dataset or service."""
        node, others = ox.NamedNode(iri[1:-1]), self._others
        if others is None:
            return set()
        return set[str]().union(
            *(others.sources_stating(node, RDF.type, type_) for type_ in _TYPES)
        )

    def is_owned_elsewhere(self, iri: str) -> bool:
        """Whether it is in the catalogue by another source, which described it first."""
        node, others = ox.NamedNode(iri[1:-1]), self._others
        return others is not None and any(
            others.sources_stating(self._catalog, link, node)
            for link in (DCAT.dataset, DCAT.service)
        )

    def same_dataset(self, record: NamedRecord) -> Iterator[tuple[str, str]]:
        """Links to the same dataset in other sources: it has a global identifier, or all addresses.

        A bare number is no sign: “1” stands in many catalogues.
        """
        if self._others is None or record.kind != kinds.DATASET:
            return
        found = self._by_identifier(record) | self._by_addresses(record)
        for node in sorted(map(str, found)):
            if node != record.iri:
                yield str(SKOS.exactMatch), node

    def _by_identifier(self, record: NamedRecord) -> set[ox.NamedNode]:
        others = self._others
        assert others is not None
        found: set[ox.NamedNode] = set()
        for subject, predicate, value in record.triples:
            if (subject, predicate) == (record.iri, kinds.IDENTIFIER):
                text = text_of(value)
                if _GLOBAL.fullmatch(text):
                    found |= others.subjects(DCT.identifier, ox.Literal(text))
        return self._datasets(found)

    def _by_addresses(self, record: NamedRecord) -> set[ox.NamedNode]:
        others = self._others
        assert others is not None
        own = {
            value
            for _, predicate, value in record.triples
            if predicate in kinds.ADDRESSES and value.startswith("<")
        }
        found: set[ox.NamedNode] | None = None
        for address in own:
            having = self._with_address(ox.NamedNode(address[1:-1]))
            found = having if found is None else found & having
            if not found:
                return set()
        return {one for one in found or () if self._addresses(one) == own}

    def _with_address(self, address: ox.NamedNode) -> set[ox.NamedNode]:
        """The datasets of others that have a distribution at this address."""
        others = self._others
        assert others is not None
        files = set[ox.NamedNode]().union(*(others.subjects(p, address) for p in _ADDRESSES))
        return self._datasets(
            set[ox.NamedNode]().union(*(others.subjects(DCAT.distribution, f) for f in files))
        )

    def _addresses(self, dataset: ox.NamedNode) -> set[str]:
        others = self._others
        assert others is not None
        files = [
            f for f in others.objects(dataset, DCAT.distribution) if isinstance(f, ox.NamedNode)
        ]
        return {str(value) for f in files for p in _ADDRESSES for value in others.objects(f, p)}

    def _datasets(self, nodes: set[ox.NamedNode]) -> set[ox.NamedNode]:
        """Those that are in the catalogue."""
        others = self._others
        assert others is not None
        return {n for n in nodes if others.sources_stating(self._catalog, DCAT.dataset, n)}
