"""What the index keeps of a thing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pyoxigraph as ox

from graph.search.collation import sort_key
from vocab.terms import Object

LONGEST = 5_000
"""Characters of a text that are searched and quoted."""
_KEY = 80  # characters that titles are sorted by: they are kept twice for each language
_TIE = 24  # characters of the IRI after it
_LATIN_LAST = {ord(c): chr(0xE000 + ord(c)) for c in "abcdefghijklmnopqrstuvwxyz"}
LANGUAGES = ("mn", "en")
"""The languages of readers."""
_FALLBACK = {"mn": ("mn", "en", ""), "en": ("en", "mn", "")}


class Text(NamedTuple):
    """A text and its language, which is empty where none is stated."""

    language: str
    value: str


@dataclass(frozen=True, slots=True)
class Document:
    """A thing as it is found and listed.

    `titles` are one by language; `texts` are searched and quoted. `facets` are terms of facet
    values: `<iri>` or a literal's text. `inferred` names the facets (and `title`) whose values are
    inferred. `about` says to readers of each language what a finding is about, name by name:
    one may have no name in their language. `moment` is when it last
    changed in the catalogue (seconds since 1970; 0: not known), `rank` what it is sorted by before
    its title. `depends` are other things whose names are part of it. `codes` are its identifiers,
    `table_codes` the names of the codes of its tables by language, one a line.
    """

    iri: str
    kind: str
    titles: Mapping[str, str]
    texts: Sequence[Text] = ()
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    inferred: Sequence[str] = ()
    about: Mapping[str, Sequence[Text]] = field(default_factory=dict)
    codes: Sequence[str] = ()
    moment: int = 0
    rank: int = 0
    depends: Sequence[str] = ()
    table_codes: Mapping[str, str] = field(default_factory=dict)


def spoken(texts: Sequence[Text]) -> str:
    """Texts as one, whatever their languages."""
    return "".join(text.value for text in texts)


def title(titles: Mapping[str, str], language: str) -> Text:
    """The title for readers of a language, else in another one; empty where there is none."""
    for tag in _FALLBACK[language]:
        if tag in titles:
            return Text(tag, titles[tag])
    tag = min(titles, default="")
    return Text(tag, titles.get(tag, ""))


def title_key(document: Document, language: str) -> str:
    """What a list in a language is sorted by. Mongolian puts Latin last, English Cyrillic.

    Things without a title come after all others, equal titles in the order of their IRIs' ends.
    """
    text = title(document.titles, language).value
    key = sort_key(text[:_KEY])[:_KEY] if text else "\U0010ffff"
    key = key.translate(_LATIN_LAST) if language == "mn" else key
    return f"{document.rank}{key}\t{document.iri[-_TIE:]}"


def term(value: Object) -> str:
    """A facet value as it is kept: `<iri>` or the text of a literal."""
    return str(value) if isinstance(value, ox.NamedNode) else value.value


def text(literal: ox.Literal) -> Text:
    """A literal as a text of the index: `mn-Cyrl` counts as `mn`."""
    return Text((literal.language or "").partition("-")[0], literal.value[:LONGEST])


def titles_of(literals: Sequence[ox.Literal]) -> dict[str, str]:
    """One title a language; of several in a language the first by its characters."""
    found: dict[str, str] = {}
    for language, value in sorted(map(text, literals)):
        if value.strip():
            found.setdefault(language, value)
    return found


def pack(document: Document) -> str:
    """What is kept for pages and quoting; facet values are kept by their ids."""
    texts = [list(text) for text in document.texts]
    parts: list[object] = [
        document.titles,
        texts,
        document.about,
        document.codes,
        document.inferred,
    ]
    if document.table_codes:
        parts.append(document.table_codes)
    return json.dumps(parts, ensure_ascii=False)


def unpack(iri: str, kind: str, packed: str) -> Document:
    """A document as `pack` kept it."""
    titles, texts, said, codes, inferred, *more = json.loads(packed)
    return Document(
        iri=iri,
        kind=kind,
        titles=titles,
        texts=[Text(*pair) for pair in texts],
        about={tag: [Text(*pair) for pair in pairs] for tag, pairs in said.items()},
        codes=codes,
        inferred=inferred,
        table_codes=more[0] if more else {},
    )
