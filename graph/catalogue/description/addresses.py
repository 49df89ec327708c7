"""The addresses of distributions: harvesters drop one without any, and some refuse redirects."""

from __future__ import annotations

import pyoxigraph as ox

from graph.core.iris import Names
from vocab.namespaces import ADMS, DCAT, RDF
from vocab.terms import Object

Properties = dict[ox.NamedNode, set[Object]]
_ADDRESSES = (DCAT.accessURL, DCAT.downloadURL)


def require(parts: dict[ox.NamedNode, Properties], dataset: ox.NamedNode, names: Names) -> None:
    """Give every distribution of a dataset an access URL that answers at once.

    It is its download URL, else the dataset's landing page; one without any is left out.
    """
    landing = parts[dataset].get(DCAT.landingPage, set())
    for predicate in (DCAT.distribution, ADMS.sample):
        for node in list(parts[dataset].get(predicate, ())):
            if not isinstance(node, ox.NamedNode) or not _complete(parts[node], landing):
                parts[dataset][predicate].discard(node)
                continue
            for address in _ADDRESSES:
                if address in parts[node]:
                    parts[node][address] = {_document(v, names) for v in parts[node][address]}


def _complete(found: Properties, landing: set[Object]) -> bool:
    """Type and access URL of a distribution; False where there is no address to give."""
    found.setdefault(RDF.type, set()).add(DCAT.Distribution)
    if DCAT.accessURL not in found:
        address = found.get(DCAT.downloadURL, set()) or landing
        if not address:
            found.clear()
            return False
        found[DCAT.accessURL] = set(address)
    return True


def _document(value: Object, names: Names) -> Object:
    """The document of a thing of ours, whose IRI itself redirects."""
    own = isinstance(value, ox.NamedNode) and value.value.startswith(f"{names.base}id/")
    return ox.NamedNode(f"{value.value}.ttl") if own else value
