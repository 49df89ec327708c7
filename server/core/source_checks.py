"""How the public sources stand, for `/metrics` and `/healthz`: which cannot be loaded now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache, lru_cache

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.ledger import Events
from graph.reports.checks import SourceChecks, asked, checks, last_published
from graph.snapshots import published_events
from graph.versions.state import RESTRICTED, is_public
from loaders.pipeline.source import BUNDLED, described


def public_checks(instance: Instance) -> dict[str, SourceChecks]:
    """Every public source that is loaded and not gone, as its runs ended.

    Raises IntegrityError where the ledger is damaged.
    """
    own = described(instance.sources)
    return _checks(instance, published_events.size(instance), tuple(own.items()))


@lru_cache(maxsize=2)
def _checks(
    instance: Instance, size: int, own: tuple[tuple[str, bool], ...]
) -> dict[str, SourceChecks]:
    events, known = published_events.events_of(instance, size), {**_bundled(), **dict(own)}
    # a write over HTTP that breaks a rule is its writer's matter, not a source that fails
    names = (name for name in asked(events, known) if not known.get(name))
    return {name: checks(events, name) for name in names if _is_public(events, name)}


@cache
def _bundled() -> dict[str, bool]:
    return described(BUNDLED)


def failing(instance: Instance) -> list[str]:
    """The public sources whose last run failed or was put into quarantine."""
    return [name for name, one in public_checks(instance).items() if one.broken_since]


def _is_public(events: Events, source: str) -> bool:
    load, fetch = last_published(events, source), events.last("Fetch", source)
    closed = fetch is not None and fetch.get("visibility") == RESTRICTED
    return not closed and (load is None or is_public(load))


class SourceCollector(Collector):
    """The runs of sources as gauges; read from the ledger when the metrics are asked for."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    def describe(self) -> list[Metric]:
        """No names, so that the registry calls `collect` for the page only."""
        return []

    def collect(self) -> Iterator[Metric]:
        """A gauge for failures and one for the last success; none where the ledger is damaged."""
        try:
            found = public_checks(self._instance)
        except IntegrityError:
            return
        failures = GaugeMetricFamily(
            "ulzii_source_failures",
            "Runs of a source that failed since the last that did not",
            labels=["source"],
        )
        checked = GaugeMetricFamily(
            "ulzii_source_checked_timestamp_seconds",
            "When the last run of a source that did not fail was, in seconds since 1970",
            labels=["source"],
        )
        for name, one in found.items():
            failures.add_metric([name], one.failures)
            if one.checked:
                checked.add_metric([name], datetime.fromisoformat(one.checked).timestamp())
        yield from (failures, checked)
