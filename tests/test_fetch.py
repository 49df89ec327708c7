"""Fetching from hostile servers: bombs, drips, redirects, private addresses. Nothing is mocked."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from graph.core.errors import ConfigError, InputError
from graph.core.instance import CONFIG, Instance
from graph.ledger import Ledger
from graph.outbound.download import Downloader, DownloadError, DownloadRequest
from graph.outbound.fetch_settings import FetchSettings, allowing, fetch_settings
from loaders.pipeline.load import load
from tests.test_bad_input import TEN, THINGS, allow_private, shown, source

pytestmark = pytest.mark.slow

TEXT = "text/turtle"
MIB = 1 << 20


@cache
def bomb(size: int) -> bytes:
    """A gzip body of zeros that unpacks to `size` bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = bytes(MIB)
    return b"".join(packer.compress(piece) for _ in range(size // MIB)) + packer.flush()


ANSWERS: dict[str, tuple[int, dict[str, str], bytes | Callable[[], bytes]]] = {
    "/things": (200, {}, THINGS),
    "/packed": (200, {"Content-Encoding": "gzip"}, gzip.compress(THINGS)),
    "/deflated": (200, {"Content-Encoding": "deflate"}, zlib.compress(THINGS)),
    "/cut": (200, {"Content-Encoding": "gzip"}, gzip.compress(THINGS)[:-9]),
    "/garbage": (200, {"Content-Encoding": "gzip"}, THINGS),
    "/twice": (200, {"Content-Encoding": "gzip, gzip"}, gzip.compress(gzip.compress(THINGS))),
    "/bomb": (200, {"Content-Encoding": "gzip"}, lambda: bomb(256 * MIB)),
    "/large": (200, {}, bytes(3 * MIB)),
    "/moved": (302, {"Location": "/things", "Set-Cookie": "secret=1; Path=/"}, b""),
    "/circle": (302, {"Location": "/circle"}, b""),
    "/inward": (302, {"Location": "http://localhost:1/secret"}, b""),
    "/to-file": (302, {"Location": "file:///etc/passwd"}, b""),
    "/kept": (307, {"Location": "/echo"}, b""),
    "/changed": (303, {"Location": "/echo"}, b""),
}


class Hostile(BaseHTTPRequestHandler):
    """Answers from the table; a few paths misbehave by hand."""

    asked: list[str]
    cookies: list[str | None]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.cookies.append(self.headers["Cookie"])
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with suppress(OSError):
            if self.path in ("/drip", "/drip-headers"):
                self._drip(b"" if self.path == "/drip-headers" else b"\r\n")
            elif self.path == "/echo":
                self._send(200, {}, self.command.encode() + body)
            else:
                status, headers, data = ANSWERS[self.path]
                self._send(status, headers, data if isinstance(data, bytes) else data())

    def do_POST(self) -> None:
        self.do_GET()

    def _drip(self, end_of_headers: bytes) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: " + end_of_headers)
        for _ in range(100):
            self.wfile.write(b"X")
            time.sleep(0.1)

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": TEXT, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    """Host and port of the hostile server."""
    Hostile.asked, Hostile.cookies = [], []
    bomb(256 * MIB)  # made before the time is taken
    with ThreadingHTTPServer(("127.0.0.1", 0), Hostile) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{running.server_port}"
        running.shutdown()


Get = Callable[..., Any]


@pytest.fixture
def get(server: str) -> Get:
    """A function that downloads a path of the server within limits."""

    def run(path: str, body: Any = None, **limits: Any) -> Any:
        settings = FetchSettings(**{"private_hosts": (server,), "max_seconds": 10, **limits})
        with Downloader(settings) as downloader:
            return downloader.download(DownloadRequest(f"http://{server}{path}", body))

    return run


@pytest.mark.parametrize("path", ["/things", "/packed", "/deflated", "/moved"])
def test_what_is_right_arrives_unpacked(get: Get, server: str, path: str) -> None:
    response = get(path)
    assert (response.status, response.content_type, response.data) == (200, TEXT, THINGS)
    assert response.url == f"http://{server}{'/things' if path == '/moved' else path}"


@pytest.mark.parametrize(
    ("path", "limits", "reason", "message"),
    [
        ("/bomb", {}, "size", "200 times"),
        ("/bomb", {"max_ratio": 9999, "max_unpacked_mib": 32}, "size", "32 MiB unpacked"),
        ("/large", {"max_mib": 2}, "size", "more than 2 MiB"),
        ("/drip", {"max_seconds": 1}, "time", "in 1 s"),
        ("/drip-headers", {"max_seconds": 1}, "time", "in 1 s"),
        ("/circle", {}, "redirects", "more than 5 redirects"),
        ("/inward", {}, "refused", "private_hosts"),
        ("/to-file", {}, "scheme", "not an http"),
        ("/cut", {}, "encoding", "cut"),
        ("/garbage", {}, "encoding", "not valid gzip"),
        ("/twice", {}, "encoding", "gzip, gzip"),
    ],
)
def test_what_attacks_is_refused_in_time_and_memory(
    get: Get, path: str, limits: dict[str, float], reason: str, message: str
) -> None:
    started = time.monotonic()
    tracemalloc.start()
    with pytest.raises(DownloadError, match=message) as refused:
        get(path, **limits)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.reason == reason
    assert time.monotonic() - started < 5
    assert peak < 128 * MIB


def test_time_is_limited_over_all_redirects(get: Get) -> None:
    with pytest.raises(DownloadError, match="in 0"):
        get("/circle", max_seconds=0.2, max_redirects=10**9)


def test_a_post_is_repeated_only_where_the_status_says_so(get: Get) -> None:
    assert get("/kept", {"id": 1}).data == b'POST{"id":1}'
    assert get("/changed", {"id": 1}).data == b"GET"


def test_a_cookie_does_not_reach_another_host_at_that_address(get: Get) -> None:
    get("/moved")
    assert Hostile.cookies == [None, None]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/things",
        "http://localhost:{port}/things",
        "http://0.0.0.0:{port}/things",
        "http://[::ffff:127.0.0.1]:{port}/things",
        "http://2130706433:{port}/things",
        "http://169.254.169.254/latest/meta-data/",
    ],
)
def test_private_addresses_are_refused_and_not_asked(server: str, url: str) -> None:
    with (
        Downloader(FetchSettings()) as downloader,
        pytest.raises(DownloadError, match=r"private network|resolved"),
    ):
        downloader.download(DownloadRequest(url.format(port=server.rpartition(":")[2])))
    assert Hostile.asked == []


def test_another_port_of_a_listed_host_is_refused(server: str) -> None:
    settings = FetchSettings(private_hosts=("127.0.0.1:1", "127.0.0.1"))
    with (
        Downloader(settings) as downloader,
        pytest.raises(DownloadError, match="private network"),
    ):
        downloader.download(DownloadRequest(f"http://{server}/things"))


@pytest.mark.parametrize(
    ("listed", "url", "expected"),
    [
        ("intranet.mn", "http://intranet.mn/x", True),
        ("intranet.mn", "https://INTRANET.mn:443/x", True),
        ("intranet.mn:80", "http://intranet.mn/x", True),
        ("intranet.mn", "http://intranet.mn:8080/x", False),
        ("intranet.mn:8080", "http://intranet.mn:8080/x", True),
        ("intranet.mn", "http://a.intranet.mn/x", False),
        ("intranet.mn", "http://intranet.mn@example.mn/x", False),
        ("[::1]:9000", "http://[::1]:9000/x", True),
        ("intranet.mn", "http://[", False),
    ],
)
def test_hosts_are_compared_with_their_port(listed: str, url: str, expected: bool) -> None:
    assert FetchSettings(private_hosts=(listed,)).is_private_host(url) is expected


# --- a whole load ------------------------------------------------------------------------------


@pytest.fixture
def loaded(instance: Instance, tmp_path: Path) -> Instance:
    """An instance with ten things published."""
    (tmp_path / "things.ttl").write_bytes(THINGS)
    assert load(instance, source(tmp_path)).status == "published"
    return instance


@pytest.mark.parametrize("path", ["/bomb", "/drip", "/inward"])
def test_an_attack_is_located_and_leaves_the_old_version(
    loaded: Instance, tmp_path: Path, server: str, path: str
) -> None:
    allow_private(loaded, server)
    with (loaded.root / CONFIG).open("a") as config:
        config.write("max_seconds = 1.0\n")
    with pytest.raises(InputError) as refused:
        load(loaded, source(tmp_path, f"http://{server}{path}"))
    assert refused.value.where == f"things http://{server}{path}"
    event = Ledger(loaded)[-1]
    assert (event["type"], event["outcome"]) == ("Fetch", "failed")
    assert "sha256" not in event["responses"][0]
    assert shown(loaded) == TEN


def test_a_refused_address_says_what_allows_it(
    loaded: Instance, tmp_path: Path, server: str
) -> None:
    things = source(tmp_path, f"http://{server}/things")
    with pytest.raises(InputError, match="private network") as refused:
        load(loaded, things)
    hint = f'Nothing was changed. Add to {CONFIG}: [fetch] private_hosts = ["{server}"]'
    assert refused.value.hint == hint
    table, _, line = hint.partition(": ")[2].partition(" ")
    with (loaded.root / CONFIG).open("a") as config:
        config.write(f"{table}\n{line}\n")
    assert fetch_settings(loaded).is_private_host(f"http://{server}/things")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://10.0.0.1/a", "10.0.0.1"),
        ("https://user:word@10.0.0.1:8443/a", "10.0.0.1:8443"),
        ("http://[::1]:80/", "[::1]"),
    ],
)
def test_what_allows_an_address_names_its_host_alone(url: str, host: str) -> None:
    assert allowing(url).endswith(f'private_hosts = ["{host}"]')
    assert FetchSettings(private_hosts=(host,)).is_private_host(url)


def test_a_source_cannot_allow_private_addresses_itself(
    loaded: Instance, tmp_path: Path, server: str
) -> None:
    more = f'private_hosts = ["{server}"]\n[fetch]\nprivate_hosts = ["{server}"]'
    with pytest.raises((InputError, ConfigError)):
        load(loaded, source(tmp_path, f"http://{server}/things", more))
    assert Hostile.asked == []
    assert shown(loaded) == TEN


def test_a_redirect_is_recorded(instance: Instance, tmp_path: Path, server: str) -> None:
    allow_private(instance, server)
    load(instance, source(tmp_path, f"http://{server}/moved"))
    (entry,) = next(e for e in Ledger(instance) if e["type"] == "Fetch")["responses"]
    assert (entry["url"], entry["final"]) == (f"http://{server}/moved", f"http://{server}/things")


@pytest.mark.parametrize(
    "table",
    [
        'private_hosts = "127.0.0.1"',
        "private_hosts = [1]",
        "max_seconds = -1",
        "max_seconds = inf",
        "max_seconds = true",
        "max_redirects = 1.5",
        "unknown = 1",
    ],
)
def test_wrong_settings_are_named(instance: Instance, table: str) -> None:
    with (instance.root / CONFIG).open("a") as config:
        config.write(f"[fetch]\n{table}\n")
    with pytest.raises(ConfigError, match=table.split()[0]):
        fetch_settings(instance)


def test_a_name_that_cannot_be_resolved_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror("no such host")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with (
        Downloader(FetchSettings()) as downloader,
        pytest.raises(DownloadError, match="cannot be resolved"),
    ):
        downloader.download(DownloadRequest("http://nowhere.example/"))
