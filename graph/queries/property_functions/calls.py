"""What a property function is asked and answers (`property_functions.rewrite` calls it)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from graph.core.errors import QuerySyntaxError
from graph.queries.syntax import positions
from graph.search.query import SearchIndex
from vocab.terms import Object

ArgumentValue = Object
SolutionRow = dict[str, ArgumentValue]


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A call: its arguments as terms; the names of the columns wanted; the thing asked about, where
    it is not looked for; the graphs to look in (None: all), and whether rows tell theirs.
    """

    arguments: tuple[ArgumentValue, ...]
    wanted: frozenset[str]
    thing: str
    graphs: tuple[str, ...] | None

    @property
    def by_graph(self) -> bool:
        """Whether rows of different graphs are told apart."""
        return "graph" in self.wanted


@dataclass(frozen=True, slots=True)
class PropertyFunction:
    """A property function: the columns of its subject's list in order, and what answers it.

    Rows hold at least the columns wanted, best ones first. `answer` raises Misused for arguments
    that it does not understand.
    """

    columns: tuple[str, ...]
    answer: Callable[[SearchIndex, FunctionCall], Iterable[SolutionRow]]


Bilingual = tuple[str, str]
"""The same in Mongolian and in English."""
NOTHING: Bilingual = ("", "")


class InvalidCall(Exception):
    """A property function is not called as it must be: what is wrong, and what to write."""

    def __init__(self, message: Bilingual, hint: Bilingual = NOTHING) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message[1])


def syntax_error_at(
    text: str, start: int, message: Bilingual, hint: Bilingual = NOTHING
) -> QuerySyntaxError:
    """What is wrong at a place of a query's text, as an error with that place."""
    line, column = positions.line_and_column(text, start)
    return QuerySyntaxError(
        message[1],
        line=line,
        column=column,
        excerpt=positions.excerpt(text, line, column),
        hint=hint[1],
        message_mn=message[0],
        hint_mn=hint[0],
    )
