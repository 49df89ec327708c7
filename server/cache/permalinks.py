"""Permanent addresses of answers: `/snapshot/{n}/sparql?query=…` is asked of that snapshot for as
long as it is kept (`graph.core.retention`), 410 afterwards, and 404 where there never was one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlencode

from graph import snapshots
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.ledger.log import CHECKPOINT
from server.http.messages import QueryRequest
from server.http.problem_details import HttpProblem

_PATH = re.compile(r"/snapshot/([1-9][0-9]{0,17})(/sparql)")
_ALONE = re.compile(r"query=[!$%'()*+,\-./0-9:;=?@A-Z_a-z~]+")
_LONGEST = 6000  # characters; a longer address could not be asked for


def split(path: str) -> tuple[int, str]:
    """The number of the snapshot in a path and the path without it; 0 where there is none."""
    match = _PATH.fullmatch(path)
    return (int(match[1]), match[2]) if match else (0, path)


def find(instance: Instance, number: int) -> str:
    """The name of the snapshot with that number.

    Raises HttpProblem 404 where it never was and 410 where it is kept no longer.
    """
    kept = snapshots.kept(instance, number)
    if kept is not None:
        return kept.name
    if number not in _published(instance, (instance.ledger / CHECKPOINT).stat().st_mtime_ns):
        raise HttpProblem(404, f"there is no snapshot {number}", hint=_current(instance))
    raise HttpProblem(
        410,
        f"snapshot {number} is kept no longer",
        hint=f"Old ones stay for {instance.retention.days:g} days. {_current(instance)}",
    )


@lru_cache(maxsize=1)
def _published(instance: Instance, _changed: int) -> frozenset[int]:
    """The numbers of all snapshots there ever were: the ledger's size after each publication."""
    events = Ledger(instance)
    return frozenset(event["index"] + 1 for event in events if event["type"] == "Publish")


def _current(instance: Instance) -> str:
    now = snapshots.current(instance)
    return f"The current one is {now.number}." if now else ""


def alone(asked: str) -> str:
    """What stands behind a question mark, where it is the query alone and escaped as it must be;
    else empty."""
    return asked if _ALONE.fullmatch(asked) else ""


def address(request: QueryRequest, snapshot: str) -> str:
    """The permanent address of an answer; empty where it would be too long."""
    path = f"/snapshot/{snapshot.partition('-')[0]}/sparql?{_parameters(request)}"
    return path if len(path) <= _LONGEST else ""


def latest(request: QueryRequest) -> str:
    """The address that asks the same of the current snapshot."""
    return f"/sparql?{_parameters(request)}"


def _parameters(request: QueryRequest) -> str:
    query = request.query
    if request.address:  # nothing to be written again
        return f"{request.address}&format={query.format}"
    pairs = [("query", query.text), ("format", query.format)]
    pairs += [("default-graph-uri", graph) for graph in query.default_graphs]
    pairs += [("named-graph-uri", graph) for graph in query.named_graphs]
    pairs += [("bom", "true")] if query.bom else []
    pairs += [("send", str(query.send))] if query.send is not None else []
    return urlencode(pairs, errors="surrogatepass")
