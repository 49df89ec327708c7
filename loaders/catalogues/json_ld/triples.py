"""Expanded JSON-LD → triples (JSON-LD 1.1 API §8), with the place of each node in the document."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from typing import Any

from loaders.catalogues.model import ReadItem
from loaders.catalogues.model.terms import CheckedTerm, TermReader
from loaders.formats.json_strict import pointer
from vocab.namespaces import RDF, XSD

_IDS = ("@id", "id", "iri", "uri")  # names that contexts usually give to @id
_TAIL = re.compile(r"[^/#:]*[/#:]?$")
_LABEL = re.compile(r"[A-Za-z0-9_]+")
_MOST_ALIKE = 20  # names with the same end that are compared
_HUGE = 10**21
_JSON = f"{RDF.type.value.removesuffix('type')}JSON"


class NodePlaces:
    """JSON Pointers of the objects that name themselves, found by the end of their names."""

    def __init__(self, value: Any, place: str) -> None:
        self._absolute: dict[str, str] = {}
        self._places: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._walk(value, (), place)

    def _walk(self, value: Any, path: tuple[str | int, ...], place: str) -> None:
        if isinstance(value, dict):
            name = next((value[key] for key in _IDS if isinstance(value.get(key), str)), "")
            if name and len(value) > 1:  # an object with a name alone is a reference
                self._add(name, place + pointer(*path))
        items = value.items() if isinstance(value, dict) else enumerate(_items(value))
        for key, item in items:
            if key != "@context" and isinstance(item, dict | list):
                self._walk(item, (*path, key), place)

    def _add(self, name: str, place: str) -> None:
        if "://" in name:
            self._absolute.setdefault(name, place)
        elif len(found := self._places[_tail(name)]) < _MOST_ALIKE:
            found.append((name, place))

    def find(self, name: str) -> str:
        """The JSON Pointer of a node, or "" where its object is not found."""
        if place := self._absolute.get(name):
            return place
        for written, place in self._places.get(_tail(name), ()):
            if name.endswith(written.rpartition(":")[2].lstrip("./")):
                return place
        return ""


def _tail(name: str) -> str:
    match = _TAIL.search(name)
    return match[0] if match else ""


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


class ExpandedTriples:
    """Triples of expanded documents; blank nodes are numbered in order."""

    def __init__(self, terms: TermReader, places: NodePlaces) -> None:
        self._terms, self._places = terms, places
        self._numbers = count()

    def items(self, nodes: list[dict[str, Any]]) -> Iterator[ReadItem]:
        """The triples of top-level nodes."""
        for node in nodes:
            yield from self._node(node, self._name(node), "")

    def _node(self, node: dict[str, Any], subject: CheckedTerm, above: str) -> Iterator[ReadItem]:
        """The triples of a node and of all nodes inside of it."""
        place = self._places.find(str(node.get("@id", ""))) or above
        for key, values in node.items():
            if key == "@type":
                for name in dict.fromkeys(values):
                    value = self._named(name)
                    yield from self._terms.checked_items(subject, _TYPE, value, place)
            elif key == "@reverse":
                for predicate, sources in values.items():
                    yield from self._reverse(subject, predicate, sources, place)
            elif key in ("@graph", "@included"):
                yield from self.items(values)
            elif not key.startswith("@"):
                predicate = self._terms.named(key)
                for value in values:
                    yield from self._value(subject, predicate, value, place)

    def _reverse(
        self, value: CheckedTerm, predicate: str, sources: list[Any], place: str
    ) -> Iterator[ReadItem]:
        for source in sources:
            subject = self._name(source)
            named = self._terms.named(predicate)
            yield from self._terms.checked_items(subject, named, value, place)
            yield from self._node(source, subject, place)

    def _value(
        self, subject: CheckedTerm, predicate: CheckedTerm, value: dict[str, Any], place: str
    ) -> Iterator[ReadItem]:
        if "@value" in value:
            term = self._literal(value)
            yield from self._terms.checked_items(subject, predicate, term, place)
        elif "@list" in value:
            yield from self._list(subject, predicate, value["@list"], place)
        else:
            node = self._name(value)
            yield from self._terms.checked_items(subject, predicate, node, place)
            yield from self._node(value, node, place)

    def _list(
        self, subject: CheckedTerm, predicate: CheckedTerm, items: list[Any], place: str
    ) -> Iterator[ReadItem]:
        for item in items:
            cell = self._terms.blank(f"n{next(self._numbers)}")
            yield from self._terms.checked_items(subject, predicate, cell, place)
            yield from self._value(cell, _FIRST, item, place)
            subject, predicate = cell, _REST
        yield from self._terms.checked_items(subject, predicate, _NIL, place)

    def _name(self, node: dict[str, Any]) -> CheckedTerm:
        name = node.get("@id")
        return self._named(name) if name else self._terms.blank(f"n{next(self._numbers)}")

    def _named(self, name: str) -> CheckedTerm:
        if not name.startswith("_:"):
            return self._terms.named(name)
        label = name.removeprefix("_:")
        if not _LABEL.fullmatch(label):
            label = hashlib.sha256(label.encode()).hexdigest()
        return self._terms.blank(f"l{label}")

    def _literal(self, value: dict[str, Any]) -> CheckedTerm:
        content, datatype = value["@value"], str(value.get("@type", ""))
        if datatype == "@json":
            text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
            return self._terms.literal(text, datatype=_JSON)
        if isinstance(content, str):
            term = self._terms.literal(content, str(value.get("@language", "")), datatype)
        else:
            text, kind = _lexical(content)
            if datatype not in ("", kind):  # `2.50` of a decimal stays as it was written
                text = getattr(content, "text", text)
            term = self._terms.literal(text, datatype=datatype or kind)
        if "@direction" in value:
            return term._replace(problem="term-unpublishable", raw=str(value["@direction"]))
        return term


def _lexical(content: Any) -> tuple[str, str]:
    """The text and the datatype of a JSON number or boolean."""
    if isinstance(content, bool):
        return str(content).lower(), XSD.boolean.value
    # JSON-LD 1.1 API §8.6: whole numbers below 10^21 are integers, others are doubles
    if isinstance(content, int) or (abs(content) < _HUGE and content.is_integer()):
        return str(int(content)), XSD.integer.value
    return getattr(content, "text", str(content)), XSD.double.value


_TYPE = CheckedTerm(RDF.type)
_FIRST = CheckedTerm(RDF.first)
_REST = CheckedTerm(RDF.rest)
_NIL = CheckedTerm(RDF.nil)
