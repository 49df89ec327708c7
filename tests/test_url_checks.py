"""Addresses are asked for real: a server on this machine that does all that servers do wrong."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from graph.core.progress import SilentReporter
from graph.outbound.ssrf_guard import is_public
from loaders.link_checks import HostRate, Prober, UrlChecks, addresses, run
from loaders.link_checks.probe import ProbeLimits, ProbeResult
from shapes.quality.scored_resource import store_of
from tests.turtle import lines

CSV = b"aimag,n\n\xd0\x90\xd1\x80\xd1\x85\xd0\xb0\xd0\xbd\xd0\xb3\xd0\xb0\xd0\xb9,51\n"
COMMENTS = b"<!-- portal -->" * 100  # and no page after them
PAGE = b"\n<!-- portal -->\n<!DOCTYPE html><html><body>Portal</body></html>"
LIMITS = ProbeLimits(io_timeout=1.0, total_timeout=1.5, max_bytes=4096, max_redirects=3)

# path → status, headers, body
ANSWERS = {
    "/data.csv": (200, {"Content-Type": "text/csv; charset=utf-8"}, CSV),
    "/soft-404.csv": (200, {"Content-Type": "text/html; charset=utf-8"}, PAGE),
    "/disguised.csv": (200, {"Content-Type": "text/csv"}, PAGE),
    "/empty": (200, {}, b""),
    "/large": (200, {"Content-Type": "application/json"}, b"x" * 9000),
    "/comments": (200, {"Content-Type": "text/csv"}, COMMENTS),
    "/gone": (404, {"Content-Type": "text/html"}, b"<html>no</html>"),
    "/broken": (500, {}, b"x"),
    "/moved": (301, {"Location": "/data.csv"}, b""),
    "/moved-twice": (302, {"Location": "/moved"}, b""),
    "/moved-to-404": (302, {"Location": "/gone"}, b""),
    "/circle": (302, {"Location": "/circle"}, b""),
    "/to-nowhere": (302, {"Location": "http://[example.mn/"}, b""),
    "/to-mail": (302, {"Location": "mailto:a@example.mn"}, b""),
    "/lies": (200, {"Content-Length": "99999", "Content-Type": "text/csv"}, CSV),
}


class Handler(BaseHTTPRequestHandler):
    """Answers from the table; a few paths misbehave by hand."""

    asked: list[tuple[str, str, str]]

    def do_HEAD(self) -> None:
        if self.path == "/no-head":
            self._send(405, {}, b"")
        elif self.path == "/head-only":
            self._send(200, {}, b"")
        elif self.path == "/drops-head":
            self.connection.close()
        else:
            self.do_GET()

    def do_GET(self) -> None:
        self.asked.append((self.command, self.path, self.headers["Host"]))
        if self.path == "/silent":
            time.sleep(2.5)
        elif self.path in ("/drip", "/drip-headers"):
            self._drip(b"" if self.path == "/drip-headers" else b"\r\n")
        else:
            known = self.path in ("/no-head", "/drops-head")
            self._send(*ANSWERS.get("/data.csv" if known else self.path, (404, {}, b"")))

    def _drip(self, end_of_headers: bytes) -> None:
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n" + end_of_headers)
            for _ in range(30):
                self.wfile.write(b"X")
                self.wfile.flush()
                time.sleep(0.1)

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            with suppress(OSError):
                self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Clients that hang up are what the test is about."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    Handler.asked = []
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def prober() -> Iterator[Prober]:
    with Prober(LIMITS, allow_private=True) as prober:
        yield prober


def test_a_file_is_read_whole(site: str, prober: Prober) -> None:
    found = prober.probe(f"{site}/data.csv")
    assert (found.status, found.head, found.error) == (200, 200, "")
    assert (found.media_type, found.length, found.html) == ("text/csv", len(CSV), False)
    assert found.sha256 == hashlib.sha256(CSV).hexdigest()
    assert [method for method, path, _ in Handler.asked if path == "/data.csv"] == ["HEAD", "GET"]


@pytest.mark.parametrize("path", ["/soft-404.csv", "/disguised.csv"])
def test_a_page_is_known_by_how_it_begins(path: str, site: str, prober: Prober) -> None:
    found = prober.probe(site + path)
    assert (found.status, found.html) == (200, True)


def test_many_comments_are_no_page_at_once(site: str, prober: Prober) -> None:
    start = time.monotonic()
    assert not prober.probe(f"{site}/comments").html
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    ("path", "status", "redirects"),
    [
        ("/gone", 404, []),
        ("/broken", 500, []),
        ("/empty", 200, []),
        ("/moved", 200, ["/moved"]),
        ("/moved-twice", 200, ["/moved-twice", "/moved"]),
        ("/moved-to-404", 404, ["/moved-to-404"]),
        ("/no-head", 200, []),
        ("/head-only", 404, []),
        ("/drops-head", 200, []),
    ],
)
def test_the_last_get_decides(
    path: str, status: int, redirects: list[str], site: str, prober: Prober
) -> None:
    found = prober.probe(site + path)
    assert (found.status, found.error) == (status, "")
    assert found.redirects == tuple(site + hop for hop in redirects)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/circle", "redirects"),
        ("/to-mail", "scheme"),
        ("/to-nowhere", "connection"),
        ("/silent", "time"),
        ("/drip", "time"),
        ("/drip-headers", "time"),
        ("/lies", "connection"),
    ],
)
def test_what_cannot_be_answered_says_why(path: str, error: str, site: str, prober: Prober) -> None:
    began = time.monotonic()
    found = prober.probe(site + path)
    assert (found.status, found.error) == (0, error)
    assert time.monotonic() - began < 2 * LIMITS.total_timeout + 1


def test_only_the_beginning_of_a_large_file_is_read(site: str, prober: Prober) -> None:
    found = prober.probe(f"{site}/large")
    assert (found.status, found.length, found.sha256) == (200, 9000, "")


def test_the_server_hears_the_name_it_was_asked_by(site: str, prober: Prober) -> None:
    named = site.replace("127.0.0.1", "localhost")
    assert prober.probe(f"{named}/named").status == 404
    assert {host for _, path, host in Handler.asked if path == "/named"} == {named[7:]}


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("ftp://example.mn/a", "scheme"),
        ("https://", "scheme"),
        ("urn:x", "scheme"),
        ("http://no-such-host.invalid/", "name"),
        ("http://a..mn/", "name"),
    ],
)
def test_addresses_that_lead_nowhere(url: str, error: str, prober: Prober) -> None:
    assert prober.probe(url).error == error


def test_nothing_listens_there(prober: Prober) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    assert prober.probe(f"http://127.0.0.1:{port}/").error == "connection"


PRIVATE = "127.0.0.1 localhost [::1] 10.0.0.1 169.254.169.254 0.0.0.0 2130706433"


@pytest.mark.parametrize("host", PRIVATE.split())
def test_private_networks_are_refused(host: str, site: str) -> None:
    before = len(Handler.asked)
    with Prober(LIMITS) as prober:
        found = prober.probe(f"http://{host}:{site.rsplit(':', 1)[1]}/data.csv")
    assert (found.status, found.error) == (0, "refused")
    assert len(Handler.asked) == before


@pytest.mark.parametrize(
    ("number", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("fe80::1%eth0", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::808:808", True),
    ],
)
def test_which_numbers_lead_out(number: str, public: bool) -> None:
    assert is_public(number) is public


def test_a_redirect_into_a_private_network_is_refused(
    site: str, prober: Prober, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first hop is let through as if it were public; the second is looked at again."""
    seen: list[str] = []

    def once(number: str) -> bool:
        seen.append(number)
        return len(seen) == 1

    monkeypatch.setattr("graph.outbound.ssrf_guard.is_public", once)
    with Prober(LIMITS) as careful:
        found = careful.probe(f"{site}/moved")
    assert (found.error, found.redirects) == ("refused", (f"{site}/moved",))


