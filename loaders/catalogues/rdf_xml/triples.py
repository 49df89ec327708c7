"""The triples of RDF/XML that is well-formed, by pyoxigraph."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import IO

import pyoxigraph as ox

from loaders.catalogues.model import ReceivedDocument
from loaders.catalogues.model.terms import parsing_base
from loaders.catalogues.rdf_xml.structure import UNLINKED

_UNLINKED = ox.NamedNode(UNLINKED)


def triples(document: ReceivedDocument, source: bytes | IO[bytes]) -> Iterator[ox.Quad]:
    """The triples of some bytes of a document, unchecked. Raises SyntaxError or ValueError."""
    base = parsing_base(document.base)
    for quad in ox.parse(source, ox.RdfFormat.RDF_XML, base_iri=base, lenient=True):
        if quad.predicate != _UNLINKED:
            yield quad


def rdf_error(document: ReceivedDocument) -> str:
    """What pyoxigraph finds wrong in a whole document, or ""."""
    try:
        deque(triples(document, document.data), maxlen=0)
    except (SyntaxError, ValueError) as error:
        return str(getattr(error, "msg", None) or error)
    return ""
