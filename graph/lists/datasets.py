"""Datasets as documents, from what the catalogue says of them (graph.catalogue.description)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import pyoxigraph as ox

from graph.lists.document import LONGEST, Document, Text, term, text, titles_of
from graph.lists.kinds import DATASET
from vocab.namespaces import CORE, DCAT, DCT, FOAF, RDFS
from vocab.terms import Object

HERE, DESCRIPTION = "here", "description"
"""Values of the facet `data`: whether the dataset's table is here."""

_OF_DATASET = {
    DCT.publisher: "publisher",
    DCAT.theme: "theme",
    DCT.spatial: "place",
    DCT.accrualPeriodicity: "frequency",
    DCT.license: "licence",
}
_OF_FILES = {DCT["format"]: "format", DCAT.mediaType: "media type", DCT.license: "licence"}
_FACET_OF = {**_OF_DATASET, **_OF_FILES, DCT.title: "title"}
_NAMED_TEXT = "#text-"  # of graph.catalogue.description.literal_nodes: a text in a thing's place

Properties = dict[ox.NamedNode, list[Object]]


def document(
    iri: str, source: str, codes: Iterable[str], modified: str, triples: Iterable[ox.Triple]
) -> Document:
    """The document of a dataset of a source (its IRI).

    `modified` is when it last changed in the catalogue (xsd:dateTime), `triples` what the catalogue
    says of the dataset, its parts and its record.
    """
    parts = _by_subject(triples)
    dataset = parts.get(ox.NamedNode(iri), {})
    titles = titles_of(_literals(dataset.get(DCT.title, ())))
    facets = {**_facets(dataset, parts), "source": [f"<{source}>"]}
    return Document(
        iri=iri,
        kind=DATASET,
        titles=titles,
        texts=[*_texts(dataset), *_others(dataset, titles)],
        facets=facets,
        inferred=sorted(_inferred(parts)),
        codes=sorted(codes),
        moment=int(datetime.fromisoformat(modified).timestamp()) if modified else 0,
    )


def _by_subject(triples: Iterable[ox.Triple]) -> dict[object, Properties]:
    found: dict[object, Properties] = {}
    for triple in triples:
        properties = found.setdefault(triple.subject, {})
        value = triple.object
        if isinstance(value, Object):
            properties.setdefault(triple.predicate, []).append(value)
    return found


def _literals(values: Iterable[Object]) -> list[ox.Literal]:
    return [value for value in values if isinstance(value, ox.Literal)]


def _texts(dataset: Properties) -> Iterator[Text]:
    for predicate in (DCT.description, DCAT.keyword, DCT.alternative):
        yield from sorted(map(text, _literals(dataset.get(predicate, ()))))


def _others(dataset: Properties, titles: dict[str, str]) -> Iterator[Text]:
    """Second titles in a language: found, but not shown in lists."""
    for literal in _literals(dataset.get(DCT.title, ())):
        if titles.get(text(literal).language) != literal.value[:LONGEST]:
            yield text(literal)


def _facets(dataset: Properties, parts: dict[object, Properties]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {
        "data": [HERE if DCT.hasFormat in dataset else DESCRIPTION],
        "year": _years(dataset),
    }
    for predicate, name in _OF_DATASET.items():
        found.setdefault(name, []).extend(_terms(dataset.get(predicate, ()), parts))
    for file in dataset.get(DCAT.distribution, ()):
        properties: Properties = parts.get(file, {})
        formats = properties.get(DCT["format"]) or properties.get(DCAT.mediaType) or []
        found.setdefault("format", []).extend(_terms(formats, parts))
        found["licence"].extend(_terms(properties.get(DCT.license, ()), parts))
    return found


def _terms(values: Iterable[Object], parts: dict[object, Properties]) -> Iterator[str]:
    """Values as terms; a text that the catalogue made a thing of is that text again."""
    for value in values:
        if _NAMED_TEXT in str(value):
            names = (v for p in (RDFS.label, FOAF.name) for v in parts.get(value, {}).get(p, ()))
            yield next((term(name) for name in names), term(value))
        else:
            yield term(value)


def _years(dataset: Properties) -> list[str]:
    """The year of the last change that the publisher states, else of the issue."""
    for predicate in (DCT.modified, DCT.issued):
        if years := sorted(v.value[:4] for v in _literals(dataset.get(predicate, ()))):
            return years[-1:]
    return []


def _inferred(parts: dict[object, Properties]) -> set[str]:
    """What the dataset's record says was inferred, by the names of facets."""
    said = {v for p in parts.values() for v in p.get(CORE.inferredProperty, ())}
    return {name for predicate, name in _FACET_OF.items() if predicate in said}
