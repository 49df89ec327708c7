"""RDF/XML: well-formed by expat, or mended until it is; then pyoxigraph, and every term checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NoReturn

from graph.core.errors import InputError
from loaders.catalogues.model import ReadItem, ReadProblem, ReceivedDocument
from loaders.catalogues.model.positions import LineReader
from loaders.catalogues.model.terms import TermReader
from loaders.catalogues.rdf_xml import records, text
from loaders.catalogues.rdf_xml.scan import XmlScan, scan
from loaders.catalogues.rdf_xml.structure import StructureRepair
from loaders.catalogues.rdf_xml.triples import rdf_error, triples
from loaders.formats import xml_entities
from vocab.namespaces import DCAT, RDF

_FETCH_AGAIN = "Fetch it again. If it is the same, ask its publisher to repair the file."
_DATASETS = (DCAT.Dataset, DCAT.DatasetSeries)
_ROOT = re.compile(rb"<(?![?!])([^\s/>]+)")


def read(document: ReceivedDocument) -> Iterator[ReadItem]:
    """The triples of a document.

    What is broken is mended, then each record is read alone; a document that ends too early is
    refused whole. Raises InputError with line and column.
    """
    xml_entities.check(document.data, document.name)
    mended, problems, seen = _well_formed(document)
    if seen.fault is None and rdf_error(mended):
        data, more = StructureRepair(mended, mended.data, close=False).run()
        mended, problems = replace(mended, data=data), [*problems, *more]
        seen = scan(data)
    yield from problems
    if seen.fault or (problems and rdf_error(mended)):
        yield from records.read(mended)
    else:
        yield from _read_whole(mended, seen)


def _well_formed(
    document: ReceivedDocument,
) -> tuple[ReceivedDocument, list[ReadProblem], XmlScan]:
    """The document, mended as far as it can be, and what expat says of it then.

    Raises InputError for a document that ends too early.
    """
    seen = scan(document.data)
    if seen.fault is None:
        return document, [], seen
    _check_end(document, seen)
    data, problems = text.mend(document)
    seen = scan(data)
    if seen.fault:
        data, more = StructureRepair(document, data, close=True).run()
        problems, seen = [*problems, *more], scan(data)
    return replace(document, data=data), problems, seen


def _check_end(document: ReceivedDocument, seen: XmlScan) -> None:
    """Refuse a document without the end tag of its first element: it was cut."""
    assert seen.fault
    root = _ROOT.search(document.data)
    if root is None or not re.search(rb"</" + re.escape(root[1]) + rb"\s*>", document.data):
        _refuse(document, seen)


def _refuse(document: ReceivedDocument, seen: XmlScan) -> NoReturn:
    assert seen.fault
    message, line, column = seen.fault
    where = f"{document.name} line {line + document.first_line} column {column}"
    raise InputError(
        f"the document is cut or unfinished: {message}", where=where, hint=_FETCH_AGAIN
    )


def _read_whole(document: ReceivedDocument, seen: XmlScan) -> Iterator[ReadItem]:
    """Raises InputError when fewer datasets come out than expat saw."""
    reader, terms, datasets = LineReader(document), TermReader(document), 0
    for quad in triples(document, reader.as_file()):
        datasets += quad.object in _DATASETS and quad.predicate == RDF.type
        yield from terms.items(quad.subject, quad.predicate, quad.object, reader.locator)
    if datasets < seen.datasets:
        raise InputError(
            f"{seen.datasets} datasets are in the bytes, {datasets} could be read",
            where=document.name,
            hint=_FETCH_AGAIN,
        )
