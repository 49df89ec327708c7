"""What explains that a result is empty, or has gaps, although the query is valid.

The answer is the specification's; a notice says which part of the query makes it so. It is looked
for where a result is empty or a part of a query may be silent (OPTIONAL, an aggregate, …), in the
tokens of the query and by one look into the store for each name. A query that cannot be parsed has
none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import pyoxigraph as ox

from graph.core.errors import QuerySyntaxError
from graph.queries.model.query import Notice
from graph.queries.patterns.given_terms import given_terms
from graph.queries.patterns.outline import Element, Group, Outline, outline
from graph.queries.property_functions.registry import FUNCTIONS
from graph.queries.syntax import checks
from graph.queries.syntax.dataset import resolve_iris
from graph.queries.syntax.select_mistakes import behind_pattern, grouping, selects
from graph.queries.syntax.tokens import Token, tokens_of
from vocab.namespaces import RDF, SD, VOID, VOID_EXT

_MAY_BE_SILENT = ("OPTIONAL", "UNION", "MINUS", "EXISTS", "HAVING", "FROM", "VALUES", "|")
_LISTED = re.compile(r"\bIN\s*\(")
_AGGREGATES = ("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT")
_UNBOUND_BY_A_ROW = frozenset("SUM AVG MIN MAX GROUP_CONCAT".split())
_MOST = 10  # notices of a query
# The description itself uses these; those below {base}id/ are not listed in it.
_OF_VOID = frozenset(str(name)[1:-1] for name in (VOID[""], VOID_EXT[""], SD[""], RDF[""]))
_AFTER_HAVING = frozenset("ORDER LIMIT OFFSET VALUES".split()) | {"}"}


@dataclass(frozen=True, slots=True)
class Visible:
    """A store without the graphs that are hidden from a query."""

    store: ox.Store
    hidden: frozenset[str]

    def has(self, predicate: ox.NamedNode, value: ox.NamedNode | None = None) -> bool:
        """Whether any statement has this predicate, and this object."""
        found = (
            self.store.quads_for_pattern(None, predicate, value, graph) for graph in self._graphs()
        )
        return any(True for _ in chain.from_iterable(found))

    def has_graph(self, name: ox.NamedNode) -> bool:
        """Whether there is a named graph."""
        return name.value not in self.hidden and self.store.contains_named_graph(name)

    def _graphs(self) -> Iterator[ox.NamedNode | ox.DefaultGraph | None]:
        if not self.hidden:
            yield None
            return
        yield ox.DefaultGraph()  # the union of the public graphs
        for name in self.store.named_graphs():
            if isinstance(name, ox.NamedNode) and name.value not in self.hidden:
                yield name


def may_be_silent(text: str) -> bool:
    """Whether a part of a query may match nothing although its result is not empty."""
    upper = text.upper()
    if any(word in upper for word in _MAY_BE_SILENT) or _LISTED.search(upper):
        return True
    # without groups there is a row even of nothing
    return "GROUP BY" not in upper and any(word in upper for word in _AGGREGATES)


def may_have_gaps(text: str) -> bool:
    """Whether the result of an aggregate may be unbound."""
    upper = text.upper()
    return any(word in upper for word in _UNBOUND_BY_A_ROW)


def find_gaps(text: str, has_gaps: Callable[[str], bool]) -> tuple[Notice, ...]:
    """The notices of aggregates alone; arguments as of `find_notices`."""
    return tuple(
        Notice("aggregate-unbound", name) for name in _aggregates(tokens_of(text)) if has_gaps(name)
    )


def find_notices(
    text: str,
    base: str | None,
    visible: Visible,
    named: Sequence[str],
    has_gaps: Callable[[str], bool],
) -> tuple[Notice, ...]:
    """The notices of a query, at most ten.

    `named` are the graphs that the request names. `has_gaps` says whether a column of the result
    is unbound in a row.
    """
    read = outline(text)
    if read is None:
        return ()
    names = _Names(read, base, visible)
    found = chain(
        _aliases_in_having(read.tokens),
        find_gaps(text, has_gaps),
        names.graphs(named),
        names.terms(),
    )
    return tuple(islice(dict.fromkeys(found), _MOST))


def _aliases(
    tokens: Sequence[Token], first: int, end: int
) -> Iterator[tuple[str, Sequence[Token]]]:
    """The variables that a SELECT computes, each with the tokens of its expression."""
    opened = list[int]()
    for i in range(first, end):
        if tokens[i].text == "(":
            opened.append(i)
        elif tokens[i].text == ")" and opened:
            start = opened.pop()
            if not opened and tokens[i - 2].text.upper() == "AS":
                yield tokens[i - 1].text[1:], tokens[start + 1 : i - 2]


def _aliases_in_having(tokens: Sequence[Token]) -> Iterator[Notice]:
    for first, end in selects(tokens):
        computed = {name for name, _ in _aliases(tokens, first, end)}
        grouped, _ = grouping(tokens, end)
        behind = behind_pattern(tokens, end)
        words = [token.text.upper() for token in behind]
        if "HAVING" not in words or not computed:
            continue
        condition = behind[words.index("HAVING") + 1 :]
        stop = next((i for i, t in enumerate(condition) if t.text.upper() in _AFTER_HAVING), None)
        for token in condition[:stop]:
            if token.kind == "variable" and token.text[1:] in computed - grouped:
                yield Notice("having-alias", token.text[1:])


def _aggregates(tokens: Sequence[Token]) -> Iterator[str]:
    """The columns of a result that an aggregate makes, which one row can leave unbound."""
    for first, end in islice(selects(tokens), 1):
        for name, expression in _aliases(tokens, first, end):
            if any(token.text.upper() in _UNBOUND_BY_A_ROW for token in expression):
                yield name


class _Names:
    """The names of properties, classes and graphs in the pattern of a query."""

    def __init__(self, read: Outline, base: str | None, visible: Visible) -> None:
        self._read, self._base, self._visible = read, base, visible
        self._prologue = checks.prologue(read.text)
        self._elements = [*_elements(read.pattern)]

    def graphs(self, named: Sequence[str]) -> Iterator[Notice]:
        """Of graphs that do not exist: of the request, after FROM, and after GRAPH."""
        info = checks.query_info(self._read.text)
        written = [*info.from_graphs, *info.from_named_graphs]
        given = given_terms(self._read.tokens)
        for element in self._elements:
            term = self._read.tokens[element.first + 1].text
            written += [term, *_given(given, term)] if element.kind == "GRAPH" else []
        for name in (*map(ox.NamedNode, named), *self._resolved(written)):
            if not self._visible.has_graph(name):
                yield Notice("no-such-graph", name.value)

    def terms(self) -> Iterator[Notice]:
        """Of properties and classes that no statement has."""
        triples = [triple for element in self._elements for triple in element.triples]
        given = given_terms(self._read.tokens)
        verbs = [name for t in triples for name in _names(t.verb) or _given(given, t.verb)]
        for name in self._resolved(verbs):
            if name.value not in FUNCTIONS and not self._visible.has(name):
                yield self._unused("no-such-property", name)
        for path in dict.fromkeys(t.verb for t in triples if self._leads_to_class(t.verb)):
            objects = [t.object for t in triples if t.verb == path]
            yield from self._classes(path, [c for o in objects for c in [o, *_given(given, o)]])

    def _leads_to_class(self, path: str) -> bool:
        """Whether a path begins with the class of a thing: `a`, `rdf:type/rdfs:subClassOf*`."""
        first = _FIRST.match(path)
        return first is not None and (first[1] == "a" or RDF.type in self._resolved([first[1]]))

    def _classes(self, path: str, terms: Sequence[str]) -> Iterator[Notice]:
        """Of classes at the end of a path that nothing in it leads to."""
        steps = {RDF.type, *self._resolved(_names(path))}
        for name in self._resolved([term for term in terms if _NAME.fullmatch(term)]):
            if not any(self._visible.has(step, name) for step in steps):
                yield self._unused("no-such-class", name)

    def _unused(self, kind: str, name: ox.NamedNode) -> Notice:
        """A name that is not used, or its namespace, where that is not used either."""
        space = name.value[: max(name.value.rfind("#"), name.value.rfind("/")) + 1]
        listed = not space or "/id/" in space or space in _OF_VOID or not self._has_void()
        if listed or self._visible.has(VOID.vocabulary, ox.NamedNode(space)):
            return Notice(kind, name.value)
        return Notice("no-such-namespace", space)

    def _has_void(self) -> bool:
        return self._visible.has(VOID.vocabulary)

    def _resolved(self, terms: Sequence[str]) -> Sequence[ox.NamedNode]:
        try:
            written = (term for term in terms if term[:1] not in "?$")
            return resolve_iris(tuple(dict.fromkeys(written)), self._prologue, self._base)
        except QuerySyntaxError:
            return ()


def _elements(group: Group) -> Iterator[Element]:
    yield from group.elements
    for inner in (*group.groups, *(g for element in group.elements for g in element.groups)):
        yield from _elements(inner)


_NAME = re.compile(r"<[^<>\s]*>|[^\W\d_]?[\w.-]*:(?:[\w:-]|\.(?=[\w:-])|%\w\w|\\.)*")


_FIRST = re.compile(rf"[(\s]*(a(?![\w:.-])|{_NAME.pattern})")


def _given(given: dict[str, list[str]], variable: str) -> list[str]:
    """The IRIs that a variable is given; none for other terms."""
    return given.get(f"?{variable[1:]}", []) if variable[:1] in {"?", "$"} else []


def _names(path: str) -> list[str]:
    """The properties in a verb or path."""
    return _NAME.findall(path)
