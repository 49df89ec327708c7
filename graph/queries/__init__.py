"""Queries, strangers' above all: killable workers behind one entrance.

with Pool.start(instance) as pool:
    answer = pool.run(Query("SELECT …", format="csv"))
"""

from graph.queries.model.formats import FORMATS, Format
from graph.queries.model.query import Answer, Document, Graph, Limits, Query
from graph.queries.pool.observers import Finished, Watcher
from graph.queries.pool.pool import Pool, run_once
from graph.queries.syntax.checks import Shape, inspect

__all__ = [
    "FORMATS",
    "Answer",
    "Document",
    "Finished",
    "Format",
    "Graph",
    "Limits",
    "Pool",
    "Query",
    "Shape",
    "Watcher",
    "inspect",
    "run_once",
]
