"""Look-ups that wait without a thread: what becomes of them, and of their connections."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import string
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from urllib.parse import quote, quote_from_bytes, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import QueryTimeout
from graph.instance import Instance
from graph.queries import Limits, Pool, Query, inspect
from graph.queries.asking import TICK, Running
from graph.queries.board import Run
from graph.queries.mail import Letter, Mail, Overdue
from graph.queries.preflight import _BEGINNING, _KINDS
from graph.queries.tokens import tokens
from graph.queries.wire import read_answer
from server.crowd import Crowd
from server.plain import HEAD, unfinished
from server.requests import unquoted
from server.threads import Patient
from tests.test_server_process import ASK, FOR_EVER, TRUE, Server, descendants, supervisor

PATIENCE = 20.0


def counting(number: int) -> str:
    """A query that counts to the fourth power of a number."""
    values = " ".join(f"VALUES ?{name} {{ {'1 ' * number} }}" for name in "abcd")
    return f"SELECT (COUNT(*) AS ?n) {{ {values} }}"


CHUNKED = "Transfer-Encoding: chunked"
SLOW, SLOWER = counting(34), counting(60)


@pytest.fixture
def pool(small: Instance) -> Iterator[Pool]:
    with Pool.start(small, workers=2, limits=Limits(timeout=25.0), boxes=1) as made:
        yield made


@pytest.fixture
def mail(pool: Pool) -> Iterator[Mail]:
    with box(pool) as made:
        yield made


@contextlib.contextmanager
def box(pool: Pool) -> Iterator[Mail]:
    made = pool.mail()
    assert made is not None
    with contextlib.closing(made):
        yield made


def send(pool: Pool, mail: Mail, text: str, timeout: float | None = None) -> int:
    query = Query(text, "json")
    ticket = mail.send(query, inspect(text, 100_000), pool.snapshot(), timeout, "somebody")
    assert ticket
    return ticket


def letters(mail: Mail, number: int) -> list[Letter]:
    """So many answers."""
    found: list[Letter] = []
    end = time.monotonic() + PATIENCE
    while len(found) < number and time.monotonic() < end:
        found += mail.receive()
        time.sleep(0.001)
    return found


def looked(mail: Mail) -> Overdue:
    """What a look finds, once it finds something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = mail.look(time.monotonic())
        if any(found):
            return found
        time.sleep(TICK)
    raise AssertionError("nothing was found")


def begun(pool: Pool, ticket: int) -> Run:
    """Where a request runs, once it does."""
    end = time.monotonic() + PATIENCE
    while not (run := pool._desk.board.find(ticket)) and time.monotonic() < end:
        time.sleep(0.001)
    assert run, "it never began"
    return run


def handed_over(pool: Pool, mail: Mail, text: str) -> Running:
    ticket = send(pool, mail, text)
    assert looked(mail).slow == [ticket]
    return mail.hand_over(ticket)


# --- by mail ---


def test_many_are_under_way_at_once(pool: Pool, mail: Mail) -> None:
    sent = [send(pool, mail, f"SELECT ({n} AS ?n) {{}}") for n in range(20)]
    found = letters(mail, 20)
    assert {letter.ticket for letter in found} == set(sent)
    for letter in found:
        n = sent.index(letter.ticket)
        assert f'"value":"{n}"'.encode() in mail.open(letter).read()
    assert mail.under_way() == 0


def test_an_error_comes_as_it_does_by_any_other_way(pool: Pool, mail: Mail) -> None:
    send(pool, mail, "SELECT * { ?s ?p")
    [letter] = letters(mail, 1)
    with pytest.raises(Exception) as by_mail:
        mail.open(letter)
    with pytest.raises(type(by_mail.value)) as otherwise:
        pool.run(Query("SELECT * { ?s ?p", "json"))
    assert vars(by_mail.value) == vars(otherwise.value)


