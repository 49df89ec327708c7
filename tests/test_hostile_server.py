"""Hostile clients at a serving process: hanging up, cancelling, crowding out others."""

from __future__ import annotations

import json
import socket
import statistics
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from graph.core.instance import Instance
from server.http.client_key import ClientKeys
from tests.server_processes import ASK, FOR_EVER, TRUE, Server, descendants, supervisor
from tests.servers import answer

pytestmark = pytest.mark.slow

SOON = 1.0  # seconds; 0.1 on a quiet machine
ENDLESS = "/sparql?query=" + quote(FOR_EVER)


@pytest.fixture(scope="module")
def server(small: Instance) -> Iterator[Server]:
    with Server(small, timeout=30.0) as running:
        yield running


def get(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


def query_workers(server: Server) -> set[int]:
    return descendants(supervisor(server))


def busy(pid: int) -> float:
    """Seconds of processor time a process has used; nothing once it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return -1.0
    return -1.0 if fields[0] == "Z" else int(fields[11]) / 100


def running_one(server: Server, before: dict[int, float]) -> int:
    """The worker that runs the endless query: the one whose time grows."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for pid in query_workers(server):
            if busy(pid) > before.get(pid, 0.0) + 0.02:
                return pid
        time.sleep(0.01)
    raise AssertionError("no worker runs")


def ends(pid: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if busy(pid) < 0:
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("headers", [(), ("TE: trailers",)], ids=["short way", "ordinary way"])
def test_who_hangs_up_ends_the_query(server: Server, headers: tuple[str, ...]) -> None:
    before = {pid: busy(pid) for pid in query_workers(server)}
    with server.send(get(ENDLESS, *headers)):
        worker = running_one(server, before)
    assert ends(worker, SOON)
    assert server.get(ASK)[1] == TRUE


def test_a_query_sent_in_a_body_ends_too(server: Server) -> None:
    before = {pid: busy(pid) for pid in query_workers(server)}
    head = "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    head += f"Content-Length: {len(FOR_EVER)}\r\n\r\n"
    with server.send((head + FOR_EVER).encode()):
        worker = running_one(server, before)
    assert ends(worker, SOON)


@pytest.mark.parametrize("way", ["parameter", "header", "ordinary way"])
def test_a_query_is_cancelled_by_its_id(server: Server, way: str) -> None:
    name = str(uuid.uuid4())
    before = {pid: busy(pid) for pid in query_workers(server)}
    sent = {
        "parameter": get(f"{ENDLESS}&query-id={name}"),
        "header": get(ENDLESS, f"Query-Id: {name}"),
        "ordinary way": get(ENDLESS, f"Query-Id: {name}", "TE: trailers"),
    }
    with server.send(sent[way]) as raw:
        worker = running_one(server, before)
        assert delete(server, str(uuid.uuid4())) == 404
        assert delete(server, name) == 204
        assert ends(worker, SOON)
        told = answer(raw)
        assert told.startswith(b"HTTP/1.1 503")
        assert b"problem/cancelled" in told
    assert delete(server, name) == 404


def delete(server: Server, name: str) -> int:
    connection = server.connect()
    connection.request("DELETE", f"/sparql/queries/{name}")
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status


def test_an_id_that_could_be_guessed_is_refused(server: Server) -> None:
    response, body = server.get(ASK + "&query-id=1")
    assert response.status == 400
    assert "UUID" in json.loads(body)["hint"]


def test_look_ups_of_others_go_on_beside_a_hostile_client(server: Server) -> None:
    """Sixteen connections of one client with endless queries; another's look-ups beside them."""
    alone = statistics.median(look_ups(server, 40))
    stop = threading.Event()
    threads = [threading.Thread(target=hammer, args=(server, n, stop)) for n in range(16)]
    for thread in threads:
        thread.start()
    time.sleep(0.8)
    beside = look_ups(server, 60)
    stop.set()
    for thread in threads:
        thread.join()
    assert statistics.median(beside) < max(10 * alone, 0.3)
    assert max(beside) < 5


def look_ups(server: Server, number: int) -> list[float]:
    """Seconds that each of some different look-ups took, from another address than ours."""
    host, port = server.address.hostname, server.address.port
    times = []
    with socket.create_connection((host, port), 10, ("127.0.0.9", 0)) as raw:
        for n in range(number):
            begun = time.monotonic()
            raw.sendall(get("/sparql?query=" + quote(f"ASK {{ ?s ?p {time.time_ns() + n} }}")))
            assert answer(raw).startswith(b"HTTP/1.1 200")
            times.append(time.monotonic() - begun)
    return times


def hammer(server: Server, number: int, stop: threading.Event) -> None:
    count = 0
    while not stop.is_set():
        count += 1
        text = FOR_EVER + f" # {number} {count}"
        with server.send(get("/sparql?timeout=2&query=" + quote(text))) as raw:
            assert answer(raw)[9:12] in {b"503", b"429"}


# --- who asks ---


def test_a_client_is_told_by_its_address_and_not_known_by_it() -> None:
    keys = ClientKeys()
    assert (
        keys.client_key("192.0.2.1") == keys.client_key("192.0.2.1") != keys.client_key("192.0.2.2")
    )
    assert "192" not in keys.client_key("192.0.2.1")
    other = ClientKeys()
    assert other.client_key("192.0.2.1") != keys.client_key("192.0.2.1")  # of this server alone


def test_an_ipv6_subscriber_is_one_client() -> None:
    keys = ClientKeys()
    assert keys.client_key("2001:db8:1:2::1") == keys.client_key("2001:db8:1:2:ffff::9")
    assert keys.client_key("2001:db8:1:2::1") != keys.client_key("2001:db8:1:3::1")
    assert keys.client_key("::ffff:192.0.2.1") == keys.client_key("192.0.2.1")


def test_a_forwarded_address_is_believed_only_from_the_operators_proxies() -> None:
    forged = "203.0.113.5, 192.0.2.1"
    trusting, plain = ClientKeys(1), ClientKeys()
    assert plain.client_key("10.0.0.1", forged) == plain.client_key("10.0.0.1")
    assert trusting.client_key("10.0.0.1", forged) == trusting.client_key("10.0.0.2", "192.0.2.1")
    assert trusting.client_key("10.0.0.1", "") == trusting.client_key("10.0.0.1")
