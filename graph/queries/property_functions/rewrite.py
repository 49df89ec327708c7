"""Replaces the property functions of a query by results from the snapshot's search index.

Before the query is sent to the engine, each call becomes a VALUES block, so the engine joins a few
rows instead of scanning every literal. The results are exact for the snapshot, whose index is
built with it. `FUNCTIONS` lists the functions; docs/search.md documents them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox

from graph.core.errors import QueryTooComplex, QueryUnsupported
from graph.queries.model.query import Query
from graph.queries.property_functions.evaluate import Evaluator
from graph.queries.property_functions.registry import FUNCTIONS, FunctionNames
from graph.queries.property_functions.triple_patterns import TextEdit, find_edits
from graph.queries.syntax import checks
from graph.queries.syntax.dataset import QueryDataset, from_clauses
from graph.queries.syntax.service_keyword import contains_service
from graph.queries.syntax.tokens import tokenize
from graph.snapshots import Snapshot

__all__ = ["FUNCTIONS", "refuse_in_update", "rewrite_calls"]

# The IRI of every property function contains this, as text or written with escapes.
_NAMESPACE_HOST = "jena.apache.org"
_ESCAPED = re.compile(r"<[^>]*\\[uU]")
_MAX_CALLS = 50  # of one query
_EMPTY = ox.Store()  # on which a query costs its planning


def rewrite_calls(
    text: str, query: Query, dataset: QueryDataset | None, snapshot: Path | None
) -> str:
    """The text of a query with its property functions evaluated.

    Raises QuerySyntaxError for an invalid call, QueryTooLarge for one with too many hits,
    QueryTooComplex for too many calls, QueryUnsupported for a store that is no published snapshot,
    EngineFailure for a snapshot without an index.
    """
    if _NAMESPACE_HOST not in text and not _ESCAPED.search(text):
        return text
    # The parsers below rely on valid SPARQL. An invalid query goes to the engine for its message.
    if not is_valid(text, query.base):
        return text
    names = FunctionNames(text, query.base)
    edits = find_edits(text, names.function_iri)
    if not edits:
        return text
    _check_number(edits)
    if snapshot is None:
        raise QueryUnsupported(
            "this store cannot be searched: it is not a published snapshot",
            message_mn="энэ санд хайх боломжгүй: нийтэлсэн агшин хувилбар биш байна",
        )
    return Evaluator(text, names, Snapshot(snapshot), _dataset(query, dataset)).rewrite(edits)


def refuse_in_update(update: str) -> None:
    """Refuse an update that calls a property function, which would silently match nothing.

    Raises QueryUnsupported.
    """
    namespaces: dict[str, str] = {}
    update_tokens = list(tokenize(update)) if _NAMESPACE_HOST in update else []
    for before, token in pairwise(update_tokens):
        if before.kind == "name" and before.text.endswith(":") and token.kind == "iri":
            namespaces[before.text] = token.text[1:-1]
    for token in update_tokens:
        prefix, colon, local = token.text.partition(":")
        is_name = token.kind == "name"
        iri = namespaces.get(prefix + colon, "") + local if is_name else token.text[1:-1]
        if iri in FUNCTIONS:
            raise QueryUnsupported(
                "a search cannot be part of an update",
                hint="Search with a query first, and write the IRIs it finds into the update.",
                message_mn="хайлт өөрчлөх үйлдлийн (update) хэсэг байж болохгүй",
                hint_mn="Эхлээд асуулгаар хайж, олсон IRI-гаа өөрчлөх үйлдэлдээ бичнэ үү.",
            )


def _dataset(query: Query, dataset: QueryDataset | None) -> QueryDataset | None:
    """The dataset to search. The engine reads FROM itself, so the dataset is None for it."""
    if dataset is None and "from" in query.text.lower():
        info = checks.query_info(query.text)
        if info.from_graphs or info.from_named_graphs:
            return from_clauses(query, info)
    return dataset


def _check_number(edits: Sequence[TextEdit]) -> None:
    number = sum(len(edit.calls) for edit in edits)
    if number > _MAX_CALLS:
        raise QueryTooComplex(
            f"the query has {number:,} searches; {_MAX_CALLS} are allowed",
            message_mn=f"асуулгад {number:,} хайлт байна; {_MAX_CALLS} хүртэл хайлт зөвшөөрнө",
        )


def is_valid(text: str, base: str | None) -> bool:
    """Whether the engine can parse the query as written; if not, its own error is reported.

    It is, too, if only running it would tell.
    """
    if contains_service(text):  # running it here would call the endpoint
        return True
    try:
        _EMPTY.query(text, base_iri=base)
    except SyntaxError:
        return False
    except (RuntimeError, ValueError):  # raised again when it runs with all functions
        return True
    return True
