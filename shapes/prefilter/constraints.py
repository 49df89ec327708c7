"""A check for each SHACL Core constraint that reports “can fail” too often, never too rarely.

`exact` checks are right both ways, which sh:not needs for the negation. Checks compare what pySHACL
0.40 compares. A constraint without an entry in CHECKS always “can fail”.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

from rdflib import RDF, RDFS, SH, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from shapes.prefilter.checks import (
    ALWAYS,
    SOME_VALUE,
    LineValues,
    SingleCheck,
    ValueCheck,
    each_value,
)
from shapes.prefilter.index import GraphIndex
from shapes.prefilter.terms import BLANK, IRI, LITERAL, language, term, text, token


class NodeCompiler(Protocol):
    """The part of the compiler that the checks of constraints use."""

    shapes: Graph
    index: GraphIndex

    def node(self, shape: Node) -> tuple[SingleCheck, bool]:
        """A check whether a node can fail a shape, and whether the check is exact."""


_NODE_KINDS = {
    SH.IRI: {IRI},
    SH.BlankNode: {BLANK},
    SH.Literal: {LITERAL},
    SH.BlankNodeOrIRI: {BLANK, IRI},
    SH.IRIOrLiteral: {IRI, LITERAL},
}


def _node_kind(compiler: NodeCompiler, shape: Node, kind: Node) -> ValueCheck:
    allowed = _NODE_KINDS.get(URIRef(str(kind)))
    return SOME_VALUE if allowed is None else each_value(lambda value: value[0] not in allowed)


def _class(compiler: NodeCompiler, shape: Node, class_: Node) -> ValueCheck:
    index, accepted = compiler.index, compiler.index.class_and_subclasses(token(class_))

    @lru_cache(1 << 14)  # many nodes, but few combinations of types
    def lacks_class(types: tuple[bytes, ...]) -> bool:
        return accepted.isdisjoint(types)

    return each_value(lambda value: value[0] == LITERAL or lacks_class(index.types(value)))


_PYTHON_TYPES: dict[URIRef, type | tuple[type, ...]] = {
    XSD.string: str,
    RDF.langString: str,
    XSD.integer: int,
    XSD.float: float,
    XSD.decimal: Decimal,
    XSD.boolean: bool,
    XSD.date: date,
    XSD.time: time,
    XSD.dateTime: datetime,
}


def _datatype(compiler: NodeCompiler, shape: Node, iri: Node) -> ValueCheck:
    datatype = URIRef(str(iri))
    if datatype == RDF.langString:
        return each_value(lambda value: not language(value), exact=False)

    @lru_cache(1 << 14)
    def can_fail(value: bytes) -> bool:
        literal = term(value)
        return not isinstance(literal, Literal) or not _is_a(literal, datatype)

    return each_value(can_fail, exact=False)


def _is_a(literal: Literal, datatype: URIRef) -> bool:
    """Whether the literal is certainly of the datatype; rdflib decides what is ill-typed."""
    if datatype == RDFS.Literal:
        return True
    if literal.datatype is None and not literal.language and datatype == XSD.string:
        return True
    python = _PYTHON_TYPES.get(datatype)
    typed = literal.datatype == datatype and literal.ill_typed is not True
    return typed and (python is None or isinstance(literal.value, python))


def _min_count(compiler: NodeCompiler, shape: Node, count: Node) -> ValueCheck:
    minimum = _number(count)

    def can_fail(focus: bytes, values: LineValues) -> bool:
        # rdflib counts language tags that differ only by case as one
        return len(values) < minimum or (minimum > 1 and len({v.lower() for v in values}) < minimum)

    return ValueCheck(can_fail, minimum < 2)


def _max_count(compiler: NodeCompiler, shape: Node, count: Node) -> ValueCheck:
    maximum = _number(count)
    return ValueCheck(lambda focus, values: len(values) > maximum, maximum == 0)


def _min_length(compiler: NodeCompiler, shape: Node, length: Node) -> ValueCheck:
    minimum = _number(length)
    return each_value(
        lambda value: bool(minimum) and (value[0] == BLANK or len(text(value)) < minimum)
    )


def _max_length(compiler: NodeCompiler, shape: Node, length: Node) -> ValueCheck:
    maximum = _number(length)
    # a blank node has no text, so it always fails (SHACL §4.4)
    return each_value(lambda value: value[0] == BLANK or len(text(value)) > maximum)


def _pattern(compiler: NodeCompiler, shape: Node, pattern: Node) -> ValueCheck:
    flags_text = str(next(iter(compiler.shapes.objects(shape, SH.flags)), "")).lower()
    flags = (re.I if "i" in flags_text else 0) | (re.M if "m" in flags_text else 0)
    search = re.compile(str(pattern), flags).search
    return each_value(lambda value: value[0] == BLANK or not search(text(value)))


def _in(compiler: NodeCompiler, shape: Node, list_node: Node) -> ValueCheck:
    nodes = list(compiler.shapes.items(list_node))
    allowed = frozenset(map(token, nodes))
    # not exact with literals: equal ones can differ as tokens, as in the case of language tags
    return each_value(
        lambda value: value not in allowed, not any(isinstance(n, Literal) for n in nodes)
    )


def _has_value(compiler: NodeCompiler, shape: Node, required: Node) -> ValueCheck:
    value = token(required)
    return ValueCheck(lambda focus, values: value not in values, not isinstance(required, Literal))


def _language_in(compiler: NodeCompiler, shape: Node, list_node: Node) -> ValueCheck:
    allowed = {str(tag).lower() for tag in compiler.shapes.items(list_node)}

    def can_fail(value: bytes) -> bool:
        tag = language(value)
        return not tag or not ({"*", tag, tag.split("-")[0]} & allowed)

    return each_value(can_fail)


def _unique_language(compiler: NodeCompiler, shape: Node, flag: Node) -> ValueCheck:
    def can_fail(focus: bytes, values: LineValues) -> bool:
        tags = [tag for tag in map(language, values) if tag]
        return len(tags) > len(set(tags))

    return ValueCheck(can_fail, False)


def _node(compiler: NodeCompiler, shape: Node, other: Node) -> ValueCheck:
    return each_value(*compiler.node(other))


def _not(compiler: NodeCompiler, shape: Node, other: Node) -> ValueCheck:
    can_fail, exact = compiler.node(other)
    # the negation of an inexact check would miss failures
    return each_value(lambda value: not can_fail(value)) if exact else SOME_VALUE


def _member_checks(compiler: NodeCompiler, list_node: Node) -> tuple[list[SingleCheck], bool]:
    checks = [compiler.node(member) for member in set(compiler.shapes.items(list_node))]
    return [can_fail for can_fail, _ in checks], all(exact for _, exact in checks)


def _and(compiler: NodeCompiler, shape: Node, list_node: Node) -> ValueCheck:
    checks, exact = _member_checks(compiler, list_node)
    return each_value(lambda value: any(can_fail(value) for can_fail in checks), exact)


def _or(compiler: NodeCompiler, shape: Node, list_node: Node) -> ValueCheck:
    checks, exact = _member_checks(compiler, list_node)
    return each_value(lambda value: all(can_fail(value) for can_fail in checks), exact)


def _xone(compiler: NodeCompiler, shape: Node, list_node: Node) -> ValueCheck:
    checks, exact = _member_checks(compiler, list_node)
    if not exact:
        return SOME_VALUE
    return each_value(lambda value: sum(not can_fail(value) for can_fail in checks) != 1)


def _qualified(compiler: NodeCompiler, shape: Node, other: Node) -> ValueCheck:
    shapes = compiler.shapes
    if (shape, _DISJOINT, None) in shapes:  # depends on sibling shapes: left to pySHACL
        return ALWAYS
    minimum = _number(shapes.value(shape, SH.qualifiedMinCount) or Literal(0))
    maximum = shapes.value(shape, SH.qualifiedMaxCount)
    can_fail, exact = compiler.node(other)

    def count_can_fail(focus: bytes, values: LineValues) -> bool:
        found = sum(not can_fail(value) for value in values)
        # a value that can fail may still conform, unless the check is exact
        upper_bound = found if exact else len(values)
        return found < minimum or (maximum is not None and upper_bound > _number(maximum))

    return ValueCheck(count_can_fail, False)


def _number(count: Node) -> int:
    return int(str(count))


_DISJOINT = SH.qualifiedValueShapesDisjoint

CHECKS: dict[Node, Callable[[NodeCompiler, Node, Node], ValueCheck]] = {
    SH["and"]: _and,
    SH["class"]: _class,
    SH.datatype: _datatype,
    SH.hasValue: _has_value,
    SH["in"]: _in,
    SH.languageIn: _language_in,
    SH.maxCount: _max_count,
    SH.maxLength: _max_length,
    SH.minCount: _min_count,
    SH.minLength: _min_length,
    SH.node: _node,
    SH.nodeKind: _node_kind,
    SH["not"]: _not,
    SH["or"]: _or,
    SH.pattern: _pattern,
    SH.qualifiedValueShape: _qualified,
    SH.uniqueLang: _unique_language,
    SH.xone: _xone,
}
"""Parameter → the function that makes its check; a shape has one for each value of each."""

FAIL_ONLY_WITH_VALUES = frozenset(
    {SH.minInclusive, SH.maxInclusive, SH.minExclusive, SH.maxExclusive, SH.lessThan}
    | {SH.lessThanOrEquals, SH.disjoint}
)
"""Not compiled, but they cannot fail without value nodes."""

AUXILIARY = frozenset(
    {SH.flags, SH.ignoredProperties, SH.qualifiedMinCount, SH.qualifiedMaxCount, _DISJOINT}
)
"""Parameters that belong to the check of another parameter."""
