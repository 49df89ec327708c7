"""IRIs for blank nodes (skolemisation): the IRI of the subject, and a hash of path and content.

Labels of RDF canonicalisation (RDFC-1.0) change for nearly every node when one is added. This hash
changes only with the node itself. It is defined for trees only: a blank node that is referenced
twice, or is part of a cycle, is refused, because its IRI would be arbitrary.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from vocab.terms import Node, Term

PropertyPairs = dict[tuple[ox.NamedNode, Term], None]
NodeProperties = Mapping[Node, PropertyPairs]

_SKOLEM_SUFFIX = re.compile(r"[#/]b-[0-9a-f]{32}$")

MAX_DEPTH = 200
"""Largest depth of nested blank nodes; a list of n members is n deep."""


class UnnameableError(ValueError):
    """A term that cannot be published as it is. The message says why."""


def reference_counts(graph: NodeProperties) -> dict[ox.BlankNode, int]:
    """The number of triples whose object is the blank node, for each."""
    counts: dict[ox.BlankNode, int] = {}
    for pairs in graph.values():
        for _, value in pairs:
            if isinstance(value, ox.BlankNode):
                counts[value] = counts.get(value, 0) + 1
    return counts


def reachable(graph: NodeProperties) -> set[Node]:
    """Every node that a subject with an IRI refers to, directly or through blank nodes."""
    stack: list[Node] = [node for node in graph if isinstance(node, ox.NamedNode)]
    nodes: set[Node] = set(stack)
    while stack:
        for _, value in graph.get(stack.pop(), {}):
            if isinstance(value, ox.BlankNode) and value not in nodes:
                nodes.add(value)
                stack.append(value)
    return nodes


def triples(
    subject: ox.NamedNode, graph: NodeProperties, references: Mapping[ox.BlankNode, int]
) -> Iterator[tuple[ox.NamedNode, ox.NamedNode, Term]]:
    """The triples of a subject and of the blank nodes under it, which have their new IRIs.

    `references` is the result of `reference_counts`.
    Raises UnnameableError for a blank node that is shared, circular or nested too deep.
    """
    stack: list[tuple[ox.NamedNode, Node]] = [(subject, subject)]
    hashes: dict[ox.BlankNode, str] = {}
    while stack:
        iri, node = stack.pop()
        for predicate, value in graph.get(node, {}):
            if isinstance(value, ox.BlankNode):
                content = _content_hash(value, graph, references, hashes)
                part = _skolem_iri(iri, predicate, content)
                stack.append((part, value))
                yield iri, predicate, part
            else:
                yield iri, predicate, value


def _skolem_iri(parent: ox.NamedNode, path: ox.NamedNode, content: str) -> ox.NamedNode:
    digest = hashlib.sha256(f"{parent} {path} {content}".encode()).hexdigest()
    # nested parts stay directly under the subject, or IRIs would grow with depth
    owner = _SKOLEM_SUFFIX.sub("", parent.value)
    return ox.NamedNode(f"{owner}{'/' if '#' in owner else '#'}b-{digest[:32]}")


def _content_hash(
    node: ox.BlankNode,
    graph: NodeProperties,
    references: Mapping[ox.BlankNode, int],
    hashes: dict[ox.BlankNode, str],
    depth: int = 1,
) -> str:
    if references[node] > 1:
        raise UnnameableError("a blank node is used twice; give it an IRI")
    if depth > MAX_DEPTH:
        raise UnnameableError(
            f"blank nodes are nested deeper than {MAX_DEPTH}; give some of them IRIs"
        )
    if node not in hashes:
        lines = sorted(
            f"{predicate} {_content_hash(value, graph, references, hashes, depth + 1)}"
            if isinstance(value, ox.BlankNode)
            else f"{predicate} {value}"
            for predicate, value in graph.get(node, {})
        )
        hashes[node] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return hashes[node]
