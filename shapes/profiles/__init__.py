"""Profiles that any publisher's catalogue can be validated against (docs/dcat-ap-mn.md).

The load pipeline does not use these files: its rules require only what every known source can
state.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import rdflib

import shapes.literals  # noqa: F401
from vocab.namespaces import DCT

VERSION = "0.1"

PROFILES = {
    "dcat-ap": ("dcat-ap",),
    "dcat-ap-mn": ("dcat-ap", "harvest", "dcat-ap-mn"),
    "harvest": ("harvest",),
}
"""Profile → its shape files; a later file can replace rules of an earlier one (dct:replaces)."""

_REPLACES = rdflib.URIRef(DCT.replaces.value)


def profile_files(name: str) -> tuple[Path, ...]:
    """The shape files of a profile."""
    return tuple(Path(__file__).parent / f"{part}.ttl" for part in PROFILES[name])


def profile_graph(name: str) -> rdflib.Graph:
    """All rules of a profile in one graph, without the replaced ones."""
    graph = rdflib.Graph()
    for path in profile_files(name):
        graph.parse(path, format="turtle")
    for replaced in set(graph.objects(None, _REPLACES)):
        graph.remove((replaced, None, None))
    return graph


def profile_digest(name: str) -> str:
    """SHA-256 in hex over the profile's version and its files."""
    digest = hashlib.sha256(f"ulzii profile {name} {VERSION}\n".encode())
    for path in profile_files(name):
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()
