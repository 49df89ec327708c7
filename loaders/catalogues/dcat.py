"""Catalogues of others in any form: named, their own, without personal data, with findings.

A record is a dataset with its parts, a catalogue, a service, a dcat:CatalogRecord or another thing
that is described. Its locator is where its node stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from loaders.catalogues.harvest import Harvest
from loaders.catalogues.naming.spool import Spool
from loaders.catalogues.options import CatalogueOptions
from loaders.catalogues.protocols import paging
from loaders.catalogues.protocols.all_captures import read_all
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Mapped, Record

OPTIONS = CatalogueOptions
first_request, requests = paging.first_request, paging.requests


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """The records of a harvest: all captures together are one.

    Raises InputError where a capture must be refused as a whole, or the harvest is not whole.
    """
    spool = Spool()
    options = context.source.options
    for number, items in read_all(captures, options, lambda one: base_of(one, context)):
        spool.add(items, number)
    spool.finish()
    yield from records_of(spool, captures, context)
    spool.close()


def base_of(capture: Capture, context: LoaderContext) -> str:
    """What relative IRIs refer to: the address of the capture, or of the source for a file."""
    if capture.address.startswith(("http://", "https://")):
        return capture.address
    return context.names.harvested(context.source.id)


def records_of(
    spool: Spool, captures: Sequence[Capture], context: LoaderContext
) -> Iterator[Record]:
    """The records of a finished spool."""
    harvest = Harvest(spool, captures, context)
    for one in harvest.records():
        locator = one.place.locator or f"iri={_fragment(one.iri[1:-1])}"
        data = {"harvest": harvest, "record": one}
        yield Record(captures[one.place.capture], locator, one.kind, data)


def _fragment(iri: str) -> str:
    """An IRI as it can be written inside the fragment of another."""
    return quote(iri, safe="%/?:@!$&'()*+,;=~-._[]")


def statements(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The statements of a record, as it states them and inferred, and what was found in it."""
    harvest: Harvest = record.data["harvest"]
    return harvest.mapped(record.data["record"])
