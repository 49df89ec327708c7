"""Custom functions: our own, and a fallback for unknown ones.

The engine refuses a query that calls a function it lacks, and names the function. So a query runs
without custom functions first, and again with those that the engine named: ours, or for an unknown
IRI one that returns no value, since a call of it is an expression error (SPARQL 1.1 §17.6): the
variable stays unbound, the filter fails. Queries that call none pay nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

import pyoxigraph as ox

from graph.queries.engines import text_functions
from vocab.terms import Term

FunctionBody = Callable[..., Term | None]
Functions = dict[ox.NamedNode, FunctionBody]

_UNKNOWN = re.compile(r"The custom function <([^>]*)> is not supported")
_MAX_FUNCTIONS = 50  # in one query
T = TypeVar("T")

# Our functions by IRI. An exception in one is an expression error, and so is None.
KNOWN: Functions = {**text_functions.FUNCTIONS}


def with_functions(run: Callable[[Functions | None], T]) -> T:
    """The result of `run`, once it gets all the functions that its query calls."""
    functions: Functions = {}
    while True:
        try:
            return run(functions or None)
        except RuntimeError as error:
            match = _UNKNOWN.search(str(error))
            if match is None or len(functions) == _MAX_FUNCTIONS:
                raise
            iri = ox.NamedNode(match[1])
            functions[iri] = KNOWN.get(iri, _no_value)


def _no_value(*_: object) -> None:
    """None is an expression error."""
