"""N3: nearly always Turtle under another name; else whole, by pyoxigraph."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from loaders.catalogues.model import ReadItem, ReceivedDocument
from loaders.catalogues.model.terms import TermReader, parsing_base
from loaders.catalogues.turtle import document as turtle


def read(document: ReceivedDocument) -> Iterator[ReadItem]:
    """The triples of a document; formulas of N3 are not statements and are left out.

    Raises InputError for a document that is neither N3 nor Turtle that can be mended.
    """
    if turtle.error(document) and (quads := _quads(document)):
        terms = TermReader(document)
        for quad in quads:
            yield from terms.items(quad.subject, quad.predicate, quad.object, "")
    else:
        yield from turtle.read(document)


def _quads(document: ReceivedDocument) -> list[ox.Quad]:
    """The statements outside of formulas; none where the document is not N3."""
    base = parsing_base(document.base)
    try:
        quads = list(ox.parse(document.data, ox.RdfFormat.N3, base_iri=base, lenient=True))
    except (SyntaxError, ValueError):
        return []
    return [quad for quad in quads if quad.graph_name == ox.DefaultGraph()]
