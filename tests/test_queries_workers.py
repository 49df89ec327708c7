"""The workers of the pool: deadlines, memory, those that are killed, publications, the end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from graph import snapshots
from graph.core.errors import (
    ConfigError,
    EngineFailure,
    QueryError,
    QueryRefused,
    QueryTimeout,
    QueueFull,
)
from graph.core.instance import Instance
from graph.core.retention import Retention
from graph.queries import Pool, Query, QueryLimits, run_once
from graph.queries.pool.wire import WireRequest, send_request
from tests.pool_workers import FOR_EVER, alive, endless, wait_until, workers
from tests.pools import ready
from tests.test_queries import csv

pytestmark = pytest.mark.slow


def test_a_query_for_ever_ends_at_its_deadline_and_its_worker_with_it(pool: Pool) -> None:
    before = set(workers(pool))
    start = time.monotonic()
    with pytest.raises(QueryTimeout):
        pool.run(Query(FOR_EVER), timeout=0.4)
    assert time.monotonic() - start < 5.0
    wait_until(lambda: len(set(workers(pool)) - before) == 1)
    assert pool.run(Query("ASK {}")).read()


def test_the_timeout_asked_for_is_capped(pool: Pool) -> None:
    start = time.monotonic()
    with pytest.raises(QueryTimeout):
        pool.run(Query(FOR_EVER), timeout=60)
    assert time.monotonic() - start < 10


def test_waiting_counts_in_the_deadline(small: Instance) -> None:
    with Pool.start(small, workers=1, limits=QueryLimits(timeout=10.0)) as one:
        ready(one)
        with ThreadPoolExecutor(1) as other:
            busy = other.submit(one.run, Query(FOR_EVER), timeout=3.0)
            wait_until(lambda: bool(one._state.scoreboard.running()))
            with pytest.raises(QueryTimeout):
                one.run(Query("ASK {}"), timeout=0.3)
            assert not busy.done()
            assert one.run(Query("ASK {}"), timeout=9.0).read()  # served after the busy one
            assert isinstance(busy.exception(), QueryTimeout)


def test_a_full_queue_is_said_at_once(small: Instance) -> None:
    limits = QueryLimits(timeout=10.0, queue=1)
    outcomes: list[type[QueryError]] = []

    def ask(one: Pool) -> None:
        try:
            one.run(Query(FOR_EVER), timeout=1.0)
        except QueryError as error:
            outcomes.append(type(error))

    with Pool.start(small, workers=1, limits=limits) as one:
        one.run(Query("ASK {}"))
        threads = [threading.Thread(target=ask, args=(one,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        wait_until(lambda: bool(outcomes))
        assert QueryTimeout not in outcomes
        for thread in threads:
            thread.join()
    assert set(outcomes) == {QueueFull, QueryTimeout}


def test_memory_is_limited(pool: Pool) -> None:
    ordered = FOR_EVER.replace("(COUNT(*) AS ?n)", "*") + " ORDER BY ?a"
    with pytest.raises((EngineFailure, QueryTimeout)) as caught:
        pool.run(Query(ordered))
    assert pool.run(Query("ASK {}")).read()
    if isinstance(caught.value, EngineFailure):
        assert "256 MiB" in caught.value.hint


def test_a_worker_killed_in_the_middle_costs_nothing_but_time(small: Instance) -> None:
    slow = endless("a", "b", "c", rows=180)
    with Pool.start(small, workers=1, limits=QueryLimits(timeout=60.0)) as one:
        [worker] = (one.run(Query("ASK {}")) and workers(one)) or [0]
        with ThreadPoolExecutor(1) as other:
            asked = other.submit(one.run, Query(slow, format="csv"))
            time.sleep(0.2)
            os.kill(worker, signal.SIGKILL)
            assert asked.result().read() == b"n\r\n5832000\r\n"


def test_a_client_that_hangs_up_ends_its_query(small: Instance) -> None:
    with Pool.start(small, workers=1, limits=QueryLimits(timeout=20.0)) as one:
        one.run(Query("ASK {}"))
        [worker] = workers(one)
        request = WireRequest(
            snapshot="1",
            deadline=time.monotonic() + 20,
            ticket=7,
            kind="query",
            fields=Query(FOR_EVER).to_wire(),
            info=None,
            readable=(),
        )
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(one.folder / "queries"))
            send_request(connection, request)
            time.sleep(0.2)
            assert workers(one) == [worker]
        wait_until(lambda: workers(one) not in ([worker], []))


def test_dead_workers_are_replaced(pool: Pool) -> None:
    pool.run(Query("ASK {}"))
    before = workers(pool)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert pool.run(Query("ASK {}")).read()
    wait_until(lambda: len(set(workers(pool)) - set(before)) == 2)


def test_a_new_snapshot_is_seen_at_once_and_the_old_one_let_go(
    published: Instance, republish: Callable[[Instance, int, str], snapshots.Snapshot]
) -> None:
    count = Query("SELECT (COUNT(*) AS ?n) { ?s a <http://e/New> }", format="csv")
    with Pool.start(published, workers=2) as running:
        assert csv(running, count) == "n\n0\n"
        republish(published, 2, "<http://e/x> a <http://e/New> .")
        assert csv(running, count) == "n\n1\n"
        assert running.run(count).snapshot == "2"
        none = replace(published, retention=Retention(days=0))
        wait_until(lambda: snapshots.prune(none) == ["1"])
        assert csv(running, count) == "n\n1\n"


def test_before_the_first_publication_it_says_so(instance: Instance) -> None:
    with Pool.start(instance, workers=1) as empty, pytest.raises(ConfigError, match="published"):
        empty.run(Query("ASK {}"))


def test_a_damaged_store_is_said_and_not_answered_from(published: Instance) -> None:
    (published.snapshots / "1" / "CURRENT").write_text("nonsense")
    with Pool.start(published, workers=1) as broken, pytest.raises(EngineFailure, match="store"):
        broken.run(Query("ASK {}"))


def test_everything_ends_with_the_pool(small: Instance) -> None:
    running = Pool.start(small, workers=2)
    running.run(Query("ASK {}"))
    pids = [running._supervisor.pid, *workers(running)]
    assert running.alive()
    running.close()
    assert not running.alive()
    assert not running.folder.exists()
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    with pytest.raises(EngineFailure, match="not running"):
        running.run(Query("ASK {}"))


def test_workers_end_when_their_supervisor_is_killed(small: Instance) -> None:
    with Pool.start(small, workers=2) as running:
        running.run(Query("ASK {}"))
        pids = workers(running)
        assert len(pids) == 2
        os.kill(running._supervisor.pid, signal.SIGKILL)
        wait_until(lambda: not any(alive(pid) for pid in pids))


def test_many_threads_at_once_get_their_own_answers(pool: Pool) -> None:
    def ask(number: int) -> bytes:
        return pool.run(Query(f"SELECT ({number} AS ?x) {{}}", format="csv")).read()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(200))) == [b"x\r\n%d\r\n" % n for n in range(200)]


def test_one_query_without_a_pool(small: Instance) -> None:
    assert run_once(small, Query("ASK {}", format="csv")).read() == b"true"
    with pytest.raises(QueryTimeout):
        run_once(small, Query(FOR_EVER), timeout=0.8)


def test_workers_have_no_network(pool: Pool) -> None:
    pool.run(Query("ASK {}"))
    command = [
        sys.executable,
        "-c",
        "from graph.core.sandbox import unshare_network as leave;",
    ]
    command[-1] += "raise SystemExit(not leave())"
    if subprocess.run(command, check=False).returncode:
        pytest.skip("this system allows no network namespaces")
    namespaces = {(Path(f"/proc/{pid}/ns/net")).readlink() for pid in workers(pool)}
    assert Path("/proc/self/ns/net").readlink() not in namespaces


def test_service_is_refused(pool: Pool) -> None:
    with pytest.raises(QueryRefused, match="SERVICE"):
        pool.run(Query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"))
