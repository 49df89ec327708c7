"""data.json as N-Triples lines to validate: every object has an IRI that is its JSON Pointer."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from loaders.catalogues.json_forms import data_json
from loaders.catalogues.json_forms.dcat_us_members import MEMBERS
from loaders.catalogues.model import LocatedTriple, ReceivedDocument
from vocab.namespaces import DCAT, RDF

_CLASSES = {row.property: row.part for row in MEMBERS.values() if row.part is not None}
_TYPED_ELSEWHERE = frozenset({DCAT.dataset, DCAT.service, DCAT.catalog, DCAT.record})


def triples(document: ReceivedDocument, base: str) -> Iterator[LocatedTriple]:
    """The triples of a data.json; `base` is an absolute IRI without fragment.

    IRIs get the class that the member gives them (a licence, a standard): JSON cannot state it. An
    item of the list that is no object becomes a dataset without anything, so that the rules name
    its place. Raises InputError.
    """
    for item in data_json.triples(document, lambda path: ox.NamedNode(f"{base}#{path}")):
        if isinstance(item, LocatedTriple):
            yield item._replace(locator=item.locator or "/")
            yield from _class(item)
        elif item.kind == "item-not-an-object":
            place = ox.NamedNode(f"{base}#{item.locator}")
            yield LocatedTriple(place, RDF.type, DCAT.Dataset, item.locator)


def _class(triple: LocatedTriple) -> Iterator[LocatedTriple]:
    kind = _CLASSES.get(triple.predicate)
    is_iri = isinstance(triple.object, ox.NamedNode)
    if kind is not None and is_iri and triple.predicate not in _TYPED_ELSEWHERE:
        yield LocatedTriple(triple.object, RDF.type, kind, triple.locator)  # type: ignore[arg-type]