def test_a_large_answer_comes_as_a_file(pool: Pool, mail: Mail) -> None:
    text = f"SELECT ('{'9' * 9000}' AS ?t) ?a {{ VALUES ?a {{ {'1 ' * 50} }} }}"
    send(pool, mail, text)
    [letter] = letters(mail, 1)
    assert letter.header.file
    assert mail.open(letter).read() == pool.run(Query(text, "json")).read()


def test_no_more_are_sent_than_may_wait(small: Instance) -> None:
    with (
        Pool.start(small, workers=1, limits=Limits(timeout=2.0, queue=3), boxes=1) as pool,
        box(pool) as mail,
    ):
        for _ in range(3):
            send(pool, mail, FOR_EVER)
        query = Query("ASK {}", "json")
        assert not mail.send(query, inspect(query.text, 1000), pool.snapshot(), None, "somebody")


def test_whoever_used_up_a_budget_goes_another_way(small: Instance) -> None:
    limits = Limits(timeout=5.0, budget=0.01)
    with Pool.start(small, workers=1, limits=limits, boxes=1) as pool, box(pool) as mail:
        send(pool, mail, SLOW)
        [letter] = letters(mail, 1)
        mail.open(letter)
        query = Query("ASK {}", "json")
        assert not mail.send(query, inspect(query.text, 1000), pool.snapshot(), None, "somebody")
        assert mail.send(query, inspect(query.text, 1000), pool.snapshot(), None, "another")


def test_what_takes_its_time_is_handed_over(pool: Pool, mail: Mail) -> None:
    running = handed_over(pool, mail, SLOWER)
    with ThreadPoolExecutor() as threads, running.connection as connection:
        connection.settimeout(PATIENCE)
        waiting = threads.submit(read_answer, connection, time.monotonic() + PATIENCE)
        while not waiting.done():
            assert not [*mail.receive()]  # it is the thread's
            time.sleep(0.001)
    assert b'"12960000"' in waiting.result()[1]  # type: ignore[operator]


def test_a_thread_goes_on_with_it_as_if_it_had_asked(pool: Pool, mail: Mail) -> None:
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


def test_a_worker_ends_when_nobody_waits_any_more(pool: Pool, mail: Mail) -> None:
    handed_over(pool, mail, FOR_EVER).connection.close()
    end = time.monotonic() + PATIENCE
    while not pool.deaths()["hung_up"] and time.monotonic() < end:
        mail.look(time.monotonic())
        time.sleep(TICK)
    assert pool.deaths()["hung_up"] == 1
    assert pool.run(Query("ASK {}", "json")).read()


def test_whoever_waits_is_told_that_a_worker_died(pool: Pool, mail: Mail) -> None:
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


def test_what_was_lost_with_a_worker_is_found(pool: Pool, mail: Mail) -> None:
    ticket = send(pool, mail, FOR_EVER)
    os.kill(begun(pool, ticket).process, signal.SIGKILL)
    end = time.monotonic() + PATIENCE
    while not (found := mail.look(0.0)).lost and time.monotonic() < end:
        time.sleep(0.001)
    assert found.lost == [ticket]
    assert mail.under_way() == 0


def test_what_did_not_begin_in_time_is_late(small: Instance) -> None:
    with (
        Pool.start(small, workers=1, limits=Limits(timeout=5.0), boxes=1) as pool,
        box(pool) as mail,
    ):
        running = handed_over(pool, mail, FOR_EVER)
        ticket = send(pool, mail, "ASK {}", 0.1)
        with running.connection:
            assert [late for late, _ in looked(mail).late] == [ticket]
        letters_of_it = letters(mail, 0)
        assert not letters_of_it


def test_what_runs_and_is_out_of_time_is_the_threads_alone(pool: Pool, mail: Mail) -> None:
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


