"""The face of the reading: a capture → its triples and the problems met in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graph.core.errors import InputError
from loaders.catalogues.model import LocatedTriple, ReadItem, ReadProblem, ReceivedDocument
from loaders.catalogues.reading import charset
from loaders.catalogues.reading.readers import ANSWERS, reader, refuse
from loaders.catalogues.reading.sniff import contradiction, packed_form, refuse_unknown, sniff
from loaders.pipeline.record import Capture

DOCUMENT_LIMIT = 1 << 30
"""The largest catalogue in one answer, in bytes: mending a document needs all of it."""


def read(capture: Capture, base: str, scope: str) -> Iterator[ReadItem]:
    """The triples of a capture, in the order of the bytes, and the problems met.

    `base` resolves relative IRIs; `scope` makes blank labels unique per page. Raises InputError
    when the whole must be refused: cut input, a web page, nothing that holds RDF.
    """
    decoded, problems = received(capture, base, scope)
    yield from problems
    triples, first = 0, ""
    for item in read_document(decoded):
        if isinstance(item, LocatedTriple):
            triples += 1
        elif not first:
            first = f"; {item.locator or item.kind}: {item.detail}"
        yield item
    if not triples and sniff(decoded) not in ANSWERS:
        raise InputError(
            f"the document holds no statement{first}",
            where=capture.name,
            hint="Give the address of a catalogue that describes datasets.",
        )


def received(
    capture: Capture, base: str, scope: str
) -> tuple[ReceivedDocument, Iterable[ReadProblem]]:
    """A capture as a document in UTF-8, and what was wrong with its encoding.

    Raises InputError for compressed and binary files.
    """
    document = ReceivedDocument(
        name=capture.name,
        data=capture.whole(DOCUMENT_LIMIT),
        base=base,
        scope=scope,
        media_type=capture.media_type,
    )
    return in_utf8(document, capture.charset)


def in_utf8(
    document: ReceivedDocument, stated: str
) -> tuple[ReceivedDocument, Iterable[ReadProblem]]:
    """A document in UTF-8, and what was wrong with the encoding that its header states.

    Raises InputError for compressed and binary files.
    """
    if form := packed_form(document.data):
        refuse(form, document)
    return charset.decode(document, stated)


def read_document(document: ReceivedDocument) -> Iterator[ReadItem]:
    """The same for a document in UTF-8, such as a record cut out of an envelope."""
    form = sniff(document)
    refuse_unknown(document, form)
    yield from contradiction(document, form)
    yield from reader(form, document)(document)
