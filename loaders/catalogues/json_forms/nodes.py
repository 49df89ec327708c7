"""JSON objects as nodes, by a table of members: the part that all JSON forms share.

`{"title": "Roads", "publisher": {"name": "Agency"}}` with the table of data.json becomes a node
with a title and a publisher, which is a node too. A member that the table does not have is a
problem `field-unknown`; nothing is dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple

import pyoxigraph as ox

from loaders.catalogues.json_forms import values
from loaders.catalogues.json_forms.values import Convert
from loaders.catalogues.model import LocatedTriple, ReadItem, ReadProblem
from loaders.formats.json_strict import pointer
from vocab.namespaces import RDF
from vocab.terms import Node, Term


class Member(NamedTuple):
    """What a member becomes: a property; how its text is converted; the class of its object."""

    property: ox.NamedNode
    convert: Convert = values.node
    part: ox.NamedNode | None = None


_PREFIX = re.compile(r"^(adms|dcat|dct|dcterms|foaf|org|pod|prov|rdfs|skos|spdx|vcard):")
"""Some documents write members as compact IRIs: `dct:title`."""
_step = lru_cache(1024)(pointer)
_SHORT_TAG = re.compile(r"[a-z]{2,3}([-_][A-Za-z0-9]{1,8})*")

MemberTable = Mapping[str, Member]


class Place(NamedTuple):
    """A node and the JSON Pointer of its object."""

    node: Node
    path: str


Special = Callable[["JsonNodes", Place, Any], Iterator[ReadItem]]
"""Writes a member that no row of a table can describe; gets the object's place and the value."""