def test_a_query_too_long_for_a_datagram_goes_another_way(pool: Pool, mail: Mail) -> None:
    query = Query(f"ASK {{}} # {'x' * 70_000}", "json")
    shape = inspect(query.text, 100_000)
    assert not mail.send(query, shape, pool.snapshot(), None, "somebody")
    assert mail.under_way() == 0


def test_a_box_is_one_processs(pool: Pool) -> None:
    assert pool.mail() is not None
    assert pool.mail() is None


# --- over HTTP ---


@pytest.fixture(scope="module")
def server(small: Instance) -> Iterator[Server]:
    with Server(small) as running:
        yield running


def get(query: str, *fields: str) -> bytes:
    head = ["Host: x", "Accept: application/sparql-results+json", *fields]
    lines = "".join(f"{line}\r\n" for line in head)
    return f"GET /sparql?query={quote(query)} HTTP/1.1\r\n{lines}\r\n".encode()


def answer(raw: socket.socket) -> bytes:
    """One answer, with its head."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += raw.recv(65536) or b"\r\n\r\n"
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    while len(body) < int(lengths[0].partition(b":")[2]):
        body += raw.recv(65536)
    return head + b"\r\n\r\n" + body


def test_a_connection_takes_both_ways_in_turns(server: Server) -> None:
    with server.send(get("ASK {}")) as raw:
        for n in range(5):
            assert answer(raw).endswith(TRUE)
            raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert answer(raw).startswith(b"HTTP/1.1 200")
            raw.sendall(get(f"SELECT ({n} AS ?n) {{}}"))
            assert f'"value":"{n}"'.encode() in answer(raw)
            raw.sendall(get("ASK {}"))
        assert answer(raw).endswith(TRUE)


LARGE = f"SELECT ('{'x' * 500}' AS ?t) ?a {{ VALUES ?a {{ {'1 ' * 9000} }} }}"  # sent as a file


@pytest.mark.parametrize("text", ["SELECT (9 AS ?n) {}", SLOW, LARGE, "SELECT * {"])
def test_a_connection_ends_with_its_answer_where_the_client_wants_that(
    server: Server, text: str
) -> None:
    """As Python's urllib does, and so SPARQLWrapper."""
    kept = server.get("/sparql?query=" + quote(text))[1]
    for fields in ((), ("Query-Id: a-name-of-its-own",)):  # answered by the loop, by a thread
        for _ in range(2):
            with server.send(get(text, "Connection: close", *fields)) as raw:
                data = b"".join(iter(lambda: raw.recv(1 << 16), b""))
            head, _, body = data.partition(b"\r\n\r\n")
            assert b"connection: close" in head.lower()
            assert body == kept


def test_requests_sent_ahead_are_answered_in_order(server: Server) -> None:
    with server.send(get("SELECT (1 AS ?n) {}")) as raw:
        time.sleep(0.002)  # so that the next ones find the first under way
        raw.sendall(get("SELECT (2 AS ?n) {}") + get("SELECT (3 AS ?n) {}"))
        data = b""
        while data.count(b'"bindings"') < 3:
            data += raw.recv(65536)
    values = [data.index(f'"value":"{n}"'.encode()) for n in (1, 2, 3)]
    assert values == sorted(values)


@pytest.mark.parametrize("places", [(40,), (2, 3, 4, 30, -3, -2, -1)])
def test_a_head_in_pieces_is_read_to_its_end(server: Server, places: tuple[int, ...]) -> None:
    whole = get("SELECT (7 AS ?n) {}")
    ends = [place % len(whole) for place in places] + [len(whole)]
    with server.send(whole[: ends[0]]) as raw:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(2):  # and once more, on a connection that was in use
            for start, end in pairwise(ends):
                time.sleep(0.02)
                raw.sendall(whole[start:end])
            assert b'"value":"7"' in answer(raw)
            raw.sendall(whole[: ends[0]])


