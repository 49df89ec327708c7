"""Reads the terms of a query token by token: variables, constants, lists, and what is in brackets.

`graph.queries.property_functions.triple_patterns` reads the patterns that they stand in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from graph.core.errors import QuerySyntaxError, QueryUnsupported
from graph.queries.property_functions.calls import Bilingual, syntax_error_at
from graph.queries.syntax.tokens import Token, tokenize

_NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.?\d+)(?:[eE][-+]?\d+)?")
_CLOSING_BRACKETS = {"(": ")", "[": "]", "{": "}"}
END = Token("end", "", 0)

# What is wrong, and what to write: each in Mongolian and in English.
_UNREADABLE = (
    ("хайлттай асуулгыг эндээс цааш уншиж чадсангүй",
     "a query with a search in it could not be read from here"),
    ("Хайлтыг тусдаа бүлэгт бичнэ үү: { ?s text:query \"…\" }",
     "Write the search in a group of its own: { ?s text:query \"…\" }"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ParsedTerm:
    """A term as written: a variable, a constant, or a list of terms."""

    text: str
    start: int
    items: tuple[ParsedTerm, ...] | None = None

    @property
    def variable(self) -> str:
        """The variable's name; empty where it is none."""
        return self.text[1:] if self.items is None and self.text[0] in "?$" else ""


class TermParser:
    """A place in the tokens of a query, and how to go on; what it cannot read is refused."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens: Sequence[Token] = list(tokenize(text))
        self._at = 0

    # --- tokens ---

    @property
    def _next(self) -> Token:
        return self._ahead(0)

    def _ahead(self, number: int) -> Token:
        index = self._at + number
        return self._tokens[index] if index < len(self._tokens) else END

    def _word(self) -> str:
        return self._next.text.upper() if self._next.kind == "word" else ""

    def _start(self) -> int:
        return self._next.end - len(self._next.text)

    def _take(self, wanted: str = "") -> Token:
        token = self._next
        if token is END or (wanted and token.text.upper() != wanted):
            raise self._lost()
        self._at += 1
        return token

    def _lost(self) -> QueryUnsupported:
        told = syntax_error_at(self.text, self._start(), *_UNREADABLE)
        return QueryUnsupported(
            told.message, **{k: v for k, v in vars(told).items() if k != "message"}
        )

    def _wrong(self, start: int, said: tuple[Bilingual, Bilingual]) -> QuerySyntaxError:
        return syntax_error_at(self.text, start, *said)

    def _raw(self) -> None:
        """Brackets and all that is in them, unread."""
        closing = _CLOSING_BRACKETS[self._take().text]
        while self._next.text != closing:
            if self._next.text in _CLOSING_BRACKETS:
                self._raw()
            else:
                self._take()
        self._take()

    # --- terms ---

    def _term(self) -> ParsedTerm:
        start = self._start()
        if self._next.text == "(":
            return self._list()
        if self._next.text == "[":
            return self._property_list()
        if self._next.text == "<":  # <<( a triple )>>
            self._quoted()
        elif end := self._number():
            while self._next is not END and self._start() < end:
                self._take()
        else:
            self._literal()
        return ParsedTerm(self.text[start : self._tokens[self._at - 1].end], start)

    def _literal(self) -> None:
        token = self._take()
        if token.kind != "string":
            return
        if self._next.kind == "tag":
            self._take()
            while self._next.text == "-" or self._word() in ("LTR", "RTL"):  # base direction
                self._take()
        elif self._next.text == "^^":
            self._take()
            self._take()

    def _number(self) -> int:
        """Where the number ends that stands next; 0 where there is none."""
        match = _NUMBER.match(self.text, self._start()) if self._next is not END else None
        if match is None or self._next.kind == "variable":
            return 0
        if match[0].endswith("."):  # `1.` is a number and the end of a statement
            return match.end() - 1
        return match.end()

    def _quoted(self) -> None:
        self._take("<")
        self._take("<")
        while not (self._next.text == ">" and self._ahead(1).text == ">"):
            if self._next.text == "<":
                self._quoted()
            else:
                self._take()
        self._take()
        self._take()

    def _list(self) -> ParsedTerm:
        start, items = self._start(), []
        self._take("(")
        while self._next.text != ")":
            items.append(self._term())
        end = self._take(")").end
        return ParsedTerm(self.text[start:end], start, tuple(items))

    def _property_list(self) -> ParsedTerm:
        """A blank node with its properties, in square brackets."""
        start = self._start()
        self._raw()
        return ParsedTerm(self.text[start : self._tokens[self._at - 1].end], start)
