"""The pool: real workers on a real store."""

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

import pyoxigraph as ox
import pytest

from graph import snapshots
from graph.core.errors import (
    ConfigError,
    EngineFailure,
    QueryError,
    QueryNotAcceptable,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooLarge,
    QueryUnsupported,
    QueueFull,
)
from graph.core.instance import Instance
from graph.core.retention import Retention
from graph.queries import FORMATS, Pool, Query, QueryLimits, ResourceDocument, run_once
from graph.queries.pool.wire import WireRequest, send_request
from graph.queries.results.spool import INLINE

pytestmark = pytest.mark.slow

A, B = "https://example.mn/graph/a", "https://example.mn/graph/b"
AIMAG = "https://w3id.org/ulzii/id/place/066"
NUMBER = "https://w3id.org/ulzii/def/core#number"
SUM = f"SELECT (SUM(?n) AS ?sum) %s WHERE {{ ?s <{NUMBER}> ?n }}"


def endless(*names: str, rows: int = 300) -> str:
    """A query whose join has rows to the power of names."""
    values = " ".join(f"VALUES ?{name} {{ {'1 ' * rows} }}" for name in names)
    return f"SELECT (COUNT(*) AS ?n) {{ {values} }}"


FOR_EVER = endless("a", "b", "c", "d")


def children(pid: int) -> list[int]:
    """Processes started by a process."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    return [int(child) for child in text.split()]


def workers(pool: Pool) -> list[int]:
    """The pool's workers."""
    return children(pool._supervisor.pid)


def wait_until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def csv(pool: Pool, query: Query) -> str:
    return pool.run(query).read().decode().replace("\r\n", "\n")


def test_answers_with_its_length_its_format_and_its_snapshot(pool: Pool) -> None:
    answer = pool.run(Query("ASK { ?s ?p ?o }", format="json"))
    assert answer.format.name == "json"
    assert answer.snapshot == "1"
    body = answer.read()
    assert len(body) == answer.length
    assert body == b'{"head":{},"boolean":true}'


@pytest.mark.parametrize("name", [f.name for f in FORMATS if f.engine and f.kind == "results"])
def test_results_in_every_format(pool: Pool, name: str) -> None:
    answer = pool.run(Query(f"SELECT ?n {{ <{AIMAG}> <{NUMBER}> ?n }}", format=name))
    assert isinstance(answer.format.engine, ox.QueryResultsFormat)
    if name == "csv":  # the engine writes it and cannot read it
        assert answer.read() == b"n\r\n5\r\n"
        return
    found = ox.parse_query_results(answer.read(), answer.format.engine)
    assert isinstance(found, ox.QuerySolutions)
    assert [row["n"] for row in found] == [ox.Literal(5)]


@pytest.mark.parametrize("name", [f.name for f in FORMATS if f.kind == "graph"])
def test_graphs_in_every_format(pool: Pool, name: str) -> None:
    construct = f"CONSTRUCT WHERE {{ <{AIMAG}> <{NUMBER}> ?n }}"
    answer = pool.run(Query(construct, format=name))
    assert isinstance(answer.format.engine, ox.RdfFormat)
    [quad] = ox.parse(answer.read(), answer.format.engine)
    assert quad.object == ox.Literal(5)


def test_only_used_prefixes_are_written(pool: Pool) -> None:
    text = pool.run(Query(f"CONSTRUCT WHERE {{ <{AIMAG}> <{NUMBER}> ?n }}")).read().decode()
    assert "@prefix core:" in text
    assert "@prefix qb:" not in text


def test_columns_keep_the_order_in_which_they_are_asked_for(pool: Pool) -> None:
    assert csv(pool, Query("SELECT ?z ?a { } LIMIT 1", format="csv")).startswith("z,a\n")


def test_the_default_graph_counts_a_triple_of_two_sources_once(pool: Pool) -> None:
    assert csv(pool, Query(SUM % "", format="csv")) == "sum\n5\n"


