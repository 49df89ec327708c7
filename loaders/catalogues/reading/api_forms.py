"""Which JSON form or XML envelope a document has, by its beginning: data.json, answers of CKAN,
OAI-PMH, CSW and SPARQL. RDF is none of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any
from xml.parsers import expat

import ijson

from loaders.catalogues.model import ReceivedDocument
from loaders.formats import json_limits
from loaders.formats.json_mending import mend

_EVENTS = 20_000  # of JSON, read to find out; members of an envelope stand at its beginning
_HEAD = 1 << 16  # bytes of XML, in which the root element begins
_ROOTS = {
    "http://www.openarchives.org/OAI/2.0/ OAI-PMH": "oai-pmh",
    "http://www.opengis.net/cat/csw/2.0.2 GetRecordsResponse": "csw",
    "http://www.opengis.net/cat/csw/2.0.2 GetRecordByIdResponse": "csw",
    "http://www.opengis.net/cat/csw/3.0 GetRecordsResponse": "csw",
    "http://www.opengis.net/cat/csw/3.0 GetRecordByIdResponse": "csw",
    "http://www.opengis.net/ows ExceptionReport": "csw",
    "http://www.opengis.net/ows/1.1 ExceptionReport": "csw",
    "http://www.opengis.net/ows/2.0 ExceptionReport": "csw",
    "http://www.w3.org/2005/sparql-results# sparql": "sparql-results",
}
_DATA_JSON_CONTEXT = re.compile("project-open-data|resources.data.gov|dcat-us", re.I)
_POD_DATASET = {"identifier", "title", "accessLevel"}
_CKAN_PACKAGE = {"resources", "name"}
_CKAN_MEMBERS = {"license_id", "metadata_modified", "owner_org", "organization", "notes", "tags"}


def api_form(document: ReceivedDocument) -> str | None:
    """`data.json`, `ckan`, `oai-pmh`, `csw` or `sparql-results`; None for others."""
    start = document.data[:_HEAD].lstrip()[:1]
    if start == b"<":
        return _ROOTS.get(root_element(document.data))
    return _json_form(document.data) if start in {b"{", b"["} else None


def root_element(data: bytes) -> str:
    """Namespace and local name of the first element, with a blank between; "" where there is none.
    Nothing is expanded: parsing ends at the element."""
    found: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, _: found.append(name)
    for start in range(0, min(len(data), _HEAD), 512):
        try:
            parser.Parse(data[start : start + 512], False)
        except expat.ExpatError:
            break
        if found:
            break
    return found[0] if found else ""


def _json_form(data: bytes) -> str | None:
    keys: dict[str, set[str]] = {"": set(), "item": set()}
    contexts: list[str] = []
    for prefix, event, value in _events(data):
        if event == "map_key" and prefix in keys:
            keys[prefix].add(value)
        elif event == "string" and prefix.startswith("@context"):
            contexts.append(value)
        elif prefix == "dataset" and event in {"start_array", "start_map"}:
            return None if _is_json_ld(keys[""], contexts) else "data.json"
        if "success" in keys[""] and keys[""] & {"result", "error"}:
            return "ckan"
        if _is_package(keys[""]) or _is_package(keys["item"]):
            return "ckan"
        if keys["item"] >= _POD_DATASET:
            return "data.json"
    return "sparql-results" if keys[""] >= {"head"} and keys[""] & {"results", "boolean"} else None


def _is_json_ld(keys: set[str], contexts: list[str]) -> bool:
    """Whether the context makes it JSON-LD of another kind than data.json, to be read as RDF."""
    others = [one for one in contexts if "://" in one and not _DATA_JSON_CONTEXT.search(one)]
    return "@graph" in keys or bool(others)


def _events(data: bytes) -> Iterator[Any]:
    return islice(json_events(data), _EVENTS)


def json_events(data: bytes) -> Iterator[Any]:
    """Events of a JSON document with their prefixes, as `ijson.parse` gives them; up to the first
    fault that is not mended and the deepest level that is allowed: the reader of the form says what
    is wrong."""
    given = 0
    with suppress(ValueError, ArithmeticError):
        try:
            for one in _prefixed(data):
                yield one
                given += 1
        except ijson.JSONError:
            mended, count = mend(data)
            with suppress(ijson.JSONError):
                yield from islice(_prefixed(mended), given, None) if count else ()


def _prefixed(data: bytes) -> Iterator[Any]:
    # not by ijson.parse, which reads ahead: its prefixes are as long as their levels are deep
    path: list[str] = []
    for event, value in ijson.basic_parse(data):
        if event in ("end_map", "end_array"):
            path.pop()
        yield ".".join(path[:-1] if event == "map_key" else path), event, value
        if event == "map_key":
            path[-1] = value
        elif event in ("start_map", "start_array"):
            path.append("item" if event == "start_array" else "")
        if len(path) > json_limits.MAX_DEPTH:
            return


def _is_package(keys: set[str]) -> bool:
    return keys >= _CKAN_PACKAGE and bool(keys & _CKAN_MEMBERS) and "@context" not in keys
