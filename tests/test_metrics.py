"""Figures for Prometheus, and the query log."""

from __future__ import annotations

import json
import os
import re
import stat
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from prometheus_client import values

from graph.core.errors import QueryTimeout
from graph.core.instance import Instance
from graph.queries import GraphDocument, Pool, Query, QueryFinished, QueryLimits, ResourceDocument
from server.app import create_app
from server.core import metrics, query_log
from server.core.query_log import QueryLog
from server.core.settings import Settings
from tests.pool_workers import FOR_EVER
from tests.server_processes import ASK, Server, descendants, supervisor

pytestmark = pytest.mark.slow

LINE = re.compile(r'[a-z_]+(?:\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})? [0-9.e+-]+')


def figures(server: Server) -> dict[str, float]:
    response, body = server.get("/metrics")
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = body.decode().splitlines()
    assert all(line.startswith("# ") or LINE.fullmatch(line) for line in lines)
    split = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(number) for name, number in split}


def figures_once(server: Server, name: str) -> dict[str, float]:
    """The figures once one of them is there, or as they are after a while."""
    end = time.monotonic() + 10
    while not (found := figures(server)).get(name) and time.monotonic() < end:
        time.sleep(0.02)
    return found


@pytest.fixture(scope="module")
def server(small: Instance) -> Iterator[Server]:
    with Server(small) as running:
        yield running


def test_queries_of_all_web_processes_are_counted(server: Server) -> None:
    key = 'ulzii_queries_total{form="ASK",status="200"}'
    before = figures(server).get(key, 0)
    for n in range(30):  # each on a connection of its own, so both processes get some
        server.get("/sparql?query=" + quote(f"ASK {{ ?s ?p {n} }}"))
    after = figures(server)
    assert after[key] == before + 30
    assert after['ulzii_query_run_seconds_bucket{le="+Inf"}'] >= 30
    assert after["ulzii_queries_running"] == after["ulzii_queries_waiting"] == 0
    assert after["ulzii_workers"] == 2
    assert after["ulzii_snapshot"] == 1


def test_errors_cached_answers_and_deaths_are_counted(server: Server) -> None:
    server.get("/sparql?timeout=0.3&query=" + quote(FOR_EVER))
    server.get("/sparql?query=" + quote("SELECT * { ?s ?p "))
    for _ in range(6):
        server.get(ASK)
    # first: else it may be the worker of the timed-out query, which is ending, that is killed
    figures_once(server, 'ulzii_worker_deaths_total{reason="hung_up"}')
    os.kill(next(iter(descendants(supervisor(server)))), 9)
    found = figures_once(server, 'ulzii_worker_deaths_total{reason="killed"}')
    assert found['ulzii_queries_total{form="SELECT",status="503"}'] == 1
    assert found['ulzii_queries_total{form="SELECT",status="400"}'] == 1
    assert found['ulzii_cache_answers_total{by="bytes"}'] >= 2
    assert found['ulzii_worker_deaths_total{reason="hung_up"}'] == 1
    assert found['ulzii_worker_deaths_total{reason="killed"}'] == 1


def test_a_client_that_hung_up_is_counted_as_such(server: Server) -> None:
    key = 'ulzii_queries_total{form="SELECT",status="499"}'
    request = f"GET /sparql?query={quote(FOR_EVER + '#')} HTTP/1.1\r\nHost: x\r\n\r\n"
    with server.send(request.encode()):
        assert figures_once(server, "ulzii_queries_running")["ulzii_queries_running"] == 1
    end = time.monotonic() + 3
    while figures(server).get(key, 0) != 1:
        assert time.monotonic() < end


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of counters, as web processes share them."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    monkeypatch.setattr(metrics, "_row", 0)
    metrics.share_between_processes(tmp_path)


def lines(of: metrics.Metrics) -> list[str]:
    return of.page().decode().splitlines()


@pytest.mark.usefixtures("shared")
def test_counters_add_up_over_processes_and_threads(small: Instance, pool: Pool) -> None:
    counted = metrics.Metrics(pool)
    with ThreadPoolExecutor(8) as threads:
        for _ in range(400):
            threads.submit(counted.count_cached, "kept")
            threads.submit(counted.count_cached, "bytes", 2)
    if (pid := os.fork()) == 0:
        metrics.use_row(1)
        counted.count_cached("kept", 100)
        os._exit(0)
    os.waitpid(pid, 0)
    assert 'ulzii_cache_answers_total{by="kept"} 500.0' in lines(counted)
    assert 'ulzii_cache_answers_total{by="bytes"} 800.0' in lines(counted)
    with pytest.raises(ValueError):
        counted.count_cached("kept", -1)


@pytest.mark.usefixtures("shared")
def test_a_process_that_died_leaves_nothing_waiting(small: Instance, pool: Pool) -> None:
    idle(pool)
    found = metrics.Metrics(pool)
    metrics.use_row(1)
    found.on_start()
    found.on_start()
    assert "ulzii_queries_waiting 2.0" in lines(found)
    metrics.free_row(1)
    metrics.use_row(65)  # the same row
    assert "ulzii_queries_waiting 0.0" in lines(found)


