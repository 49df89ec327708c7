"""Runs one request on an open store, inside a worker, and writes its answer into a spool.

Between a query's text and the engine stand, in this order: the text's own steps (`STEPS`), how it
is ordered (`graph.queries.engines.order_by`; only here, since it is for this engine), the dataset
(`graph.queries.syntax.dataset`), and functions that the engine lacks
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
from graph.queries.model.formats import Format
from graph.queries.model.query import GraphDocument, Query, ResourceDocument
from graph.queries.property_functions import rewrite
from graph.queries.results import resource_description, serialize
from graph.queries.results.spool import ResultSpool
from graph.queries.syntax import dataset, syntax_hints
from graph.queries.syntax.checks import QueryInfo

_DAMAGE = ("Corruption", "IO error")
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_SENTENCE = re.compile(r"[A-Z][a-zA-Z]* [a-zA-Z*]")  # rather than a token it expects
_CLASS = re.compile(r"\['[^\]]*'\]", re.DOTALL)
EngineResult = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


class EngineRequest(NamedTuple):
    """What a step may look at: the open store, the query as it was asked, the snapshot's directory
    (None where there is no snapshot), and the dataset where the engine needs to be told."""

    store: ox.Store
    query: Query
    snapshot: Path | None
    dataset: dataset.QueryDataset | None


RewriteStep = Callable[[str, EngineRequest], str]
# What a query's text goes through before the engine reads it. Every look-up passes here, so a step
# finds out cheaply whether it is meant, and gives the same text back where it is not.
STEPS: tuple[RewriteStep, ...] = (
    lambda text, asked: select_star.expand_star(text, asked.query.base),
    lambda text, asked: rewrite.rewrite_calls(text, asked.query, asked.dataset, asked.snapshot),
)


def run_query(
    store: ox.Store,
    query: Query,
    shape: QueryInfo | None,
    spool: ResultSpool,
    snapshot: Path | None = None,
    hidden: frozenset[str] = frozenset(),
) -> Format:
    """Run a query and write its whole result; `shape` is wanted only where FROM occurs. The query
    does not see the graphs that are `hidden`.

    Raises QuerySyntaxError, QueryNotAcceptable, QueryUnsupported and QueryTooLarge.
    """
    try:
        wanted = dataset.visible_dataset(store, query, shape, hidden)
        result = _result(store, query, wanted, snapshot)
        return serialize.write_result(result, query, spool)
    except SyntaxError as error:
        raise syntax_hints.explain(query.text, syntax_error(str(error))) from error
    except (RuntimeError, ValueError) as error:
        kind = EngineFailure if str(error).startswith(_DAMAGE) else QueryUnsupported
        raise kind(str(error)) from error


def _result(
    store: ox.Store, query: Query, wanted: dataset.QueryDataset | None, snapshot: Path | None
) -> EngineResult:
    text = order_by.with_sort_keys(apply_steps(EngineRequest(store, query, snapshot, wanted)))
    chosen, graphs = dataset.store_and_options(store, wanted)
    return custom_functions.with_functions(
        lambda known: chosen.query(text, base_iri=query.base, custom_functions=known, **graphs)
    )


def apply_steps(asked: EngineRequest) -> str:
    """The query's text as the engine is to read it."""
    text = asked.query.text
    for step in STEPS:
        text = step(text, asked)
    return text


def write_document(
    store: ox.Store, wanted: ResourceDocument, spool: ResultSpool
) -> tuple[Format, int]:
    """Write a thing's document, or the beginning of it; tell how many statements there are."""
    links = resource_description.StoreLinks(store)
    return serialize.write_resource(resource_description.describe(links, wanted.iri), wanted, spool)


def write_graph(
    store: ox.Store, wanted: GraphDocument, spool: ResultSpool, hidden: frozenset[str]
) -> tuple[Format, int]:
    """Write all statements of a graph that is not hidden; tell how many there are."""
    name = ox.NamedNode(wanted.iri) if wanted.iri else ox.DefaultGraph()
    found = () if wanted.iri in hidden else store.quads_for_pattern(None, None, None, name)
    return serialize.write_graph((quad.triple for quad in found), wanted, spool)


def syntax_error(text: str) -> QuerySyntaxError:
    """What the engine says of a query it cannot parse, without its pages of character classes."""
    match = _POSITION.match(text)
    if not match:
        return QuerySyntaxError(text)
    expected = re.sub(r"\s+", " ", _CLASS.sub("a letter of a name", match[3])).replace("[_]", "…")
    once = dict.fromkeys(re.sub("^expected (one of )?", "", expected).split(", "))
    told = [words for words in once if _SENTENCE.match(words)]
    return QuerySyntaxError(
        " ".join(told) or "expected " + ", ".join(once), line=int(match[1]), column=int(match[2])
    )