@pytest.mark.parametrize("way", ["Content-Length: 38", CHUNKED])
def test_a_body_in_pieces_is_read_to_its_end(server: Server, way: str) -> None:
    query = b"SELECT (7 AS ?n) { } # some more text."
    body = query if way != CHUNKED else b"%x\r\n%b\r\n0\r\n\r\n" % (len(query), query)
    kinds = "Content-Type: application/sparql-query\r\nAccept: application/sparql-results+json"
    whole = f"POST /sparql HTTP/1.1\r\nHost: x\r\n{kinds}\r\n{way}\r\n\r\n".encode() + body
    with server.send(whole[:50]) as raw:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(2):
            for start in range(50, len(whole), 37):
                time.sleep(0.01)
                raw.sendall(whole[start : start + 37])
            assert b'"value":"7"' in answer(raw)
            raw.sendall(whole[:50])


def test_the_same_look_up_at_the_same_time_is_asked_once(server: Server) -> None:
    crowd = [server.send(get(SLOW)) for _ in range(6)]
    answers = {answer(raw).partition(b"\r\n\r\n")[2] for raw in crowd}
    for raw in crowd:
        raw.close()
    assert len(answers) == 1
    assert b'"1336336"' in answers.pop()


def test_a_client_that_leaves_ends_its_query_alone(server: Server) -> None:
    with server.send(get(SLOW + " # another")) as other:
        time.sleep(0.02)
        for n in range(2):
            server.send(get(f"{FOR_EVER} # {n}")).close()
        assert b'"1336336"' in answer(other)
    assert server.get(ASK)[1] == TRUE


def test_killed_workers_are_not_noticed_by_look_ups(server: Server) -> None:
    parent = supervisor(server)
    with server.send(get("ASK {}")) as raw:
        assert answer(raw).endswith(TRUE)
        for n in range(20):
            for pid in [*descendants(parent)][: n % 3]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            raw.sendall(get(f"SELECT ({n} AS ?n) {{}}"))
            assert f'"value":"{n}"'.encode() in answer(raw)


@pytest.mark.skipif(not hasattr(os, "SCHED_BATCH"), reason="not Linux")
def test_processes_on_the_way_of_a_look_up_do_not_interrupt_each_other(server: Server) -> None:
    end = time.monotonic() + PATIENCE
    while (found := policies(server)) != [os.SCHED_BATCH] * 4 and time.monotonic() < end:
        time.sleep(0.02)  # a worker that was only just forked
    assert found == [os.SCHED_BATCH] * 4  # two web processes, two workers


def policies(server: Server) -> list[int]:
    found = []
    for pid in descendants(server.process.pid) - {supervisor(server)}:
        with contextlib.suppress(ProcessLookupError):
            found.append(os.sched_getscheduler(pid))
    return found


def test_a_slow_reader_gets_all_of_a_kept_answer(server: Server) -> None:
    text = f"SELECT ('{'x' * 500}' AS ?t) ?a {{ VALUES ?a {{ {'1 ' * 90} }} }}"
    first = server.get("/sparql?query=" + quote(text))[1]
    many = 1
    with server.send(get(text)) as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        assert answer(raw).endswith(first)
        for _ in range(many):
            raw.sendall(get(text))
            assert answer(raw).endswith(first)


