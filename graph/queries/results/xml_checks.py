"""What XML cannot carry, so that no answer is sent that a reader of XML must refuse.

XML 1.0 has no control characters, not even escaped (§2.2), and RDF/XML writes properties as names
of elements, so their IRIs must end in one (Namespaces in XML §4). The engine checks neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

import pyoxigraph as ox

from graph.core.errors import QueryNotAcceptable
from graph.queries.results.jsonld import Writable
from vocab.terms import Triples

_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = re.compile(rf"[{_START}][{_START}\-.0-9\u00b7\u0300-\u036f\u203f\u2040]*\Z")
_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_RESERVED = "RDF/XML reserved syntax term"


class XmlCheckedWriter:
    """Hands on what is written, and refuses what is no XML (QueryNotAcceptable)."""

    def __init__(self, out: Writable) -> None:
        self.out = out
        self._end = b""  # a character may come in two pieces

    def write(self, data: bytes) -> object:
        """Take some bytes."""
        if found := _FORBIDDEN.search(self._end + data):
            raise _not_acceptable(f"the character U+{ord(found[0].decode()):04X}", "JSON or CSV")
        self._end = data[-2:]
        return self.out.write(data)

    def flush(self) -> None:
        """Nothing; the engine asks for it."""


def checked_triples(triples: Iterable[ox.Triple]) -> Triples:
    """The same triples, checked, with a class that cannot be the name of an element behind others
    of its subject, where the engine writes it as a property."""
    checked = set[ox.NamedNode]()
    for _, statements in groupby(triples, key=lambda t: t.subject):
        run = list(statements)
        if any(map(_unnameable_class, run)):
            run.sort(key=_unnameable_class)
        if _unnameable_class(run[0]):
            raise _refused(run[0].object)
        for triple in run:
            if triple.predicate not in checked:
                if not _NAME.search(triple.predicate.value):
                    raise _refused(triple.predicate)
                checked.add(triple.predicate)
            yield triple


def is_reserved_name_error(error: OSError) -> bool:
    """Whether the engine refuses a property that is a word of RDF/XML itself (`rdf:li`)."""
    return str(error).startswith(_RESERVED)


def _unnameable_class(triple: ox.Triple) -> bool:
    """Whether this names a class that cannot be an element."""
    named = isinstance(triple.object, ox.NamedNode) and triple.predicate == _TYPE
    return named and not _NAME.search(str(getattr(triple.object, "value", "")))


def _refused(term: object) -> QueryNotAcceptable:
    return _not_acceptable(f"{term} as the name of an element", "Turtle or JSON-LD")


def _not_acceptable(what: str, instead: str) -> QueryNotAcceptable:
    return QueryNotAcceptable(
        f"XML cannot carry {what}, which this result has", hint=f"Ask for {instead}."
    )
