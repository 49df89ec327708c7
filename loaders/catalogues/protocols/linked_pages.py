"""Pages of RDF that link to the next one (Hydra in all dialects), and lists of datasets that are
described elsewhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import pyoxigraph as ox

from graph.core.errors import InputError
from loaders.catalogues.json_forms import values
from loaders.catalogues.model import LocatedTriple, ReadItem, ReadProblem
from loaders.catalogues.protocols.rounds import Rounds, is_detail, is_same_host, on_same_host
from loaders.catalogues.protocols.survey import Survey, comparable, document_of
from loaders.catalogues.reading.read import read, received
from loaders.catalogues.reading.sniff import sniff
from loaders.fetching.model import FetchRequest
from loaders.pipeline.record import Capture

RDF_FIRST = (
    "text/turtle, application/ld+json;q=0.9, application/rdf+xml;q=0.9, application/trig;q=0.8, "
    "application/n-triples;q=0.8, application/xml;q=0.6, application/json;q=0.6, */*;q=0.1"
)
"""Accept header: RDF before all else."""

_SYNTAXES = {
    "rdf-xml": ox.RdfFormat.RDF_XML,
    "turtle": ox.RdfFormat.TRIG,
    "n-triples": ox.RdfFormat.N_QUADS,
}
_COMPARE_EVERY = 8  # pages
_MAX_DEPTH = 4  # rounds of what catalogues list, that list again


def first_request(address: str, options: Mapping[str, Any]) -> FetchRequest:
    """The address itself; RDF is asked for by content negotiation."""
    return request(address)


def request(address: str, *, detail: bool = False) -> FetchRequest:
    """A request for RDF; the name is the last part of the address."""
    name = document_of(address).rstrip("/").rsplit("/", 1)[-1]
    return FetchRequest(name or address, address, headers={"Accept": RDF_FIRST}, detail=detail)


def further(
    newest: Sequence[Capture], rounds: Rounds, options: Mapping[str, Any]
) -> Iterable[FetchRequest]:
    """The next pages; when there are none, the datasets that are listed and nowhere described.

    Raises InputError for a next page on another host, and for pages that repeat without end.
    """
    found = survey(newest)
    if rounds.last % _COMPARE_EVERY == 0:
        _refuse_repetition(found, rounds)
    pages = {on_same_host(address, capture) for address, capture in found.next.items()}
    known = set(map(comparable, rounds.addresses()))
    if following := sorted(one for one in pages if comparable(one) not in known):
        return map(request, following)
    return _details(found if rounds.last == 1 else survey(rounds.answers), rounds, options)


def survey(captures: Sequence[Capture]) -> Survey:
    """What pages say of the whole."""
    found = Survey()
    for number, capture in enumerate(captures):
        deque(found.watch(_triples(capture, f"s{number}"), capture), maxlen=0)
    return found


def _triples(capture: Capture, scope: str) -> Iterator[ReadItem]:
    """The triples of a page, without repairs where it needs none: this is five times as fast, and
    what is published is read with all care later. Of a broken page some may come twice."""
    document, _ = received(capture, capture.address, scope)
    if syntax := _SYNTAXES.get(sniff(document)):
        try:
            for one in ox.parse(document.data, syntax, base_iri=capture.address, lenient=True):
                yield LocatedTriple(one.subject, one.predicate, one.object, "")
            return
        except (SyntaxError, ValueError):
            pass
    yield from tolerant(read(capture, capture.address, scope), capture)


def tolerant(items: Iterator[ReadItem], capture: Capture) -> Iterator[ReadItem]:
    """The same items; what should describe one dataset of a list, and does not, costs it alone.

    Many portals answer to the address of a dataset with a page for people.
    """
    try:
        yield from items
    except InputError as error:
        if not is_detail(capture):
            raise
        said = str(error).partition("\n")[0]
        yield ReadProblem("dataset-not-described", values.iri(capture.url), "", said)


def _refuse_repetition(found: Survey, rounds: Rounds) -> None:
    """A server that ignores which page is asked for, but counts it up, has no last page."""
    before = survey(rounds.of(rounds.last - 1))
    if found.next and found.datasets and found.names() == before.names():
        raise InputError(
            "page after page has the same datasets",
            where=rounds.answers[-1].url,
            hint="The server ignores which page is asked for. Ask its publisher.",
        )


def _details(found: Survey, rounds: Rounds, options: Mapping[str, Any]) -> list[FetchRequest]:
    """Requests for what is listed and not described, on hosts of the source and `follow_hosts`.

    Other hosts are not asked: a catalogue may list what others publish.
    """
    if rounds.depth > _MAX_DEPTH:
        return []
    hosts, known = set(options.get("follow_hosts", ())), rounds.addresses()
    return [
        request(address, detail=True)
        for address, capture in sorted(found.undescribed().items())
        if document_of(address) not in known
        and (is_same_host(address, capture) or urlsplit(address).hostname in hosts)
    ]
