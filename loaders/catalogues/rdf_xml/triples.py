"""The triples of RDF/XML that is well-formed, by pyoxigraph."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import IO

import pyoxigraph as ox

from loaders.catalogues.model import ReceivedDocument
from loaders.catalogues.model.terms import parsing_base
from loaders.catalogues.rdf_xml.root import UNKNOWN
from loaders.catalogues.rdf_xml.structure import UNLINKED
from vocab.terms import Term

_LEFT_OUT = (UNLINKED, UNKNOWN)


def triples(document: ReceivedDocument, source: bytes | IO[bytes]) -> Iterator[ox.Quad]:
    """The triples of some bytes of a document, unchecked. Raises SyntaxError or ValueError."""
    base = parsing_base(document.base)
    for quad in ox.parse(source, ox.RdfFormat.RDF_XML, base_iri=base, lenient=True):
        if not quad.predicate.value.startswith(_LEFT_OUT) and not _is_unknown(quad.object):
            yield quad


def _is_unknown(term: Term) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith(UNKNOWN)


def rdf_error(document: ReceivedDocument) -> str:
    """What pyoxigraph finds wrong in a whole document, or ""."""
    try:
        deque(triples(document, document.data), maxlen=0)
    except (SyntaxError, ValueError) as error:
        return str(getattr(error, "msg", None) or error)
    return ""
