"""`/metrics` in Prometheus' text format 0.0.4, over all processes.

`count` is for everything that is counted where it happens; the rest is read from the pool.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response

from graph.core.errors import ConfigError
from graph.queries import Pool, QueryFinished
from server.core.shared_counters import Counters
from server.http import problem_details

if TYPE_CHECKING:
    from server.core.context import AppContext

NAME = "ulzii-metrics"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "document", "graph", "other")
_STATUSES = ("200", "400", "403", "406", "410", "413", "429", "499", "500", "502", "503")
_BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


@dataclass(frozen=True, slots=True)
class MetricFamily:
    """A counter with the values its labels may have."""

    name: str
    help: str
    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def series(self) -> list[str]:
        """Names of all its series, as they are written."""
        names = [label for label, _ in self.labels]
        values = product(*(values for _, values in self.labels))
        return [_series(self.name, dict(zip(names, found, strict=True))) for found in values]


def _series(name: str, labels: dict[str, str]) -> str:
    told = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return f"{name}{{{told}}}" if told else name


COUNTERS = (
    MetricFamily(
        "ulzii_queries_total",
        "Queries that were sent to the workers, by form and status (499: the client hung up)",
        (("form", _FORMS), ("status", _STATUSES)),
    ),
    MetricFamily("ulzii_query_bytes_total", "Bytes of all answers of the workers"),
    MetricFamily(
        "ulzii_query_begun_total", "Queries that were sent to the workers, those going on too"
    ),
    MetricFamily(
        "ulzii_cache_answers_total",
        "Answers to queries that no worker was asked for",
        (("by", ("bytes", "kept", "validator")),),
    ),
)
_TIMES = (
    ("ulzii_query_run_seconds", "How long workers took for queries"),
    ("ulzii_query_wait_seconds", "How long queries waited for a worker"),
)


def _histogram(name: str) -> list[str]:
    limits = [*(f"{b:g}" for b in _BUCKETS), "+Inf"]
    return [*(_series(f"{name}_bucket", {"le": b}) for b in limits), f"{name}_sum", f"{name}_count"]


_NAMES = [
    *(series for metric in COUNTERS for series in metric.series()),
    *(series for name, _ in _TIMES for series in _histogram(name)),
]


_CACHED = {by: _series("ulzii_cache_answers_total", {"by": by}) for by in COUNTERS[-1].labels[0][1]}


_RUN, _WAIT = (_histogram(name) for name, _ in _TIMES)


@lru_cache(maxsize=256)
def _queries(form: str, status: int) -> str:
    return _series("ulzii_queries_total", {"form": form, "status": str(status)})


class Metrics:
    """The figures of one server."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.counters = Counters(_NAMES)

    def count(self, name: str, number: float = 1.0, **labels: str) -> None:
        """Add to a counter. Raises KeyError for one that `COUNTERS` does not have."""
        self.counters.add((_series(name, labels), number))

    def use_row(self, number: int) -> None:
        """Count in this row from now on; queries of a process that died in it are over."""
        self.counters.use_row(number)
        begun, ended = "ulzii_query_begun_total", "ulzii_query_run_seconds_count"
        self.counters.add((begun, self.counters.own(ended) - self.counters.own(begun)))

    def count_cached(self, by: str, number: int = 1) -> None:
        """Count answers that no worker was asked for."""
        self.counters.add((_CACHED[by], number))

    def on_start(self) -> None:
        """Count a query that begins to wait."""
        self.counters.add(("ulzii_query_begun_total", 1))

    def on_finish(self, done: QueryFinished) -> None:
        """Count a query that has come to its end."""
        self.counters.add(
            (_queries(form_label(done), status_code(done)), 1),
            ("ulzii_query_bytes_total", done.length),
            (_RUN[bisect_left(_BUCKETS, done.ran)], 1),
            ("ulzii_query_run_seconds_sum", done.ran),
            ("ulzii_query_run_seconds_count", 1),
            (_WAIT[bisect_left(_BUCKETS, done.waited)], 1),
            ("ulzii_query_wait_seconds_sum", done.waited),
            ("ulzii_query_wait_seconds_count", 1),
        )

    def lines(self) -> Iterator[str]:
        """The page."""
        for metric in COUNTERS:
            yield from _head(metric.name, metric.help, "counter")
            yield from self._counted(metric)
        for name, told in _TIMES:
            yield from _head(name, told, "histogram")
            yield from self._timed(name)
        yield from self._of_pool()

    def _counted(self, metric: MetricFamily) -> Iterator[str]:
        for series in metric.series():
            if (number := self.counters.total(series)) or not metric.labels:
                yield f"{series} {number:g}"

    def _timed(self, name: str) -> Iterator[str]:
        *buckets, total, number = _histogram(name)
        sofar = 0.0
        for bucket in buckets:
            sofar += self.counters.total(bucket)
            yield f"{bucket} {sofar:g}"
        yield f"{total} {self.counters.total(total):.6f}"
        yield f"{number} {self.counters.total(number):g}"

    def _of_pool(self) -> Iterator[str]:
        running = self.pool.running()
        begun, ended = "ulzii_query_begun_total", "ulzii_query_run_seconds_count"
        open_ = self.counters.total(begun) - self.counters.total(ended)
        yield from _gauge("ulzii_workers", "Query workers", self.pool.workers)
        yield from _gauge("ulzii_queries_running", "Queries that run now", running)
        waiting = max(0.0, open_ - running)
        yield from _gauge("ulzii_queries_waiting", "Queries that wait for a worker now", waiting)
        yield from _head("ulzii_worker_deaths_total", "Workers that ended, by reason", "counter")
        for why, number in self.pool.deaths().items():
            yield f"{_series('ulzii_worker_deaths_total', {'reason': why})} {number}"
        try:
            number = int(self.pool.snapshot().partition("-")[0])
        except ConfigError:
            return
        yield from _gauge("ulzii_snapshot", "The current snapshot's number", number)


def _head(name: str, told: str, kind: str) -> Iterator[str]:
    yield f"# HELP {name} {told}"
    yield f"# TYPE {name} {kind}"


def _gauge(name: str, told: str, number: float) -> Iterator[str]:
    yield from _head(name, told, "gauge")
    yield f"{name} {number:g}"


def form_label(done: QueryFinished) -> str:
    """A query's form, as the figures and the log name it."""
    return done.form if done.form in _FORMS else "other"


def status_code(done: QueryFinished) -> int:
    """The status it is answered with; 499 where nobody is there to be answered."""
    if done.error is None:
        return 200
    return 499 if done.hung_up else problem_details.from_error(done.error).kind.status


def metrics_of(app: Flask) -> Metrics:
    """The figures of an application."""
    found = app.extensions[NAME]
    assert isinstance(found, Metrics)
    return found


def blueprint(context: AppContext) -> Blueprint:
    """The page."""
    part = Blueprint("metrics", __name__)

    @part.get("/metrics")
    def figures() -> Response:
        return Response("\n".join([*context.metrics.lines(), ""]), content_type=CONTENT_TYPE)

    return part
