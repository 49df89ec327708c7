"""The interface between a property function and the code that calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from graph.queries.syntax.bilingual import NO_HINT, Bilingual
from graph.search.query import SearchIndex
from vocab.terms import Object

ArgumentValue = Object
SolutionRow = dict[str, ArgumentValue]


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """One call of a property function, with its arguments as terms.

    `columns` are the names of the columns that the query uses. `subject` is the IRI of the only
    thing to search, or empty. `graphs` are the graphs to search (None: all).
    """

    arguments: tuple[ArgumentValue, ...]
    columns: frozenset[str]
    subject: str
    graphs: tuple[str, ...] | None

    @property
    def by_graph(self) -> bool:
        """Whether equal hits in different graphs are different rows."""
        return "graph" in self.columns


@dataclass(frozen=True, slots=True)
class PropertyFunction:
    """A property function: the columns of its subject list in order, and its implementation.

    `evaluate` gives rows with at least the requested columns, best ones first. It raises
    InvalidCall for arguments that it does not understand.
    """

    columns: tuple[str, ...]
    evaluate: Callable[[SearchIndex, FunctionCall], Iterable[SolutionRow]]


class InvalidCall(Exception):
    """A property function is called incorrectly: what is wrong, and what to write instead."""

    def __init__(self, message: Bilingual, hint: Bilingual = NO_HINT) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message.en)
