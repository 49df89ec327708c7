"""The shape files, and the hash that names them in the ledger."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import rdflib

VERSION = "0.1"

# Left on, rdflib rewrites literals as it reads them ("2025"^^xsd:gYear becomes a date).
rdflib.NORMALIZE_LITERALS = False


def shape_files() -> tuple[Path, ...]:
    """The files with our rules, sorted by name."""
    return tuple(sorted(Path(__file__).parent.glob("*.ttl")))


@cache
def shapes_digest() -> str:
    """SHA-256 in hex over the version and every file's name, length and bytes."""
    digest = hashlib.sha256(f"ulzii shapes {VERSION}\n".encode())
    for path in shape_files():
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def shapes_graph() -> rdflib.Graph:
    """All rules in one graph; a new one each time, because targets are narrowed in it."""
    graph = rdflib.Graph()
    for path in shape_files():
        graph.parse(path, format="turtle")
    return graph
