"""Reading the candidate, and the rules that speak of every single statement.

SHACL targets cannot say “every subject” or “every literal”; here it costs one pass over the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO
from urllib.parse import unquote

import pyoxigraph as ox
from rdflib import SH, Graph
from rdflib.term import Node, URIRef

from shapes.results import ValidationResult
from shapes.rules import Rule
from vocab.terms import Term

Statements = bytes | BinaryIO | Iterable[bytes]
"""N-Triples: a document, an open binary file, or lines with or without line feed."""

_BATCH = 50_000
_NOT_IRI = "https://w3id.org/ulzii/rule/subject-is-iri/1"
_NODE_KIND = str(SH.NodeKindConstraintComponent)
_NOT = str(SH.NotConstraintComponent)

# A number long enough to be refused, or letters of two scripts side by side; escapes are never
# written in canonical lines, so a line with one is worth a look too. Lines with none of these are
# passed by without parsing.
_SUSPECT = re.compile(r"\d{4}[ -]?\d{4}|\\[uU]|[A-Za-z][\u0400-\u04FF]|[\u0400-\u04FF][A-Za-z]")
_TEL = "tel:"
_TEXT = frozenset(
    {
        "http://www.w3.org/2001/XMLSchema#string",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
    }
)


@dataclass(frozen=True, slots=True)
class LineDenial:
    """A rule that no text may match, and the properties it does not ask."""

    rule: Rule
    pattern: re.Pattern[str]
    ignored: frozenset[str]

    def refuses(self, triple: ox.Triple | ox.Quad) -> bool:
        """Whether the triple's object is text, or a tel: address, that matches."""
        text = _text(triple.object)
        return triple.predicate.value not in self.ignored and bool(self.pattern.search(text))


def _text(value: Term) -> str:
    """What can be read in an object, full-width digits as plain ones; "" where nothing can."""
    if isinstance(value, ox.Literal) and value.datatype.value in _TEXT:
        return unicodedata.normalize("NFKC", value.value)
    if isinstance(value, ox.NamedNode) and value.value.lower().startswith(_TEL):
        return unquote(value.value)
    return ""


class StatementReader:
    """Passes statements on line by line, holding each one against the rules on the way."""

    def __init__(self, shapes: Graph, rules: dict[str, Rule]) -> None:
        self._rules = rules
        self._denials = tuple(_denials(shapes, rules))
        self.results: list[ValidationResult] = []

    def read(self, statements: Statements) -> Iterator[bytes]:
        """All lines.

        Raises SyntaxError (of pyoxigraph) where a suspect one is not N-Triples.
        """
        for line in lines(statements):
            if _suspect(line.decode()):
                for triple in ox.parse(line, ox.RdfFormat.N_TRIPLES):
                    self.results.extend(self._check(triple))
            yield line

    def _check(self, triple: ox.Quad) -> Iterator[ValidationResult]:
        if isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode):
            yield _result(self._rules[_NOT_IRI], triple, _NODE_KIND)
        for denial in self._denials:
            if denial.refuses(triple):
                yield _result(denial.rule, triple, _NOT)


def _suspect(line: str) -> bool:
    """Whether a line may hold a blank node or text that is refused."""
    literal = line.find('"')  # subject and predicate hold no quote
    return (
        "_:" in line
        or f"<{_TEL}" in line.lower()
        or (literal >= 0 and _SUSPECT.search(line, literal) is not None)
    )


def lines(statements: Statements) -> Iterator[bytes]:
    """The lines that say something, each with its line feed."""
    split = statements.split(b"\n") if isinstance(statements, bytes) else statements
    for line in split:
        if text := line.rstrip(b"\r\n"):
            yield text + b"\n"


def batches(statements: Statements) -> Iterator[bytes]:
    """The same lines as documents of some thousands."""
    rest = lines(statements)
    while batch := list(islice(rest, _BATCH)):
        yield b"".join(batch)


def _denials(shapes: Graph, rules: dict[str, Rule]) -> Iterator[LineDenial]:
    for rule in rules.values():
        shape = URIRef(rule.shape)
        denied = shapes.value(shape, SH["not"])
        pattern = shapes.value(denied, SH.pattern) if denied else None
        if pattern is not None:
            flags = re.IGNORECASE if "i" in str(shapes.value(denied, SH.flags) or "") else 0
            yield LineDenial(rule, re.compile(str(pattern), flags), _ignored(shapes, shape))


def _ignored(shapes: Graph, shape: Node) -> frozenset[str]:
    listed = shapes.value(shape, SH.ignoredProperties)
    return frozenset(map(str, shapes.items(listed))) if listed else frozenset()


def _result(rule: Rule, triple: ox.Quad, component: str) -> ValidationResult:
    return ValidationResult(
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


def _name(node: Term) -> str:
    return node.value if isinstance(node, ox.NamedNode) else str(node)
