"""JSON-LD 1.1 as people read it: compact, with our context's names and prefixes, one node a line.

The engine writes expanded JSON-LD alone. Statements go out as they come, one node object for each
run of a subject, behind a context that says all it uses; nothing needs to be fetched to read it.
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
_INTEGER = re.compile(r"-?[1-9][0-9]{0,14}|0")  # what any JSON reader keeps exactly
_LOOK_AHEAD = 1000  # statements: of more, all terms are declared
_TERM = re.compile(r"[^\W\d][\w.\-]*")
_WEB = ("http://", "https://")
_ENDS_A_PREFIX = tuple(":/?#[]@")  # JSON-LD 1.1 §4.1.5: others must be declared as prefixes


class Writable(Protocol):
    """Where bytes go."""

    def write(self, data: bytes) -> object:
        """Take some bytes."""


def write(triples: Iterable[ox.Triple], out: Writable, prefixes: Mapping[str, str]) -> None:
    """Write statements; `prefixes` are namespaces by name.

    Raises QueryNotAcceptable for what only RDF 1.2 has: triple terms and base directions.
    """
    rest = iter(triples)
    first = list(islice(rest, _LOOK_AHEAD))
    named = {p: n for p, n in prefixes.items() if _TERM.fullmatch(p)}
    writer = _Writer(named, context_terms() if len(first) == _LOOK_AHEAD else _used(first))
    out.write(b'{"@context":' + _json(writer.context()) + b',"@graph":[')
    before = b"\n"
    for subject, statements in groupby(chain(first, rest), key=lambda t: t.subject):
        out.write(before + _json(writer.node(subject, list(statements))))
        before = b",\n"
    out.write(b"\n]}\n")


def _used(triples: Iterable[ox.Triple]) -> dict[str, ContextTerm]:
    """The terms for properties and classes of these statements."""
    iris = {t.predicate.value for t in triples}
    iris |= {str(getattr(t.object, "value", "")) for t in triples if t.predicate == _TYPE}
    return {iri: term for iri, term in context_terms().items() if iri in iris}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class _Writer:
    """Terms as JSON-LD under one context."""

    def __init__(self, prefixes: Mapping[str, str], known: Mapping[str, ContextTerm]) -> None:
        self.namespaces = {namespace: prefix for prefix, namespace in prefixes.items()}
        self.terms = {iri: term for iri, term in known.items() if term.name not in prefixes}
        # Names for keywords, as in our context, unless a query means something else by them.
        self.keywords = {n: f"@{n}" for n in ("id", "type") if n not in prefixes}
        self.id, self.type = (n if n in self.keywords else f"@{n}" for n in ("id", "type"))
        self.prefixes = frozenset(self.namespaces.values())
        # Namespaces that do not end where a name is usually cut, longest first.
        self.odd = sorted((n for n in self.namespaces if n[-1:] not in {"#", "/"}), reverse=True)
        self.hidden = frozenset[str]()  # prefixes that are something else in the current node

    def context(self) -> JsonObject:
        """The context: keywords, prefixes, terms."""
        prefixes = {
            prefix: name if name.endswith(_ENDS_A_PREFIX) else {"@id": name, "@prefix": True}
            for name, prefix in self.namespaces.items()
        }
        named = {t.name: t.definition(self._short(iri)) for iri, t in self.terms.items()}
        return self.keywords | prefixes | named

    def node(self, subject: object, statements: list[ox.Triple]) -> JsonObject:
        """One node object.

        `geo:47,106` is an IRI with a scheme of its own; where `geo` is a prefix too, the node says
        that here it is none.
        """
        self.hidden = frozenset(filter(None, map(self._mistaken, _iris(statements))))
        node: JsonObject = {"@context": dict.fromkeys(sorted(self.hidden))} if self.hidden else {}
        node[self.id] = self._id(subject)
        for triple in statements:
            if triple.predicate == _TYPE and not isinstance(triple.object, ox.Literal):
                _add(node, self.type, self._class(triple.object))
            else:
                self._state(node, triple.predicate.value, triple.object)
        return node

    def _state(self, node: JsonObject, iri: str, value: object) -> None:
        """Add a property's value, by our name for it where that is for such values."""
        term = self.terms.get(iri)
        if term is None or (term.kind and not self._is_for(term, value)):
            _add(node, self._short(iri), self._value(value))
        elif term.kind == "@id":
            node.setdefault(term.name, []).append(self._id(value))
        elif isinstance(value, ox.Literal) and term.kind == "@language":
            _add(node.setdefault(term.name, {}), str(value.language), value.value)
        elif isinstance(value, ox.Literal) and term.kind:
            _add(node, term.name, value.value)
        else:
            _add(node, term.name, self._value(value))

    def _is_for(self, term: ContextTerm, value: object) -> bool:
        if not isinstance(value, ox.Literal):
            return term.kind == "@id"
        if value.language is not None:
            return term.kind == "@language" and value.direction is None
        return term.kind == value.datatype.value

    def _class(self, term: object) -> str:
        named = self.terms.get(term.value) if isinstance(term, ox.NamedNode) else None
        return named.name if named is not None and not named.kind else self._id(term)

    def _mistaken(self, iri: str) -> str:
        """The prefix that a whole IRI would be taken to begin with."""
        if iri.startswith(_WEB):  # nearly all
            return ""
        scheme, _, rest = iri.partition(":")
        mistaken = scheme in self.prefixes and not rest.startswith("//")
        return scheme if mistaken else ""

    def _short(self, iri: str) -> str:
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        if iri[:cut] not in self.namespaces:
            cut = next((len(n) for n in self.odd if iri.startswith(n)), 0)
        prefix = self.namespaces.get(iri[:cut], "")
        if not prefix or prefix in self.hidden or iri.startswith("//", cut):
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
            raise _not_in_jsonld("a text with a base direction")
        if term.language is not None:
            return {"@language": term.language, "@value": term.value}
        return _native(term) if term.datatype.value in _NATIVE else self._typed(term)

    def _typed(self, term: ox.Literal) -> JsonObject:
        return {"@type": self._short(term.datatype.value), "@value": term.value}


_NATIVE = frozenset(_XSD + name for name in ("string", "boolean", "integer"))


def _native(term: ox.Literal) -> Any:
    """JSON's own values, where they come back as the same literal."""
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
    """A property's values: one alone, several as an array."""
    if key not in node:
        node[key] = value
    elif isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]


def _not_in_jsonld(what: str) -> QueryNotAcceptable:
    return QueryNotAcceptable(
        f"JSON-LD 1.1 cannot carry {what}, which this result has",
        hint="Ask for Turtle, TriG, N-Triples or N-Quads.",
    )