def test_several_from_are_merged(pool: Pool) -> None:
    assert csv(pool, Query(SUM % f"FROM <{A}> FROM <{B}>", format="csv")) == "sum\n5\n"


def test_from_by_prefix_and_relative_to_base_is_merged(pool: Pool) -> None:
    text = "PREFIX g: <https://example.mn/graph/> " + SUM % "FROM g:a from <graph/b>"
    query = Query(text, format="csv", base="https://example.mn/")
    assert csv(pool, query) == "sum\n5\n"


def test_merged_from_sees_only_the_graphs_from_named(pool: Pool) -> None:
    query = (
        f"SELECT ?g FROM <{A}> FROM <{B}> FROM NAMED <{B}> {{ GRAPH ?g {{ ?s <{NUMBER}> ?n }} }}"
    )
    assert csv(pool, Query(query, format="csv")) == f"g\n{B}\n"


def test_several_default_graphs_of_the_protocol_are_merged(pool: Pool) -> None:
    assert csv(pool, Query(SUM % "", "csv", None, (A, B))) == "sum\n5\n"


def test_graphs_of_the_protocol_go_before_from(pool: Pool) -> None:
    query = Query("SELECT (COUNT(*) AS ?n) FROM <http://none/> { ?s ?p ?o }", "csv", None, (B,))
    assert csv(pool, query) == "n\n2\n"


def test_a_named_graph_alone_leaves_the_default_graph_empty(pool: Pool) -> None:
    query = Query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "csv", None, (), (B,))
    assert csv(pool, query) == "n\n0\n"


def test_a_document_holds_the_thing_and_its_parts_and_no_namesake(pool: Pool) -> None:
    answer = pool.run(ResourceDocument(AIMAG, "nt"))
    subjects = {str(q.subject.value) for q in ox.parse(answer.read(), ox.RdfFormat.N_TRIPLES)}
    assert subjects == {AIMAG, f"{AIMAG}#contact", f"{AIMAG}/part"}  # not …/0668


def test_a_short_document_tells_how_long_the_whole_is(pool: Pool) -> None:
    answer = pool.run(ResourceDocument(AIMAG, "nt", limit=2))
    assert answer.total == 9
    assert len(answer.read().splitlines()) == 2


def test_a_document_is_abridged_by_values(pool: Pool) -> None:
    answer = pool.run(ResourceDocument(AIMAG, "nt", limit=100, values=1))
    quads = list(ox.parse(answer.read(), ox.RdfFormat.N_TRIPLES))
    assert len({(q.subject, q.predicate) for q in quads}) == len(quads)
    assert answer.total == 9 > len(quads)


def test_a_large_answer_comes_as_a_file(pool: Pool) -> None:
    text = f"SELECT (STR({'9' * 3000}) AS ?t) ?a {{ VALUES ?a {{ {'1 ' * 500} }} }}"
    with pool.run(Query(text, format="tsv")) as answer:
        assert answer.length > INLINE
        assert not isinstance(answer.body, bytes)
        assert sum(map(len, answer.blocks())) == answer.length
    assert not list(pool.folder.glob("tmp*")), "the file has no name"


