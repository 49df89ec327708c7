"""Queries: a pool of worker processes, which can be killed, behind one interface.

with Pool.start(instance) as pool:
    answer = pool.run(Query("SELECT …", format="csv"))
"""

from graph.queries.engines.custom_functions import KNOWN as CUSTOM_FUNCTIONS
from graph.queries.model.formats import FORMATS, Format
from graph.queries.model.query import (
    GraphDocument,
    PoolRequest,
    Query,
    QueryAnswer,
    QueryLimits,
    RequestBatch,
    ResourceDocument,
)
from graph.queries.pool.datagrams import DatagramResponse, DatagramTransport
from graph.queries.pool.dispatch import HandedOver
from graph.queries.pool.in_flight import TICK, InFlight
from graph.queries.pool.observers import QueryFinished, QueryObserver
from graph.queries.pool.pool import Pool, run_once
from graph.queries.syntax.checks import QueryInfo, inspect

__all__ = [
    "CUSTOM_FUNCTIONS",
    "FORMATS",
    "TICK",
    "DatagramResponse",
    "DatagramTransport",
    "Format",
    "GraphDocument",
    "HandedOver",
    "InFlight",
    "Pool",
    "PoolRequest",
    "Query",
    "QueryAnswer",
    "QueryFinished",
    "QueryInfo",
    "QueryLimits",
    "QueryObserver",
    "RequestBatch",
    "ResourceDocument",
    "inspect",
    "run_once",
]
