"""Things for texts: DCAT-AP wants a resource where many catalogues write “CSV” or a name.

The text becomes the name of a thing under our base, of the type that the profile requires.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

import pyoxigraph as ox

from graph.catalogue.description.entry import short_digest
from graph.catalogue.description.properties import NEEDS_NAME
from graph.core.iris import Names
from vocab.namespaces import RDF, RDFS


def described(
    names: Names, source: str, text: ox.Literal, role: ox.NamedNode | None
) -> tuple[ox.NamedNode, Iterator[ox.Triple]]:
    """The thing that a text of a source names, and what is said of it."""
    key = short_digest(f"{role.value if role else ''} {text}")
    owner = names.source(source) if source else names.catalog
    node = ox.NamedNode(f"{owner}#text-{key}")
    return node, _about(node, text, role)


def _about(node: ox.NamedNode, text: ox.Literal, role: ox.NamedNode | None) -> Iterator[ox.Triple]:
    name = RDFS.label
    if role is not None:
        yield ox.Triple(node, RDF.type, role)
        name = NEEDS_NAME.get(role, name)
    yield ox.Triple(node, name, text)


def last_segment(iri: str) -> str:
    """The end of an IRI, which names a thing that nobody names."""
    tail = iri.rstrip("/#")
    cut = max(tail.rfind("/"), tail.rfind("#")) + 1
    name = unquote(tail[cut:], errors="replace")
    return name if name.isprintable() and name and "\ufffd" not in name else iri
