"""Documents in an RDF syntax, by pyoxigraph."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from graph.core.errors import InputError
from loaders.catalogues.model import LocatedTriple, ReadItem, ReceivedDocument
from loaders.catalogues.reading.forms import rdf_format
from vocab.terms import Term


def read(document: ReceivedDocument) -> Iterator[ReadItem]:
    """The triples of a document; names of graphs are dropped, a source has its own.

    Raises InputError for a syntax error.
    """
    scope = _Scope(document.scope)
    try:
        for quad in ox.parse(
            document.data, rdf_format(document), base_iri=document.base, lenient=True
        ):
            subject, value = scope.term(quad.subject), scope.term(quad.object)
            yield LocatedTriple(subject, quad.predicate, value, "")  # type: ignore[arg-type]
    except (SyntaxError, ValueError) as error:
        raise InputError(str(error), where=document.name, hint="Correct the file.") from error


class _Scope:
    """Blank nodes with labels that no other document has."""

    def __init__(self, scope: str) -> None:
        self._scope = scope
        self._labels: dict[str, ox.BlankNode] = {}

    def term(self, term: Term) -> Term:
        if isinstance(term, ox.BlankNode):
            label = f"{self._scope}b{len(self._labels)}"
            return self._labels.setdefault(term.value, ox.BlankNode(label))
        return term
