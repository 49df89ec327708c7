"""Bundled queries with more than one place to fill in: names in capital letters in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from graph.queries import Pool
from server.sparql import internal_queries
from server.sparql.internal_queries import QueryRow
from vocab.terms import Object


def select(pool: Pool, name: str, filled: Mapping[str, str]) -> list[QueryRow]:
    """The rows of a bundled SELECT, without unbound variables."""
    return internal_queries.select_text(pool, fill(name, filled))


def fill(name: str, filled: Mapping[str, str]) -> str:
    """The text of a bundled query. `filled`: what replaces each name in capitals, as SPARQL."""
    lines = internal_queries.query_text(name).splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    names = "|".join(filled)
    return re.sub(rf"\b(?:{names})\b", lambda match: filled[match[0]], text)


def terms(values: Iterable[Object], between: str = " ") -> str:
    """Terms as SPARQL writes them. Raises ValueError for an invalid IRI."""
    return between.join(map(str, values))
