"""Look-ups as datagrams: sent without waiting, and what becomes of them."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from graph.core.errors import QueryTimeout
from graph.core.instance import Instance
from graph.queries import Pool, Query, QueryLimits, inspect
from graph.queries.admission.scoreboard import RunningQuery
from graph.queries.pool.datagrams import DatagramResponse, DatagramTransport, Overdue
from graph.queries.pool.dispatch import HandedOver
from graph.queries.pool.in_flight import TICK
from graph.queries.pool.wire import read_response
from tests.server_processes import FOR_EVER

pytestmark = pytest.mark.slow

PATIENCE = 20.0


def counting(number: int) -> str:
    """A query that counts to the fourth power of a number."""
    values = " ".join(f"VALUES ?{name} {{ {'1 ' * number} }}" for name in "abcd")
    return f"SELECT (COUNT(*) AS ?n) {{ {values} }}"


SLOW, SLOWER = counting(34), counting(60)


@pytest.fixture
def pool(small: Instance) -> Iterator[Pool]:
    with Pool.start(small, workers=2, limits=QueryLimits(timeout=25.0), socketpairs=1) as made:
        yield made


@pytest.fixture
def transport(pool: Pool) -> Iterator[DatagramTransport]:
    with opened(pool) as made:
        yield made


@contextlib.contextmanager
def opened(pool: Pool) -> Iterator[DatagramTransport]:
    made = pool.datagram_transport()
    assert made is not None
    with contextlib.closing(made):
        yield made


def send(pool: Pool, transport: DatagramTransport, text: str, timeout: float | None = None) -> int:
    query = Query(text, "json")
    ticket = try_send(pool, transport, query, timeout=timeout)
    assert ticket
    return ticket


def try_send(
    pool: Pool,
    transport: DatagramTransport,
    query: Query,
    *,
    client: str = "somebody",
    timeout: float | None = None,
) -> int:
    info = inspect(query.text, 100_000)
    return transport.send(query, info, snapshot=pool.snapshot(), timeout=timeout, client=client)


def responses(transport: DatagramTransport, number: int) -> list[DatagramResponse]:
    """So many answers."""
    found: list[DatagramResponse] = []
    end = time.monotonic() + PATIENCE
    while len(found) < number and time.monotonic() < end:
        found += transport.receive()
        time.sleep(0.001)
    return found


def checked(transport: DatagramTransport) -> Overdue:
    """What a look finds, once it finds something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = transport.find_overdue(time.monotonic())
        if any(found):
            return found
        time.sleep(TICK)
    raise AssertionError("nothing was found")


def begun(pool: Pool, ticket: int) -> RunningQuery:
    """Where a request runs, once it does."""
    end = time.monotonic() + PATIENCE
    while not (run := pool._state.scoreboard.find(ticket)) and time.monotonic() < end:
        time.sleep(0.001)
    assert run, "it never began"
    return run


def handed_over(pool: Pool, transport: DatagramTransport, text: str) -> HandedOver:
    ticket = send(pool, transport, text)
    assert checked(transport).slow == [ticket]
    return transport.hand_over(ticket)


def test_many_are_under_way_at_once(pool: Pool, transport: DatagramTransport) -> None:
    sent = [send(pool, transport, f"SELECT ({n} AS ?n) {{}}") for n in range(20)]
    found = responses(transport, 20)
    assert {response.ticket for response in found} == set(sent)
    for response in found:
        n = sent.index(response.ticket)
        assert f'"value":"{n}"'.encode() in transport.decode(response).read()
    assert transport.in_flight_count() == 0


def test_an_error_comes_as_it_does_by_any_other_way(
    pool: Pool, transport: DatagramTransport
) -> None:
    send(pool, transport, "SELECT * { ?s ?p")
    [response] = responses(transport, 1)
    with pytest.raises(Exception) as by_datagram:
        transport.decode(response)
    with pytest.raises(type(by_datagram.value)) as otherwise:
        pool.run(Query("SELECT * { ?s ?p", "json"))
    assert _told(by_datagram.value) == _told(otherwise.value)


def _told(error: BaseException) -> dict[str, object]:
    """What an error says, but how long it took."""
    said = vars(error).copy()
    assert said.pop("timing") is not None
    return said


def test_a_large_answer_comes_as_a_file(pool: Pool, transport: DatagramTransport) -> None:
    text = f"SELECT ('{'9' * 9000}' AS ?t) ?a {{ VALUES ?a {{ {'1 ' * 50} }} }}"
    send(pool, transport, text)
    [response] = responses(transport, 1)
    assert response.header.file
    assert transport.decode(response).read() == pool.run(Query(text, "json")).read()


def test_no_more_are_sent_than_may_wait(small: Instance) -> None:
    with (
        Pool.start(
            small, workers=1, limits=QueryLimits(timeout=2.0, queue=3), socketpairs=1
        ) as pool,
        opened(pool) as transport,
    ):
        for _ in range(3):
            send(pool, transport, FOR_EVER)
        query = Query("ASK {}", "json")
        assert not try_send(pool, transport, query, client="somebody")


def test_whoever_used_up_a_budget_goes_another_way(small: Instance) -> None:
    limits = QueryLimits(timeout=5.0, budget=0.01)
    with (
        Pool.start(small, workers=1, limits=limits, socketpairs=1) as pool,
        opened(pool) as transport,
    ):
        send(pool, transport, SLOW)
        [response] = responses(transport, 1)
        transport.decode(response)
        query = Query("ASK {}", "json")
        assert not try_send(pool, transport, query, client="somebody")
        assert try_send(pool, transport, query, client="another")


