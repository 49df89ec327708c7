"""Blank nodes get IRIs: the one parent's IRI and a hash of parent, path and content.

RDFC labels change for nearly every node when one is added; such a hash changes only with the node
itself (docs/architecture.md, the rules that decide correctness). Only trees can be named so: a
blank node with two parents or in a ring is refused, because its name would be arbitrary.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from vocab.terms import Node, Term

PropertyPairs = dict[tuple[ox.NamedNode, Term], None]
NodeProperties = Mapping[Node, PropertyPairs]

_PART = re.compile(r"[#/]b-[0-9a-f]{32}$")

DEPTH = 200
"""How deep blank nodes may hang; a list of n members is n deep."""


class UnnameableError(ValueError):
    """A term that cannot be published as it stands; the message says why."""


def owners(graph: NodeProperties) -> dict[ox.BlankNode, int]:
    """How many triples point at each blank node."""
    found: dict[ox.BlankNode, int] = {}
    for pairs in graph.values():
        for _, value in pairs:
            if isinstance(value, ox.BlankNode):
                found[value] = found.get(value, 0) + 1
    return found


def reached(graph: NodeProperties) -> set[Node]:
    """Every node that hangs, however deep, from a subject with an IRI."""
    waiting: list[Node] = [node for node in graph if isinstance(node, ox.NamedNode)]
    found: set[Node] = set(waiting)
    while waiting:
        for _, value in graph.get(waiting.pop(), {}):
            if isinstance(value, ox.BlankNode) and value not in found:
                found.add(value)
                waiting.append(value)
    return found


def triples(
    subject: ox.NamedNode, graph: NodeProperties, pointed_at: Mapping[ox.BlankNode, int]
) -> Iterator[tuple[ox.NamedNode, ox.NamedNode, Term]]:
    """The triples of a subject and of the blank nodes under it, these by their new IRIs.

    Raises UnnameableError for a shared, circular or too deep blank node.
    """
    waiting: list[tuple[ox.NamedNode, Node]] = [(subject, subject)]
    hashes: dict[ox.BlankNode, str] = {}
    while waiting:
        name, node = waiting.pop()
        for predicate, value in graph.get(node, {}):
            if isinstance(value, ox.BlankNode):
                content = _content(value, graph, pointed_at, hashes)
                part = _name(name, predicate, content)
                waiting.append((part, value))
                yield name, predicate, part
            else:
                yield name, predicate, value


def _name(parent: ox.NamedNode, path: ox.NamedNode, content: str) -> ox.NamedNode:
    digest = hashlib.sha256(f"{parent} {path} {content}".encode()).hexdigest()
    owner = _PART.sub("", parent.value)
    return ox.NamedNode(f"{owner}{'/' if '#' in owner else '#'}b-{digest[:32]}")


def _content(
    node: ox.BlankNode,
    graph: NodeProperties,
    pointed_at: Mapping[ox.BlankNode, int],
    hashes: dict[ox.BlankNode, str],
    depth: int = 1,
) -> str:
    if pointed_at[node] > 1:
        raise UnnameableError("a blank node is used twice; give it an IRI")
    if depth > DEPTH:
        raise UnnameableError(f"blank nodes hang deeper than {DEPTH}; give some of them IRIs")
    if node not in hashes:
        lines = sorted(
            f"{predicate} {_content(value, graph, pointed_at, hashes, depth + 1)}"
            if isinstance(value, ox.BlankNode)
            else f"{predicate} {value}"
            for predicate, value in graph.get(node, {})
        )
        hashes[node] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return hashes[node]
