"""`/metrics` in Prometheus' text format 0.0.4, for all web processes of a server together.

The counters are `prometheus_client`'s. In its multi-process mode (`share_between_processes`) each
web process counts in files of its own, which any of them adds up when `/metrics` is requested;
without it (tests, the scratch store) a process counts for itself in memory. What is known of the
query workers is read from the pool at that moment (docs/decisions/0016-metrics.md).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response
from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    values,
)
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from graph.core.errors import ConfigError
from graph.queries import Pool, QueryFinished
from server.core.source_checks import SourceCollector
from server.http import problem_details

if TYPE_CHECKING:
    from server.core.context import AppContext

NAME = "ulzii-metrics"
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # where the library looks for the folder, in each process
_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "document", "graph", "batch"})
_BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
_ROWS = 64  # more than web processes that live at the same time
_row = -1


def share_between_processes(folder: Path) -> None:
    """Let this process and those forked from it count in one (empty) folder of files.

    Call it before `Metrics` is made. It applies to the whole process.
    """
    os.environ[_FOLDER] = str(folder)
    # Files by row, not by process id: the successor of a dead process goes on with its counters,
    # so files do not pile up.
    values.ValueClass = values.MultiProcessValue(lambda: _row)  # type: ignore[no-untyped-call]


def use_row(number: int) -> None:
    """Count in this row from now on, after a fork; processes that live together need different
    ones."""
    global _row
    _row = number % _ROWS


def free_row(number: int) -> None:
    """Forget what a dead process counted as going on; its other counters stay."""
    mark_process_dead(number % _ROWS)  # type: ignore[no-untyped-call]


class Metrics(Collector):
    """The metrics of one server; observes the queries of its pool."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._own = CollectorRegistry()
        self._page = CollectorRegistry()
        self._page.register(self)
        queries = self._counter(
            "ulzii_queries_total",
            "Queries that were sent to the workers, by form and status (499: the client hung up)",
            "form",
            "status",
        )
        self._bytes = self._counter(
            "ulzii_query_bytes_total", "Bytes of all answers of the workers"
        )
        # Not shown itself: a counter for starts would cost look-ups as much again.
        self._open = Gauge(
            "open", "Queries going on", multiprocess_mode="livesum", registry=self._own
        )
        cached = self._counter(
            "ulzii_cache_answers_total", "Answers to queries that no worker was asked for", "by"
        )
        self._run = self._histogram("ulzii_query_run_seconds", "How long workers took for queries")
        self._wait = self._histogram(
            "ulzii_query_wait_seconds", "How long queries waited for a worker"
        )
        # Looking a series up by its labels costs as much as counting.
        self._of_status = lru_cache(maxsize=256)(queries.labels)
        self._cached_by = lru_cache(maxsize=16)(cached.labels)

    def _counter(self, name: str, help_: str, *labels: str) -> Counter:
        return Counter(name, help_, labels, registry=self._own)

    def _histogram(self, name: str, help_: str) -> Histogram:
        return Histogram(name, help_, buckets=_BUCKETS, registry=self._own)

    def count_cached(self, by: str, number: int = 1) -> None:
        """Count responses that needed no worker."""
        self._cached_by(by).inc(number)

    def on_start(self) -> None:
        """Count a query that begins to wait."""
        self._open.inc()

    def on_finish(self, done: QueryFinished) -> None:
        """Count a query that has ended."""
        self._open.dec()
        self._of_status(form_label(done), str(status_code(done))).inc()
        self._bytes.inc(done.length)
        self._run.observe(done.worker_seconds)
        self._wait.observe(done.waited)

    def page(self) -> bytes:
        """The metrics of all processes, in the text format."""
        return generate_latest(self._page)

    def describe(self) -> Iterable[Metric]:
        """No names, so that the registry calls `collect` for the page only."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The metrics of all processes, and what the pool knows; called by the library."""
        shared = values.ValueClass is not values.MutexValue
        source = MultiProcessCollector(None) if shared else self._own  # type: ignore[no-untyped-call]
        counted = {family.name: family for family in source.collect()}
        open_queries = sum(sample.value for sample in counted["open"].samples)
        for declared in self._own.collect():  # in this order, and also where nothing was counted
            if declared.name == "open":
                yield _begun(counted["ulzii_query_run_seconds"], open_queries)
            else:
                yield _shown(counted.get(declared.name, declared))
        yield from self._of_pool(open_queries)

    def _of_pool(self, open_queries: float) -> Iterator[Metric]:
        running = self.pool.running_count()
        waiting = max(0.0, open_queries - running)
        yield GaugeMetricFamily("ulzii_workers", "Query workers", self.pool.workers)
        yield GaugeMetricFamily("ulzii_queries_running", "Queries that run now", running)
        yield GaugeMetricFamily(
            "ulzii_queries_waiting", "Queries that wait for a worker now", waiting
        )
        deaths = CounterMetricFamily(
            "ulzii_worker_deaths_total", "Workers that ended, by reason", labels=["reason"]
        )
        for reason, number in self.pool.deaths().items():
            deaths.add_metric([reason], number)
        yield deaths
        try:
            number = int(self.pool.snapshot().partition("-")[0])
        except ConfigError:  # nothing is published yet
            return
        yield GaugeMetricFamily("ulzii_snapshot", "The current snapshot's number", number)


def _begun(ended: Metric, open_queries: float) -> Metric:
    number = sum(sample.value for sample in ended.samples if sample.name.endswith("_count"))
    return CounterMetricFamily(
        "ulzii_query_begun_total",
        "Queries that were sent to the workers, those going on too",
        number + open_queries,
    )


def _shown(family: Metric) -> Metric:
    """A family without the times at which counting began, which only single processes know."""
    samples = [s for s in family.samples if not s.name.endswith("_created")]
    family.samples = [_with_short_limit(sample) for sample in samples]
    return family


def _with_short_limit(sample: Sample) -> Sample:
    """A bucket's limit as `le="1"`, by which dashboards select; the library writes `1.0`."""
    limit = sample.labels.get("le", "+Inf")
    if limit == "+Inf":
        return sample
    return sample._replace(labels={**sample.labels, "le": f"{float(limit):g}"})


def form_label(done: QueryFinished) -> str:
    """A query's form, as the metrics and the log name it."""
    return done.form if done.form in _FORMS else "other"


def status_code(done: QueryFinished) -> int:
    """The HTTP status of a query's response; 499 if the client hung up."""
    if done.error is None:
        return 200
    return 499 if done.hung_up else problem_details.from_error(done.error).kind.status


def metrics_of(app: Flask) -> Metrics:
    """The metrics of an application."""
    metrics = app.extensions[NAME]
    assert isinstance(metrics, Metrics)
    return metrics


def blueprint(context: AppContext) -> Blueprint:
    """`/metrics`."""
    part = Blueprint("metrics", __name__)

    sources = CollectorRegistry()
    sources.register(SourceCollector(context.instance))

    @part.get("/metrics")
    def metrics_page() -> Response:
        body = context.metrics.page() + generate_latest(sources)
        return Response(body, content_type=CONTENT_TYPE_PLAIN_0_0_4)

    return part
