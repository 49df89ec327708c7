"""`/sparql/terms`: the classes and properties that the data use, which the query editor completes.

They are read from VoID, so a snapshot without it (a remote store's) has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from flask import Blueprint, Response, g, jsonify, request

from server.core.context import AppContext
from server.http.service_links import TERMS
from server.sparql import internal_queries
from server.sparql.internal_queries import QueryRow

CompletionTerm = tuple[str, int, str]
"""An IRI, how often the data use it, and its label in one language (empty: none)."""


def blueprint(context: AppContext) -> Blueprint:
    """The terms in the language of the page, the most used first, as a JSON array."""
    part = Blueprint("terms", __name__)

    @lru_cache(maxsize=4)  # a snapshot never changes; two languages
    def terms(_: str, language: str) -> list[CompletionTerm]:
        return [*read_terms(context, language)]

    @part.get(TERMS)
    def terms_() -> Response:
        response = jsonify(terms(context.pool.snapshot(), g.language))
        response.add_etag()
        response.make_conditional(request)
        return response

    return part


def read_terms(context: AppContext, language: str) -> Iterator[CompletionTerm]:
    """The terms of the current snapshot; a missing label is that of the other language."""
    for row in internal_queries.select(context.pool, "pages/editor/terms"):
        yield row["term"].value, int(row["uses"].value), _label(row, language)


def _label(row: QueryRow, language: str) -> str:
    found = row.get(language) or row.get("en") or row.get("mn")
    return found.value if found else ""
