"""Read the candidate, and apply the rules that concern every single statement.

A SHACL target cannot express “every subject” or “every literal”; one pass over the text can.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

import pyoxigraph as ox
from rdflib import SH, Graph
from rdflib.term import Node, URIRef

from shapes import scripts
from shapes.asked import AGENCIES_AND_CYRILLIC, is_cyrillic
from shapes.dates import odd_dates, wrong_date
from shapes.prefilter.blocks import Statements, blocks
from shapes.results import ValidationResult
from shapes.rules import Rule
from vocab.terms import Term

_SUBJECT_IS_IRI = "https://w3id.org/ulzii/rule/subject-is-iri/1"
_DATE_VALID = "https://w3id.org/ulzii/rule/date-valid/1"
_OBSERVATION = b"<http://purl.org/linked-data/cube#dataSet>"
_NODE_KIND_COMPONENT = str(SH.NodeKindConstraintComponent)
_NOT_COMPONENT = str(SH.NotConstraintComponent)
_DATATYPE_COMPONENT = str(SH.DatatypeConstraintComponent)

# A number long enough to match a rule, or letters of two scripts side by side. Canonical lines have
# no \u escapes, so a line with one is parsed too. All other lines need no parsing.
_NEEDS_PARSING = re.compile(
    r"\d{4}[ -]?\d{4}|\\[uU]|[A-Za-z][\u0400-\u04FF]|[\u0400-\u04FF][A-Za-z]"
)
_TEL = "tel:"


def _kinds() -> bytes:
    """For each byte of UTF-8 what matters of it for _NEEDS_PARSING: d a digit, a a letter of ASCII,
    c a byte of a Cyrillic letter, s what may stand between digits, u the first byte of what may be
    a digit of another script, o that of all others."""
    table = bytearray(range(256))
    for kind, these in (
        ("d", range(ord("0"), ord("9") + 1)),
        ("a", [*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1)]),
        ("s", b" -"),
        ("c", [*range(0x80, 0xC0), *range(0xD0, 0xD4)]),
        ("o", [*range(0xC0, 0xD0), *range(0xD4, 0x100)]),
        ("u", b"\xd9\xdb\xdf\xe0\xe1\xea\xef\xf0"),
    ):
        for byte in these:
            table[byte] = ord(kind)
    return bytes(table)


_KINDS = _kinds()
_LOOKED_AT = (b"d" * 8, b"ddddsdddd", b"u", b"ac", b"ca")
_AS_WRITTEN = (b"_:", b"\\u", f"<{_TEL}".encode())  # in lower case, anywhere in a line
_LITERAL = re.compile(rb'"[^\n]*')  # subject and predicate contain no quote
_WORDS = "{?words}"  # in the message of the rule one-script
_TEXT_DATATYPES = frozenset(
    {
        "http://www.w3.org/2001/XMLSchema#string",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
    }
)


@dataclass(frozen=True, slots=True)
class LineDenial:
    """A rule whose pattern no text may match, and the properties to which it does not apply."""

    rule: Rule
    pattern: re.Pattern[str]
    ignored_properties: frozenset[str]

    def matches(self, triple: ox.Triple | ox.Quad) -> bool:
        """Whether the triple's object is text or a tel: IRI that matches the pattern."""
        text = _text(triple.object)
        return triple.predicate.value not in self.ignored_properties and bool(
            self.pattern.search(text)
        )


def _text(value: Term) -> str:
    """The text of an object, full-width digits as ASCII digits; "" if it is not text."""
    if isinstance(value, ox.Literal) and value.datatype.value in _TEXT_DATATYPES:
        return unicodedata.normalize("NFKC", value.value)
    if isinstance(value, ox.NamedNode) and value.value.lower().startswith(_TEL):
        return unquote(value.value)
    return ""


