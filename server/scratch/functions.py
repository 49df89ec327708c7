"""Functions that the engine does not know.

A call of one is an expression error (SPARQL 1.1 §17.6): the variable stays unbound, the filter
fails. The engine refuses the whole query instead; so those it names are given to it as functions
without a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pyoxigraph as ox

_UNKNOWN = re.compile(r"The custom function <([^>]*)> is not supported")
_MOST = 50  # different ones in one query
T = TypeVar("T")
Value = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None
Functions = dict[ox.NamedNode, Callable[..., Value]]


def lenient(run: Callable[[Functions], T]) -> T:
    """What `run` gives once it knows all functions by name."""
    functions: Functions = {}
    while True:
        try:
            return run(functions)
        except RuntimeError as error:
            match = _UNKNOWN.search(str(error))
            if match is None or len(functions) == _MOST:
                raise
            functions[ox.NamedNode(match[1])] = _no_value


def _no_value(*_: object) -> None:
    """An error, where a value is wanted."""


@dataclass(slots=True)
class Lenient:
    """A store whose queries may call functions that nobody knows."""

    store: ox.Store = field(default_factory=ox.Store)

    def query(
        self, text: str, **options: Any
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """As `Store.query`."""
        return lenient(lambda known: self.store.query(text, custom_functions=known, **options))

    def update(self, text: str, base: str) -> None:
        """As `Store.update`."""
        lenient(lambda known: self.store.update(text, base_iri=base, custom_functions=known))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)
