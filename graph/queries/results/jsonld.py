"""A writer for compact JSON-LD 1.1, with terms and prefixes of our context, one node per line.

The engine only writes expanded JSON-LD. Triples are written as they arrive, with one node object
for each run of triples of a subject. The context is part of the document and complete, so a reader
does not need to fetch anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, groupby, islice
from typing import Any, Protocol

import pyoxigraph as ox

from graph.core.errors import QueryNotAcceptable
from graph.queries.results.jsonld_terms import ContextTerm, context_terms

JsonObject = dict[str, Any]
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = ox.NamedNode(_RDF + "type")
_INTEGER = re.compile(r"-?[1-9][0-9]{0,14}|0")  # integers that every JSON parser reads exactly
_LOOK_AHEAD = 1000  # triples; with more of them, all terms are declared
_TERM = re.compile(r"[^\W\d][\w.\-]*")
_WEB = ("http://", "https://")
_ENDS_A_PREFIX = tuple(":/?#[]@")  # JSON-LD 1.1 §4.1.5; others need "@prefix": true


class Writable(Protocol):
    """A target for bytes."""

    def write(self, data: bytes) -> object:
        """Write some bytes."""


def write(triples: Iterable[ox.Triple], out: Writable, prefixes: Mapping[str, str]) -> None:
    """Write triples; `prefixes` are namespaces by prefix.

    Raises QueryNotAcceptable for triple terms and base directions, which only RDF 1.2 has.
    """
    rest = iter(triples)
    # The context comes first in the document, so the terms for it are taken from the first triples.
    first = list(islice(rest, _LOOK_AHEAD))
    usable = {p: n for p, n in prefixes.items() if _TERM.fullmatch(p)}
    writer = _NodeWriter(usable, context_terms() if len(first) == _LOOK_AHEAD else _used(first))
    out.write(b'{"@context":' + _json(writer.context()) + b',"@graph":[')
    separator = b"\n"
    for subject, statements in groupby(chain(first, rest), key=lambda t: t.subject):
        out.write(separator + _json(writer.node(subject, list(statements))))
        separator = b",\n"
    out.write(b"\n]}\n")


def _used(triples: Iterable[ox.Triple]) -> dict[str, ContextTerm]:
    """The terms for the properties and classes of these triples."""
    iris = {t.predicate.value for t in triples}
    iris |= {str(getattr(t.object, "value", "")) for t in triples if t.predicate == _TYPE}
    return {iri: term for iri, term in context_terms().items() if iri in iris}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class _NodeWriter:
    """Writes nodes with the terms and prefixes of one context."""

    def __init__(self, prefixes: Mapping[str, str], known: Mapping[str, ContextTerm]) -> None:
        self.namespaces = {namespace: prefix for prefix, namespace in prefixes.items()}
        self.terms = {iri: term for iri, term in known.items() if term.name not in prefixes}
        # Aliases for keywords, as in our context, unless a query uses them as prefixes.
        self.keywords = {n: f"@{n}" for n in ("id", "type") if n not in prefixes}
        self.id, self.type = (n if n in self.keywords else f"@{n}" for n in ("id", "type"))
        self.prefixes = frozenset(self.namespaces.values())
        # Namespaces that end in neither `#` nor `/`; longer ones before their own beginnings.
        self.irregular = sorted(
            (n for n in self.namespaces if n[-1:] not in {"#", "/"}), reverse=True
        )
        self.disabled = frozenset[str]()  # prefixes that the current node does not use

    def context(self) -> JsonObject:
        """The context object: keyword aliases, prefixes, terms."""
        prefixes = {
            prefix: namespace
            if namespace.endswith(_ENDS_A_PREFIX)
            else {"@id": namespace, "@prefix": True}
            for namespace, prefix in self.namespaces.items()
        }
        terms = {t.name: t.definition(self._short(iri)) for iri, t in self.terms.items()}
        return self.keywords | prefixes | terms

    def node(self, subject: object, statements: list[ox.Triple]) -> JsonObject:
        """The node object of a subject.

        `geo:47,106` is an absolute IRI with its own scheme. If `geo` is a prefix as well, a context
        in the node disables the prefix.
        """
        self.disabled = frozenset(filter(None, map(self._colliding_prefix, _iris(statements))))
        node: JsonObject = (
            {"@context": dict.fromkeys(sorted(self.disabled))} if self.disabled else {}
        )
        node[self.id] = self._id(subject)
        for triple in statements:
            if triple.predicate == _TYPE and not isinstance(triple.object, ox.Literal):
                _add(node, self.type, self._class(triple.object))
            else:
                self._add_value(node, triple.predicate.value, triple.object)
        return node

    def _add_value(self, node: JsonObject, iri: str, value: object) -> None:
        """Add a value of a property, under its term if the term is for such values."""
        term = self.terms.get(iri)
        if term is None or (term.kind and not self._accepts(term, value)):
            _add(node, self._short(iri), self._value(value))
        elif term.kind == "@id":
            # a list from the first value on, as "@container": "@set" promises
            node.setdefault(term.name, []).append(self._id(value))
        elif isinstance(value, ox.Literal) and term.kind == "@language":
            _add(node.setdefault(term.name, {}), str(value.language), value.value)
        elif isinstance(value, ox.Literal) and term.kind:
            _add(node, term.name, value.value)
        else:
            _add(node, term.name, self._value(value))

    def _accepts(self, term: ContextTerm, value: object) -> bool:
        if not isinstance(value, ox.Literal):
            return term.kind == "@id"
        if value.language is not None:
            return term.kind == "@language" and value.direction is None
        return term.kind == value.datatype.value

    def _class(self, term: object) -> str:
        known = self.terms.get(term.value) if isinstance(term, ox.NamedNode) else None
        return known.name if known is not None and not known.kind else self._id(term)

    def _colliding_prefix(self, iri: str) -> str:
        """The prefix that equals the scheme of an absolute IRI; empty if there is none."""
        if iri.startswith(_WEB):  # a shortcut for nearly all IRIs
            return ""
        scheme, _, rest = iri.partition(":")
        collides = scheme in self.prefixes and not rest.startswith("//")
        return scheme if collides else ""

    def _short(self, iri: str) -> str:
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        if iri[:cut] not in self.namespaces:
            cut = next((len(n) for n in self.irregular if iri.startswith(n)), 0)
        prefix = self.namespaces.get(iri[:cut], "")
        # `prefix://…` would be read as an absolute IRI
        if not prefix or prefix in self.disabled or iri.startswith("//", cut):
            return iri
        return f"{prefix}:{iri[cut:]}"

    def _id(self, term: object) -> str:
        if isinstance(term, ox.NamedNode):
            return self._short(term.value)
        if isinstance(term, ox.BlankNode):
            return f"_:{term.value}"
        raise _not_in_jsonld("a triple term")

    def _value(self, term: object) -> Any:
        if not isinstance(term, ox.Literal):
            return {"@id": self._id(term)}
        if term.direction is not None:
            raise _not_in_jsonld("a string with a base direction")
        if term.language is not None:
            return {"@language": term.language, "@value": term.value}
        return _native(term) if term.datatype.value in _NATIVE else self._typed(term)

    def _typed(self, term: ox.Literal) -> JsonObject:
        return {"@type": self._short(term.datatype.value), "@value": term.value}


_NATIVE = frozenset(_XSD + name for name in ("string", "boolean", "integer"))


def _native(term: ox.Literal) -> Any:
    """A JSON value if it reads back as the same literal, else a value object."""
    kind = term.datatype.value.removeprefix(_XSD)
    if kind == "string":
        return term.value
    if kind == "boolean" and term.value in {"true", "false"}:
        return term.value == "true"
    if kind == "integer" and _INTEGER.fullmatch(term.value):
        return int(term.value)
    return {"@type": term.datatype.value, "@value": term.value}


def _iris(statements: Iterable[ox.Triple]) -> Iterator[str]:
    for triple in statements:
        yield triple.predicate.value
        for term in (triple.subject, triple.object):
            if isinstance(term, ox.NamedNode):
                yield term.value
            elif isinstance(term, ox.Literal):
                yield term.datatype.value


def _add(node: JsonObject, key: str, value: Any) -> None:
    """Add a value; several values of a property are an array."""
    if key not in node:
        node[key] = value
    elif isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]


def _not_in_jsonld(part: str) -> QueryNotAcceptable:
    return QueryNotAcceptable(
        f"this result has {part}, which JSON-LD 1.1 cannot represent",
        hint="Request Turtle, TriG, N-Triples or N-Quads.",
    )
