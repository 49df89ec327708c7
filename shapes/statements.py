"""Reading the candidate into a store, and the rules that speak of every single statement.

SHACL targets cannot say “every subject” or “every literal”; here it costs one pass over the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

import pyoxigraph as ox
from rdflib import SH, Graph
from rdflib.term import Node, URIRef

from shapes.results import Result, Value
from shapes.rules import Rule

Statements = bytes | BinaryIO | Iterable[bytes]
"""N-Triples: a document, an open binary file, or lines with or without line feed."""

_BATCH = 50_000
_NOT_IRI = "https://w3id.org/ulzii/rule/subject-is-iri/1"
_NODE_KIND = str(SH.NodeKindConstraintComponent)
_NOT = str(SH.NotConstraintComponent)

# A number long enough to be refused; escapes are never written in canonical lines, so a line with
# one is worth a look too. Lines with neither are passed by without parsing.
_SUSPECT = re.compile(r"\d{4}[ -]?\d{4}|\\[uU]")
_TEXT = frozenset(
    {
        "http://www.w3.org/2001/XMLSchema#string",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
    }
)


@dataclass(frozen=True, slots=True)
class Denial:
    """A rule that no text may match, and the properties it does not ask."""

    rule: Rule
    pattern: re.Pattern[str]
    ignored: frozenset[str]

    def refuses(self, triple: ox.Triple | ox.Quad) -> bool:
        """Whether the triple's object is text that matches."""
        value = triple.object
        return (
            isinstance(value, ox.Literal)
            and value.datatype.value in _TEXT
            and triple.predicate.value not in self.ignored
            and bool(self.pattern.search(unicodedata.normalize("NFKC", value.value)))
        )


class Reader:
    """Loads statements into a graph of the store, holding each one against the rules on the way."""

    def __init__(self, shapes: Graph, rules: dict[str, Rule]) -> None:
        self._rules = rules
        self._denials = tuple(_denials(shapes, rules))
        self.results: list[Result] = []
        self.count = 0

    def load(self, statements: Statements, store: ox.Store, graph: ox.NamedNode) -> None:
        """Read all statements.

        Raises SyntaxError (of pyoxigraph) where they are not N-Triples.
        """
        for document in batches(statements):
            store.bulk_load(document, ox.RdfFormat.N_TRIPLES, to_graph=graph)
            self.count += document.count(b"\n")
            self.results.extend(self._broken(document.decode()))

    def _broken(self, document: str) -> Iterator[Result]:
        for line in filter(_suspect, document.split("\n")):
            for triple in ox.parse(line, ox.RdfFormat.N_TRIPLES):
                yield from self._check(triple)

    def _check(self, triple: ox.Quad) -> Iterator[Result]:
        if isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode):
            yield _result(self._rules[_NOT_IRI], triple, _NODE_KIND)
        for denial in self._denials:
            if denial.refuses(triple):
                yield _result(denial.rule, triple, _NOT)


def _suspect(line: str) -> bool:
    """Whether a line may hold a blank node or text that is refused."""
    literal = line.find('"')  # subject and predicate hold no quote
    return "_:" in line or (literal >= 0 and _SUSPECT.search(line, literal) is not None)


def batches(statements: Statements) -> Iterator[bytes]:
    """Whole lines, each with its line feed, some thousands at a time."""
    lines = iter(statements.splitlines() if isinstance(statements, bytes) else statements)
    while batch := list(islice(lines, _BATCH)):
        kept = (line.rstrip(b"\r\n") for line in batch)
        document = b"".join(line + b"\n" for line in kept if line.strip())
        if document:
            yield document


def load_reference(statements: Statements, store: ox.Store, beside: ox.NamedNode) -> None:
    """Read what the candidate is looked at with into the default graph.

    What the candidate says itself is left out: Oxigraph's union of graphs counts a triple twice
    when two graphs hold it.
    """
    for document in batches(statements):
        quads = (
            ox.Quad(t.subject, t.predicate, t.object)
            for t in ox.parse(document, ox.RdfFormat.N_TRIPLES)
            if ox.Quad(t.subject, t.predicate, t.object, beside) not in store
        )
        store.bulk_extend(quads)


def _denials(shapes: Graph, rules: dict[str, Rule]) -> Iterator[Denial]:
    for rule in rules.values():
        shape = URIRef(rule.shape)
        denied = shapes.value(shape, SH["not"])
        pattern = shapes.value(denied, SH.pattern) if denied else None
        if pattern is not None:
            flags = re.IGNORECASE if "i" in str(shapes.value(denied, SH.flags) or "") else 0
            yield Denial(rule, re.compile(str(pattern), flags), _ignored(shapes, shape))


def _ignored(shapes: Graph, shape: Node) -> frozenset[str]:
    listed = shapes.value(shape, SH.ignoredProperties)
    return frozenset(map(str, shapes.items(listed))) if listed else frozenset()


def _result(rule: Rule, triple: ox.Quad, component: str) -> Result:
    return Result(
        focus=_name(triple.subject),
        path=triple.predicate.value,
        value=None,
        component=component,
        severity=rule.severity,
        shape=rule.shape,
        rule=rule.rule,
        messages=rule.messages,
        dimension=rule.dimension,
    )


def _name(node: Value | ox.Triple) -> str:
    return node.value if isinstance(node, ox.NamedNode) else str(node)
