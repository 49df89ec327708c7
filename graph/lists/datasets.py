"""Datasets as documents, from what the catalogue says of them (graph.catalogue.description), and
the codes of their tables: words by which a table is found that its title does not have.

Codes are those of the code lists that the structures of its cubes name. Dimensions without a code
list, such as areas and periods, are found as places and by years.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import islice

import pyoxigraph as ox

from graph.lists.about import NAMES
from graph.lists.document import LONGEST, Document, Text, term, text, titles_of
from graph.lists.kinds import DATASET
from graph.lists.store import PublicStore
from graph.search.matching import has_clause
from graph.search.normalize import indexed_words
from graph.search.query_parser import MatchDegree, SearchExpression, SearchTerm, TermDictionary
from vocab.namespaces import CORE, DCAT, DCT, FOAF, QB, RDFS, SKOS
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
MOST_CODES = 1_000
"""Codes of a dataset's tables by which it is found: a list of thousands must neither fill the index
nor push out the few codes of another dimension, so those of short lists come first."""
_LONGEST = 100  # characters of a code's name
_REMEMBERED = 500  # code lists, which tables share
_MOST_TRIED = 50  # names with the letters of a word, which may be a part of another word
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


@dataclass(frozen=True, slots=True)
class TableCodes:
    """The names of codes by language, one a line, and what they come from: cubes, code lists and
    codes."""

    names: Mapping[str, str] = field(default_factory=dict)
    depends: Sequence[str] = ()


class CodeReader:
    """Reads the codes of datasets from a store."""

    def __init__(self, store: PublicStore) -> None:
        self._store = store
        self._members = lru_cache(_REMEMBERED)(self._read_members)

    def of(self, dataset: str) -> TableCodes:
        """The codes of a dataset's tables; none where there is no table."""
        cubes = self._store.things(dataset, DCT.hasFormat)
        lists = {one for cube in cubes for one in self._lists(cube)}
        read = sorted(((self._members(one), one) for one in lists), key=_short_first)
        codes = list(islice((code for members, _ in read for code in members), MOST_CODES))
        names: dict[str, dict[str, None]] = {}
        for _, titles in codes:
            for tag, title in titles.items():
                names.setdefault(tag, {})[title] = None  # tables may share the names of codes
        depends = {*cubes, *lists, *(iri for iri, _ in codes)}
        return TableCodes({tag: "\n".join(names[tag]) for tag in sorted(names)}, sorted(depends))

    def datasets(self) -> list[str]:
        """All datasets that have a cube."""
        cubes = self._store.instances(QB.DataSet)
        return sorted({one for cube in cubes for one in self._store.referring(DCT.hasFormat, cube)})

    def _lists(self, cube: str) -> Iterator[str]:
        for structure in self._store.things(cube, QB.structure):
            for component in self._store.things(structure, QB.component):
                for dimension in self._store.things(component, QB.dimension):
                    yield from self._store.things(dimension, QB.codeList)

    def _read_members(self, code_list: str) -> list[tuple[str, dict[str, str]]]:
        """The first codes of a list by IRI, with their names."""
        codes = self._store.referring(SKOS.inScheme, code_list)[:MOST_CODES]
        return [(code, self._names(code)) for code in codes]

    def _names(self, code: str) -> dict[str, str]:
        titles = titles_of(self._store.literals(code, NAMES))
        return {tag: _one_line(title) for tag, title in titles.items()}


def _short_first(read: tuple[Sequence[object], str]) -> tuple[int, str]:
    members, code_list = read
    return len(members), code_list


def _one_line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())[:_LONGEST]


def code_found(
    terms: TermDictionary, document: Document, searched: SearchExpression, language: str
) -> Text | None:
    """The name of the first code with words of a search that the dataset's own texts lack.

    A name in the reader's language comes first. None where the texts have all words.
    """
    if not document.table_codes:
        return None
    own = [*document.titles.values(), *(t.value for t in document.texts), *document.codes]
    said = indexed_words(" ".join(own))
    lacking = [clause for clause in searched.clauses if not has_clause(said, clause)]
    forms = sorted({form for clause in lacking for form in _forms(terms, clause)})
    for tag in sorted(document.table_codes, key=lambda tag: tag != language):
        for name in _with_letters(document.table_codes[tag], forms):
            if any(has_clause(indexed_words(name), clause) for clause in lacking):
                return Text(tag, name)
    return None


def _forms(terms: TermDictionary, clause: Sequence[SearchTerm]) -> Iterator[str]:
    for one in clause:
        for word in one.words:
            yield from terms.forms(word, MatchDegree.SPELLING)


def _with_letters(names: str, forms: Sequence[str]) -> Iterator[str]:
    """Names, of those one a line, in which the letters of a form stand: to read the words of all
    took most of the time of a page."""
    lower = names.lower()
    if len(lower) != len(names):  # some capitals have two letters below
        names = lower
    for form in forms:
        at = lower.find(form)
        for _ in range(_MOST_TRIED):
            if at < 0:
                break
            end = lower.find("\n", at)
            end = end if end >= 0 else len(lower)
            yield names[lower.rfind("\n", 0, at) + 1 : end]
            at = lower.find(form, end)
