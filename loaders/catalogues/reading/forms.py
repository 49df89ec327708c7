"""The forms a document can have, which of them a document has, and the reader of each."""

from __future__ import annotations

import importlib
import re
from pathlib import PurePosixPath
from typing import cast

import pyoxigraph as ox

from graph.core.errors import InputError
from loaders.catalogues.model import DocumentReader, ReceivedDocument
from loaders.catalogues.reading.api_forms import api_form

READERS = {
    "rdf": "loaders.catalogues.reading.rdf",
    "data.json": "loaders.catalogues.json_forms.data_json",
    "ckan": "loaders.catalogues.json_forms.ckan",
}
"""Form → the module whose function `read` reads it; imported when a document has the form."""

_RDF_XML = re.compile(rb"<(\w+:)?RDF[\s>]")
_HEAD = 65536


def sniff(document: ReceivedDocument) -> str:
    """The form of a document, by its content.

    Raises InputError for what is known and cannot be loaded, such as a web page.
    """
    return api_form(document) or "rdf"


def reader(form: str, document: ReceivedDocument) -> DocumentReader:
    """The reader of a form."""
    return cast(DocumentReader, importlib.import_module(READERS[form]).read)


def rdf_format(document: ReceivedDocument) -> ox.RdfFormat:
    """The RDF syntax of a document.

    Raises InputError where it has none.
    """
    if _RDF_XML.search(document.data[:_HEAD]):
        return ox.RdfFormat.RDF_XML
    by_media = ox.RdfFormat.from_media_type(document.media_type)
    by_name = ox.RdfFormat.from_extension(PurePosixPath(document.name).suffix.lstrip("."))
    if found := by_media or by_name:
        return found
    raise InputError(
        "this is not RDF", where=document.name, hint="Give the address of a catalogue."
    )
