"""Results of any shapes graph: what pySHACL says, with the names and messages the shapes have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox
from rdflib import SH, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from shapes.prefilter.judge import ResultTriples
from shapes.results import SEVERITIES, VIOLATION, ValidationResult
from shapes.rules import Rule
from vocab.terms import Term

ForeignFacts = dict[Node, list[Node]]


def facts(found: ResultTriples) -> dict[Node, ForeignFacts]:
    """A result's triples by node and predicate."""
    _, triples = found
    about: dict[Node, ForeignFacts] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in triples:
        about[subject][predicate].append(value)
    return about


class MessageFormatter:
    """Makes Results of what pySHACL found."""

    def __init__(self, shapes: Graph, known: dict[str, Rule] | None = None) -> None:
        self._shapes = shapes
        self._known = known or {}
        self._names: dict[Node, str] = {}

    def result(self, found: ResultTriples) -> ValidationResult:
        """One result; a rule of ours gives its own messages, others what the report says."""
        about = facts(found)
        said = about[found[0]]
        shape = said[SH.sourceShape][0]
        rule = self._known.get(str(shape))
        texts = [text for text in said[SH.resultMessage] if isinstance(text, Literal)]
        if rule:
            messages, details = rule.read(map(str, texts))
        else:
            messages, details = by_language(texts), _because(about, said)
        path, severity = said.get(SH.resultPath, [None])[0], str(said[SH.resultSeverity][0])
        return ValidationResult(
            focus=_name(said[SH.focusNode][0]),
            path=str(path) if isinstance(path, URIRef) else "",
            value=value(said.get(SH.value, [None])[0]),
            component=str(said[SH.sourceConstraintComponent][0]),
            severity=_severity(severity),
            shape=rule.shape if rule else self.name(shape),
            rule=rule.rule if rule else self.name(shape),
            messages=messages,
            details=details,
            dimension=rule.dimension if rule else "",
        )

    def name(self, shape: Node) -> str:
        """The IRI of a shape, or of the nearest shape it is part of; "" if there is none."""
        if shape not in self._names:
            self._names[shape] = self._nearest(shape)
        return self._names[shape]

    def _nearest(self, shape: Node) -> str:
        seen, level = {shape}, [shape]
        while level:
            named = sorted(str(node) for node in level if isinstance(node, URIRef))
            if named:
                return named[0]
            above = {s for node in level for s in self._shapes.subjects(None, node)} - seen
            seen |= above
            level = list(above)
        return ""


def by_language(texts: Iterable[Literal]) -> dict[str, str]:
    """Messages by language, "" for those without; several of one language in one line."""
    found: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        found[text.language or ""].append(str(text))
    return {language: " ".join(sorted(said)) for language, said in found.items()}


def _because(about: dict[Node, ForeignFacts], said: ForeignFacts) -> dict[str, str]:
    """What the results inside a result say: why a value does not conform to a nested shape."""
    texts = sorted(set(_inside(about, said)))
    return {"because": " ".join(texts)} if texts else {}


def _inside(about: dict[Node, ForeignFacts], said: ForeignFacts) -> Iterator[str]:
    for node in said.get(SH.detail, ()):
        yield from map(str, about[node][SH.resultMessage])
        yield from _inside(about, about[node])


def _severity(iri: str) -> str:
    name = iri.removeprefix(str(SH))
    return name if name in SEVERITIES else VIOLATION


def _name(node: Node) -> str:
    return str(node) if isinstance(node, URIRef) else node.n3()


def value(node: Node | None) -> Term | None:
    """A term of rdflib as pyoxigraph has it."""
    if isinstance(node, Literal):
        datatype = ox.NamedNode(str(node.datatype)) if node.datatype and not node.language else None
        return ox.Literal(str(node), datatype=datatype, language=node.language)
    if isinstance(node, BNode):
        return ox.BlankNode(str(node))
    return None if node is None else ox.NamedNode(str(node))
