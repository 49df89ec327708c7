"""Holding a candidate against the rules; pySHACL is the authority and words every result."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pyshacl
from pyshacl.graph_abstraction import OxigraphDataGraph
from rdflib import SH, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from shapes.files import shape_files, shapes_digest, shapes_graph
from shapes.results import Report, Result, Value, report
from shapes.rules import Rule, rules
from shapes.statements import Reader, Statements, load_reference
from shapes.targets import narrow

__all__ = ["Report", "Result", "shape_files", "shapes_digest", "validate"]

CANDIDATE = ox.NamedNode("urn:ulzii:candidate")
"""The graph the candidate is read into; shapes/queries/*.rq name it too."""


class _Data(OxigraphDataGraph):
    """A store as pySHACL wants it, without two of its traps.

    pySHACL asks `graph or other` twice for every result, which would count all statements; and it
    follows paths through literals, which the store refuses with a TypeError.
    """

    def __bool__(self) -> bool:
        return True

    def objects(
        self, subject: Any = None, predicate: Any = None, unique: bool = False
    ) -> Generator[Any, None, None]:
        """The values of a property; a literal has none."""
        if not isinstance(subject, Literal):
            yield from super().objects(subject, predicate, unique=unique)


def validate(
    candidate: Statements, reference: Statements = b"", *, workspace: Path | None = None
) -> Report:
    """Validate the candidate's statements, looking at the reference's with them.

    Both are N-Triples: bytes, an open binary file, or lines. Only focus nodes that are subjects
    of the candidate are judged. The statements are held in memory, about 600 bytes each, or in
    an empty directory `workspace` if one is given.
    Raises SyntaxError where the input is not N-Triples.
    """
    shapes = shapes_graph()
    known = rules(shapes)
    store = ox.Store(str(workspace)) if workspace else ox.Store()
    reader = Reader(shapes, known)
    reader.load(candidate, store, CANDIDATE)
    load_reference(reference, store, CANDIDATE)
    narrow(shapes, store)
    return report([*reader.results, *_judge(store, shapes, known)], reader.count, shapes_digest())


def _judge(store: ox.Store, shapes: Graph, known: dict[str, Rule]) -> Iterator[Result]:
    _, found, text = pyshacl.validate(
        _Data(store),
        shacl_graph=shapes,
        inference="none",
        advanced=False,
        do_owl_imports=False,
        inplace=True,
    )
    if not isinstance(found, Graph):
        raise RuntimeError(text)
    for node in found.objects(None, SH.result):
        if _own(store, found.value(node, SH.focusNode)):
            yield _result(found, node, known)


def _own(store: ox.Store, focus: Node | None) -> bool:
    """Whether a focus node is a subject of the candidate; blank ones are refused as such."""
    if not isinstance(focus, URIRef):
        return False
    quads = store.quads_for_pattern(ox.NamedNode(str(focus)), None, None, CANDIDATE)
    return next(quads, None) is not None


def _result(found: Graph, node: Node, known: dict[str, Rule]) -> Result:
    rule = known[str(found.value(node, SH.sourceShape))]
    path = found.value(node, SH.resultPath)
    messages, details = rule.read(str(text) for text in found.objects(node, SH.resultMessage))
    return Result(
        focus=str(found.value(node, SH.focusNode)),
        path=str(path) if isinstance(path, URIRef) else "",
        value=_term(found.value(node, SH.value)),
        component=str(found.value(node, SH.sourceConstraintComponent)),
        severity=str(found.value(node, SH.resultSeverity)).removeprefix(str(SH)),
        shape=rule.shape,
        rule=rule.rule,
        messages=messages,
        details=details,
        dimension=rule.dimension,
    )


def _term(node: Node | None) -> Value | None:
    if isinstance(node, Literal):
        datatype = ox.NamedNode(str(node.datatype)) if node.datatype and not node.language else None
        return ox.Literal(str(node), datatype=datatype, language=node.language)
    if isinstance(node, BNode):
        return ox.BlankNode(str(node))
    return None if node is None else ox.NamedNode(str(node))