class StatementReader:
    """Passes lines on, and validates each against the rules for single statements.

    `results` is complete when all lines are read, and `has_observations` true if there was one of a
    data cube. `foreign` is whether the lines are a foreign source's (`shapes.asked`).
    """

    def __init__(self, shapes: Graph, rules: dict[str, Rule], *, foreign: bool = False) -> None:
        self._rules = rules
        self._denials = tuple(_denials(shapes, rules))
        self._foreign = foreign
        self.results: list[ValidationResult] = []
        self.has_observations = False

    def read(self, statements: Statements) -> Iterator[bytes]:
        """All lines, in blocks.

        Raises SyntaxError (from pyoxigraph) if a line that is parsed is not N-Triples.
        """
        for block in blocks(statements):
            for line in _looked_at(block):
                self._look_at(line)
            self.has_observations |= _OBSERVATION in block
            yield block

    def _look_at(self, line: bytes) -> None:
        if _needs_parsing(line.decode()):
            for triple in ox.parse(line, ox.RdfFormat.N_TRIPLES):
                self.results.extend(self._validate(triple))
        if wrong_date(line):
            for triple in ox.parse(line, ox.RdfFormat.N_TRIPLES):
                found = _result(self._rules[_DATE_VALID], triple, _DATATYPE_COMPONENT)
                self.results.append(replace(found, value=triple.object))

    def _validate(self, triple: ox.Quad) -> Iterator[ValidationResult]:
        if isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode):
            yield _result(self._rules[_SUBJECT_IS_IRI], triple, _NODE_KIND_COMPONENT)
        for denial in self._denials:
            if denial.matches(triple) and not self._is_excepted(denial.rule, triple):
                yield _with_words(_result(denial.rule, triple, _NOT_COMPONENT), triple)

    def _is_excepted(self, rule: Rule, triple: ox.Quad) -> bool:
        """Whether a rule does not ask this text, since it is a foreign source's."""
        return (
            self._foreign
            and rule.asked_of == AGENCIES_AND_CYRILLIC
            and not is_cyrillic(triple.object)
        )


def _looked_at(block: bytes) -> Iterable[bytes]:
    """The lines of a block that may have something to look at, in order: mostly none."""
    # of the literals alone: the IRIs of observations are full of long numbers
    kinds = b"\n".join(_LITERAL.findall(block)).translate(_KINDS)
    lower = block.lower()
    if any(map(lower.__contains__, _AS_WRITTEN)):
        return block.splitlines(keepends=True)
    if any(map(kinds.__contains__, _LOOKED_AT)):
        return [line for line in block.splitlines(keepends=True) if b'"' in line]
    starts = dict.fromkeys(block.rfind(b"\n", 0, at) + 1 for at in odd_dates(block))
    return [block[at : block.find(b"\n", at) + 1] for at in starts]


def _needs_parsing(line: str) -> bool:
    """Whether a line can have a blank node or text that a rule matches."""
    literal = line.find('"')  # subject and predicate contain no quote
    return (
        "_:" in line
        or f"<{_TEL}" in line.lower()
        or (literal >= 0 and _NEEDS_PARSING.search(line, literal) is not None)
    )


def _denials(shapes: Graph, rules: dict[str, Rule]) -> Iterator[LineDenial]:
    for rule in rules.values():
        shape = URIRef(rule.shape)
        negated = shapes.value(shape, SH["not"])
        pattern = shapes.value(negated, SH.pattern) if negated else None
        if pattern is not None:
            flags = re.IGNORECASE if "i" in str(shapes.value(negated, SH.flags) or "") else 0
            yield LineDenial(
                rule, re.compile(str(pattern), flags), _ignored_properties(shapes, shape)
            )


def _ignored_properties(shapes: Graph, shape: Node) -> frozenset[str]:
    listed = shapes.value(shape, SH.ignoredProperties)
    return frozenset(map(str, shapes.items(listed))) if listed else frozenset()


def _result(rule: Rule, triple: ox.Quad, component: str) -> ValidationResult:
    return ValidationResult(
        focus=_node_name(triple.subject),
        path=triple.predicate.value,
        value=None,
        component=component,
        severity=rule.severity,
        shape=rule.shape,
        rule=rule.rule,
        messages=rule.messages,
        dimension=rule.dimension,
    )


def _with_words(result: ValidationResult, triple: ox.Quad) -> ValidationResult:
    """The result with the words of its text in its messages, where these have a place for them."""
    if not any(_WORDS in message for message in result.messages.values()):
        return result
    text = triple.object.value if isinstance(triple.object, ox.Literal) else ""
    messages = {
        language: message.replace(_WORDS, scripts.told(text, language))
        for language, message in result.messages.items()
    }
    return replace(result, messages=messages)


def _node_name(node: Term) -> str:
    return node.value if isinstance(node, ox.NamedNode) else str(node)
