"""Answers of CSW (GetRecords, GetRecordById) whose records are DCAT."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError

import pyoxigraph as ox

from graph.core.errors import InputError
from loaders.catalogues.envelopes.xml_parts import (
    ElementPath,
    EnvelopeElement,
    EnvelopePayload,
    items,
    read_payloads,
    well_formed,
)
from loaders.catalogues.model import ReadItem, ReceivedDocument
from loaders.catalogues.reading.readers import refuse
from loaders.formats import xml_entities
from vocab.namespaces import DCAT, RDF

_PARENTS = frozenset({"SearchResults", "GetRecordByIdResponse"})
_ISO = "isotc211.org"
_CSW_RECORD = "http://www.opengis.net/cat/csw/"


def is_payload(parent: ElementPath, name: str) -> bool:
    """Whether an element is a record."""
    return parent[-1:] != () and parent[-1] in _PARENTS


def read(document: ReceivedDocument) -> Iterator[ReadItem]:
    """The triples of all records.

    Raises InputError for an exception report, and for records that are not DCAT.
    """
    _refuse_at_once(document)
    envelope, problems = well_formed(document)
    yield from problems
    yield from read_payloads(envelope, _payloads(envelope))


def _payloads(envelope: ReceivedDocument) -> Iterator[EnvelopePayload]:
    for item in items(envelope.data, is_payload):
        if isinstance(item, EnvelopePayload):
            refuse_other(item, envelope)
            yield item
        else:
            check_exception(item, envelope.name)


def _refuse_at_once(document: ReceivedDocument) -> None:
    """What the first record is matters more than a fault further below."""
    xml_entities.check(document.data, document.name)
    with suppress(ExpatError):
        found = (
            one for one in items(document.data, is_payload) if isinstance(one, EnvelopePayload)
        )
        if first := next(found, None):
            refuse_other(first, document)


def check_exception(element: EnvelopeElement, name: str) -> None:
    """Raise InputError for an exception report (OWS Common §8)."""
    if element.path[-1] in {"ExceptionText", "ServiceException"} or (
        element.path[-1] == "Exception" and element.attributes
    ):
        code = element.attributes.get("exceptionCode", "")
        raise InputError(
            f"CSW answers with an exception: {element.text or code}",
            where=name,
            hint="Nothing was changed. Load again; output_schema and type_names in [options] "
            "say what is asked for.",
        )


def record_names(payload: EnvelopePayload) -> set[str]:
    """What tells the records in a payload apart: IRIs, or their content where they have none.

    A page may be one rdf:RDF with several records; each has a dcat:CatalogRecord or none has.
    """
    root = ElementTree.fromstring(payload.data)
    nodes = list(root) if root.tag == _RDF_ROOT else [root]
    for classes in (_RECORD, _RESOURCES):
        if found := {_name(node) for node in nodes if node.tag in classes}:
            return found
    return set()


def _name(node: ElementTree.Element) -> str:
    about = node.get(_ABOUT)
    return about or hashlib.sha256(ElementTree.tostring(node)).hexdigest()


def _tag(term: ox.NamedNode) -> str:
    namespace, mark, name = term.value.rpartition("#")
    return f"{{{namespace}{mark}}}{name}"


# names of the syntax RDF/XML, not terms of the vocabulary
_RDF_ROOT, _ABOUT = f"{{{RDF}}}RDF", f"{{{RDF}}}about"
_RECORD = frozenset({_tag(DCAT.CatalogRecord)})
_RESOURCES = frozenset(map(_tag, (DCAT.Dataset, DCAT.DatasetSeries, DCAT.DataService)))


def refuse_other(payload: EnvelopePayload, document: ReceivedDocument) -> None:
    """Raise InputError for records that are known and not DCAT."""
    if _ISO in payload.name:
        refuse("iso-19139", document)
    if payload.name.startswith(_CSW_RECORD):
        raise InputError(
            "these are records in Dublin Core of CSW, which are not DCAT",
            where=document.name,
            hint="Ask for DCAT: output_schema in [options], http://www.w3.org/ns/dcat# by default.",
        )
