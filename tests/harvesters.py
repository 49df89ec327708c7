"""How four kinds of harvester find the next page: the rules they follow, as small functions.

Each takes the statements of a page and gives the address of the next one, or None at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import rdflib
from rdflib import RDF, Graph, URIRef

HYDRA = rdflib.Namespace("http://www.w3.org/ns/hydra/core#")
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
DCT = rdflib.DCTERMS
_KINDS = (HYDRA.PartialCollectionView, HYDRA.PagedCollection)
_LINKS = (HYDRA.next, HYDRA.nextPage)


def ckan(page: Graph) -> str | None:
    """ckanext-dcat: either type, `next` else `nextPage`."""
    return _first(page, ((kind, link) for kind in _KINDS for link in _LINKS))


def old_ckan(page: Graph) -> str | None:
    """ckanext-dcat before 1.7: PagedCollection and `nextPage` only."""
    return _first(page, [(HYDRA.PagedCollection, HYDRA.nextPage)])


def udata(page: Graph) -> str | None:
    """udata: PartialCollectionView with `next`; only where there is none, the other pair."""
    for kind, link in zip(_KINDS, _LINKS, strict=True):
        if page.value(predicate=RDF.type, object=kind) is not None:
            return _first(page, [(kind, link)])
    return None


def piveau(page: Graph) -> str | None:
    """piveau: PagedCollection with `nextPage` first, and a total on that node or it fails."""
    for kind, link in reversed(list(zip(_KINDS, _LINKS, strict=True))):
        for node in page.subjects(RDF.type, kind):
            assert page.value(node, HYDRA.totalItems) is not None
            found = page.value(node, link)
            return None if found is None else str(found)
    return None


def _first(page: Graph, pairs: Iterable[tuple[URIRef, URIRef]]) -> str | None:
    for kind, link in pairs:
        for node in page.subjects(RDF.type, kind):
            for target in page.objects(node, link):
                return str(target)
    return None


RULES: tuple[Callable[[Graph], str | None], ...] = (ckan, old_ckan, udata, piveau)
