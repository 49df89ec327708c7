"""The embedded engine: runs one request on an open store, inside a worker, into a spool.

A query's text is rewritten by `STEPS`, and then by `graph.queries.patterns` and
`graph.queries.engines.order_by` (no steps, since they are for this engine only). It runs on its
dataset (`graph.queries.syntax.dataset`), with functions that the engine lacks
(`graph.queries.engines.custom_functions`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from graph.core.errors import EngineFailure, QuerySyntaxError, QueryUnsupported
from graph.queries.engines import custom_functions, order_by, select_star
from graph.queries.engines.plain_values import PlainValues
from graph.queries.model.formats import Format
from graph.queries.model.query import GraphDocument, Query, ResourceDocument
from graph.queries.patterns.bind_order import move_binds
from graph.queries.patterns.whole_joins import hash_joins
from graph.queries.property_functions import rewrite
from graph.queries.results import resource_description, serialize
from graph.queries.results.spool import ResultSpool
from graph.queries.syntax import dataset, syntax_hints
from graph.queries.syntax.checks import QueryInfo

_DAMAGE = ("Corruption", "IO error")  # how RocksDB's errors begin
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_SENTENCE = re.compile(r"[A-Z][a-zA-Z]* [a-zA-Z*]")  # and not an expected token
_CHAR_CLASS = re.compile(r"\['[^\]]*'\]", re.DOTALL)
EngineResult = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


class EngineRequest(NamedTuple):
    """What a rewriting step may use.

    `query` is the query as it arrived. `snapshot` is the snapshot's directory, None without one.
    `dataset` is None if the query runs on all that the store holds, or the engine reads FROM.
    `void` is the IRI of the store's statistics, empty without them.
    """

    store: ox.Store
    query: Query
    snapshot: Path | None
    dataset: dataset.QueryDataset | None
    void: str = ""


RewriteStep = Callable[[str, EngineRequest], str]
# Rewriting of a query's text before the engine gets it. Every look-up passes here: a step must find
# out cheaply whether it applies, and otherwise return the text unchanged.
STEPS: tuple[RewriteStep, ...] = (
    lambda text, request: select_star.expand_star(text, request.query.base),
    lambda text, request: rewrite.rewrite_calls(
        text, request.query, request.dataset, request.snapshot
    ),
)


def run_query(
    store: ox.Store,
    query: Query,
    info: QueryInfo | None,
    spool: ResultSpool,
    snapshot: Path | None = None,
    hidden: frozenset[str] = frozenset(),
    void: str = "",
) -> Format:
    """Run a query and write its whole result.

    `info` is needed only if FROM occurs. The graphs in `hidden` are invisible to the query. `void`
    is the IRI of the statistics of the store, if it has any.

    Raises QuerySyntaxError, QueryNotAcceptable, QueryUnsupported and QueryTooLarge.
    """
    try:
        visible = dataset.visible_dataset(store, query, info, hidden)
        result = _result(EngineRequest(store, query, snapshot, visible, void))
        return serialize.write_result(result, query, spool)
    except SyntaxError as error:
        raise syntax_hints.explain(query.text, syntax_error(str(error))) from error
    except (RuntimeError, ValueError) as error:
        kind = EngineFailure if str(error).startswith(_DAMAGE) else QueryUnsupported
        raise kind(str(error)) from error


def _result(request: EngineRequest) -> EngineResult:
    base = request.query.base
    text = move_binds(apply_steps(request), base)
    if request.dataset is None:  # the statistics are those of the default graph
        text = hash_joins(text, base, request.store, request.void)
    text = order_by.with_sort_keys(text, PlainValues(request.store, text, base))
    store, options = dataset.store_and_options(request.store, request.dataset)
    return custom_functions.with_functions(
        lambda known: store.query(text, base_iri=base, custom_functions=known, **options)
    )


def apply_steps(request: EngineRequest) -> str:
    """The query's text after all rewriting steps."""
    text = request.query.text
    for step in STEPS:
        text = step(text, request)
    return text


def write_document(
    store: ox.Store, document: ResourceDocument, spool: ResultSpool
) -> tuple[Format, int]:
    """Write a resource's document, up to its limit; returns the number of statements there are."""
    return serialize.write_resource(resource_description.StoreLinks(store), document, spool)


def write_graph(
    store: ox.Store, document: GraphDocument, spool: ResultSpool, hidden: frozenset[str]
) -> tuple[Format, int]:
    """Write all statements of a graph; returns their number. A hidden graph is empty."""
    name = ox.NamedNode(document.iri) if document.iri else ox.DefaultGraph()
    quads = () if document.iri in hidden else store.quads_for_pattern(None, None, None, name)
    return serialize.write_graph((quad.triple for quad in quads), document, spool)


def syntax_error(text: str) -> QuerySyntaxError:
    """The engine's syntax error, with its position, and without pages of character classes."""
    match = _POSITION.match(text)
    if not match:
        return QuerySyntaxError(text)
    expected = _CHAR_CLASS.sub("a letter of a name", match[3])
    expected = re.sub(r"\s+", " ", expected).replace("[_]", "…")
    once = dict.fromkeys(re.sub("^expected (one of )?", "", expected).split(", "))
    sentences = [words for words in once if _SENTENCE.match(words)]
    return QuerySyntaxError(
        " ".join(sentences) or "expected " + ", ".join(once),
        line=int(match[1]),
        column=int(match[2]),
    )
