"""HTTP as it travels to the server: connections, pieces, heads, methods."""

from __future__ import annotations

import json
import time
from urllib.parse import quote

import pytest

from graph.queries.results.spool import INLINE
from tests.server_processes import ASK, LARGE, TRUE, Server, server

__all__ = ["server"]
pytestmark = pytest.mark.slow


def test_both_ways_give_the_same_answer(server: Server) -> None:
    """A header that the short way does not take must change nothing."""
    for path in (ASK, ASK + "&format=csv", "/sparql?query=oops", "/sparql?query=" + quote(LARGE)):
        short, body = server.get(path)
        ordinary, same = server.get(path, TE="trailers")
        assert body == same
        assert short.status == ordinary.status
        named = {k: v for k, v in short.headers.items() if k not in ("Date", "Server-Timing")}
        assert named.items() <= dict(ordinary.headers.items()).items()


def test_a_large_answer_is_whole(server: Server) -> None:
    for headers in ({}, {"TE": "trailers"}):
        response, body = server.get("/sparql?format=csv&query=" + quote(LARGE), **headers)
        assert len(body) == int(response.headers["Content-Length"]) > INLINE
        assert response.headers["Transfer-Encoding"] is None


def test_a_connection_is_kept_over_both_ways(server: Server) -> None:
    connection = server.connect()
    for path in (ASK, "/healthz", ASK, "/id/place/066.ttl", ASK + "&format=csv", ASK):
        connection.request("GET", path)
        response = connection.getresponse()
        assert response.status == 200
        assert response.read()
        time.sleep(0.03)  # longer than a thread lingers
    connection.close()


def test_requests_in_one_piece_are_answered_in_order(server: Server) -> None:
    one = f"GET {ASK} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    two = f"GET {ASK}&format=csv HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    with server.send(one + two) as raw:
        data = b"".join(iter(lambda: raw.recv(65536), b""))
    assert data.index(TRUE) < data.index(b"text/csv")
    assert data.count(b"HTTP/1.1 200 OK") == 2


def test_a_request_in_pieces(server: Server) -> None:
    head = f"GET {ASK} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    with server.send(head[:20]) as raw:
        for part in (head[20:60], head[60:-3], head[-3:]):
            time.sleep(0.08)
            raw.sendall(part)
        assert TRUE in b"".join(iter(lambda: raw.recv(65536), b""))


def test_a_chunked_body(server: Server) -> None:
    connection = server.connect()
    headers = {"Content-Type": "application/sparql-query", "Transfer-Encoding": "chunked"}
    connection.request("POST", "/sparql", iter([b"ASK ", b"{}"]), headers, encode_chunked=True)
    assert connection.getresponse().read() == TRUE
    connection.close()


def test_an_address_too_long_is_told_another_way(server: Server) -> None:
    response, body = server.get("/sparql?query=" + "#" * 20_000)
    assert response.status == 414
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "POST" in json.loads(body)["hint"]
    for language, title in (("mn", "Хаяг хэт урт байна"), ("en", "The URL is too long")):
        asked = {"Accept": "text/html", "Accept-Language": language}
        response, body = server.get("/sparql?query=" + "#" * 20_000, **asked)
        assert response.status == 414
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        assert f"<h1>{title}</h1>" in body.decode()
        assert 'role="search"' in body.decode()
        assert response.headers["Content-Language"] == language
    assert server.get(ASK)[1] == TRUE


@pytest.mark.parametrize(
    "path",
    [ASK, ASK + "&format=csv&bom=true", "/sparql?query=oops", "/sparql?query=" + quote(LARGE)],
)
def test_head_travels_without_a_body(server: Server, path: str) -> None:
    got, _ = server.get(path)
    connection = server.connect()
    connection.request("HEAD", path)
    head = connection.getresponse()
    volatile = {"Date", "Connection", "Server-Timing"}
    assert head.read() == b""
    assert head.status == got.status
    assert {k: v for k, v in head.headers.items() if k not in volatile} == {
        k: v for k, v in got.headers.items() if k not in volatile
    } | {k: v for k, v in head.headers.items() if k == "Server"}
    connection.request("GET", ASK)  # nothing of a body is in the way
    assert connection.getresponse().read() == TRUE
    connection.close()


def test_the_query_method(server: Server) -> None:
    connection = server.connect()
    connection.request("QUERY", "/sparql", b"ASK {}", {"Content-Type": "application/sparql-query"})
    assert connection.getresponse().read() == TRUE
    connection.close()


def test_no_redirect_leads_elsewhere(server: Server) -> None:
    for path in ("//evil.example/id/place/066", "/%2F%2Fevil.example"):
        response, _ = server.get(path)
        assert response.status == 404 or response.headers["Location"].startswith("/id/")
