"""SPARQL functions for Mongolian text.

They run row by row, about 100,000 calls a second: for testing or sorting a few thousand literals.
To find literals among many, use the index (`text:query`).
"""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from graph.search import collation, matching
from graph.search.normalize import words
from vocab.namespaces import FUNCTION
from vocab.terms import Object


def matches(value: object, text: object) -> ox.Literal:
    """`matches(?label, "завхан аймаг")`: whether text:query would find the literal."""
    return ox.Literal(matching.degree(_text(value), _text(text)) is not None)


def fold(value: object) -> ox.Literal:
    """`fold(?label)`: its words in lower case and composed letters, separated by spaces."""
    return ox.Literal(" ".join(words(_text(value))))


def collation_key(value: object) -> ox.Literal:
    """`collationKey(?label)`: a key that sorts in Mongolian order; an IRI sorts by its text."""
    return ox.Literal(collation.sort_key(_text(value)))


def _text(value: object) -> str:
    if isinstance(value, Object):
        return value.value
    raise TypeError("neither a literal nor an IRI")  # an expression error


FUNCTIONS: dict[ox.NamedNode, Callable[..., ox.Literal]] = {
    FUNCTION.matches: matches,
    FUNCTION.fold: fold,
    FUNCTION.collationKey: collation_key,
}
"""By IRI, for graph.queries.engines.custom_functions."""
