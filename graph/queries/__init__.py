"""Queries, strangers' above all: killable workers behind one entrance.

with Pool.start(instance) as pool:
    answer = pool.run(Query("SELECT …", format="csv"))
"""

from graph.queries.model.formats import FORMATS, Format
from graph.queries.model.query import (
    GraphDocument,
    Query,
    QueryAnswer,
    QueryLimits,
    ResourceDocument,
)
from graph.queries.pool.observers import QueryFinished, QueryObserver
from graph.queries.pool.pool import Pool, run_once
from graph.queries.syntax.checks import QueryInfo, inspect

__all__ = [
    "FORMATS",
    "Format",
    "GraphDocument",
    "Pool",
    "Query",
    "QueryAnswer",
    "QueryFinished",
    "QueryInfo",
    "QueryLimits",
    "QueryObserver",
    "ResourceDocument",
    "inspect",
    "run_once",
]
