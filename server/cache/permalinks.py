"""Permanent URLs of answers: `/snapshot/{n}/sparql?query=…` queries that snapshot.

The response is 410 once the snapshot has been removed (`graph.core.retention`), and 404 if there
never was one with that number.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlencode

from graph import snapshots
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.ledger.checkpoints import CHECKPOINT
from server.http.messages import QueryRequest
from server.http.problem_details import HttpProblem

_PATH = re.compile(r"/snapshot/([1-9][0-9]{0,17})(/sparql)")
_QUERY_ONLY = re.compile(r"query=[!$%'()*+,\-./0-9:;=?@A-Z_a-z~]+")
_MAX_URL = 6000  # characters; some clients and proxies refuse longer ones


def split_path(path: str) -> tuple[int, str]:
    """The snapshot number in a path, and the path without it; 0 if the path names no snapshot."""
    match = _PATH.fullmatch(path)
    return (int(match[1]), match[2]) if match else (0, path)


def snapshot_name(instance: Instance, number: int) -> str:
    """The name of the snapshot with a number.

    Raises HttpProblem: 404 if it never existed, 410 if it has been removed.
    """
    kept = snapshots.find(instance, number)
    if kept is not None:
        return kept.name
    if not was_published(instance, number):
        raise HttpProblem(
            404,
            f"there is no snapshot {number}",
            hint=_current(instance),
            detail_mn=f"{number}-р агшин хувилбар алга",
        )
    raise HttpProblem(
        410,
        f"snapshot {number} is no longer kept",
        hint=f"Old snapshots are kept for {instance.retention.days:g} days. {_current(instance)}",
        detail_mn=f"{number}-р агшин хувилбар хадгалагдахаа больсон",
    )


def was_published(instance: Instance, number: int) -> bool:
    """Whether there ever was a snapshot with this number."""
    return number in _published(instance, (instance.ledger / CHECKPOINT).stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _published(instance: Instance, _changed: int) -> frozenset[int]:
    """The numbers of all snapshots ever published: the ledger's size after each publication."""
    events = Ledger(instance)
    return frozenset(event["index"] + 1 for event in events if event["type"] == "Publish")


def _current(instance: Instance) -> str:
    now = snapshots.current(instance)
    return f"The current snapshot is {now.number}." if now else ""


def lone_query(query_string: str) -> str:
    """A query string that holds only the parameter `query`, correctly escaped; else empty."""
    return query_string if _QUERY_ONLY.fullmatch(query_string) else ""


def permalink(request: QueryRequest, snapshot: str) -> str:
    """The permanent URL of an answer; empty if it would be too long."""
    path = f"/snapshot/{snapshot.partition('-')[0]}/sparql?{_parameters(request)}"
    return path if len(path) <= _MAX_URL else ""


def latest_url(request: QueryRequest) -> str:
    """The URL of the same query on the current snapshot."""
    return f"/sparql?{_parameters(request)}"


def _parameters(request: QueryRequest) -> str:
    query = request.query
    if request.query_string:  # already encoded
        return f"{request.query_string}&format={query.format}"
    pairs = [("query", query.text), ("format", query.format)]
    pairs += [("default-graph-uri", graph) for graph in query.default_graphs]
    pairs += [("named-graph-uri", graph) for graph in query.named_graphs]
    pairs += [("bom", "true")] if query.bom else []
    pairs += [("send", str(query.send))] if query.send is not None else []
    return urlencode(pairs, errors="surrogatepass")
