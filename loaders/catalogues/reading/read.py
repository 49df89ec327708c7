"""The face of the reading: a capture → its triples and the problems met in it."""

from __future__ import annotations

from collections.abc import Iterator

from loaders.catalogues.model import ReadItem, ReceivedDocument
from loaders.catalogues.reading.forms import reader, sniff
from loaders.pipeline.record import Capture


def read(capture: Capture, base: str, scope: str) -> Iterator[ReadItem]:
    """The triples of a capture, in the order of the bytes, and the problems met.

    `base` resolves relative IRIs; `scope` makes blank labels unique per page. Raises InputError
    when the whole must be refused: cut input, a web page, nothing that holds RDF.
    """
    yield from read_document(
        ReceivedDocument(
            name=capture.name,
            data=capture.data,
            base=base,
            scope=scope,
            media_type=capture.media_type,
        )
    )


def read_document(document: ReceivedDocument) -> Iterator[ReadItem]:
    """The same for a document in UTF-8, such as a record cut out of an envelope."""
    yield from reader(sniff(document), document)(document)
