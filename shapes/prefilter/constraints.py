"""Each SHACL Core constraint as a check that may say “can fail” too often, never too rarely.

`exact` says a check is right both ways, which its negation under sh:not needs. What is compared is
what pySHACL 0.40 compares. Constraints missing in the table always “can fail”.
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

from shapes.prefilter.checks import ALWAYS, SOME_VALUE, LineValues, SingleCheck, ValueCheck, each
from shapes.prefilter.index import GraphIndex
from shapes.prefilter.terms import BLANK, IRI, LITERAL, language, term, text, token


class NodeCompiler(Protocol):
    """What constraints need of the compiler."""

    shapes: Graph
    index: GraphIndex

    def node(self, shape: Node) -> tuple[SingleCheck, bool]:
        """Whether a node can fail a shape, and whether that is exact."""


_KINDS = {
    SH.IRI: {IRI},
    SH.BlankNode: {BLANK},
    SH.Literal: {LITERAL},
    SH.BlankNodeOrIRI: {BLANK, IRI},
    SH.IRIOrLiteral: {IRI, LITERAL},
}


def _node_kind(compiler: NodeCompiler, shape: Node, kind: Node) -> ValueCheck:
    allowed = _KINDS.get(URIRef(str(kind)))
    return SOME_VALUE if allowed is None else each(lambda value: value[0] not in allowed)


def _class(compiler: NodeCompiler, shape: Node, wanted: Node) -> ValueCheck:
    index, accepted = compiler.index, compiler.index.instances_of(token(wanted))

    @lru_cache(1 << 14)
    def told(types: tuple[bytes, ...]) -> bool:
        return accepted.isdisjoint(types)

    return each(lambda value: value[0] == LITERAL or told(index.types(value)))


_PYTHON: dict[URIRef, type | tuple[type, ...]] = {
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


def _datatype(compiler: NodeCompiler, shape: Node, wanted: Node) -> ValueCheck:
    datatype = URIRef(str(wanted))
    if datatype == RDF.langString:
        return each(lambda value: not language(value), exact=False)

    @lru_cache(1 << 14)
    def fails(value: bytes) -> bool:
        literal = term(value)
        return not isinstance(literal, Literal) or not _is_a(literal, datatype)

    return each(fails, exact=False)


def _is_a(literal: Literal, datatype: URIRef) -> bool:
    """Surely of the datatype; rdflib itself says what is ill-typed."""
    if datatype == RDFS.Literal:
        return True
    if literal.datatype is None and not literal.language and datatype == XSD.string:
        return True
    python = _PYTHON.get(datatype)
    typed = literal.datatype == datatype and literal.ill_typed is not True
    return typed and (python is None or isinstance(literal.value, python))


def _min_count(compiler: NodeCompiler, shape: Node, count: Node) -> ValueCheck:
    least = _number(count)

    def fails(focus: bytes, values: LineValues) -> bool:
        # language tags that differ by case are one to rdflib
        return len(values) < least or (least > 1 and len({v.lower() for v in values}) < least)

    return ValueCheck(fails, least < 2)


def _max_count(compiler: NodeCompiler, shape: Node, count: Node) -> ValueCheck:
    most = _number(count)
    return ValueCheck(lambda focus, values: len(values) > most, most == 0)


def _min_length(compiler: NodeCompiler, shape: Node, length: Node) -> ValueCheck:
    least = _number(length)
    return each(lambda value: bool(least) and (value[0] == BLANK or len(text(value)) < least))


def _max_length(compiler: NodeCompiler, shape: Node, length: Node) -> ValueCheck:
    most = _number(length)
    return each(lambda value: value[0] == BLANK or len(text(value)) > most)


def _pattern(compiler: NodeCompiler, shape: Node, pattern: Node) -> ValueCheck:
    given = str(next(iter(compiler.shapes.objects(shape, SH.flags)), "")).lower()
    flags = (re.I if "i" in given else 0) | (re.M if "m" in given else 0)
    search = re.compile(str(pattern), flags).search
    return each(lambda value: value[0] == BLANK or not search(text(value)))


def _in(compiler: NodeCompiler, shape: Node, listed: Node) -> ValueCheck:
    nodes = list(compiler.shapes.items(listed))
    allowed = frozenset(map(token, nodes))
    return each(lambda value: value not in allowed, not any(isinstance(n, Literal) for n in nodes))


def _has_value(compiler: NodeCompiler, shape: Node, wanted: Node) -> ValueCheck:
    value = token(wanted)
    return ValueCheck(lambda focus, values: value not in values, not isinstance(wanted, Literal))


def _language_in(compiler: NodeCompiler, shape: Node, listed: Node) -> ValueCheck:
    allowed = {str(tag).lower() for tag in compiler.shapes.items(listed)}

    def fails(value: bytes) -> bool:
        tag = language(value)
        return not tag or not ({"*", tag, tag.split("-")[0]} & allowed)

    return each(fails)


def _unique_language(compiler: NodeCompiler, shape: Node, wanted: Node) -> ValueCheck:
    def fails(focus: bytes, values: LineValues) -> bool:
        tags = [tag for tag in map(language, values) if tag]
        return len(tags) > len(set(tags))

    return ValueCheck(fails, False)


def _node(compiler: NodeCompiler, shape: Node, other: Node) -> ValueCheck:
    return each(*compiler.node(other))


def _not(compiler: NodeCompiler, shape: Node, other: Node) -> ValueCheck:
    fails, exact = compiler.node(other)
    return each(lambda value: not fails(value)) if exact else SOME_VALUE


def _members(compiler: NodeCompiler, listed: Node) -> tuple[list[SingleCheck], bool]:
    made = [compiler.node(member) for member in set(compiler.shapes.items(listed))]
    return [fails for fails, _ in made], all(exact for _, exact in made)


def _and(compiler: NodeCompiler, shape: Node, listed: Node) -> ValueCheck:
    checks, exact = _members(compiler, listed)
    return each(lambda value: any(fails(value) for fails in checks), exact)


def _or(compiler: NodeCompiler, shape: Node, listed: Node) -> ValueCheck:
    checks, exact = _members(compiler, listed)
    return each(lambda value: all(fails(value) for fails in checks), exact)


def _xone(compiler: NodeCompiler, shape: Node, listed: Node) -> ValueCheck:
    checks, exact = _members(compiler, listed)
    if not exact:
        return SOME_VALUE
    return each(lambda value: sum(not fails(value) for fails in checks) != 1)


def _qualified(compiler: NodeCompiler, shape: Node, other: Node) -> ValueCheck:
    shapes = compiler.shapes
    if (shape, _DISJOINT, None) in shapes:
        return ALWAYS
    least = _number(shapes.value(shape, SH.qualifiedMinCount) or Literal(0))
    most = shapes.value(shape, SH.qualifiedMaxCount)
    fails, exact = compiler.node(other)

    def wrong(focus: bytes, values: LineValues) -> bool:
        found = sum(not fails(value) for value in values)
        # a value that can fail may conform all the same, unless the check is exact
        most_found = found if exact else len(values)
        return found < least or (most is not None and most_found > _number(most))

    return ValueCheck(wrong, False)


def _number(count: Node) -> int:
    return int(str(count))


_DISJOINT = SH.qualifiedValueShapesDisjoint

TABLE: dict[Node, Callable[[NodeCompiler, Node, Node], ValueCheck]] = {
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
"""One entry a parameter; a shape has one check for each value of each parameter."""

ON_VALUES = frozenset(
    {SH.minInclusive, SH.maxInclusive, SH.minExclusive, SH.maxExclusive, SH.lessThan}
    | {SH.lessThanOrEquals, SH.disjoint}
)
"""Not compiled, but without value nodes they cannot fail."""

BESIDE = frozenset(
    {SH.flags, SH.ignoredProperties, SH.qualifiedMinCount, SH.qualifiedMaxCount, _DISJOINT}
)
"""Parameters that another one's check looks at."""