@dataclass(frozen=True, slots=True)
class JsonNodes:
    """Writes JSON objects as triples.

    `name` gives the node of an object without `@id` from its JSON Pointer; `classes` the class of
    a local name in `@type`; `language` is the tag that the document states for its texts.
    """

    members: MemberTable
    name: Callable[[str], Node]
    special: Mapping[str, Special] = field(default_factory=dict)
    classes: Mapping[str, ox.NamedNode] = field(default_factory=dict)
    language: str | None = None
    place: str = ""

    def using(self, members: MemberTable) -> JsonNodes:
        """The same with another table, for objects of another kind."""
        return replace(self, members=members, special={})

    def node(self, value: Mapping[str, Any], path: str) -> Node:
        """The node of an object: its `@id` where that is an IRI."""
        return values.iri(str(value.get("@id", ""))) or self.name(path)

    def triple(self, at: Place, predicate: ox.NamedNode, value: Term) -> LocatedTriple:
        """A statement about a node."""
        return LocatedTriple(at.node, predicate, value, self.place + at.path)

    def problem(self, kind: str, at: Place, path: str, detail: str = "") -> ReadProblem:
        """A problem of a node, met at a JSON Pointer."""
        return ReadProblem(kind, at.node, self.place + path, detail)

    def object(
        self, value: Mapping[str, Any], at: Place, kind: ox.NamedNode | None
    ) -> Iterator[ReadItem]:
        """The triples of an object: its classes, its members, and the objects in it."""
        for one in self._types(value, at, kind):
            yield self.triple(at, RDF.type, one)
        for key in getattr(value, "repeated", ()):
            yield self.problem("json-lax", at, at.path, f"“{key}” twice")
        for key, item in value.items():
            if not key.startswith(("@", "$")):
                yield from self.member(key, item, at)

    def _types(
        self, value: Mapping[str, Any], at: Place, kind: ox.NamedNode | None
    ) -> Iterator[ox.NamedNode]:
        if kind is not None:
            yield kind
        for _, name in values.each(value.get("@type")):
            known = self.classes.get(str(name)) or self.classes.get(str(name).split(":")[-1])
            known = known or (values.iri(str(name)) if "://" in str(name) else None)
            if known is not None and known != kind:
                yield known

    def member(self, key: str, value: Any, at: Place) -> Iterator[ReadItem]:
        """The triples of one member of an object."""
        name = _PREFIX.sub("", key)
        if special := self.special.get(name):
            yield from special(self, at, value)
            return
        row = self.members.get(name) or self.members.get(name.removesuffix("Map"))
        path = at.path + _step(key)
        if row is None:
            if any(values.each(value)):
                yield self.problem("field-unknown", at, path, key)
            return
        for step, item in values.each(value):
            yield from self.value(row, item, at, path + step)

    def value(self, row: Member, value: Any, at: Place, path: str) -> Iterator[ReadItem]:
        """The triples of one value of a member, which stands at `path`."""
        if isinstance(value, list):
            for step, item in values.each(value):
                yield from self.value(row, item, at, path + step)
        elif isinstance(value, dict):
            yield from self._mapping(row, value, at, path)
        else:
            written = values.clean(value)
            if isinstance(value, str) and written != value:
                yield self.problem("control-character", at, path)
            yield from self._text(row, written, at, path)

    def _mapping(
        self, row: Member, value: Mapping[str, Any], at: Place, path: str
    ) -> Iterator[ReadItem]:
        if "@value" in value:
            yield from self._literal(row, value, at, path)
        elif row.convert is values.text and self._is_by_language(row, value):
            yield from self._by_language(row, value, at, path)
        elif value.keys() == {"@id"}:
            yield from self.value(row, value["@id"], at, path)
        else:
            yield from self._object_of(row, value, at, path)

    def _object_of(
        self, row: Member, value: Mapping[str, Any], at: Place, path: str
    ) -> Iterator[ReadItem]:
        """An object as a node; one without a name of which nothing is said is none."""
        child = Place(self.node(value, path), path)
        items = list(self.object(value, child, row.part))
        is_said = any(isinstance(one, LocatedTriple) for one in items)
        if is_said or isinstance(child.node, ox.NamedNode):
            yield self.triple(at, row.property, child.node)
            yield from items
        else:  # then its problems are those of the object around it
            yield from (one._replace(subject=at.node) for one in items)

    def _is_by_language(self, row: Member, value: Mapping[str, Any]) -> bool:
        keys_are_tags = all(_SHORT_TAG.fullmatch(k) and k not in self.members for k in value)
        return row.part is None or (bool(value) and keys_are_tags)

    def _literal(
        self, row: Member, value: Mapping[str, Any], at: Place, path: str
    ) -> Iterator[ReadItem]:
        """A JSON-LD value object."""
        written = values.clean(value["@value"])
        if language := value.get("@language"):
            yield from self._tagged(row, written, str(language), at, path)
        else:
            yield from self._text(row, written, at, path)

    def _by_language(
        self, row: Member, value: Mapping[str, Any], at: Place, path: str
    ) -> Iterator[ReadItem]:
        """A text in several languages: `{"mn": "…", "en": ["…", "…"]}`."""
        for language, texts in value.items():
            for _, one in values.each(texts):
                if isinstance(one, str | int | float):
                    yield from self._tagged(row, values.clean(one), language, at, path)
                else:
                    yield self.problem("value-dropped", at, path, language)

    def _tagged(
        self, row: Member, written: str, language: str, at: Place, path: str
    ) -> Iterator[ReadItem]:
        tag = values.tag(language)
        if tag is None:
            yield self.problem("value-dropped", at, path, language)
            yield self.triple(at, row.property, ox.Literal(written))
        else:
            yield self.triple(at, row.property, ox.Literal(written, language=tag))

    def _text(self, row: Member, written: str, at: Place, path: str) -> Iterator[ReadItem]:
        if row.convert is values.text:
            yield self.triple(at, row.property, ox.Literal(written, language=self.language))
            return
        term = row.convert(written.strip())
        if isinstance(term, ox.Literal) and row.convert is values.node:
            mended = values.mended_iri(written)
            if mended is not None:
                yield self.problem("iri-mended", at, path, written)
                term = mended
        if not (isinstance(term, ox.Literal) and not term.value):
            yield self.triple(at, row.property, term)
