"""RDF/XML: well-formed by expat, or mended until it is; then pyoxigraph, and every term checked."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import NoReturn

from graph.core.errors import InputError
from loaders.catalogues.model import ReadItem, ReadProblem, ReceivedDocument
from loaders.catalogues.model.positions import LineReader, last_line
from loaders.catalogues.model.terms import TermReader
from loaders.catalogues.rdf_xml import records, root, text
from loaders.catalogues.rdf_xml.scan import XmlScan, scan
from loaders.catalogues.rdf_xml.structure import StructureRepair
from loaders.catalogues.rdf_xml.triples import rdf_error, triples
from loaders.formats import xml_entities
from vocab.namespaces import DCAT, RDF

_FETCH_AGAIN = "Fetch it again. If it is the same, ask its publisher to repair the file."
_DATASETS = (DCAT.Dataset, DCAT.DatasetSeries)


def read(document: ReceivedDocument) -> Iterator[ReadItem]:
    """The triples of a document.

    What is broken is mended, then each record is read alone; a document that ends too early is
    refused whole. Raises InputError with line and column.
    """
    xml_entities.check(document.data, document.name)
    data, problems = text.name_parse_types(document)
    mended = replace(document, data=data)
    seen = scan(data)
    if seen.fault and root.is_cut(data):
        _refuse(document, seen)
    done = set()
    for mend in _MENDINGS:
        step = mend, seen.fault is not None
        if step in done or (not seen.fault and not rdf_error(mended)):
            break
        done.add(step)
        data, more = mend(mended, seen.fault is not None)
        mended, problems = replace(mended, data=data), [*problems, *more]
        seen = scan(data)
    if seen.fault or rdf_error(mended):
        yield from problems
        yield from records.read(mended)
    else:
        yield from _read_whole(mended, seen, problems)


def _mend_text(document: ReceivedDocument, is_broken: bool) -> tuple[bytes, list[ReadProblem]]:
    return text.mend(document)


def _mend_root(document: ReceivedDocument, is_broken: bool) -> tuple[bytes, list[ReadProblem]]:
    return root.mend(document, document.data) if is_broken else (document.data, [])


def _mend_structure(document: ReceivedDocument, is_broken: bool) -> tuple[bytes, list[ReadProblem]]:
    return StructureRepair(document, document.data, close=is_broken).run()


_MENDINGS = (_mend_text, _mend_root, _mend_structure, _mend_structure)
"""In this order, until a document is well-formed and RDF. Structure comes twice: first until it is
well-formed, then until nodes and properties alternate."""


def _refuse(document: ReceivedDocument, seen: XmlScan) -> NoReturn:
    assert seen.fault
    message, line, column = seen.fault
    where = f"{document.name} line {line + document.first_line} column {column}"
    message = f"the document is cut or unfinished: {message}"
    raise InputError(message, where=where, hint=_FETCH_AGAIN)


def _read_whole(
    document: ReceivedDocument, seen: XmlScan, problems: list[ReadProblem]
) -> Iterator[ReadItem]:
    """The triples, and each problem with the node that is described at its line.

    Raises InputError when fewer datasets come out than expat saw.
    """
    reader, terms, datasets = LineReader(document), TermReader(document), 0
    waiting = deque(sorted(problems, key=lambda problem: last_line(problem.locator)))
    for quad in triples(document, reader.as_file()):
        datasets += quad.object in _DATASETS and quad.predicate == RDF.type
        while waiting and last_line(waiting[0].locator) <= reader.line:
            yield waiting.popleft()._replace(subject=terms.node(quad.subject))
        yield from terms.items(quad.subject, quad.predicate, quad.object, reader.locator)
    yield from waiting
    if datasets < seen.datasets:
        raise InputError(
            f"{seen.datasets} datasets are in the bytes, {datasets} could be read",
            where=document.name,
            hint=_FETCH_AGAIN,
        )