@pytest.mark.parametrize("rest", ["", "Content-Length: 9\r\n\r\n", f"{CHUNKED}\r\n\r\n5\r\nASK"])
def test_half_requests_keep_nobody_from_an_answer(server: Server, rest: str) -> None:
    begun = f"POST /sparql HTTP/1.1\r\nHost: x\r\n{rest}".encode()
    halves = [server.send(begun) for _ in range(70 * 2)]
    time.sleep(0.3)
    for whole in (get("SELECT (8 AS ?n) {}"), get(SLOW), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"):
        with server.send(whole) as raw:  # by the loop, by a thread after it, by a thread alone
            raw.settimeout(8)  # a thread waits for 10
            assert answer(raw).startswith(b"HTTP/1.1 200")
    for half in halves:
        half.close()
    assert server.get("/healthz")[0].status == 200


# --- parts ---


@pytest.mark.parametrize(
    ("data", "waits"),
    [
        (b"G", True),
        (b"POST ", True),
        (b"PUT /g", True),
        (b"GET /a?b HTTP/1.1\r", True),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", True),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", False),
        (b"POST / HTTP/1.1\r\n\r\nno body", False),
        (b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nbody", True),
        (b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody", False),
        (b"POST / HTTP/1.1\r\nContent-Length: 999999\r\n\r\nbody", False),
        (b"GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nbody", False),
        (b"PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", False),
        (b"QUERY / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n", True),
        (b"PATCH / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n", True),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", False),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", False),
        (b"GET /" + b"x" * HEAD, False),
        (b"\x16\x03\x01", False),
        (b"hello", False),
        (b"GET x", False),
        (b"GET /\n", False),
    ],
)
def test_what_more_is_waited_for(data: bytes, waits: bool) -> None:
    assert unfinished(data) is waits


def test_half_a_request_is_given_up() -> None:
    mine, theirs = socket.socketpair()
    with mine, theirs:
        patient = Patient(mine, 1)
        theirs.sendall(b"GET")
        assert patient.recv(100) == b"GET"
        with pytest.raises(ConnectionResetError, match="stalled"):
            patient.recv(100)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (f"POST /sparql HTTP/1.1\r\nContent-Length: {HEAD << 7}", b"413"),
        (
            f"POST /sparql HTTP/1.1\r\nContent-Length: {HEAD << 8}\r\nAuthorization: Bearer x",
            b"401",
        ),
        (f"PUT /graph-store?default HTTP/1.1\r\nContent-Length: {HEAD << 8}", b"401"),
    ],
)
def test_what_strangers_may_not_send_is_refused_before_it_comes(
    server: Server, head: str, status: bytes
) -> None:
    with server.send(f"{head}\r\nHost: x\r\n\r\n".encode()) as raw:
        raw.settimeout(5)
        assert b"HTTP/1.1 " + status in raw.recv(1000)


def test_new_connections_go_where_there_are_fewest() -> None:
    crowd = Crowd()
    crowd.use_row(3)
    crowd.tell(5)
    assert not crowd.leave_it()  # there is nobody else
    crowd.use_row(4)
    crowd.tell(6)
    assert not crowd.leave_it()  # nearly as few
    crowd.tell(7)
    left = [crowd.leave_it() for _ in range(30)]
    assert left[0]
    assert not all(left)  # not for ever
    crowd.free_row(3)
    assert not crowd.leave_it()


@given(st.binary(max_size=60))
def test_escapes_are_undone(value: bytes) -> None:
    escaped = quote_from_bytes(value, safe="").encode()
    assert unquoted(escaped) == value
    assert unquoted(escaped.replace(b"%20", b"+")) == value


@given(st.text("%=+ab019fF~\r\n_ ", max_size=40).map(str.encode))
def test_whatever_is_escaped_badly_is_left_as_the_library_does(value: bytes) -> None:
    assert unquoted(value) == unquote_to_bytes(value.replace(b"+", b" "))


@given(
    st.text(" \t\n#", max_size=3),
    st.sampled_from(["SELECT", "ask", "Construct", "DESCRIBE", "BASE", "PREFIX", "SELECTS", "x"]),
    st.text(string.punctuation + " \nab1·́", max_size=4),
)
def test_a_short_look_at_the_beginning_finds_what_the_tokens_do(
    before: str, word: str, behind: str
) -> None:
    text = before + word + behind
    if match := _BEGINNING.match(text):
        first = next(t for t in tokens(text) if t.kind == "word" and t.text.upper() in _KINDS)
        assert (first.text, first.end) == (match[1], match.end(1))
