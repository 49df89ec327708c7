"""The groups of a query, what stands in them, and the triples of each, with their places.

The parser is that of the property functions; what it cannot parse has no outline, so that a step
that needs one leaves the query as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from graph.core.errors import QueryError
from graph.queries.property_functions.triple_patterns import TripleParser
from graph.queries.syntax.service_keyword import contains_service
from graph.queries.syntax.tokens import Token

_LONGEST = 100_000  # characters; data in VALUES may be longer
_MOST_TOKENS = 2000  # what is found in outlines takes time by the square of their size
_KEYWORDS = frozenset("OPTIONAL MINUS UNION LATERAL FILTER BIND VALUES GRAPH".split())
JOINED = frozenset(("TRIPLES", "GRAPH", "GROUP"))
"""Elements that are joined with the others of their group."""
_BEFORE_GROUP = frozenset("OPTIONAL MINUS UNION LATERAL".split())


@dataclass(frozen=True, slots=True)
class WrittenTriple:
    """A triple pattern as written: subject and object, and the verb or path between them."""

    subject: str
    verb: str
    object: str


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a group. `kind` is its keyword, GROUP, or TRIPLES for those of one subject.

    `first` and `end` are indexes of tokens; `groups` are the groups inside it, those of EXISTS
    included.
    """

    kind: str
    first: int
    end: int
    groups: tuple[Group, ...] = ()
    triples: tuple[WrittenTriple, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A group in braces; `first` and `end` are indexes of tokens.

    A subselect has no elements: its only one of `groups` is its pattern.
    """

    first: int
    end: int
    elements: tuple[Element, ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """A query: its text, its tokens, and the group of its pattern."""

    text: str
    tokens: Sequence[Token]
    pattern: Group

    def start(self, part: Group | Element) -> int:
        """The offset in the text at which a part begins."""
        return self.tokens[part.first].start

    def stop(self, part: Group | Element) -> int:
        """The offset in the text at which a part ends."""
        return self.tokens[part.end - 1].end

    def variables(self, part: Group | Element) -> Iterator[str]:
        """The names of all variables in a part, as often as they occur."""
        span = self.tokens[part.first : part.end]
        return (token.text[1:] for token in span if token.kind == "variable")

    def bound(self, elements: Sequence[Element]) -> set[str]:
        """The variables that are bound in every solution of these elements of a group.

        Counted are those of triples, of triples in GRAPH, and of groups that are joined; not those
        of OPTIONAL, UNION, VALUES, BIND and subselects.
        """
        bound = set[str]()
        for i, element in enumerate(elements):
            in_union = any(e.kind == "UNION" for e in elements[i + 1 : i + 2])
            if element.kind == "TRIPLES":
                bound.update(self.variables(element))
            elif element.kind in JOINED and not in_union:
                bound.update(*(self.bound(group.elements) for group in element.groups))
        return bound

    def words(self, part: Element) -> Iterator[str]:
        """The keywords and functions in an element, in upper case."""
        span = self.tokens[part.first : part.end]
        return (token.text.upper() for token in span if token.kind == "word")


@lru_cache(maxsize=4)
def outline(text: str) -> Outline | None:
    """The outline of a query; None for one that cannot be parsed, or calls other endpoints."""
    if len(text) > _LONGEST or contains_service(text):
        return None
    if "\\u" in text or "\\U" in text:  # names may be spelt with escapes
        return None
    parser = _OutlineParser(text)
    if len(parser.tokens) > _MOST_TOKENS:
        return None
    try:
        parser.query()
    except (QueryError, KeyError):
        return None
    groups = parser.frames[0].groups
    return Outline(text, parser.tokens, groups[0]) if len(groups) == 1 else None


@dataclass(slots=True)
class _Frame:
    """What was parsed so far of one group."""

    elements: list[Element] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    triples: tuple[WrittenTriple, ...] = ()


class _OutlineParser(TripleParser):
    def __init__(self, text: str) -> None:
        super().__init__(text, lambda _: "")
        self.tokens = self._tokens
        self.frames = [_Frame()]

    def _group(self) -> None:
        first = self._at
        self.frames.append(_Frame())
        super()._group()
        frame = self.frames.pop()
        group = Group(first, self._at, tuple(frame.elements), tuple(frame.groups))
        self.frames[-1].groups.append(group)

    def _element(self) -> None:
        frame, first = self.frames[-1], self._at
        word, mark = self._word(), self._next.text
        before, frame.groups, frame.triples = frame.groups, [], ()
        super()._element()
        inside, frame.groups = tuple(frame.groups), before
        if mark == ".":
            return
        kind = word if word in _KEYWORDS else "GROUP" if mark == "{" else "TRIPLES"
        if kind == "GROUP" and frame.elements and frame.elements[-1].kind in _BEFORE_GROUP:
            keyword = frame.elements[-1]
            if not keyword.groups:
                frame.elements.pop()
                kind, first = keyword.kind, keyword.first
        frame.elements.append(Element(kind, first, self._at, inside, frame.triples))

    def _statement(self) -> None:
        subject, verbs = self._term(), list(self._verbs())
        self.frames[-1].triples = tuple(
            WrittenTriple(
                subject.text, self.text[verb.start : verb.objects[0].start].strip(), value.text
            )
            for verb in verbs
            for value in verb.objects
        )
