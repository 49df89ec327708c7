"""Property functions: triple patterns that are answered from a snapshot's index.

Before the engine sees a query, each is replaced by a VALUES block with what the index found, so the
engine joins a few rows instead of looking at every literal. The answer is exact for the snapshot,
since its index is made with it. `FUNCTIONS` lists them; docs/search.md says how they are called.
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
from graph.queries.syntax.tokens import tokenize
from graph.snapshots import Snapshot

__all__ = ["FUNCTIONS", "refuse_in_update", "rewrite_calls"]

_NAMESPACE_HOST = "jena.apache.org"  # none is named without this, spelt so or with escapes
_ESCAPED = re.compile(r"<[^>]*\\[uU]")
_MAX_CALLS = 50  # searches in one query


def rewrite_calls(
    text: str, query: Query, wanted: QueryDataset | None, snapshot: Path | None
) -> str:
    """The query with all its property functions answered.

    Raises QuerySyntaxError for one that is not called as it must be, QueryTooLarge for one that
    finds too much, QueryUnsupported and EngineFailure where the snapshot has no index.
    """
    if _NAMESPACE_HOST not in text and not _ESCAPED.search(text):
        return text
    if not _is_valid(text, query.base):
        return text
    names = FunctionNames(text, query.base)
    found = find_edits(text, names.function)
    if not found:
        return text
    _check_number(found)
    if snapshot is None:
        raise QueryUnsupported(
            "there is nothing to search here: this is no published snapshot",
            message_mn="энд хайх зүйлгүй: нийтэлсэн агшин биш байна",
        )
    answers = Evaluator(text, names, Snapshot(snapshot), _dataset(query, wanted))
    return answers.rewritten(found)


def refuse_in_update(update: str) -> None:
    """Refuse an update that calls a property function: it would match nothing, in silence.

    Raises QueryUnsupported.
    """
    spaces: dict[str, str] = {}
    found = list(tokenize(update)) if _NAMESPACE_HOST in update else []
    for before, token in pairwise(found):
        if before.kind == "name" and before.text.endswith(":") and token.kind == "iri":
            spaces[before.text] = token.text[1:-1]
    for token in found:
        prefix, colon, local = token.text.partition(":")
        iri = spaces.get(prefix + colon, "") + local if token.kind == "name" else token.text[1:-1]
        if iri in FUNCTIONS:
            raise QueryUnsupported(
                "a search cannot be part of an update",
                hint="Search with a query first, and name in the update what it found.",
                message_mn="хайлт өөрчлөх үйлдлийн хэсэг болж чадахгүй",
                hint_mn="Эхлээд асуулгаар хайж, олсноо өөрчлөлтдөө нэрлэнэ үү.",
            )


def _dataset(query: Query, wanted: QueryDataset | None) -> QueryDataset | None:
    """The dataset also where the engine is told it by the query's own FROM."""
    if wanted is None and "from" in query.text.lower():
        shape = checks.query_info(query.text)
        if shape.from_graphs or shape.from_named_graphs:
            return from_clauses(query, shape)
    return wanted


def _check_number(found: Sequence[TextEdit]) -> None:
    number = sum(len(edit.calls) for edit in found)
    if number > _MAX_CALLS:
        raise QueryTooComplex(
            f"the query has {number:,} searches; {_MAX_CALLS} are allowed",
            message_mn=f"асуулгад {number:,} хайлт байна; {_MAX_CALLS} хүртэл зөвшөөрнө",
        )


def _is_valid(text: str, base: str | None) -> bool:
    """Whether the engine can read the query as it was written; if not, it says so itself."""
    if "service" in text.lower():  # the engine would call it
        return True
    try:
        ox.Store().query(text, base_iri=base)
    except SyntaxError:
        return False
    except (RuntimeError, ValueError):  # met again with all functions
        return True
    return True
