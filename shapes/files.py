"""The shape files, and the hash that names them in the ledger."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import rdflib
from rdflib.term import BNode, Node

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


def digest_of(shapes: rdflib.Graph) -> str:
    """SHA-256 in hex of a shapes graph, whatever its order, prefixes and blank nodes' names."""
    named = {
        s for s in shapes.subjects() if not isinstance(s, BNode) or (None, None, s) not in shapes
    }
    text = "\n".join(sorted(_said(shapes, subject, ()) for subject in named))
    return hashlib.sha256(text.encode()).hexdigest()


def _said(graph: rdflib.Graph, subject: Node, above: tuple[Node, ...]) -> str:
    """A node with all that is said of it, blank nodes inside."""
    name = "" if isinstance(subject, BNode) else subject.n3()
    around = (*above, subject)
    parts = sorted(
        f"{p.n3()} {_value(graph, o, around)}" for p, o in graph.predicate_objects(subject)
    )
    return f"{name}[{' ; '.join(parts)}]"


def _value(graph: rdflib.Graph, node: Node, above: tuple[Node, ...]) -> str:
    if isinstance(node, BNode):
        return f"^{above.index(node)}" if node in above else _said(graph, node, above)
    return node.n3()


def shapes_graph() -> rdflib.Graph:
    """All rules in one graph, a new one each time."""
    graph = rdflib.Graph()
    for path in shape_files():
        graph.parse(path, format="turtle")
    return graph
