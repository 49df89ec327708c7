"""JSON-LD 1.1 as people read it: compact, with prefixes, one node a line.

The engine writes expanded JSON-LD alone. Statements go out as they come, one node object for each
run of a subject, behind a context of nothing but prefixes; nothing needs to be fetched to read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Protocol

import pyoxigraph as ox

from graph.errors import QueryNotAcceptable

Node = dict[str, Any]
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = ox.NamedNode(_RDF + "type")
_INTEGER = re.compile(r"-?[1-9][0-9]{0,14}|0")  # what any JSON reader keeps exactly
_TERM = re.compile(r"[^\W\d][\w.\-]*")
_ENDS_A_PREFIX = tuple(":/?#[]@")  # JSON-LD 1.1 §4.1.5: others must be declared as prefixes


class Writable(Protocol):
    """Where bytes go."""

    def write(self, data: bytes) -> object:
        """Take some bytes."""


def write(triples: Iterable[ox.Triple], out: Writable, prefixes: Mapping[str, str]) -> None:
    """Write statements; `prefixes` are namespaces by name.

    Raises QueryNotAcceptable for what only RDF 1.2 has: triple terms and base directions.
    """
    writer = _Writer({p: n for p, n in prefixes.items() if _TERM.fullmatch(p)})
    out.write(b'{"@context":' + _json(writer.context()) + b',"@graph":[')
    before = b"\n"
    for subject, statements in groupby(triples, key=lambda t: t.subject):
        out.write(before + _json(writer.node(subject, list(statements))))
        before = b",\n"
    out.write(b"\n]}\n")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class _Writer:
    """Terms as JSON-LD under one context."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.namespaces = {namespace: prefix for prefix, namespace in prefixes.items()}
        self.prefixes = frozenset(self.namespaces.values())
        # Namespaces that do not end where a name is usually cut, longest first.
        self.odd = sorted((n for n in self.namespaces if n[-1:] not in {"#", "/"}), reverse=True)
        self.hidden = frozenset[str]()  # prefixes that are something else in the current node

    def context(self) -> Node:
        """The context: prefixes alone."""
        return {
            prefix: name if name.endswith(_ENDS_A_PREFIX) else {"@id": name, "@prefix": True}
            for name, prefix in self.namespaces.items()
        }

    def node(self, subject: object, statements: list[ox.Triple]) -> Node:
        """One node object.

        `geo:47,106` is an IRI with a scheme of its own; where `geo` is a prefix too, the node says
        that here it is none.
        """
        self.hidden = frozenset(filter(None, map(self._mistaken, _iris(statements))))
        node: Node = {"@context": dict.fromkeys(sorted(self.hidden))} if self.hidden else {}
        node["@id"] = self._id(subject)
        for triple in statements:
            if triple.predicate == _TYPE and not isinstance(triple.object, ox.Literal):
                _add(node, "@type", self._id(triple.object))
            else:
                _add(node, self._short(triple.predicate.value), self._value(triple.object))
        return node

    def _mistaken(self, iri: str) -> str:
        """The prefix that a whole IRI would be taken to begin with."""
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
        raise _too_new("a triple term")

    def _value(self, term: object) -> Any:
        if not isinstance(term, ox.Literal):
            return {"@id": self._id(term)}
        if term.direction is not None:
            raise _too_new("a text with a base direction")
        if term.language is not None:
            return {"@language": term.language, "@value": term.value}
        return _native(term) if term.datatype.value in _NATIVE else self._typed(term)

    def _typed(self, term: ox.Literal) -> Node:
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


def _add(node: Node, key: str, value: Any) -> None:
    """A property's values: one alone, several as an array."""
    if key not in node:
        node[key] = value
    elif isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]


def _too_new(what: str) -> QueryNotAcceptable:
    return QueryNotAcceptable(
        f"JSON-LD 1.1 cannot carry {what}, which this result has",
        hint="Ask for Turtle, TriG, N-Triples or N-Quads.",
    )
