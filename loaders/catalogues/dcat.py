"""Catalogues of others in any form: named, their own, without personal data, with findings.

A record is a dataset with its parts, a catalogue, a service, a dcat:CatalogRecord or another thing
that is described. Its locator is where its node stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

import pyoxigraph as ox

from loaders.catalogues.inferred import infer
from loaders.catalogues.languages import language_tag
from loaders.catalogues.naming import records as named_records
from loaders.catalogues.naming.keys import text_of
from loaders.catalogues.naming.kinds import CATALOG
from loaders.catalogues.naming.minting import Minter
from loaders.catalogues.naming.records import NamedRecord
from loaders.catalogues.naming.spool import Spool
from loaders.catalogues.options import CatalogueOptions
from loaders.catalogues.reading.read import read
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, STATED, Capture, Record, Statement
from vocab.namespaces import DCT

RULE = "as-stated"
OPTIONS = CatalogueOptions


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """The records of a harvest: all captures together are one.

    Raises InputError where a capture must be refused as a whole.
    """
    spool = Spool()
    for number, capture in enumerate(captures):
        spool.add(read(capture, base_of(capture, context), f"c{number}"), number)
    spool.finish()
    yield from _records(spool, captures, context)
    spool.close()


def base_of(capture: Capture, context: LoaderContext) -> str:
    """What relative IRIs refer to: the address of the capture, or of the source for a file."""
    if capture.address.startswith(("http://", "https://")):
        return capture.address
    return context.names.harvested(context.source.id)


def _records(spool: Spool, captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    minter = Minter(context.names, context.source.id)
    previous = context.previous.lines(STATED) if context.previous else None
    names = named_records.name_all(spool, minter, previous)
    language = str(context.source.options.get("language", ""))
    for one in named_records.records(spool, names):
        if one.kind == CATALOG and not language:
            language = _language(one)
        locator = one.place.locator or f"iri={_fragment(one.iri[1:-1])}"
        data = {"record": one, "language": language}
        yield Record(captures[one.place.capture], locator, one.kind, data)


def _language(catalogue: NamedRecord) -> str:
    """The language of a catalogue, where it states one only."""
    values = [value for s, p, value in catalogue.triples if (s, p) == (catalogue.iri, _LANGUAGE)]
    tags = {language_tag(text_of(value)) for value in values}
    return tags.pop() if len(tags) == 1 else ""


_LANGUAGE = str(DCT.language)


def _fragment(iri: str) -> str:
    """An IRI as it can be written inside the fragment of another."""
    return quote(iri, safe="%/?:@!$&'()*+,;=~-._[]")


def statements(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The statements of a record: as it states them, and what is inferred."""
    one: NamedRecord = record.data["record"]
    yield from _parsed(((*triple, RULE) for triple in one.triples), STATED)
    yield from _parsed(infer(one, context.source.id, record.data["language"]), INFERRED)


def _parsed(triples: Iterable[tuple[str, str, str, str]], layer: str) -> Iterator[Statement]:
    """Triples of text as statements."""
    known = list(triples)
    lines = "".join(f"{s} {p} {o} .\n" for s, p, o, _ in known)
    quads = ox.parse(lines.encode(), ox.RdfFormat.N_TRIPLES, lenient=True)
    for quad, (*_, rule) in zip(quads, known, strict=True):
        yield Statement(quad.subject, quad.predicate, quad.object, rule, layer)
