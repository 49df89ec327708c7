"""What is inferred of a foreign record, never stated: language copies, identifier, addresses.

Publisher and licence are never inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from graph.catalogue.description.properties import PROPERTIES
from loaders.catalogues.naming import kinds
from loaders.catalogues.naming.contents import digest
from loaders.catalogues.naming.minting import local_id
from loaders.catalogues.naming.records import NamedRecord
from loaders.catalogues.naming.terms import text_of
from vocab.namespaces import DCAT, DCT, FOAF, RDFS, SKOS

TextTriple = tuple[str, str, str]

_TEXTS = frozenset(map(str, (DCT.title, DCT.description, FOAF.name, RDFS.label, SKOS.prefLabel)))
_ADDRESSES = kinds.ADDRESSES | set(map(str, (DCAT.landingPage, FOAF.page, FOAF.homepage)))
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_ACCESS, _DOWNLOAD = str(DCAT.accessURL), str(DCAT.downloadURL)

_STUBS = {
    str(property_): str(range_.stub) for property_, range_ in PROPERTIES.items() if range_.stub
} | {
    str(DCAT.dataset): str(DCAT.Dataset),
    str(DCAT.distribution): str(DCAT.Distribution),
    str(DCAT.service): str(DCAT.DataService),
    str(DCAT.accessService): str(DCAT.DataService),
    str(DCAT.record): str(DCAT.CatalogRecord),
}
"""Property → the type of its values that have none."""


class InferredTriple(NamedTuple):
    """A triple as text, and the name of the rule that made it."""

    subject: str
    predicate: str
    object: str
    rule: str


class Described(NamedTuple):
    """The properties of one node of a record, and the property that refers to it."""

    pairs: tuple[tuple[str, str], ...]
    referred: str


def infer(record: NamedRecord, source: str, language: str) -> Iterator[InferredTriple]:
    """Everything that is inferred of a record; `language` is that of its texts without one."""
    nodes = _nodes(record)
    for subject, node in nodes.items():
        if language:
            yield from _tagged(subject, node, language)
        yield from _addresses(subject, node)
        yield from _type(subject, node, record)
    if record.kind == kinds.DATASET:
        yield from _identifier(record, nodes, source)


def _nodes(record: NamedRecord) -> dict[str, Described]:
    pairs: dict[str, list[tuple[str, str]]] = {}
    referred: dict[str, str] = {}
    for subject, predicate, value in record.triples:
        pairs.setdefault(subject, []).append((predicate, value))
        if predicate in _STUBS:
            referred[value] = predicate
    return {one: Described(tuple(own), referred.get(one, "")) for one, own in pairs.items()}


def _tagged(subject: str, node: Described, language: str) -> Iterator[InferredTriple]:
    """A copy with a language of each text without one, where none has this language."""
    for predicate in _TEXTS & {predicate for predicate, _ in node.pairs}:
        texts = [value for p, value in node.pairs if p == predicate and value.startswith('"')]
        if any(text.endswith(f'"@{language}') for text in texts):
            continue
        for text in texts:
            if text.endswith('"') and text.strip('"').strip():
                yield InferredTriple(subject, predicate, f"{text}@{language}", "language-tagged")


def _addresses(subject: str, node: Described) -> Iterator[InferredTriple]:
    """Addresses that are given as text; the access address from the download address."""
    found = dict.fromkeys(_ADDRESSES, "")
    for predicate, value in node.pairs:
        if predicate not in _ADDRESSES:
            continue
        found[predicate] = found[predicate] or value
        text = text_of(value) if value.startswith('"') else ""
        if _ADDRESS.fullmatch(text):
            found[predicate] = f"<{text}>"
            yield InferredTriple(subject, predicate, f"<{text}>", "address-from-text")
    if found[_DOWNLOAD].startswith("<") and not found[_ACCESS].startswith("<"):
        yield InferredTriple(subject, _ACCESS, found[_DOWNLOAD], "access-from-download")


def _type(subject: str, node: Described, record: NamedRecord) -> Iterator[InferredTriple]:
    if any(predicate == kinds.TYPE for predicate, _ in node.pairs):
        return
    if subject == record.iri and record.kind == kinds.DATASET:
        yield InferredTriple(subject, kinds.TYPE, str(DCAT.Dataset), "type-of-property")
    elif node.referred:
        yield InferredTriple(subject, kinds.TYPE, _STUBS[node.referred], "type-of-property")


def _identifier(
    record: NamedRecord, nodes: dict[str, Described], source: str
) -> Iterator[InferredTriple]:
    own = nodes[record.iri].pairs if record.iri in nodes else ()
    if not any(p == kinds.IDENTIFIER and text_of(value) for p, value in own):
        local = local_id(record.iri[1:-1].rpartition("/")[2]) or digest(record.iri)
        text = f'"{source}:{local}"'
        yield InferredTriple(record.iri, kinds.IDENTIFIER, text, "identifier")
