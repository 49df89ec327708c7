"""Finds the calls of property functions in a query.

`find_edits` parses the triples of a query token by token, as far as needed to know the subject and
the graph of each; `group_parser` parses the groups. The query has been accepted by the engine;
what the parser does not understand is reported, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from graph.queries.property_functions import errors
from graph.queries.property_functions.group_parser import GroupParser
from graph.queries.property_functions.term_parser import ParsedTerm
from graph.queries.syntax.tokens import Token


@dataclass(frozen=True, slots=True)
class PatternCall:
    """A call as written in the query.

    `function` is its IRI, `graph` the name after the enclosing GRAPH (None in the default graph),
    `start` the offset of the function's name.
    """

    function: str
    subject: ParsedTerm
    object: ParsedTerm
    graph: ParsedTerm | None
    start: int


@dataclass(frozen=True, slots=True)
class TextEdit:
    """A part of the query to replace by the results of `calls`, followed by `rest`: the triples
    of the same subject that are no calls."""

    start: int
    end: int
    calls: tuple[PatternCall, ...]
    rest: str


@dataclass(slots=True)
class ParsedVerb:
    """A verb with its objects; `function` is the IRI of a property function, or empty."""

    function: str
    start: int
    end: int
    objects: list[ParsedTerm] = field(default_factory=list)


def find_edits(text: str, function_iri: Callable[[Token], str]) -> list[TextEdit]:
    """The parts of a query that call property functions.

    `function_iri` gives the IRI of the function that a token names, or an empty string. Raises
    QuerySyntaxError for a call in a place where it cannot be evaluated, QueryUnsupported for a
    query that cannot be parsed.
    """
    finder = _CallFinder(text, function_iri)
    finder.query()
    return finder.edits


class TripleParser(GroupParser):
    """Parses the verbs and objects of one subject."""

    def __init__(self, text: str, function_iri: Callable[[Token], str]) -> None:
        super().__init__(text)
        self._function_iri = function_iri

    def _verbs(self) -> Iterator[ParsedVerb]:
        while True:
            while self._next.text == ";":
                self._take()
            if self._next.text in (".", "}", "]", ")", "|", "") or self._starts_element():
                return
            yield self._verb()
            if self._next.text != ";":
                return

    def _verb(self) -> ParsedVerb:
        start, token = self._next.start, self._next
        function = self._path()
        verb = ParsedVerb(function, start, token.end, [self._object()])
        while self._next.text == ",":
            self._take()
            verb.objects.append(self._object())
        verb.end = self._tokens[self._at - 1].end
        return verb

    def _path(self) -> str:
        """Consume a verb or property path; the IRI of the property function it names, or empty."""
        function, start, steps = "", self._next.start, 0
        while True:
            while self._next.text in ("^", "!"):
                self._take()
                steps += 1
            if self._next.text == "(":
                function = function or self._function_in_brackets()
                steps += 1
            else:
                function = self._function_iri(self._next) or function
                self._take()
            # `+` may also begin a number, which is then the object
            while self._next.text in ("*", "?", "+") and not self._number():
                self._take()
                steps += 1
            if self._next.text not in ("/", "|"):
                break
            self._take()
            steps += 1
        if function and steps:
            raise self._error(start, errors.IN_PATH)
        return function

    def _function_in_brackets(self) -> str:
        before = self._at
        self._skip_brackets()
        return next(filter(None, map(self._function_iri, self._tokens[before : self._at])), "")

    def _object(self) -> ParsedTerm:
        term = self._term()
        # skip the reifiers (`~ :r`) and annotations (`{| … |}`) of SPARQL 1.2
        while self._next.text == "~" or (self._next.text == "{" and self._ahead(1).text == "|"):
            if self._take().text == "{":
                self._at -= 1
                self._skip_brackets()
            elif self._next.kind in ("variable", "iri", "name"):
                self._take()
        return term

    def _property_list(self) -> ParsedTerm:
        start = self._next.start
        self._take("[")
        for verb in self._verbs():
            if verb.function:
                raise self._error(verb.start, errors.IN_BRACKETS)
        end = self._take("]").end
        return ParsedTerm(self.text[start:end], start)


class _CallFinder(TripleParser):
    def __init__(self, text: str, function_iri: Callable[[Token], str]) -> None:
        super().__init__(text, function_iri)
        self.edits: list[TextEdit] = []

    def _statement(self) -> None:
        start, subject = self._next.start, self._term()
        verbs = list(self._verbs())
        end = self._tokens[self._at - 1].end
        if any(verb.function for verb in verbs):
            self.edits.append(self._text_edit(start, end, subject, verbs))

    def _text_edit(
        self, start: int, end: int, subject: ParsedTerm, verbs: list[ParsedVerb]
    ) -> TextEdit:
        if self._is_construct_where:  # its pattern is its template too, without VALUES
            raise self._error(start, errors.SHORT_FORM)
        others = [verb for verb in verbs if not verb.function]
        calls = tuple(self._call(subject, verb) for verb in verbs if verb.function)
        if others and subject.items is not None:
            raise self._error(others[0].start, errors.LIST_WITH_MORE)
        rest = " ; ".join(self.text[verb.start : verb.end] for verb in others)
        return TextEdit(start, end, calls, f"{subject.text} {rest}" if others else "")

    def _call(self, subject: ParsedTerm, verb: ParsedVerb) -> PatternCall:
        if len(verb.objects) > 1:
            raise self._error(verb.objects[1].start, errors.MANY_OBJECTS)
        graph = self._enclosing_graphs[-1] if self._enclosing_graphs else None
        return PatternCall(
            function=verb.function,
            subject=subject,
            object=verb.objects[0],
            graph=graph,
            start=verb.start,
        )
