"""Make validation results from pySHACL's, with the names and messages of the shapes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox
from rdflib import SH, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from shapes.prefilter.focus_validator import ResultTriples
from shapes.results import SEVERITIES, VIOLATION, ValidationResult
from shapes.rules import Rule
from vocab.terms import Term

Properties = dict[Node, list[Node]]


def properties_by_node(result: ResultTriples) -> dict[Node, Properties]:
    """The triples of a result by node and predicate."""
    _, triples = result
    nodes: dict[Node, Properties] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in triples:
        nodes[subject][predicate].append(value)
    return nodes


class ResultBuilder:
    """Makes a ValidationResult of each result of pySHACL."""

    def __init__(self, shapes: Graph, rules: dict[str, Rule] | None = None) -> None:
        self._shapes = shapes
        self._rules = rules or {}
        self._names: dict[Node, str] = {}

    def result(self, result: ResultTriples) -> ValidationResult:
        """One result, with the messages of the rule if it is known, else those of the report."""
        nodes = properties_by_node(result)
        properties = nodes[result[0]]
        shape = properties[SH.sourceShape][0]
        rule = self._rules.get(str(shape))
        texts = [text for text in properties[SH.resultMessage] if isinstance(text, Literal)]
        if rule:
            messages, details = rule.parse_messages(map(str, texts))
        else:
            messages, details = messages_by_language(texts), _nested_messages(nodes, properties)
        path, severity = (
            properties.get(SH.resultPath, [None])[0],
            str(properties[SH.resultSeverity][0]),
        )
        return ValidationResult(
            focus=_name(properties[SH.focusNode][0]),
            path=str(path) if isinstance(path, URIRef) else "",
            value=to_pyoxigraph(properties.get(SH.value, [None])[0]),
            component=str(properties[SH.sourceConstraintComponent][0]),
            severity=_severity(severity),
            shape=rule.shape if rule else self.name(shape),
            rule=rule.rule if rule else self.name(shape),
            messages=messages,
            details=details,
            dimension=rule.dimension if rule else "",
        )

    def name(self, shape: Node) -> str:
        """The IRI of a shape, or of the nearest shape that contains it; "" if there is none."""
        if shape not in self._names:
            self._names[shape] = self._nearest(shape)
        return self._names[shape]

    def _nearest(self, shape: Node) -> str:
        seen, level = {shape}, [shape]
        while level:
            # sorted, so that the result does not depend on the order of a set
            named = sorted(str(node) for node in level if isinstance(node, URIRef))
            if named:
                return named[0]
            above = {s for node in level for s in self._shapes.subjects(None, node)} - seen
            seen |= above
            level = list(above)
        return ""


def messages_by_language(texts: Iterable[Literal]) -> dict[str, str]:
    """Messages by language ("" for none); several of one language are joined by spaces."""
    found: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        found[text.language or ""].append(str(text))
    return {language: " ".join(sorted(parts)) for language, parts in found.items()}


def _nested_messages(nodes: dict[Node, Properties], properties: Properties) -> dict[str, str]:
    """The messages of sh:detail: why a value does not conform to a nested shape."""
    texts = sorted(set(_detail_messages(nodes, properties)))
    return {"because": " ".join(texts)} if texts else {}


def _detail_messages(nodes: dict[Node, Properties], properties: Properties) -> Iterator[str]:
    for node in properties.get(SH.detail, ()):
        yield from map(str, nodes[node][SH.resultMessage])
        yield from _detail_messages(nodes, nodes[node])


def _severity(iri: str) -> str:
    name = iri.removeprefix(str(SH))
    return name if name in SEVERITIES else VIOLATION


def _name(node: Node) -> str:
    return str(node) if isinstance(node, URIRef) else node.n3()


def to_pyoxigraph(node: Node | None) -> Term | None:
    """An rdflib term as a pyoxigraph term."""
    if isinstance(node, Literal):
        datatype = ox.NamedNode(str(node.datatype)) if node.datatype and not node.language else None
        return ox.Literal(str(node), datatype=datatype, language=node.language)
    if isinstance(node, BNode):
        return ox.BlankNode(str(node))
    return None if node is None else ox.NamedNode(str(node))
