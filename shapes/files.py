"""The shape files, and the digest that identifies them in the ledger."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import rdflib
from rdflib.term import BNode, Node

import shapes.literals  # noqa: F401

VERSION = "0.1"


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


def graph_digest(shapes: rdflib.Graph) -> str:
    """SHA-256 in hex of a shapes graph, independent of order, prefixes and blank node labels."""
    # IRIs, and blank nodes that are not nested in another node
    named = {
        s for s in shapes.subjects() if not isinstance(s, BNode) or (None, None, s) not in shapes
    }
    text = "\n".join(sorted(_serialize_node(shapes, subject, ()) for subject in named))
    return hashlib.sha256(text.encode()).hexdigest()


def _serialize_node(graph: rdflib.Graph, subject: Node, ancestors: tuple[Node, ...]) -> str:
    """A node with all its properties; blank nodes are nested, not named."""
    name = "" if isinstance(subject, BNode) else subject.n3()
    path = (*ancestors, subject)
    parts = sorted(
        f"{p.n3()} {_serialize_value(graph, o, path)}" for p, o in graph.predicate_objects(subject)
    )
    return f"{name}[{' ; '.join(parts)}]"


def _serialize_value(graph: rdflib.Graph, node: Node, ancestors: tuple[Node, ...]) -> str:
    if isinstance(node, BNode):
        # a cycle of blank nodes: refer to the ancestor by its position
        return (
            f"^{ancestors.index(node)}"
            if node in ancestors
            else _serialize_node(graph, node, ancestors)
        )
    return node.n3()


def shapes_graph() -> rdflib.Graph:
    """All rules in one new graph."""
    graph = rdflib.Graph()
    for path in shape_files():
        graph.parse(path, format="turtle")
    return graph
