"""The forms that can be read, and where; and those that are recognised and refused by name.

A form that is added needs a line here and a rule in `loaders.catalogues.reading.sniff`.
"""

from __future__ import annotations

import importlib
from typing import NamedTuple, NoReturn, cast

from graph.core.errors import InputError
from loaders.catalogues.model import DocumentReader, ReceivedDocument

READERS = {
    "rdf-xml": "loaders.catalogues.rdf_xml.document",
    "turtle": "loaders.catalogues.turtle.document",
    "n-triples": "loaders.catalogues.turtle.n_triples",
    "n3": "loaders.catalogues.turtle.notation3",
    "trix": "loaders.catalogues.reading.rdflib_syntaxes",
    "hext": "loaders.catalogues.reading.rdflib_syntaxes",
    "json-ld": "loaders.catalogues.json_ld.document",
    "data.json": "loaders.catalogues.json_forms.data_json",
    "ckan": "loaders.catalogues.json_forms.ckan",
    "oai-pmh": "loaders.catalogues.envelopes.oai_pmh",
    "csw": "loaders.catalogues.envelopes.csw",
    "sparql-results": "loaders.catalogues.envelopes.sparql_results",
}
"""Form → the module whose function `read` reads it; imported when a document has the form.

Turtle includes TriG, and N-Triples includes N-Quads: names of graphs are dropped.
"""

TITLES = {
    "rdf-xml": "RDF/XML",
    "turtle": "Turtle",
    "n-triples": "N-Triples",
    "n3": "N3",
    "trix": "TriX",
    "hext": "HexTuples",
    "json-ld": "JSON-LD",
    "ckan": "CKAN",
}
"""What people call a form, where this is not its name here."""

ANSWERS = frozenset({"ckan", "oai-pmh", "csw", "sparql-results"})
"""Forms that may hold no statement: an answer can be an empty page, a list of names, a number."""


class Refusal(NamedTuple):
    """What a document is that holds no catalogue we can read, and what its reader can do."""

    message: str
    hint: str


_ADDRESS = "Give the address of the catalogue itself."
_DCAT = "Ask the portal for DCAT: RDF/XML, Turtle, JSON-LD or data.json."

REFUSALS = {
    "empty": Refusal("the document is empty", "Fetch it again, or ask its publisher."),
    "html": Refusal(
        "this is a web page, perhaps an error page or a login page",
        "Open its address in a browser to see what it says. " + _ADDRESS,
    ),
    "exception": Refusal("the server answered with an exception report", "Correct the request."),
    "iso-19139": Refusal(
        "these are ISO 19139 or ISO 19115-3 records, which are not DCAT",
        "Ask the server for DCAT, for example with the output schema http://www.w3.org/ns/dcat#.",
    ),
    "capabilities": Refusal(
        "this describes a service, it is no catalogue", "Give the address of GetRecords."
    ),
    "dataverse": Refusal("this is JSON of a Dataverse API, which is not DCAT", _DCAT),
    "geojson": Refusal("this is GeoJSON, which is not DCAT", _DCAT),
    "sitemap": Refusal("this is a sitemap or a news feed, it is no catalogue", _ADDRESS),
    "xml": Refusal("this XML is not RDF", _DCAT),
    "no-element": Refusal(
        "this XML is cut or unfinished: it has no element",
        "Fetch it again. If it is the same, ask its publisher to repair the file.",
    ),
    "json": Refusal(
        "this JSON is neither JSON-LD (no @context) nor data.json (no list “dataset”) nor CKAN",
        _DCAT,
    ),
    "no-json": Refusal("this is not JSON that can be read", "Correct it, and try again."),
    "archive": Refusal(
        "this is a compressed file", "Unpack it, or give the address of its content."
    ),
    "binary": Refusal("this is a binary file, no text", _ADDRESS),
    "text": Refusal("this text is in no RDF syntax", _DCAT),
}
"""Form → why it is refused."""


def reader(form: str, document: ReceivedDocument) -> DocumentReader:
    """The reader of a form. Raises InputError for one that is refused."""
    if form not in READERS:
        refuse(form, document)
    return cast(DocumentReader, importlib.import_module(READERS[form]).read)


def refuse(form: str, document: ReceivedDocument, detail: str = "", position: str = "") -> NoReturn:
    """Raises InputError: what the document is, and what to do."""
    message, hint = REFUSALS.get(form, Refusal(f"“{form}” cannot be read", _DCAT))
    message += f": {detail}" if detail else ""
    raise InputError(message, where=document.name + position, hint=hint)