def test_what_takes_its_time_is_handed_over(pool: Pool, transport: DatagramTransport) -> None:
    running = handed_over(pool, transport, SLOWER)
    with ThreadPoolExecutor() as threads, running.connection as connection:
        connection.settimeout(PATIENCE)
        waiting = threads.submit(read_response, connection, time.monotonic() + PATIENCE)
        while not waiting.done():
            assert not [*transport.receive()]  # it is the thread's
            time.sleep(0.001)
    assert b'"12960000"' in waiting.result()[1]  # type: ignore[operator]


def test_a_thread_goes_on_with_it_as_if_it_had_asked(
    pool: Pool, transport: DatagramTransport
) -> None:
    running = handed_over(pool, transport, SLOWER)
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(
            pool.run, Query(SLOWER, "json"), client="somebody", handed_over=running
        )
        while not waiting.done():
            assert not [*transport.receive()]
            transport.find_overdue(time.monotonic())
            time.sleep(0.001)
    assert b'"12960000"' in waiting.result().read()
    assert pool.deaths()["hung_up"] == 0


def test_a_worker_ends_when_nobody_waits_any_more(pool: Pool, transport: DatagramTransport) -> None:
    handed_over(pool, transport, FOR_EVER).connection.close()
    end = time.monotonic() + PATIENCE
    while not pool.deaths()["hung_up"] and time.monotonic() < end:
        transport.find_overdue(time.monotonic())
        time.sleep(TICK)
    assert pool.deaths()["hung_up"] == 1
    assert pool.run(Query("ASK {}", "json")).read()


def test_whoever_waits_is_told_that_a_worker_died(pool: Pool, transport: DatagramTransport) -> None:
    running = handed_over(pool, transport, FOR_EVER)
    os.kill(next(run.pid for run in pool._state.scoreboard.running()), signal.SIGKILL)
    running.connection.settimeout(TICK)
    end = time.monotonic() + PATIENCE
    with running.connection as connection:
        while time.monotonic() < end:
            transport.find_overdue(time.monotonic())
            with contextlib.suppress(TimeoutError):
                assert connection.recv(1) == b""
                return
    raise AssertionError("nothing was told")


def test_what_was_lost_with_a_worker_is_found(pool: Pool, transport: DatagramTransport) -> None:
    ticket = send(pool, transport, FOR_EVER)
    os.kill(begun(pool, ticket).pid, signal.SIGKILL)
    end = time.monotonic() + PATIENCE
    while not (found := transport.find_overdue(0.0)).lost and time.monotonic() < end:
        time.sleep(0.001)
    assert found.lost == [ticket]
    with transport.hand_over(ticket, lost=True).connection as connection:
        assert connection.recv(1) == b""
    assert transport.in_flight_count() == 0


def test_what_was_lost_is_asked_once_more_within_its_deadline(
    pool: Pool, transport: DatagramTransport
) -> None:
    """As a request whose worker a thread saw die: once, not twice, and its client pays."""
    ticket = send(pool, transport, SLOWER)
    query = transport._in_flight[ticket]
    os.kill(begun(pool, ticket).pid, signal.SIGKILL)
    while not checked_lost(transport):
        time.sleep(0.001)
    used = pool._state.budgets.used(query.client_number)
    lost = transport.hand_over(ticket, lost=True)
    assert lost.in_flight is query
    answer = pool.run(Query(SLOWER, "json"), client="somebody", handed_over=lost)
    assert b'"12960000"' in answer.read()
    assert pool._state.budgets.used(query.client_number) > used
    assert pool.deaths()["killed"] == 1


def checked_lost(transport: DatagramTransport) -> list[int]:
    return transport.find_overdue(0.0).lost


def test_what_did_not_begin_in_time_is_late(small: Instance) -> None:
    with (
        Pool.start(small, workers=1, limits=QueryLimits(timeout=5.0), socketpairs=1) as pool,
        opened(pool) as transport,
    ):
        running = handed_over(pool, transport, FOR_EVER)
        ticket = send(pool, transport, "ASK {}", 0.1)
        with running.connection:
            assert [late for late, _ in checked(transport).timed_out] == [ticket]
        late_responses = responses(transport, 0)
        assert not late_responses


def test_what_runs_and_is_out_of_time_is_the_threads_alone(
    pool: Pool, transport: DatagramTransport
) -> None:
    pool.run(Query("ASK {}", "json")).read()  # the workers are there
    ticket = send(pool, transport, FOR_EVER, 0.5)
    begun(pool, ticket)
    found = transport.find_overdue(
        time.monotonic() + 1.0
    )  # later than both the tick and the deadline
    assert (found.slow, found.lost, found.timed_out) == ([ticket], [], [])
    running = transport.hand_over(ticket)
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(pool.run, Query(FOR_EVER, "json"), handed_over=running)
        while not waiting.done():
            transport.find_overdue(time.monotonic())
            time.sleep(0.001)
    assert isinstance(waiting.exception(), QueryTimeout)


def test_a_query_too_long_for_a_datagram_goes_another_way(
    pool: Pool, transport: DatagramTransport
) -> None:
    query = Query(f"ASK {{}} # {'x' * 70_000}", "json")
    assert not try_send(pool, transport, query)
    assert transport.in_flight_count() == 0


def test_a_box_is_one_processs(pool: Pool) -> None:
    assert pool.datagram_transport() is not None
    assert pool.datagram_transport() is None
