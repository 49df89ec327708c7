"""TriX and HexTuples, which only rdflib reads: whole or not at all."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import rdflib

from graph.core.errors import InputError
from loaders.catalogues.model import ReadItem, ReceivedDocument
from loaders.catalogues.reading.sniff import sniff
from loaders.catalogues.turtle import n_triples
from loaders.formats import xml_entities


def read(document: ReceivedDocument) -> Iterator[ReadItem]:
    """The triples of a document, in no order and without places.

    Raises InputError for a document that is broken anywhere.
    """
    form = sniff(document)
    if form == "trix":
        xml_entities.check(document.data, document.name)
    data = rdflib.Dataset()
    try:
        with warnings.catch_warnings(action="ignore"):  # its parsers use deprecated parts of rdflib
            data.parse(data=document.data, format=form)
        lines = "".join(sorted(_line(*quad[:3]) for quad in data.quads()))
    except (MemoryError, RecursionError):  # the process's limits
        raise
    except Exception as error:  # parsers of rdflib raise many types
        hint = "Correct the file, or publish it in another syntax."
        raise InputError(str(error), where=document.name, hint=hint) from error
    for item in n_triples.read(replace(document, data=lines.encode())):
        yield item._replace(locator="")


def _line(*terms: Any) -> str:
    return f"{' '.join(term.n3() for term in terms)} .\n"
