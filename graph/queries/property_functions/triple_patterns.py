"""Finds property functions in a query: triple patterns that are answered from an index.

`edits` reads a query's statements token by token, as far as it takes to know which triple has which
subject, in which graph; their groups are `graph.queries.property_functions.group_parser`'s. It
reads queries that the engine accepts; what it does not understand it reports, and never guesses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from graph.queries.property_functions import errors as mistakes
from graph.queries.property_functions.group_parser import GroupParser
from graph.queries.property_functions.term_parser import ParsedTerm
from graph.queries.syntax.tokens import Token


@dataclass(frozen=True, slots=True)
class PatternCall:
    """A property function in a query: its IRI, its two sides, the graph around it (None in the
    default graph), and where the function's name stands."""

    function: str
    subject: ParsedTerm
    object: ParsedTerm
    graph: ParsedTerm | None
    start: int


@dataclass(frozen=True, slots=True)
class TextEdit:
    """A piece of the query to be replaced by what calls find and the rest of the statement."""

    start: int
    end: int
    calls: tuple[PatternCall, ...]
    rest: str


@dataclass(slots=True)
class _ParsedVerb:
    """A verb of a statement with its objects; `function` where it is one of ours."""

    function: str
    start: int
    end: int
    objects: list[ParsedTerm] = field(default_factory=list)


def find_edits(text: str, named: Callable[[Token], str]) -> list[TextEdit]:
    """The statements of a query that call property functions; `named` gives a function's IRI for a
    token that names one, else an empty string.

    Raises QuerySyntaxError where a function is used in a way that it cannot be answered.
    """
    reader = _CallFinder(text, named)
    reader.query()
    return reader.edits


class _CallFinder(GroupParser):
    def __init__(self, text: str, named: Callable[[Token], str]) -> None:
        super().__init__(text)
        self.edits: list[TextEdit] = []
        self._named = named

    def _statement(self) -> None:
        start, subject = self._start(), self._term()
        verbs = list(self._verbs())
        end = self._tokens[self._at - 1].end
        if any(verb.function for verb in verbs):
            self.edits.append(self._edit(start, end, subject, verbs))

    def _verbs(self) -> Iterator[_ParsedVerb]:
        while True:
            while self._next.text == ";":
                self._take()
            if self._next.text in (".", "}", "]", ")", "|", "") or self._starts_element():
                return
            yield self._verb()
            if self._next.text != ";":
                return

    def _verb(self) -> _ParsedVerb:
        start, token = self._start(), self._next
        function = self._path()
        found = _ParsedVerb(function, start, token.end, [self._object()])
        while self._next.text == ",":
            self._take()
            found.objects.append(self._object())
        found.end = self._tokens[self._at - 1].end
        return found

    def _path(self) -> str:
        """A verb; the IRI of the function where it is one alone."""
        found, start, steps = "", self._start(), 0
        while True:
            while self._next.text in ("^", "!"):
                self._take()
                steps += 1
            if self._next.text == "(":
                found = found or self._in_brackets()
                steps += 1
            else:
                found = self._named(self._next) or found
                self._take()
            while self._next.text in ("*", "?", "+") and not self._number():
                self._take()
                steps += 1
            if self._next.text not in ("/", "|"):
                break
            self._take()
            steps += 1
        if found and steps:
            raise self._wrong(start, mistakes.IN_PATH)
        return found

    def _in_brackets(self) -> str:
        before = self._at
        self._raw()
        return next(filter(None, map(self._named, self._tokens[before : self._at])), "")

    def _object(self) -> ParsedTerm:
        term = self._term()
        while self._next.text == "~" or (self._next.text == "{" and self._ahead(1).text == "|"):
            if self._take().text == "{":
                self._at -= 1
                self._raw()
            elif self._next.kind in ("variable", "iri", "name"):
                self._take()
        return term

    def _property_list(self) -> ParsedTerm:
        start = self._start()
        self._take("[")
        for verb in self._verbs():
            if verb.function:
                raise self._wrong(verb.start, mistakes.IN_BRACKETS)
        end = self._take("]").end
        return ParsedTerm(self.text[start:end], start)

    # --- what is replaced ---

    def _edit(
        self, start: int, end: int, subject: ParsedTerm, verbs: list[_ParsedVerb]
    ) -> TextEdit:
        if self._short:
            raise self._wrong(start, mistakes.SHORT_FORM)
        others = [verb for verb in verbs if not verb.function]
        calls = tuple(self._call(subject, verb) for verb in verbs if verb.function)
        if others and subject.items is not None:
            raise self._wrong(others[0].start, mistakes.LIST_WITH_MORE)
        rest = " ; ".join(self.text[verb.start : verb.end] for verb in others)
        return TextEdit(start, end, calls, f"{subject.text} {rest}" if others else "")

    def _call(self, subject: ParsedTerm, verb: _ParsedVerb) -> PatternCall:
        if len(verb.objects) > 1:
            raise self._wrong(verb.objects[1].start, mistakes.MANY_OBJECTS)
        graph = self._graphs[-1] if self._graphs else None
        return PatternCall(verb.function, subject, verb.objects[0], graph, verb.start)
