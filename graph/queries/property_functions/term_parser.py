"""Parses the terms of a query token by token: variables, constants, lists, bracketed parts.

`group_parser` parses the groups, and `triple_patterns` the triples that the terms are part of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from graph.core.errors import QuerySyntaxError, QueryUnsupported
from graph.queries.property_functions.errors import UNREADABLE, UsageErrorText
from graph.queries.syntax.bilingual import syntax_error_at
from graph.queries.syntax.tokens import Token, tokens_of

_NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.?\d+)(?:[eE][-+]?\d+)?")
_CLOSING_BRACKETS = {"(": ")", "[": "]", "{": "}"}
END = Token("end", "", 0)


@dataclass(frozen=True, slots=True)
class ParsedTerm:
    """A term as written in the query: a variable, a constant, or a list of terms (`items`)."""

    text: str
    start: int
    items: tuple[ParsedTerm, ...] | None = None

    @property
    def variable(self) -> str:
        """The name of the variable; empty if this is not a variable."""
        return self.text[1:] if self.items is None and self.text[0] in "?$" else ""


class TermParser:
    """A cursor over the tokens of a query.

    Its methods raise QueryUnsupported at the first token that they cannot parse: a call that is
    overlooked would silently match nothing.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens: Sequence[Token] = tokens_of(text)
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

    def _take(self, expected: str = "") -> Token:
        """Consume the next token."""
        token = self._next
        if token is END or (expected and token.text.upper() != expected):
            raise self._unreadable()
        self._at += 1
        return token

    def _unreadable(self) -> QueryUnsupported:
        return QueryUnsupported(**vars(self._error(self._next.start, UNREADABLE)))

    def _error(self, start: int, text: UsageErrorText) -> QuerySyntaxError:
        message, hint = text
        return syntax_error_at(self.text, start, message, hint)

    def _skip_brackets(self) -> None:
        """Consume a pair of brackets with everything inside."""
        closing = _CLOSING_BRACKETS[self._take().text]
        while self._next.text != closing:
            if self._next.text in _CLOSING_BRACKETS:
                self._skip_brackets()
            else:
                self._take()
        self._take()

    # --- terms ---

    def _term(self) -> ParsedTerm:
        start = self._next.start
        if self._next.text == "(":
            return self._list()
        if self._next.text == "[":
            return self._property_list()
        if self._next.text == "<":  # <<( a triple )>>
            self._triple_term()
        elif end := self._number():
            while self._next is not END and self._next.start < end:
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
            # the tokenizer ends a language tag before `--ltr`
            while self._next.text == "-" or self._word() in ("LTR", "RTL"):  # base direction
                self._take()
        elif self._next.text == "^^":
            self._take()
            self._take()

    def _number(self) -> int:
        """The end of the number at the cursor; 0 if there is none.

        The tokenizer splits numbers such as 1.5e6 and -1.
        """
        match = _NUMBER.match(self.text, self._next.start) if self._next is not END else None
        if match is None or self._next.kind == "variable":
            return 0
        if match[0].endswith("."):  # `1.` is a number and the full stop after the triple
            return match.end() - 1
        return match.end()

    def _triple_term(self) -> None:
        self._take("<")
        self._take("<")
        while not (self._next.text == ">" and self._ahead(1).text == ">"):
            if self._next.text == "<":
                self._triple_term()
            else:
                self._take()
        self._take()
        self._take()

    def _list(self) -> ParsedTerm:
        start, items = self._next.start, []
        self._take("(")
        while self._next.text != ")":
            items.append(self._term())
        end = self._take(")").end
        return ParsedTerm(self.text[start:end], start, tuple(items))

    def _property_list(self) -> ParsedTerm:
        """A blank node with its properties in square brackets."""
        start = self._next.start
        self._skip_brackets()
        return ParsedTerm(self.text[start : self._tokens[self._at - 1].end], start)
