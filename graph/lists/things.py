"""Things that are no datasets as documents, from the public graphs of a store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

import pyoxigraph as ox

from graph.core.iris import Names
from graph.lists import about
from graph.lists.document import Document, Text, spoken, term, text, titles_of
from graph.lists.kinds import DATASET, FINDING, KINDS, PROVISION, TERM, Kind
from graph.lists.store import Properties, PublicStore
from vocab.namespaces import (
    ADMS,
    CORE,
    DCT,
    ELI,
    FOAF,
    LOCN,
    OA,
    ORG,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    SH,
    SKOS,
    VCARD,
    Namespace,
)

_PERSON = Namespace("http://www.w3.org/ns/person#")
_PERSONS = frozenset({FOAF.Person, SCHEMA.Person, VCARD.Individual, PROV.Person, _PERSON.Person})
_NAMES = (
    *(SKOS.prefLabel, RDFS.label, DCT.title, FOAF.name, ELI.title),
    *(LOCN.geographicName, VCARD.fn, SCHEMA.name),
)
_SENTENCES = (RDFS.comment, OA.bodyValue, DCT.description)  # the title of a finding
_TEXTS = (
    *(SKOS.altLabel, SKOS.hiddenLabel, DCT.alternative, FOAF.nick, ELI.title_short),
    *(DCT.description, RDFS.comment, SKOS.definition, SKOS.scopeNote),
)
_CODES = (SKOS.notation, DCT.identifier, ELI.id_local, ELI.number)
_FACETS = {
    "class": ORG.classification,
    "scheme": SKOS.inScheme,
    "status": ADMS.status,
    "publisher": DCT.publisher,
    "theme": DCT.type,
    "severity": CORE.severity,
    "rule": CORE.rule,
}
_TYPED = frozenset({"type", "level"})  # facets whose values are the classes of a thing
_AT_ONCE = 500  # things that are read in one query
_SEVERITIES = (SH.Violation, SH.Warning, SH.Info)


class ThingReader:
    """Makes documents of the things of a store."""

    def __init__(self, store: PublicStore, names: Names) -> None:
        self._store = store
        self._names = names

    def all(self) -> Iterator[Document]:
        """Every thing that is listed, without datasets."""
        classes = (cls for kind in _others() for cls in kind.classes)
        found = chain.from_iterable(map(self._store.instances, classes))
        yield from self.some(dict.fromkeys(found))

    def some(self, iris: Iterable[str]) -> Iterator[Document]:
        """The documents of these things; things that are not listed have none."""
        remaining = iter(iris)
        while batch := [*islice(remaining, _AT_ONCE)]:
            for iri, found in self._store.properties_of(batch).items():
                kind = _kind(found)
                if kind is not None and (made := self._document(iri, kind, found)):
                    yield made

    def _document(self, iri: str, kind: Kind, found: Properties) -> Document | None:
        if not _PERSONS.isdisjoint(found.values(RDF.type)):
            return None
        named = _SENTENCES if kind.name == FINDING else _NAMES
        titles = titles_of(found.first_literals(named))
        said = self._about(iri, kind, found)
        is_nameless = not titles
        if is_nameless:
            said = about.of_nameless(self._store, found)
            titles = {tag: spoken(words) for tag, words in said.words.items()}
        if not titles:
            return None  # nobody could find it by words, or know it in a list
        # what is above a code is shown beside it, but a search for that does not find the code
        words = {} if kind.name == TERM else said.words
        return Document(
            iri=iri,
            kind=kind.name,
            titles=titles,
            texts=[
                *_texts(found, titles),
                *(Text(tag, spoken(said_so)) for tag, said_so in words.items()),
                *map(text, said.kinds),
            ],
            facets=self._facets(kind, found, said),
            inferred=self._inferred(kind, found, said),
            about={} if is_nameless else said.words,
            codes=sorted({*_codes(found), *said.codes}),
            rank=_rank(found),
            depends=said.depends,
        )

    def _about(self, iri: str, kind: Kind, found: Properties) -> about.About:
        if kind.name == FINDING:
            return about.of_finding(self._store, iri, found)
        if kind.name == PROVISION:
            return about.of_provision(self._store, iri)
        if kind.name == TERM:
            return about.of_code(self._store, found)
        if kind.name != "place":
            return about.NOTHING
        classes = [c.value for c in kind.classes if c in found.values(RDF.type)]
        return about.of_place(self._store, iri, classes)

    def _facets(self, kind: Kind, found: Properties, said: about.About) -> dict[str, list[str]]:
        facets: dict[str, list[str]] = {}
        for name in kind.facets:
            if name in _TYPED:
                classes = [c for c in kind.classes if c in found.values(RDF.type)]
                facets[name] = [term(classes[0])]
            elif name in _FACETS:
                facets[name] = [term(v) for v in found.values(_FACETS[name])]
        if kind.name == TERM and not facets["scheme"]:
            facets["scheme"] = [term(v) for v in found.values(RDFS.isDefinedBy)]
        facets["dataset"] = [f"<{iri}>" for iri in said.datasets]
        if kind.name == FINDING:
            facets["publisher"] = [f"<{iri}>" for iri in said.publishers]
        facets["within"] = facets["law"] = [f"<{iri}>" for iri in said.within]
        sources = {graph.partition("/")[0] for graph in found.graphs(RDF.type)}
        facets["source"] = sorted(
            f"<{self._names.source(s)}>" for s in sources - {"provenance", "void"}
        )
        return facets

    def _inferred(self, kind: Kind, found: Properties, said: about.About) -> list[str]:
        """Facets, and the title, that only inferred statements give."""
        marked = [n for n in kind.facets if n in _FACETS and found.is_inferred(_FACETS[n])]
        marked += ["within"] if said.is_inferred else []
        stated = any(not found.is_inferred(p) for p in (*_NAMES, *_SENTENCES) if found.values(p))
        return marked if stated else [*marked, "title"]


def _others() -> Sequence[Kind]:
    return [kind for kind in KINDS.values() if kind.name != DATASET]


def _kind(found: Properties) -> Kind | None:
    """The first kind whose classes a thing has; None for datasets, which the catalogue has."""
    types = found.values(RDF.type)
    kind = next((k for k in KINDS.values() if not types.isdisjoint(k.classes)), None)
    return None if kind is None or kind.name == DATASET else kind


def _texts(found: Properties, titles: dict[str, str]) -> list[Text]:
    known = set(titles.items())
    literals = (v for p in (*_NAMES, *_TEXTS) for v in found.values(p))
    texts = {text(v) for v in literals if isinstance(v, ox.Literal)}
    return sorted(texts - {Text(*pair) for pair in known})


def _codes(found: Properties) -> list[str]:
    literals = (v for p in _CODES for v in found.values(p))
    return sorted({v.value[:100] for v in literals if isinstance(v, ox.Literal)})


def _rank(found: Properties) -> int:
    """Findings are listed by their severity, all else by name alone."""
    said = found.values(CORE.severity)
    return next((n for n, severity in enumerate(_SEVERITIES, 1) if severity in said), 0)
