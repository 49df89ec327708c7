"""Which body states something, and which one publishes it here: read from the version's own lines.

The subject of a statement leads to its dataset (an observation by its cube, a file by the dataset
that lists it, a part of a document by the document); that names its publisher. Where a dataset was
transcribed by its publisher, it names the body that the text is of (`prov:qualifiedAttribution`
with the role of source of the text): that body states it, and the publisher publishes it. A subject
that is of no dataset has the publisher that the description of its source names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox

from graph.archive import Archive
from graph.core import iris
from graph.statements.layer import STATED
from graph.trace import lookups
from graph.trace.model import Agency, Responsible
from graph.trace.publications import Publications, PublishedVersion, description
from vocab.namespaces import DCAT, DCT, FOAF, PROV, QB, RDFS, SKOS

_MOST_LINES = 60  # of one thing
_MOST_STEPS = 8  # from a subject to its dataset
_OF = (QB.dataSet, DCT.isFormatOf, DCAT.servesDataset, FOAF.primaryTopic, DCT.isPartOf)
_LISTS = (DCAT.distribution, DCT.hasFormat, DCT.hasPart, QB.structure)
_NAMES = (SKOS.prefLabel, FOAF.name, DCT.title, RDFS.label)
_SOURCE_OF_TEXT = ox.NamedNode(iris.concept("role", "source-of-text"))
Lines = Sequence[ox.Triple]
Told = tuple[tuple[str, str], ...]


class AgencyReader:
    """Finds agencies in published versions."""

    def __init__(self, archive: Archive, cache: Path, publications: Publications) -> None:
        self._archive = archive
        self._cache = cache
        self._publications = publications
        self._names = lru_cache(maxsize=1000)(self._read_names)

    def of(
        self, version: PublishedVersion, subject: str, readable: frozenset[str] | None
    ) -> Responsible:
        """Who states what a version states of a subject. Empty where nothing says it."""
        dataset, lines = self._dataset(version, subject)
        publishers = _objects(lines, DCT.publisher)
        if not publishers:
            dataset, publishers = "", self._of_source(version)
        authors = [*self._authors(version, lines)]
        own = publishers if authors and authors != publishers else []
        stated, published = (
            tuple(Agency(one, dict(self._names(one, readable))) for one in found)
            for found in (authors or publishers, own)
        )
        return Responsible(stated, published, dataset)

    def _dataset(self, version: PublishedVersion, subject: str) -> tuple[str, Lines]:
        """The nearest thing that has a publisher, and its lines."""
        waiting, seen = [subject], set[str]()
        while waiting and len(seen) < _MOST_STEPS:
            iri = waiting.pop(0)
            seen.add(iri)
            lines = self._lines(version, iri)
            if _objects(lines, DCT.publisher):
                return iri, lines
            near = [one for predicate in _OF for one in _objects(lines, predicate)]
            near += [one for one in self._holders(version, iri) if one not in near]
            waiting += [one for one in near if one not in seen and one not in waiting]
        return "", ()

    def _holders(self, version: PublishedVersion, iri: str) -> Iterator[str]:
        """The document that a thing is a part of, and what is above it and lists it."""
        document, mark, _ = iri.partition("#")
        if mark:
            yield document
            return
        above = iri
        while (above := above.rpartition("/")[0]).count("/") > _SHORTEST:
            lines = self._lines(version, above)
            if any(iri in _objects(lines, predicate) for predicate in _LISTS):
                yield above

    def _authors(self, version: PublishedVersion, lines: Lines) -> Iterator[str]:
        for node in _objects(lines, PROV.qualifiedAttribution):
            said = self._lines(version, node)
            if _SOURCE_OF_TEXT.value in _objects(said, DCAT.hadRole):
                yield from _objects(said, PROV.agent)

    def _of_source(self, version: PublishedVersion) -> list[str]:
        code = self._publications.mapping_of(version.load)
        key = description(self._archive, code).get("publisher", "")
        return [iris.organisation(key)] if key else []

    def _read_names(self, iri: str, readable: frozenset[str] | None) -> Told:
        """Names by language: of the first published source that names it."""
        for source in self._publications.visible(readable):
            current = self._publications.current(source)
            lines = self._lines(current, iri) if current else ()
            if found := dict(_texts(lines)):
                return tuple(found.items())
        return ()

    def _lines(self, version: PublishedVersion, iri: str) -> Lines:
        place = (self._archive, self._cache, version.load, STATED)
        found = lookups.of_subject(*place, iri, _MOST_LINES)
        return _parsed(line for _, line in found)


_SHORTEST = 3  # slashes of an IRI that has a path


def _parsed(lines: Iterable[bytes]) -> Lines:
    text = b"\n".join(lines)
    return [quad.triple for quad in ox.parse(text, ox.RdfFormat.N_TRIPLES)]


def _objects(lines: Lines, predicate: ox.NamedNode) -> list[str]:
    found = (one.object for one in lines if one.predicate == predicate)
    return [one.value for one in found if isinstance(one, ox.NamedNode)]


def _texts(lines: Lines) -> Iterator[tuple[str, str]]:
    """One name a language, the preferred property last."""
    for predicate in reversed(_NAMES):
        for one in lines:
            if one.predicate == predicate and isinstance(one.object, ox.Literal):
                yield one.object.language or "", one.object.value
