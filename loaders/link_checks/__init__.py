"""Check the URLs of the catalogue, as a separate job whose results are kept for weeks.

`probe` requests one URL and examines the response, `store` keeps the results. They are a
projection: when the file is deleted, the next run checks all URLs again.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pyoxigraph as ox

from graph.core.progress import Reporter
from loaders.link_checks.probe import Prober, ProbeResult
from loaders.link_checks.store import UrlChecks, recorded, store_path
from vocab.namespaces import DCAT

__all__ = [
    "DEFINITE_ERRORS",
    "HostRate",
    "ProbeResult",
    "Prober",
    "UrlChecks",
    "addresses",
    "recorded",
    "run",
    "store_path",
]


def addresses(store: ox.Store) -> list[str]:
    """All access and download URLs of distributions in the default graph, sorted."""
    urls = {
        quad.object.value
        for predicate in (DCAT.accessURL, DCAT.downloadURL)
        for quad in store.quads_for_pattern(None, predicate, None, ox.DefaultGraph())
        if isinstance(quad.object, ox.NamedNode)
    }
    return sorted(urls)


DEFINITE_ERRORS = {"refused", "scheme", "redirects"}
"""Errors that are certain even when this machine is offline."""


@dataclass(frozen=True, slots=True)
class HostRate:
    """Seconds between two requests to the same host; clock and sleep can be replaced in tests."""

    pause: float = 1.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def run(
    urls: Iterable[str],
    checks: UrlChecks,
    prober: Prober,
    reporter: Reporter,
    rate: HostRate | None = None,
) -> Iterator[ProbeResult]:
    """Probe each URL, save and yield each result; requests alternate between hosts.

    A URL without a response is saved only if some host responded in this run. If none did, this
    machine is offline, and the result says nothing about the agencies.
    """
    pending = list(urls)
    reporter.step("fetch", len(pending))
    unanswered: list[ProbeResult] = []
    online = False
    for url in _alternate_hosts(pending, rate or HostRate()):
        result = prober.probe(url)
        online = online or result.status > 0
        if result.error in DEFINITE_ERRORS or online:
            checks.save(result)
        else:
            unanswered.append(result)
        reporter.advance()
        yield result
    if online:
        checks.save(*unanswered)


def _alternate_hosts(urls: list[str], rate: HostRate) -> Iterator[str]:
    """The URLs, each once its host may be requested again."""
    queues: dict[str, deque[str]] = {}
    for url in urls:
        queues.setdefault(urlsplit(url).netloc, deque()).append(url)
    ready_at = dict.fromkeys(queues, 0.0)
    while ready_at:
        # the host that is ready first, or hosts with many URLs would be left to the end
        host = min(ready_at, key=lambda name: ready_at[name])
        rate.sleep(max(0.0, ready_at[host] - rate.clock()))
        yield queues[host].popleft()
        ready_at[host] = rate.clock() + rate.pause
        if not queues[host]:
            del ready_at[host]
