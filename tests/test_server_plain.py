"""Plain requests are parsed before gunicorn: what is plain, and that both ways answer the same."""

from __future__ import annotations

import gzip
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.core.instance import open_instance
from server.front.request_parser import ParsedPage, ParsedQuery, parse_page, parse_plain
from server.http.messages import RequestHeaders
from tests.server_processes import ASK, TRUE, Server
from tests.servers import answer

pytestmark = pytest.mark.slow

PLAIN = f"GET {ASK} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n".encode()


def test_a_plain_get_is_understood() -> None:
    address = ASK.partition("?")[2]
    assert parse_plain(PLAIN) == ParsedQuery(
        address, RequestHeaders("text/csv", query_string=address)
    )
    kept = PLAIN.replace(b"Accept", b"Connection: Keep-Alive\r\nAccept")
    assert parse_plain(kept) == parse_plain(PLAIN)
    ending = PLAIN.replace(b"Accept", b"Connection: Close\r\nAccept")
    assert parse_plain(ending) == ParsedQuery(
        address, RequestHeaders("text/csv", query_string=address), close=True
    )


@pytest.mark.parametrize(
    "data",
    [
        PLAIN + PLAIN,
        PLAIN + b"x",
        PLAIN[:-2],
        PLAIN.replace(b"GET", b"POST"),
        PLAIN.replace(b"HTTP/1.1", b"HTTP/1.0"),
        PLAIN.replace(b"/sparql?", b"/sparqls?"),
        PLAIN.replace(b"Host: x\r\n", b""),
        PLAIN.replace(b"Host: x\r\n", b"Host: x\r\nHost: y\r\n"),
        PLAIN.replace(b"Accept: text/csv", b"Content-Length: 3"),
        PLAIN.replace(b"Accept: text/csv", b"transfer-encoding: chunked"),
        PLAIN.replace(b"Accept: text/csv", b"Connection: close, upgrade"),
        PLAIN.replace(b"Accept: text/csv", b"Accept : text/csv"),
        PLAIN.replace(b"Accept: text/csv", b"Accept: text/csv\r\n folded"),
        PLAIN.replace(b"Accept: text/csv", b"Accept: a\nContent-Length: 3"),
        PLAIN.replace(b"Accept: text/csv", b"Accept: a\rContent-Length: 3"),
        PLAIN.replace(b"Accept: text/csv", b"Accept\0: a"),
        PLAIN.replace(b"Accept: text/csv", b"no colon"),
        re.sub(rb"ASK", b"AS K", PLAIN),
        re.sub(rb"ASK", b"AS\x80K", PLAIN),
        re.sub(rb"ASK", b"AS#K", PLAIN),
    ],
)
def test_anything_else_goes_the_ordinary_way(data: bytes) -> None:
    assert parse_plain(data) is None


PAGE = PLAIN.replace(ASK.encode(), b"/snapshot/12/catalog.ttl?page=3")


def test_a_plain_get_of_a_page_is_understood() -> None:
    assert parse_page(PAGE) == ParsedPage("/snapshot/12/catalog.ttl", "page=3", "", close=False)
    ending = PAGE.replace(b"/snapshot/12", b"").replace(b"?page=3", b"")
    ending = ending.replace(b"Accept", b"Connection: close\r\nAccept-Encoding: gzip\r\nAccept")
    assert parse_page(ending) == ParsedPage("/catalog.ttl", "", "gzip", close=True)


@pytest.mark.parametrize(
    "data",
    [
        PAGE + PAGE,
        PAGE[:-2],
        PAGE.replace(b"GET", b"HEAD"),
        PAGE.replace(b"page=3", b"modified_since=2026-01-01"),
        PAGE.replace(b"page=3", b"page=3&page=4"),
        PAGE.replace(b"/snapshot", b"/org/1/snapshot"),
        PAGE.replace(b"Host: x\r\n", b""),
        PAGE.replace(b"Host: x", b'If-None-Match: "a"\r\nHost: x'),
        PAGE.replace(b"Accept: text/csv", b"if-modified-since: Mon, 30 Nov 2026 00:00:00 GMT"),
        PAGE.replace(b"Accept: text/csv", b"Range: bytes=0-9"),
        PAGE.replace(b"Accept: text/csv", b"Authorization: Bearer x"),
        PAGE.replace(b"Accept: text/csv", b"Content-Length: 3"),
    ],
)
def test_a_page_with_anything_else_goes_the_ordinary_way(data: bytes) -> None:
    assert parse_page(data) is None


@pytest.fixture(scope="module")
def catalogued(few_datasets: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = shutil.copytree(few_datasets, tmp_path_factory.mktemp("catalogued") / "data")
    with Server(open_instance(data)) as running:
        yield running


def test_both_ways_give_the_same_page(catalogued: Server) -> None:
    for path in ("/catalog.ttl", "/catalog.rdf?page=1"):
        short, plain = catalogued.get(path)
        long, conditional = catalogued.get(path, **{"If-None-Match": '"other"'})
        assert short.status == long.status == 200
        assert plain == conditional
        assert b"hydra" in plain
        only = {"Server", "Connection", "Date"}  # gunicorn's own
        told = [{k: v for k, v in each.getheaders() if k not in only} for each in (short, long)]
        assert told[0] == told[1]
        _, zipped = catalogued.get(path, **{"Accept-Encoding": "gzip"})
        assert gzip.decompress(zipped) == plain
    refused, problem = catalogued.get("/catalog.ttl?page=99")
    assert refused.status == 404
    assert b"page 99" in problem


def test_pages_in_one_piece_and_a_look_up_come_in_order(catalogued: Server) -> None:
    whole = catalogued.get("/catalog.ttl")[1]
    page = b"GET /catalog.ttl HTTP/1.1\r\nHost: x\r\n\r\n"
    with catalogued.send(page) as raw:
        assert answer(raw).endswith(whole)
        raw.sendall(page[:20])
        time.sleep(0.05)
        raw.sendall(page[20:])
        assert answer(raw).endswith(whole)
        raw.sendall(PLAIN.replace(b"text/csv", b"application/sparql-results+json"))
        assert answer(raw).endswith(TRUE)
