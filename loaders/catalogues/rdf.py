"""RDF in any syntax: of a source of our own as it stands, of others within what is theirs.

The sources that come with Ulzii, and those that are made by it, may describe everything. Where the
captures of another source speak of DCAT, they are read as a foreign catalogue
(`loaders.catalogues.dcat`); else they stay subject by subject, but what they say about things
under our addresses that are not the source's is refused, value by value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from loaders.catalogues import dcat
from loaders.catalogues.naming.minting import Minter
from loaders.catalogues.options import CatalogueOptions
from loaders.catalogues.ownership import Ownership
from loaders.catalogues.protocols import paging
from loaders.fetching.model import FetchRequest
from loaders.formats import rdf
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, LoadFinding, Mapped, Record
from loaders.pipeline.source import BUNDLED, Source

OPTIONS = CatalogueOptions

_DCAT = b"www.w3.org/ns/dcat#"
_CHUNK = 1 << 20


def is_our_own(source: Source) -> bool:
    """Whether a source comes with Ulzii, or with the id of one that does, or was made by it."""
    return bool(source.generated_by) or BUNDLED.joinpath(f"{source.id}.toml").is_file()


def first_request(source: Source, address: str) -> FetchRequest:
    """The address as it stands, or what a protocol asks for there."""
    if source.options.get("protocol"):
        return paging.first_request(source, address)
    return FetchRequest(address.rsplit("/", 1)[-1] or address, address)


def requests(context: LoaderContext, answers: Sequence[Capture]) -> list[FetchRequest]:
    """Further pages of a catalogue of others.

    Raises InputError for an answer that is an error, and where a list is not whole.
    """
    if is_our_own(context.source):
        return []
    is_asked = bool(context.source.options.get("protocol"))
    is_catalogue = is_asked or any(map(_speaks_of_dcat, answers))
    return paging.requests(context, answers) if is_catalogue else []


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """The records of all captures.

    Raises InputError with line and column for a syntax error.
    """
    if is_our_own(context.source):
        yield from rdf.records(captures, context)
    elif any(map(_speaks_of_dcat, captures)):
        yield from dcat.records(captures, context)
    else:
        for capture in captures:
            yield from rdf.records([capture], context, dcat.base_of(capture, context))


def _speaks_of_dcat(capture: Capture) -> bool:
    """Whether the namespace of DCAT stands in a capture."""
    end = b""
    with capture.open() as file:
        while chunk := file.read(_CHUNK):
            if _DCAT in end + chunk:
                return True
            end = chunk[-len(_DCAT) :]
    return False


def statements(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The statements of a record, and what was found in it.

    Raises Rejected for blank nodes that cannot get an IRI and for RDF 1.2 triple terms.
    """
    if "harvest" in record.data:
        yield from dcat.statements(record, context)
    elif is_our_own(context.source):
        yield from rdf.statements(record, context)
    else:
        yield from _own(record, context)


def _own(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The statements that are the source's."""
    minter = Minter(context.names, context.source.id)
    ownership = Ownership(context.names, context.source.id, minter, context.others)
    refused: Counter[str] = Counter()
    for one in rdf.statements(record, context):
        triple = (str(one.subject), str(one.predicate), str(one.object))
        if ownership.may_state(triple):
            yield one
        elif not ownership.is_known(triple):
            refused[one.subject.value] += 1
    subject = ox.NamedNode(context.names.source(context.source.id))
    for count in refused.values():
        yield LoadFinding("subject-refused", subject, record.location, count)
