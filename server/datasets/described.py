"""A dataset of the catalogue as its page tells machines of it: what is on the catalogue's page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from graph import snapshots
from graph.catalogue import listing
from graph.catalogue.description.entry import Entry
from graph.catalogue.syntax import N_TRIPLES
from graph.core.instance import Instance
from server.cache.lru import Lru
from vocab.namespaces import DCAT, DCT, FOAF, RDFS, SKOS
from vocab.terms import Object

_NAMES = (DCT.title, FOAF.name, SKOS.prefLabel, RDFS.label)
_LANGUAGES = ("mn", "en", "")


@dataclass(frozen=True, slots=True)
class DescribedDataset:
    """An entry of the catalogue, and the statements about it and what it refers to."""

    entry: Entry
    statements: dict[str, dict[ox.NamedNode, list[Object]]]

    def values(self, predicate: ox.NamedNode, subject: str = "") -> list[Object]:
        """The values of a property of the dataset, or of another subject."""
        return self.statements.get(subject or self.entry.iri, {}).get(predicate, [])

    def texts(self, predicate: ox.NamedNode, subject: str = "") -> list[str]:
        """Its literals, Mongolian first, then English, then others."""
        found = [v for v in self.values(predicate, subject) if isinstance(v, ox.Literal)]
        return [literal.value for literal in sorted(found, key=_preference)]

    def iris(self, predicate: ox.NamedNode, subject: str = "") -> list[str]:
        """Its IRIs."""
        found = self.values(predicate, subject)
        return [v.value for v in found if isinstance(v, ox.NamedNode)]

    def name(self, iri: str) -> str:
        """The name of a thing, else its IRI."""
        return next((t for p in _NAMES for t in self.texts(p, iri)), iri)

    @property
    def distributions(self) -> list[str]:
        """The IRIs of its distributions."""
        return self.iris(DCAT.distribution)


def _preference(literal: ox.Literal) -> tuple[int, str]:
    tag = literal.language or ""
    return (_LANGUAGES.index(tag) if tag in _LANGUAGES else len(_LANGUAGES)), literal.value


_KEPT = Lru[tuple[str, str, str], DescribedDataset](16 << 20)
_MEMORY = 6  # times as much as the statements have bytes


def find(instance: Instance, iri: str) -> DescribedDataset | None:
    """The dataset of the current catalogue with this IRI; None where there is none.

    A page asks for it several times, and its parts ask again: it is read once a snapshot.
    """
    now = snapshots.current(instance)
    key = (str(instance.root), now.name if now else "", iri)
    if kept := _KEPT.get(key):
        return kept
    found = listing.find(instance, now.number) if now else None
    entry = found.dataset(iri) if found else None
    if found is None or entry is None:
        return None
    described, length = _read(found, entry)
    _KEPT.put(key, described, _MEMORY * length)
    return described


def _read(found: listing.Listing, entry: Entry) -> tuple[DescribedDataset, int]:
    """What the catalogue says of an entry, and how many bytes that is in N-Triples."""
    refers = set[int]()
    parts = [*found.datasets([entry], N_TRIPLES, refers)]
    parts += found.shared(refers, N_TRIPLES, catalog=True)
    body = b"".join(parts)
    quads = ox.parse(body, format=ox.RdfFormat.N_TRIPLES)
    return DescribedDataset(entry, _by_subject(quads)), len(body)


def _by_subject(quads: Iterable[ox.Quad]) -> dict[str, dict[ox.NamedNode, list[Object]]]:
    found: dict[str, dict[ox.NamedNode, list[Object]]] = {}
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, Object):
            of_subject = found.setdefault(quad.subject.value, {})
            of_subject.setdefault(quad.predicate, []).append(quad.object)
    return found