def test_answers_are_kept_and_asked_again_when_old(tmp_path: Path) -> None:
    path = tmp_path / "checks.sqlite"
    old = ProbeResult(
        "https://a.mn/1", "2026-11-01T00:00:00+08:00", 200, redirects=("https://a.mn/0",)
    )
    new = ProbeResult("https://a.mn/2", "2026-11-21T00:00:00+08:00", error="refused")
    with UrlChecks(path) as checks:
        for found in (old, new):
            checks.save(found)
    with UrlChecks(path) as checks:
        assert checks.all() == [old, new]
        assert list(checks.addresses()) == [old.url]
        asked = [old.url, new.url, "https://a.mn/3"]
        due = checks.due(asked, "2026-11-22T00:00:00+08:00", days=7)
        assert due == [old.url, "https://a.mn/3"]
        checks.save(ProbeResult(old.url, new.at, 404))
        assert checks.addresses()[old.url].status == 404


def test_hosts_take_turns_and_are_given_time(site: str, tmp_path: Path) -> None:
    other = site.replace("127.0.0.1", "localhost")
    urls = [f"{site}/1", f"{site}/2", f"{other}/1", f"{other}/2"]
    waited: list[float] = []
    rate = HostRate(10.0, clock=lambda: 100.0 + sum(waited), sleep=waited.append)
    with (
        UrlChecks(tmp_path / "checks.sqlite") as checks,
        Prober(LIMITS, allow_private=True) as prober,
    ):
        order = [found.url for found in run(urls, checks, prober, SilentReporter(), rate)]
        assert len(checks.all()) == 4
    assert order == [f"{site}/1", f"{other}/1", f"{site}/2", f"{other}/2"]
    assert waited == [0, 0, 10, 0]


def test_silence_counts_only_where_somebody_answers(site: str, tmp_path: Path) -> None:
    dead, refused = "http://no-such-host.invalid/", "ftp://a.mn/"
    with (
        UrlChecks(tmp_path / "checks.sqlite") as checks,
        Prober(LIMITS, allow_private=True) as prober,
    ):
        rate = HostRate(0.0)
        assert len(list(run([dead, refused], checks, prober, SilentReporter(), rate))) == 2
        assert [found.url for found in checks.all()] == [refused]
        assert len(list(run([dead, f"{site}/gone"], checks, prober, SilentReporter(), rate))) == 2
        assert [found.url for found in checks.all()] == sorted([refused, dead, f"{site}/gone"])


def test_the_addresses_of_a_catalogue() -> None:
    store = store_of(
        lines(
            "<f> dcat:accessURL <https://a.mn/b> , 'text' ; dcat:downloadURL <https://a.mn/a> ."
            "<s> dcat:endpointURL <https://a.mn/c> ."
        )
    )
    assert addresses(store) == ["https://a.mn/a", "https://a.mn/b"]
