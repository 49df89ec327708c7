"""Look-ups by mail: sent without waiting, and what becomes of them."""

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
from graph.queries.pool.dispatch import TICK, HandedOver
from graph.queries.pool.wire import read_answer
from tests.test_server_process import FOR_EVER

PATIENCE = 20.0


def counting(number: int) -> str:
    """A query that counts to the fourth power of a number."""
    values = " ".join(f"VALUES ?{name} {{ {'1 ' * number} }}" for name in "abcd")
    return f"SELECT (COUNT(*) AS ?n) {{ {values} }}"


SLOW, SLOWER = counting(34), counting(60)


@pytest.fixture
def pool(small: Instance) -> Iterator[Pool]:
    with Pool.start(small, workers=2, limits=QueryLimits(timeout=25.0), boxes=1) as made:
        yield made


@pytest.fixture
def mail(pool: Pool) -> Iterator[DatagramTransport]:
    with box(pool) as made:
        yield made


@contextlib.contextmanager
def box(pool: Pool) -> Iterator[DatagramTransport]:
    made = pool.mail()
    assert made is not None
    with contextlib.closing(made):
        yield made


def send(pool: Pool, mail: DatagramTransport, text: str, timeout: float | None = None) -> int:
    query = Query(text, "json")
    ticket = mail.send(query, inspect(text, 100_000), pool.snapshot(), timeout, "somebody")
    assert ticket
    return ticket


def letters(mail: DatagramTransport, number: int) -> list[DatagramResponse]:
    """So many answers."""
    found: list[DatagramResponse] = []
    end = time.monotonic() + PATIENCE
    while len(found) < number and time.monotonic() < end:
        found += mail.receive()
        time.sleep(0.001)
    return found