def idle(pool: Pool) -> None:
    """Wait until the workers have started: their first query counts as running."""
    end = time.monotonic() + 10
    while pool.running_count() and time.monotonic() < end:
        time.sleep(0.01)


def test_names_and_buckets_are_those_of_dashboards(small: Instance, pool: Pool) -> None:
    found = metrics.Metrics(pool)
    assert [line for line in lines(found) if line.startswith("# TYPE")] == [
        "# TYPE ulzii_queries_total counter",
        "# TYPE ulzii_query_bytes_total counter",
        "# TYPE ulzii_query_begun_total counter",
        "# TYPE ulzii_cache_answers_total counter",
        "# TYPE ulzii_query_run_seconds histogram",
        "# TYPE ulzii_query_wait_seconds histogram",
        "# TYPE ulzii_workers gauge",
        "# TYPE ulzii_queries_running gauge",
        "# TYPE ulzii_queries_waiting gauge",
        "# TYPE ulzii_worker_deaths_total counter",
        "# TYPE ulzii_snapshot gauge",
    ]
    limits = re.findall(r'ulzii_query_run_seconds_bucket{le="(.*?)"}', found.page().decode())
    assert limits == ["0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3", "10", "30", "+Inf"]


def test_documents_are_counted_under_their_public_names(small: Instance, pool: Pool) -> None:
    """`form` is read by dashboards: it does not follow the names of our classes."""
    found = metrics.Metrics(pool)
    pool.observers.append(found)
    pool.run(ResourceDocument("http://example.mn/x")).close()
    pool.run(GraphDocument("http://example.mn/g")).close()
    pool.observers.remove(found)
    shown = lines(found)
    assert 'ulzii_queries_total{form="document",status="200"} 1.0' in shown
    assert 'ulzii_queries_total{form="graph",status="200"} 1.0' in shown


# --- the log ---

PERSONAL = 'SELECT * { ?s ?p ?o FILTER(?o = "УБ99112233" || ?o = 99112233) } # 88112233'


def logged(folder: Path) -> list[dict[str, object]]:
    [file] = (folder / query_log.FOLDER).iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_queries_are_logged_without_texts_and_people(published: Instance) -> None:
    with Pool.start(published, workers=1, limits=QueryLimits(timeout=9.0)) as pool:
        client = create_app(published, pool, Settings(log=True)).test_client()
        for text in (PERSONAL, PERSONAL, PERSONAL.replace("УБ99112233", "УБ11223344"), "oops"):
            client.get("/sparql", query_string={"query": text}, headers={"Accept": "text/csv"})
        with pytest.raises(QueryTimeout):
            pool.run(Query(FOR_EVER), client="somebody", timeout=0.5)
        pool.run(Query("ASK {}"))  # the server's own
    lines = logged(published.root)
    assert [line["status"] for line in lines] == [200, 200, 400, 503]  # one came from the cache
    one, other, wrong, late = lines
    assert one["shape"] == other["shape"] != wrong["shape"]
    assert one["query"] != other["query"]
    assert one["client"] == other["client"] != late["client"]
    assert one["form"] == "SELECT"
    assert one["snapshot"] == "1"
    assert one["bytes"]
    assert str(one["time"]).endswith("+08:00")
    assert float(str(late["ran"])) > 0.2
    text = json.dumps(lines, ensure_ascii=False)
    assert not any(number in text for number in ("99112233", "11223344", "88112233", "УБ", "127."))


def test_the_log_is_off_unless_it_is_wanted(published: Instance) -> None:
    with Pool.start(published, workers=1) as pool:
        create_app(published, pool).test_client().get(ASK)
    assert not (published.root / query_log.FOLDER).exists()


def test_old_logs_go(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    for day in range(1, 10):
        for month in range(1, 6):
            (folder / f"queries-2020-0{month}-0{day}.ndjson").touch()
    QueryLog(folder).on_finish(
        QueryFinished(
            request=Query("ASK {}"),
            form="ASK",
            client="c",
            error=None,
            hung_up=False,
            worker_seconds=0.1,
            waited=0.0,
            length=5,
            snapshot="1",
        )
    )
    assert len(list(folder.iterdir())) == query_log.KEPT_DAYS


def test_the_same_question_has_the_same_shape() -> None:
    one = query_log.query_shape('SELECT ?s { ?s <http://e/p> "a" } # note')
    assert one == query_log.query_shape("SELECT ?s\n{ ?s <http://e/p> 'b' }")
    assert one != query_log.query_shape('SELECT ?s { ?s <http://e/q> "a" }')
    assert query_log.query_shape("ASK { <http://e/88112233> ?p ?o }") == query_log.query_shape(
        "ASK { <http://e/99112233> ?p ?o }"
    )