def test_an_answer_over_the_limit_is_no_answer(pool: Pool) -> None:
    with pytest.raises(QueryTooLarge, match="over 4,194,304 bytes"):
        pool.run(Query(FOR_EVER.replace("(COUNT(*) AS ?n)", "*")))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SELECT (1 AS ?x) (2 AS ?x) {}", "“?x” has a value already, so SELECT cannot set it"),
        (
            "SELECT * { ?s ?p ?o } GROUP BY ?s",
            "SELECT * cannot stand in a query that groups or aggregates",
        ),
        ("ASK { ?s a ex:y }", "the prefix “ex:” is not declared"),
    ],
)
def test_a_syntax_error_says_what_rather_than_what_else(pool: Pool, text: str, says: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        pool.run(Query(text))
    assert caught.value.message == says


@pytest.mark.parametrize(
    ("text", "line", "column"), [("SELECT", 1, 7), ("SELECT *\n{ ?s ?p ?o", 2, 11), ("", 1, 1)]
)
def test_a_syntax_error_says_where(pool: Pool, text: str, line: int, column: int) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        pool.run(Query(text))
    assert (caught.value.line, caught.value.column) == (line, column)
    assert len(str(caught.value)) < 400


def test_an_update_is_no_query(pool: Pool) -> None:
    with pytest.raises(QuerySyntaxError):
        pool.run(Query("INSERT DATA { <a:a> <a:b> <a:c> }"))


def test_errors_of_the_engine_are_told_apart(pool: Pool) -> None:
    with pytest.raises(QueryNotAcceptable, match="csv"):
        pool.run(Query("CONSTRUCT {} {}", format="csv"))
    with pytest.raises(QuerySyntaxError, match="not an IRI"):
        pool.run(Query("ASK {}", default_graphs=("not an IRI",)))


def test_unknown_functions_are_expression_errors(pool: Pool) -> None:
    f, g = "<http://e/f>", "<http://e/g>"
    unbound = f"SELECT ({f}(1) AS ?x) (COALESCE({g}(2), 3) AS ?y) {{}}"
    assert csv(pool, Query(unbound, "csv")) == "x,y\n,3\n"
    filtered = f"SELECT * {{ VALUES ?x {{ 1 2 }} FILTER({f}(?x) || ?x = 2) }}"
    assert csv(pool, Query(filtered, "csv")) == "x\n2\n"
    merged = f"SELECT (SUM(?n) AS ?sum) FROM <{A}> FROM <{B}> {{ ?s <{NUMBER}> ?n FILTER(!{f}()) }}"
    assert csv(pool, Query(merged, "csv")) == "sum\n0\n"


def test_what_the_engine_refuses_is_said(pool: Pool) -> None:
    many = "".join(f"(<http://e/{i}>() AS ?x{i})" for i in range(60))
    with pytest.raises(QueryUnsupported, match="http://e/50"):
        pool.run(Query(f"SELECT {many} {{}}"))


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
    with Pool.start(small, workers=1, limits=QueryLimits(timeout=5.0)) as one:
        one.run(Query("ASK {}"))
        with ThreadPoolExecutor(1) as other:
            busy = other.submit(one.run, Query(FOR_EVER), timeout=1.5)
            wait_until(lambda: bool(one._state.scoreboard.running()))
            with pytest.raises(QueryTimeout):
                one.run(Query("ASK {}"), timeout=0.3)
            assert not busy.done()
            assert one.run(Query("ASK {}"), timeout=4.0).read()  # served after the busy one
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


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_many_threads_at_once_get_their_own_answers(pool: Pool) -> None:
    def ask(number: int) -> bytes:
        return pool.run(Query(f"SELECT ({number} AS ?x) {{}}", format="csv")).read()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(200))) == [b"x\r\n%d\r\n" % n for n in range(200)]


def test_one_query_without_a_pool(small: Instance) -> None:
    assert run_once(small, Query("ASK {}", format="csv")).read() == b"true"
    with pytest.raises(QueryTimeout):
        run_once(small, Query(FOR_EVER), timeout=0.8)


def test_relative_iris_are_the_instances_own(small: Instance) -> None:
    text = "SELECT (<id/x> AS ?a) (<> AS ?b) {}"
    base = small.base
    assert (
        run_once(small, Query(text, "csv")).read().decode() == f"a,b\r\n{base}id/x,{base}sparql\r\n"
    )
    own = Query(text, "csv", base="http://e/")
    assert run_once(small, own).read() == b"a,b\r\nhttp://e/id/x,http://e/\r\n"


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
