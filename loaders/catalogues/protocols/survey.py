"""What a harvest says of its own completeness: totals, links to next pages, lists of datasets.

The triples are looked at while they pass to naming. A list that is not whole is refused: page 1 of
3 must not be published as if it were all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import pyoxigraph as ox

from graph.core.errors import InputError
from loaders.catalogues.model import LocatedTriple, ReadItem
from loaders.pipeline.record import Capture
from vocab.namespaces import DCAT, DCT, RDF, TREE
from vocab.terms import Node, Term

_HYDRA = ("http://www.w3.org/ns/hydra/core#", "https://www.w3.org/ns/hydra/core#")
_NEXT = frozenset(
    [ox.NamedNode(ns + name) for ns in _HYDRA for name in ("next", "nextPage")]
    + [TREE.node, TREE.view]
)
_LAST = frozenset(ox.NamedNode(ns + name) for ns in _HYDRA for name in ("last", "lastPage"))
_FIRST = frozenset(ox.NamedNode(ns + name) for ns in _HYDRA for name in ("first", "firstPage"))
_TOTAL = frozenset(ox.NamedNode(ns + "totalItems") for ns in _HYDRA)
_LISTS = frozenset({DCAT.dataset, DCAT.catalog})
_RESOURCES = frozenset({DCAT.Dataset, DCAT.DatasetSeries, DCAT.DataService})


@dataclass(slots=True)
class Survey:
    """What pages of RDF say of the whole: next, first and last pages, totals, datasets.

    `listed` are the IRIs of datasets and catalogues that a catalogue names, `described` those of
    all subjects; `identifiers` tell blank datasets of overlapping pages apart. `resources` are
    datasets and services, `files` the distributions of both.
    """

    next: dict[str, Capture] = field(default_factory=dict)
    last: dict[str, Capture] = field(default_factory=dict)
    first: set[str] = field(default_factory=set)
    totals: set[int] = field(default_factory=set)
    listed: dict[str, Capture] = field(default_factory=dict)
    described: set[str] = field(default_factory=set)
    datasets: set[Node] = field(default_factory=set)
    resources: set[Node] = field(default_factory=set)
    files: set[Term] = field(default_factory=set)
    identifiers: dict[Node, str] = field(default_factory=dict)

    def watch(self, items: Iterable[ReadItem], capture: Capture) -> Iterator[ReadItem]:
        """The same items; what they say is kept."""
        for item in items:
            if isinstance(item, LocatedTriple):
                self.see(item, capture)
            yield item

    def see(self, triple: LocatedTriple, capture: Capture) -> None:
        """Keep what one triple of a page says."""
        subject, predicate, value, _ = triple
        if isinstance(subject, ox.NamedNode):
            self.described.add(subject.value)
        elif predicate == DCT.identifier and isinstance(value, ox.Literal):
            self.identifiers[subject] = value.value
        if predicate == RDF.type and value in _RESOURCES:
            self.resources.add(subject)
            if value != DCAT.DataService:
                self.datasets.add(subject)
        elif predicate == DCAT.distribution:
            self.files.add(value)
        elif predicate in _LISTS and isinstance(value, ox.NamedNode):
            self.listed.setdefault(value.value, capture)
        elif predicate in _NEXT:
            self.next.setdefault(_address(value, capture), capture)
        elif predicate in _FIRST:
            self.first.add(_address(value, capture))
        elif predicate in _LAST:
            self.last.setdefault(_address(value, capture), capture)
        elif predicate in _TOTAL and isinstance(value, ox.Literal) and value.value.isdecimal():
            self.totals.add(int(value.value))

    def undescribed(self) -> dict[str, Capture]:
        """The datasets and catalogues that are listed and not described, with where they are."""
        return {iri: one for iri, one in self.listed.items() if iri not in self.described}

    def names(self) -> set[Node | str]:
        """What tells the datasets apart: IRI, else identifier, else the node."""
        return {self.identifiers.get(node, node) for node in self.datasets}


def _address(value: object, capture: Capture) -> str:
    text = value.value if isinstance(value, ox.NamedNode | ox.Literal) else ""
    return urljoin(capture.address, text.strip())


def document_of(address: str) -> str:
    """An address without fragment."""
    return address.partition("#")[0]


def check_pages(found: Survey, captures: Sequence[Capture]) -> None:
    """Raise InputError for a page that a harvest names and does not have.

    The address of a catalogue is that of its first page, whatever its pages call that. Files have
    no addresses; there one of the pages must be the last one.
    """
    known = {comparable(one) for capture in captures for one in (capture.url, capture.address)}
    known |= set(map(comparable, found.first))
    files = {one.name for one in captures if not is_web(one.url)}
    with_next = {one.name for one in found.next.values()}
    for address, capture in (found.next | found.last).items():
        is_whole_in_files = capture.name in files and not files <= with_next
        if comparable(address) not in known and not is_whole_in_files:
            raise InputError(
                f"there is another page, which was not read: {address}",
                where=capture.name,
                hint="Give the address of the first page, or a file for every page.",
            )


def is_web(address: str) -> bool:
    """Whether an address is one of HTTP; those of files are paths."""
    return address.startswith(("http://", "https://"))


def comparable(address: str) -> tuple[str, ...]:
    """What tells addresses of pages apart: host, path, and the parameters in any order."""
    parts = urlsplit(address)
    return (parts.netloc.lower(), parts.path, *sorted(parts.query.split("&")))


def check_totals(found: Survey, where: str) -> None:
    """Raise InputError where pages of RDF state more items than came.

    Items are datasets; some lists count their services too.
    """
    elsewhere = found.undescribed().keys()
    datasets = len(found.names() | elsewhere)
    total = max(found.totals, default=0)
    services = len(found.resources) - len(found.datasets)
    if datasets + services != total:
        check_total(total, datasets, where)


def check_total(total: int, found: int, where: str) -> None:
    """Raise InputError where a list says that it has more items than came."""
    if found < total:
        raise InputError(
            f"the list says that it has {total:,} items, but only {found:,} different ones came",
            where=where,
            hint="It changed meanwhile, or its pages overlap: load again. "
            "If its total is always wrong: check_total = false in [options].",
        )
