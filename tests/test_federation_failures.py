"""SERVICE with endpoints that fail or attack, and what is refused here."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from graph.core import limited_process
from graph.core.errors import (
    QueryCancelled,
    QueryError,
    QueryRefused,
    QuerySyntaxError,
    QueryTooComplex,
    QueryUnsupported,
    ServiceFailed,
)
from graph.core.instance import Instance
from graph.core.limited_process import ProcessLimits
from graph.federation import Federation, Service, solutions
from graph.federation.calling import ServiceRefused
from graph.queries import Pool, Query
from tests.federated import LIMITS, Endpoint, rows

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("html", "text/html"),
        ("broken", "cannot be parsed"),
        ("lies", "cannot be parsed"),
        ("deep", "cannot be parsed"),
        ("deep-objects", "cannot be parsed"),
        ("repeated", "an object has a key twice"),
        ("entities", "application/sparql-results\\+xml"),
        ("long-word", "“wwww+…"),
        ("busy", "503"),
        ("packed", "compressed"),
        ("drip", "not respond in time"),
        ("circle", "too many redirects"),
        ("nowhere", "invalid address in Location"),
    ],
)
def test_a_failure_is_told_or_silent(
    federated: Pool, endpoint: Endpoint, path: str, message: str
) -> None:
    pattern = f"<{endpoint.url('/' + path)}> {{ ?x <urn:p> ?y }}"
    start = time.monotonic()
    with pytest.raises(ServiceFailed, match=message) as caught:
        rows(federated, f"SELECT * WHERE {{ SERVICE {pattern} }}")
    assert f"/{path}>" in str(caught.value)
    silent = f"SELECT * WHERE {{ BIND (1 AS ?here) SERVICE SILENT {pattern} }}"
    assert rows(federated, silent) == [["1", "", ""]]
    assert time.monotonic() - start < 12


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("huge", "larger than 1,048,576 bytes"),
        ("endless", "larger than 1,048,576 bytes"),
        ("many", "2,000 solutions; 1,000 are allowed"),
        ("wide", "90,000 variables in 1,000 solutions, 90,000,000 values; 262,144 are allowed"),
        ("inward", "redirects to <http://127.0.0.1:22/sparql>, which is not on the list"),
        ("metadata", "redirects to <http://169.254.169.254/latest/>"),
    ],
)
@pytest.mark.parametrize("silent", ["", "SILENT"])
def test_what_we_refuse_is_never_silent(
    federated: Pool, endpoint: Endpoint, path: str, message: str, silent: str
) -> None:
    with pytest.raises(ServiceFailed) as caught:
        rows(
            federated,
            f"SELECT * WHERE {{ SERVICE {silent} <{endpoint.url('/' + path)}> {{ ?x ?p ?y }} }}",
        )
    assert message in str(caught.value)


def test_a_redirect_to_a_listed_address_is_followed(federated: Pool, endpoint: Endpoint) -> None:
    url = endpoint.url("/moved")
    text = f"SELECT ?n WHERE {{ SERVICE <{url}> {{ <urn:other> <urn:people> ?n }} }}"
    assert rows(federated, text) == [["7"]]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2"])
def test_a_private_number_is_not_called_without_leave(
    federated: Pool, endpoint: Endpoint, host: str
) -> None:
    before = len(endpoint.asked)
    with pytest.raises(ServiceFailed, match="private network"):
        rows(federated, f"SELECT * {{ SERVICE <{endpoint.url(host=host)}> {{ ?s ?p ?o }} }}")
    assert len(endpoint.asked) == before


@pytest.mark.parametrize(
    "number",
    ["127.0.0.1", "10.0.0.7", "192.168.1.1", "169.254.169.254", "::1", "fd00::1",
     "::ffff:127.0.0.1", "64:ff9b::7f00:1", "0.0.0.0", "100.64.0.1"],
)  # fmt: skip
def test_a_name_that_means_a_private_number_is_not_called(
    small: Instance, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    def lookup(host: str, *_: object, **__: object) -> list[object]:
        assert host == "elsewhere.example"
        return [(0, 0, 0, "", ("93.184.216.34", 0)), (0, 0, 0, "", (number, 0))]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    federation = Federation([Service("http://elsewhere.example/sparql")], LIMITS)
    text = "SELECT * { SERVICE <http://elsewhere.example/sparql> { ?s ?p ?o } }"
    with pytest.raises(ServiceFailed, match="private network"):
        federation.expand(Query(text), "", time.monotonic() + 5)


def test_the_number_that_was_checked_is_called(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that means another number when it is asked for again gains nothing."""
    lookups: list[str] = []
    true = socket.getaddrinfo

    def lookup(host: str, *rest: object, **more: object) -> object:
        if host == "rebinding.example":
            lookups.append(host)
            return [(0, 0, 0, "", ("127.0.0.1", 0))]
        return true(host, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    url = endpoint.url("/sparql", "rebinding.example")
    federation = Federation([Service(url, private=True)], LIMITS)
    text = f"SELECT * {{ SERVICE <{url}> {{ <urn:other> <urn:people> ?n }} }}"
    expanded, _ = federation.expand(Query(text), "", time.monotonic() + 5)
    assert "VALUES (?n)" in expanded.text
    assert lookups == ["rebinding.example"]


@pytest.mark.parametrize(
    ("pattern", "error", "message"),
    [
        (
            "SERVICE <http://not.listed/> {{ ?s ?p ?o }}",
            QueryRefused,
            "not on this endpoint",
        ),
        ("SERVICE SILENT <http://not.listed/> {{ ?s ?p ?o }}", QueryRefused, "not on this"),
        ("SERVICE ?where {{ ?s ?p ?o }}", QueryUnsupported, "known only while the query runs"),
        ("SERVICE <{url}> {{ SERVICE <{url}> {{ ?s ?p ?o }} }}", QueryUnsupported, "inside"),
        ("SERVICE <{url}> {{ <urn:other> ?p ?o }}", ServiceFailed, "blank nodes"),
        (" ".join(["SERVICE <{url}> {{ ?s ?p ?o }}"] * 4), QueryTooComplex, "4 services; 3"),
        (
            "FILTER(trueSERVICE <{url}> {{ ?s ?p ?o }})",
            QueryRefused,
            "be distinguished from the keyword SERVICE",
        ),
        (
            "FILTER(1<2) SERVICE:x {{ ?s ?p ?o }}",
            QueryRefused,
            "be distinguished from the keyword SERVICE",
        ),
        ("SERVICE <{url}> ?s ?p ?o", QuerySyntaxError, "column 18.*needs an endpoint"),
        ("SERVICE SILENT", QuerySyntaxError, "needs an endpoint"),
    ],
)
def test_what_cannot_be_done_is_declined(
    federated: Pool, endpoint: Endpoint, pattern: str, error: type[QueryError], message: str
) -> None:
    with pytest.raises(error, match=message):
        rows(federated, "SELECT * WHERE { " + pattern.format(url=endpoint.url()) + " }")


def test_the_querys_own_deadline_holds(federated: Pool, endpoint: Endpoint) -> None:
    text = f"SELECT * {{ SERVICE <{endpoint.url('/drip')}> {{ ?s ?p ?o }} }}"
    start = time.monotonic()
    with pytest.raises(ServiceFailed, match="in time"):
        federated.run(Query(text), timeout=1.0)
    assert time.monotonic() - start < 5


def test_a_result_that_takes_too_much_memory_is_refused() -> None:
    body = b"[" + b"[]," * (5 << 20) + b"0]"  # 15 MiB become 320
    with pytest.raises(ServiceRefused, match="takes more than 256 MiB of memory"):
        solutions.values_block_limited(body, 10, time.monotonic() + 30, lambda: None)


def test_a_result_that_takes_too_long_is_refused() -> None:
    body = b"[" + b"0," * (4 << 20) + b"0]"
    with pytest.raises(ServiceRefused, match="in the time that is left"):
        solutions.values_block_limited(body, 10, time.monotonic(), lambda: None)


def test_a_client_that_hangs_up_ends_the_call(federated: Pool, endpoint: Endpoint) -> None:
    client, server = socket.socketpair()
    text = f"SELECT * {{ SERVICE <{endpoint.url('/drip')}> {{ ?s ?p ?o }} }}"
    start = time.monotonic()
    with server, pytest.raises(QueryCancelled):
        client.close()
        federated.run(Query(text), connection_fd=server.fileno())
    assert time.monotonic() - start < LIMITS.seconds / 2


def test_a_process_that_parses_holds_no_connection_of_a_client(small: Instance) -> None:
    client, server = socket.socketpair()

    def hang_up() -> None:
        if server.fileno() >= 0:
            server.close()
            client.settimeout(5.0)
            assert client.recv(1) == b""  # the end, although the process is still there

    with client:
        limited_process.run(lambda _: time.sleep(0.5), ProcessLimits(64 << 20, 10), check=hang_up)
    assert server.fileno() < 0


def test_a_name_that_nobody_resolves_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: ended.wait(10.0))
    federation = Federation([Service("http://slow.example/sparql")], LIMITS)
    text = "SELECT * { SERVICE <http://slow.example/sparql> { ?s ?p ?o } }"
    start = time.monotonic()
    with pytest.raises(ServiceFailed, match="did not respond in time"):
        federation.expand(Query(text), "", time.monotonic() + 0.3)
    assert time.monotonic() - start < 5
    ended.set()
