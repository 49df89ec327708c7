"""Answers of CKAN's action API, and dumps of packages, as DCAT.

A package is known by its `id`. `license_id` is a key of the portal and no licence: it is text in
dct:rights. Packages that are private or not active are left out, and those that are no datasets.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from graph.core.errors import InputError
from loaders.catalogues.json_forms import ckan_parts, values
from loaders.catalogues.json_forms.ckan_members import PACKAGE
from loaders.catalogues.json_forms.nodes import JsonNodes, Place
from loaders.catalogues.json_forms.stream import JsonOutline, outline
from loaders.catalogues.model import ReadItem, ReadProblem, ReceivedDocument
from loaders.catalogues.reading.api_forms import json_events
from loaders.formats.json_strict import FETCH_AGAIN
from vocab.namespaces import DCAT
from vocab.terms import Node

_NOT_DATASETS = frozenset({"harvest", "showcase", "application"})
_PATHS = {"result.results.item": "/result/results", "result.item": "/result", "item": ""}


def read(document: ReceivedDocument) -> Iterator[ReadItem]:
    """The packages of an answer or dump.

    Raises InputError for JSON that is cut or invalid, and for an answer without success.
    """
    found = outline(document, listing(document.data))
    check_success(document.name, found)
    writer = JsonNodes(
        members=PACKAGE,
        name=lambda path: _blank(document.scope, path),
        special=ckan_parts.SPECIAL,
        place=document.place,
    )
    if found.mended:
        yield ReadProblem("json-lax", None, document.place, f"{found.mended} values")
    for number, package in enumerate(found.items()):
        yield from _package(writer, package, _path(found, number))


def _blank(scope: str, path: str) -> Node:
    return ox.BlankNode(f"{scope}j{path.replace('/', '.')}")


def _path(found: JsonOutline, number: int) -> str:
    """The JSON Pointer of a package; in JSON Lines its number."""
    if found.listed in _PATHS:
        return f"{_PATHS[found.listed]}/{number}"
    return f"/{found.listed}" if found.listed else f"/{number}" if found.count > 1 else ""


def listing(data: bytes) -> str:
    """Where the packages stand in an answer or dump, as a prefix of ijson."""
    for prefix, event, _ in json_events(data):
        if prefix == "" and event == "start_array":
            return "item"
        if prefix == "result" and event == "start_array":
            return "result.item"
        if prefix == "result.results" and event == "start_array":
            return "result.results.item"
        if prefix in {"result.id", "result.resources"}:
            return "result"
        if prefix in {"id", "resources"}:
            return ""
    return "result.results.item"


def check_success(name: str, found: JsonOutline) -> None:
    """Raise InputError for an answer that says it has failed, with its words."""
    if found.members.get("success", True) is True and not found.members.get("error"):
        return
    error = found.members.get("error") or "no reason given"
    words = error.get("message") or error if isinstance(error, Mapping) else error
    text = words if isinstance(words, str) else json.dumps(words, ensure_ascii=False, default=str)
    raise InputError(f"CKAN answers that it failed: {text}", where=name, hint=FETCH_AGAIN)


def _package(writer: JsonNodes, value: Any, path: str) -> Iterator[ReadItem]:
    if not isinstance(value, Mapping):
        if not isinstance(value, str):  # a text is a name in a list, which is requested next
            yield ReadProblem("item-not-an-object", None, writer.place + path, values.clean(value))
    elif left_out := _reason(value):
        yield ReadProblem("record-rejected", None, writer.place + path, left_out)
    else:
        at = Place(ckan_parts.name_of(value) or writer.name(path), path)
        yield from writer.object(ckan_parts.without_internal(value), at, DCAT.Dataset)
        yield from ckan_parts.of_several_members(writer, at, value)


def _reason(package: Mapping[str, Any]) -> str:
    """Why a package is not published; "" where it is."""
    if package.get("private") in (True, "true", "True"):
        return "private"
    if package.get("state", "active") != "active":
        return f"state {package['state']}"
    return f"type {package['type']}" if str(package.get("type")) in _NOT_DATASETS else ""
