"""The entry of a dataset in our catalogue: identifier, first seen, last changed, and from where."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import pyoxigraph as ox

from graph.core.iris import Names
from vocab.namespaces import ADMS, DCAT, DCT, FOAF, PROV, RDF, SKOS, XSD


class Entry(NamedTuple):
    """A dataset of a source as the catalogue lists it.

    `identifier` is unique in the catalogue and never changes; `issued` is when the dataset was
    first published here, `modified` when its description here changed last (xsd:dateTime).
    """

    iri: str
    source: str
    identifier: str
    issued: str
    modified: str

    def record(self, names: Names) -> str:
        """The IRI of its dcat:CatalogRecord: under our base, also where the dataset's is not."""
        if self.iri.startswith(names.base):
            return names.record(self.iri)
        key = hashlib.sha256(f"<{self.iri}>".encode()).hexdigest()[:32]  # as loaders name it
        return names.record_of_foreign(self.source, key)


def short_digest(text: str) -> str:
    """Sixteen hex digits that stand for a text in an IRI or an identifier."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def local_id(entry: Entry, names: Names) -> str:
    """`{source}:{local id}`: the identifier where the publisher's is missing or taken."""
    own = names.dataset(entry.source, "")
    if entry.iri.startswith(own):
        return f"{entry.source}:{entry.iri[len(own) :]}"
    return f"{entry.source}:{short_digest(entry.iri)}"


def entry_triples(entry: Entry, names: Names, stated: set[str]) -> list[ox.Triple]:
    """The dataset's identifier, and its record. `stated` are the identifiers that it has."""
    dataset, record = ox.NamedNode(entry.iri), ox.NamedNode(entry.record(names))
    source = ox.NamedNode(names.source(entry.source))
    made = [
        ox.Triple(dataset, DCT.identifier, ox.Literal(entry.identifier)),
        ox.Triple(record, RDF.type, DCAT.CatalogRecord),
        ox.Triple(record, FOAF.primaryTopic, dataset),
        ox.Triple(record, DCT.issued, ox.Literal(entry.issued, datatype=XSD.dateTime)),
        ox.Triple(record, DCT.modified, ox.Literal(entry.modified, datatype=XSD.dateTime)),
        ox.Triple(record, PROV.hadPrimarySource, source),
    ]
    for other in sorted(stated - {entry.identifier}):
        node = ox.NamedNode(f"{record.value.partition('#')[0]}#identifier-{short_digest(other)}")
        made.append(ox.Triple(dataset, ADMS.identifier, node))
        made.append(ox.Triple(node, RDF.type, ADMS.Identifier))
        made.append(ox.Triple(node, SKOS.notation, ox.Literal(other)))
    return made
