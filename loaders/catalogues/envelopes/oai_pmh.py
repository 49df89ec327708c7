"""Answers of OAI-PMH 2.0: every record is a document of its own, so that a catalogue has the same
names as in a plain file.
"""

from __future__ import annotations

from collections.abc import Iterator

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

_NO_RECORDS = "noRecordsMatch"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NOT_RDF = frozenset(
    {
        "http://www.openarchives.org/OAI/2.0/oai_dc/ dc",
        "http://www.loc.gov/MARC21/slim record",
        "http://www.loc.gov/mods/v3 mods",
    }
)
_HINT = "Ask for a format in RDF: metadata_prefix in [options]; verb=ListMetadataFormats has all."


def is_payload(parent: ElementPath, name: str) -> bool:
    """Whether an element is the metadata of a record."""
    return parent[-1:] == ("metadata",) and parent[-2:-1] == ("record",)


def check_error(element: EnvelopeElement, name: str) -> None:
    """Raise InputError for an error of the protocol; an empty list is none (OAI-PMH §3.6)."""
    code = element.attributes.get("code", "")
    if element.path[-1] == "error" and code != _NO_RECORDS:
        raise InputError(
            f"OAI-PMH answers with the error {code}: {element.text}",
            where=name,
            hint="Nothing was changed. Load again; a harvest begins anew then."
            if code == "badResumptionToken"
            else _HINT,
        )


def read(document: ReceivedDocument) -> Iterator[ReadItem]:
    """The triples of all records; deleted ones have none.

    Raises InputError for an error of the protocol, and for records that are no RDF.
    """
    envelope, problems = well_formed(document)
    yield from problems
    yield from read_payloads(envelope, _payloads(envelope))


def _payloads(envelope: ReceivedDocument) -> Iterator[EnvelopePayload]:
    for item in items(envelope.data, is_payload):
        if isinstance(item, EnvelopePayload):
            refuse_other(item, envelope.name)
            yield item
        else:
            check_error(item, envelope.name)


def refuse_other(payload: EnvelopePayload, name: str) -> None:
    """Raise InputError for metadata that is known and no RDF."""
    if payload.name in _NOT_RDF:
        raise InputError(
            f"the records are <{payload.name.rpartition(' ')[2]}> and no RDF",
            where=name,
            hint=_HINT,
        )
