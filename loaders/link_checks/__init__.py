"""Asking the addresses of the catalogue, as a job of its own: results are kept for weeks.

`asking` puts one question and looks at the answer, `store` keeps the answers. What is kept is a
projection: delete the file, and the next run asks again.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pyoxigraph as ox

from graph.core.progress import Reporter
from loaders.link_checks.probe import Asker, ProbeResult
from loaders.link_checks.store import UrlChecks, place
from vocab.namespaces import DCAT

__all__ = ["CERTAIN", "Asker", "HostRate", "ProbeResult", "UrlChecks", "addresses", "place", "run"]


def addresses(store: ox.Store) -> list[str]:
    """Every access and download address of the distributions in a graph, sorted."""
    found = {
        quad.object.value
        for predicate in (DCAT.accessURL, DCAT.downloadURL)
        for quad in store.quads_for_pattern(None, predicate, None, ox.DefaultGraph())
        if isinstance(quad.object, ox.NamedNode)
    }
    return sorted(found)


CERTAIN = {"refused", "scheme", "redirects"}
"""Errors that do not depend on the network being there."""


@dataclass(frozen=True, slots=True)
class HostRate:
    """Seconds between two questions to one host, and the clock that is waited by."""

    pause: float = 1.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def run(
    urls: Iterable[str],
    checks: UrlChecks,
    asker: Asker,
    reporter: Reporter,
    pace: HostRate | None = None,
) -> Iterator[ProbeResult]:
    """Ask each address and keep what came; hosts take turns so that none is asked in a hurry.

    Silence is kept only once somebody has answered in this run: where nobody does, it is this
    machine that is cut off, and no agency is to blame.
    """
    wanted = list(urls)
    reporter.step("fetch", len(wanted))
    silent: list[ProbeResult] = []
    answered = False
    for url in _in_turns(wanted, pace or HostRate()):
        found = asker.ask(url)
        answered = answered or found.status > 0
        if found.error in CERTAIN or answered:
            checks.keep(found)
        else:
            silent.append(found)
        reporter.advance()
        yield found
    if answered:
        checks.keep(*silent)


def _in_turns(urls: list[str], pace: HostRate) -> Iterator[str]:
    queues: dict[str, deque[str]] = {}
    for url in urls:
        queues.setdefault(urlsplit(url).netloc, deque()).append(url)
    free = dict.fromkeys(queues, 0.0)
    while free:
        host = min(free, key=lambda name: free[name])
        pace.sleep(max(0.0, free[host] - pace.clock()))
        yield queues[host].popleft()
        free[host] = pace.clock() + pace.pause
        if not queues[host]:
            del free[host]
