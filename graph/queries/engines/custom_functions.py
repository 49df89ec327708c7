"""Functions that the engine does not know.

The engine names a function it lacks and refuses the whole query. So a query runs without any
first, and again with those it names: ours, or for what nobody knows a function without a value,
since a call of that is an expression error (SPARQL 1.1 §17.6): the variable stays unbound, the
filter fails. Queries that call none pay nothing.
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
_MOST = 50  # different ones in one query
T = TypeVar("T")

# Ours, by IRI. An exception raised in one is an expression error, as None is.
KNOWN: Functions = {**text_functions.FUNCTIONS}


def with_functions(run: Callable[[Functions | None], T]) -> T:
    """What `run` gives once it has all the functions it calls."""
    functions: Functions = {}
    while True:
        try:
            return run(functions or None)
        except RuntimeError as error:
            match = _UNKNOWN.search(str(error))
            if match is None or len(functions) == _MOST:
                raise
            iri = ox.NamedNode(match[1])
            functions[iri] = KNOWN.get(iri, _no_value)


def _no_value(*_: object) -> None:
    """An error, where a value is wanted."""
