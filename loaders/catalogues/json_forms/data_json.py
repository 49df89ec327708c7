"""data.json (Project Open Data 1.1, DCAT-US 3, Argentina's profile) as DCAT.

Objects become blank nodes, or have the IRI of their `@id`; a position is only a locator. Values are
not repaired: a text has a language tag only if the document gives one, an invalid date stays text,
a theme that is a word stays a word. The rules report these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from loaders.catalogues.json_forms import dcat_us_parts, values
from loaders.catalogues.json_forms.dcat_us_members import CLASSES, MEMBERS
from loaders.catalogues.json_forms.nodes import JsonNodes, Place
from loaders.catalogues.json_forms.stream import JsonOutline, outline
from loaders.catalogues.model import ReadItem, ReadProblem, ReceivedDocument
from vocab.namespaces import DCAT, DCT
from vocab.terms import Node

_TEXTS = ("identifier", "@id", "isPartOf")
_PATHS = {"dataset.item": "/dataset", "item": ""}


def read(document: ReceivedDocument) -> Iterator[ReadItem]:
    """The catalogue and its datasets.

    Raises InputError with line and column for JSON that is cut or invalid.
    """

    def name(path: str) -> Node:
        return ox.BlankNode(f"{document.scope}j{path.replace('/', '.')}")

    yield from triples(document, name)


def triples(document: ReceivedDocument, name: Callable[[str], Node]) -> Iterator[ReadItem]:
    """The same with nodes that `name` gives for JSON Pointers."""
    listed = listing(document.data)
    found = outline(document, listed, tuple(f"{listed}.{name}" for name in _TEXTS))
    catalogue = Place(_top(found.members, name), "")
    writer = JsonNodes(
        members=MEMBERS,
        name=name,
        special={**dcat_us_parts.SPECIAL, "isPartOf": _Parents(found, name).write},
        classes=CLASSES,
        language=_language(found.members),
        place=document.place,
    )
    if found.mended:
        yield ReadProblem("json-lax", None, document.place, f"{found.mended} values")
    top = {key: value for key, value in found.members.items() if key != "dataset" or value}
    yield from writer.object(top, catalogue, DCAT.Catalog)
    yield from _datasets(found, writer, catalogue)


def listing(data: bytes) -> str:
    """Where the datasets stand, as a prefix of ijson: some portals give the bare list."""
    return "item" if data.lstrip()[:1] == b"[" else "dataset.item"


def _top(members: Mapping[str, Any], name: Callable[[str], Node]) -> Node:
    return values.iri(str(members.get("@id", ""))) or name("")


def _datasets(found: JsonOutline, writer: JsonNodes, catalogue: Place) -> Iterator[ReadItem]:
    row = MEMBERS["dataset"]
    for number, item in enumerate(found.items()):
        path = f"{_PATHS[found.listed]}/{number}"
        if isinstance(item, Mapping) or values.iri(str(item)):
            yield from writer.value(row, item, catalogue, path)
        else:
            yield writer.problem("item-not-an-object", catalogue, path, values.clean(item))


def _language(members: Mapping[str, Any]) -> str | None:
    """The language of untagged texts: `@language` in the JSON-LD context."""
    contexts = [one for _, one in values.each(members.get("@context")) if isinstance(one, Mapping)]
    tags = [values.tag(str(one["@language"])) for one in contexts if one.get("@language")]
    return tags[-1] if tags else None


class _Parents:
    """`isPartOf` names the dataset that another is part of by its identifier."""

    def __init__(self, found: JsonOutline, name: Callable[[str], Node]) -> None:
        identifiers, iris, wanted = (found.texts[f"{found.listed}.{one}"] for one in _TEXTS)
        named = {number: iri for text, number in iris if (iri := values.iri(text))}
        parents = {text for text, _ in wanted}
        self._nodes: dict[str, Node] = {
            text: named.get(number) or name(f"{_PATHS[found.listed]}/{number}")
            for text, number in reversed(identifiers)
            if text in parents
        }

    def write(self, writer: JsonNodes, at: Place, value: Any) -> Iterator[ReadItem]:
        """The dataset of that identifier; an IRI or text where the document has none."""
        for _, one in values.each(value):
            text = values.clean(one)
            yield writer.triple(at, DCT.isPartOf, self._nodes.get(text) or values.node(text))
