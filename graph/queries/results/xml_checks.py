"""What the engine does not do for results in XML: check characters, escape carriage returns.

XML 1.0 cannot contain control characters, not even escaped (§2.2). RDF/XML writes properties as
element names, so their IRIs must end in a valid name (Namespaces in XML §4).
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
    """A writer that raises QueryNotAcceptable for characters that XML cannot contain.

    A carriage return is written as a reference: readers take a plain one for a line feed (§2.11).
    """

    def __init__(self, out: Writable) -> None:
        self.out = out
        self._end = b""  # the last bytes: a character may be split between two writes

    def write(self, data: bytes) -> int:
        """Check some bytes and pass them on; returns how many of them."""
        if found := _FORBIDDEN.search(self._end + data):
            raise _not_acceptable(f"the character U+{ord(found[0].decode()):04X}", "JSON or CSV")
        self._end = data[-2:]
        # the engine itself ends no line with one, so each stands in a literal
        self.out.write(data.replace(b"\r", b"&#xD;"))
        return len(data)

    def flush(self) -> None:
        """Do nothing; the engine calls this."""


def checked_triples(triples: Iterable[ox.Triple]) -> Triples:
    """The same triples, in an order that can be written as RDF/XML.

    The engine writes the class of a subject's first triple as an element name. If that class has no
    valid name, its triple is moved after the others, where it is written as a property. Raises
    QueryNotAcceptable for properties and classes that cannot be written at all.
    """
    checked = set[ox.NamedNode]()
    for _, group in groupby(triples, key=lambda t: t.subject):
        statements = list(group)
        if any(map(_unnameable_class, statements)):
            statements.sort(key=_unnameable_class)
        if _unnameable_class(statements[0]):
            raise _refused(statements[0].object)
        for triple in statements:
            if triple.predicate not in checked:
                if not _NAME.search(triple.predicate.value):
                    raise _refused(triple.predicate)
                checked.add(triple.predicate)
            yield triple


def is_reserved_name_error(error: OSError) -> bool:
    """Whether this is the engine's error for a property that RDF/XML reserves (`rdf:li`)."""
    return str(error).startswith(_RESERVED)


def _unnameable_class(triple: ox.Triple) -> bool:
    """Whether this states a class whose IRI does not end in an element name."""
    is_class = isinstance(triple.object, ox.NamedNode) and triple.predicate == _TYPE
    return is_class and not _NAME.search(str(getattr(triple.object, "value", "")))


def _refused(term: object) -> QueryNotAcceptable:
    return _not_acceptable(f"{term} as an element name", "Turtle or JSON-LD")


def _not_acceptable(part: str, alternative: str) -> QueryNotAcceptable:
    return QueryNotAcceptable(
        f"this result has {part}, which XML cannot represent", hint=f"Request {alternative}."
    )