def looked(mail: DatagramTransport) -> Overdue:
    """What a look finds, once it finds something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = mail.look(time.monotonic())
        if any(found):
            return found
        time.sleep(TICK)
    raise AssertionError("nothing was found")


def begun(pool: Pool, ticket: int) -> RunningQuery:
    """Where a request runs, once it does."""
    end = time.monotonic() + PATIENCE
    while not (run := pool._desk.board.find(ticket)) and time.monotonic() < end:
        time.sleep(0.001)
    assert run, "it never began"
    return run


def handed_over(pool: Pool, mail: DatagramTransport, text: str) -> HandedOver:
    ticket = send(pool, mail, text)
    assert looked(mail).slow == [ticket]
    return mail.hand_over(ticket)


def test_many_are_under_way_at_once(pool: Pool, mail: DatagramTransport) -> None:
    sent = [send(pool, mail, f"SELECT ({n} AS ?n) {{}}") for n in range(20)]
    found = letters(mail, 20)
    assert {letter.ticket for letter in found} == set(sent)
    for letter in found:
        n = sent.index(letter.ticket)
        assert f'"value":"{n}"'.encode() in mail.open(letter).read()
    assert mail.under_way() == 0


def test_an_error_comes_as_it_does_by_any_other_way(pool: Pool, mail: DatagramTransport) -> None:
    send(pool, mail, "SELECT * { ?s ?p")
    [letter] = letters(mail, 1)
    with pytest.raises(Exception) as by_mail:
        mail.open(letter)
    with pytest.raises(type(by_mail.value)) as otherwise:
        pool.run(Query("SELECT * { ?s ?p", "json"))
    assert vars(by_mail.value) == vars(otherwise.value)


def test_a_large_answer_comes_as_a_file(pool: Pool, mail: DatagramTransport) -> None:
    text = f"SELECT ('{'9' * 9000}' AS ?t) ?a {{ VALUES ?a {{ {'1 ' * 50} }} }}"
    send(pool, mail, text)
    [letter] = letters(mail, 1)
    assert letter.header.file
    assert mail.open(letter).read() == pool.run(Query(text, "json")).read()


def test_no_more_are_sent_than_may_wait(small: Instance) -> None:
    with (
        Pool.start(small, workers=1, limits=QueryLimits(timeout=2.0, queue=3), boxes=1) as pool,
        box(pool) as mail,
    ):
        for _ in range(3):
            send(pool, mail, FOR_EVER)
        query = Query("ASK {}", "json")
        assert not mail.send(query, inspect(query.text, 1000), pool.snapshot(), None, "somebody")


def test_whoever_used_up_a_budget_goes_another_way(small: Instance) -> None:
    limits = QueryLimits(timeout=5.0, budget=0.01)
    with Pool.start(small, workers=1, limits=limits, boxes=1) as pool, box(pool) as mail:
        send(pool, mail, SLOW)
        [letter] = letters(mail, 1)
        mail.open(letter)
        query = Query("ASK {}", "json")
        assert not mail.send(query, inspect(query.text, 1000), pool.snapshot(), None, "somebody")
        assert mail.send(query, inspect(query.text, 1000), pool.snapshot(), None, "another")


def test_what_takes_its_time_is_handed_over(pool: Pool, mail: DatagramTransport) -> None:
    running = handed_over(pool, mail, SLOWER)
    with ThreadPoolExecutor() as threads, running.connection as connection:
        connection.settimeout(PATIENCE)
        waiting = threads.submit(read_answer, connection, time.monotonic() + PATIENCE)
        while not waiting.done():
            assert not [*mail.receive()]  # it is the thread's
            time.sleep(0.001)
    assert b'"12960000"' in waiting.result()[1]  # type: ignore[operator]


def test_a_thread_goes_on_with_it_as_if_it_had_asked(pool: Pool, mail: DatagramTransport) -> None:
    running = handed_over(pool, mail, SLOWER)
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(
            pool.run, Query(SLOWER, "json"), client="somebody", running=running
        )
        while not waiting.done():
            assert not [*mail.receive()]
            mail.look(time.monotonic())
            time.sleep(0.001)
    assert b'"12960000"' in waiting.result().read()
    assert pool.deaths()["hung_up"] == 0


def test_a_worker_ends_when_nobody_waits_any_more(pool: Pool, mail: DatagramTransport) -> None:
    handed_over(pool, mail, FOR_EVER).connection.close()
    end = time.monotonic() + PATIENCE
    while not pool.deaths()["hung_up"] and time.monotonic() < end:
        mail.look(time.monotonic())
        time.sleep(TICK)
    assert pool.deaths()["hung_up"] == 1
    assert pool.run(Query("ASK {}", "json")).read()


def test_whoever_waits_is_told_that_a_worker_died(pool: Pool, mail: DatagramTransport) -> None:
    running = handed_over(pool, mail, FOR_EVER)
    os.kill(next(run.process for run in pool._desk.board.runs()), signal.SIGKILL)
    running.connection.settimeout(TICK)
    end = time.monotonic() + PATIENCE
    with running.connection as connection:
        while time.monotonic() < end:
            mail.look(time.monotonic())
            with contextlib.suppress(TimeoutError):
                assert connection.recv(1) == b""
                return
    raise AssertionError("nothing was told")


def test_what_was_lost_with_a_worker_is_found(pool: Pool, mail: DatagramTransport) -> None:
    ticket = send(pool, mail, FOR_EVER)
    os.kill(begun(pool, ticket).process, signal.SIGKILL)
    end = time.monotonic() + PATIENCE
    while not (found := mail.look(0.0)).lost and time.monotonic() < end:
        time.sleep(0.001)
    assert found.lost == [ticket]
    assert mail.under_way() == 0


def test_what_did_not_begin_in_time_is_late(small: Instance) -> None:
    with (
        Pool.start(small, workers=1, limits=QueryLimits(timeout=5.0), boxes=1) as pool,
        box(pool) as mail,
    ):
        running = handed_over(pool, mail, FOR_EVER)
        ticket = send(pool, mail, "ASK {}", 0.1)
        with running.connection:
            assert [late for late, _ in looked(mail).late] == [ticket]
        letters_of_it = letters(mail, 0)
        assert not letters_of_it


def test_what_runs_and_is_out_of_time_is_the_threads_alone(
    pool: Pool, mail: DatagramTransport
) -> None:
    pool.run(Query("ASK {}", "json")).read()  # the workers are there
    ticket = send(pool, mail, FOR_EVER, 0.5)
    begun(pool, ticket)
    found = mail.look(time.monotonic() + 1.0)  # later than both the tick and the deadline
    assert (found.slow, found.lost, found.late) == ([ticket], [], [])
    running = mail.hand_over(ticket)
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(pool.run, Query(FOR_EVER, "json"), running=running)
        while not waiting.done():
            mail.look(time.monotonic())
            time.sleep(0.001)
    assert isinstance(waiting.exception(), QueryTimeout)


def test_a_query_too_long_for_a_datagram_goes_another_way(
    pool: Pool, mail: DatagramTransport
) -> None:
    query = Query(f"ASK {{}} # {'x' * 70_000}", "json")
    shape = inspect(query.text, 100_000)
    assert not mail.send(query, shape, pool.snapshot(), None, "somebody")
    assert mail.under_way() == 0


def test_a_box_is_one_processs(pool: Pool) -> None:
    assert pool.mail() is not None
    assert pool.mail() is None
