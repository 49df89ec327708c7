"""A server in this process whose answers a test writes down, and a stand-in of opendata.gov.mn."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from graph.core.instance import CONFIG, Instance
from loaders.pipeline.source import Source, read


@dataclass(frozen=True)
class Asked:
    """One request that came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float


@dataclass(frozen=True)
class Answer:
    """One answer; of `body` only the first `sent` bytes, if given, though its length is announced.

    `drip` are the seconds between two bytes.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: int | None = None
    drip: float = 0.0


Behaviour = Callable[[Asked], Answer]


@dataclass
class AnsweringServer:
    """A running server; `behaviour` answers a request, `asked` are those that came."""

    behaviour: Behaviour
    asked: list[Asked] = field(default_factory=list)
    host: str = ""

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]


@contextmanager
def answering(behaviour: Behaviour) -> Iterator[AnsweringServer]:
    """A server while the block runs."""
    running = AnsweringServer(behaviour)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            asked = Asked(self.command, self.path, headers, body, time.monotonic())
            running.asked.append(asked)
            with suppress(OSError):
                self._send(running.behaviour(asked))

        do_POST = do_GET  # noqa: N815

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            defaults = {"Content-Type": "text/turtle", "Content-Length": str(len(answer.body))}
            for name, value in {**defaults, **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if answer.drip:
                for byte in answer.body:
                    self.wfile.write(bytes([byte]))
                    time.sleep(answer.drip)
            else:
                self.wfile.write(answer.body[: answer.sent])

        def log_message(self, *_: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        running.host = f"127.0.0.1:{server.server_port}"
        yield running
        server.shutdown()


def allow(instance: Instance, *servers: AnsweringServer, **limits: float | str) -> None:
    """Let an instance fetch from stand-ins, quickly."""
    settings = {"rate": 1000, "backoff": 0.01, "max_seconds": 20, **limits}
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    hosts = json.dumps([server.host for server in servers])
    with (instance.root / CONFIG).open("a") as config:
        config.write("\n".join(["[fetch]", f"private_hosts = {hosts}", *lines, ""]))


def described(folder: Path, name: str, text: str) -> Source:
    """A source from its description."""
    path = folder / f"{name}.toml"
    titles = f'[title]\nmn = "{name}"\nen = "{name}"\n'
    path.write_text(f'id = "{name}"\n{text}\n{titles}', "utf-8")
    return read(path)


# --- a portal like opendata.gov.mn ---


@dataclass
class Portal:
    """Search pages and details of numbered datasets; a test changes its fields to misbehave.

    `order` gives the numbers in the order of the list, `details` replaces the answer for a dataset,
    `after` is called after each answer.
    """

    datasets: int
    size: int = 10
    titles: dict[int, str] = field(default_factory=dict)
    details: dict[int, Answer] = field(default_factory=dict)
    pages: dict[int, Answer] = field(default_factory=dict)
    after: Callable[[int], None] = lambda _: None
    answered: int = 0

    @property
    def order(self) -> list[int]:
        return list(range(1, self.datasets + 1))

    def row(self, number: int) -> dict[str, Any]:
        return {
            "id": number,
            "name": self.titles.get(number, f"Өгөгдөл {number}"),
            "org": {"reg_num": "1234567", "name": "Агентлаг"},
            "frequency": {"name": "Өдөр бүр"},
            "term": None,
            "status": None,
            "files": [{"id": 90_000 + number, "ext": "csv", "size": number}],
        }

    def page(self, number: int, size: int) -> dict[str, Any]:
        numbers = self.order[(number - 1) * size : number * size]
        pages = -(-self.datasets // size)
        items = [self.row(one) for one in numbers]
        return {"details": {"total_rows": self.datasets, "total_pages": pages, "items": items}}

    def __call__(self, asked: Asked) -> Answer:
        body = json.loads(asked.body)
        if asked.path.endswith("/front/search"):
            page = body["page"]
            answer = self.pages.get(page["page"]) or of(self.page(page["page"], page["page_size"]))
        else:
            detail = {**self.row(body["id"]), "description": f"<p>Тайлбар {body['id']}</p>"}
            answer = self.details.get(body["id"]) or of(detail)
        self.answered += 1
        self.after(self.answered)
        return answer

    def source(
        self, folder: Path, server: AnsweringServer, name: str = "odp", more: str = ""
    ) -> Source:
        """A source that harvests it."""
        return described(folder, name, PORTAL.format(url=server.url, size=self.size, more=more))


def of(result: Any) -> Answer:
    """An answer of the portal, in its envelope."""
    body = json.dumps({"code": 200, "result": result}, ensure_ascii=False).encode()
    return Answer(body, headers={"Content-Type": "application/json; charset=utf-8"})


PORTAL = """
loader = "opendata_mn"
publisher = "x-ulzii"
files = []
media_type = "application/json"
references = []
{more}
[options]
described = "2026-11-22T10:00:00+08:00"
agency = "opendata.gov.mn"
details = true
[[options.requests]]
name = "search.json"
url = "{url}/api/v1/front/search"
json = {{ page = {{ page = 1, page_size = {size}, sort = "created_at DESC" }} }}
[options.service]
key = "odp-api"
endpoint = "{url}/api/v1/"
detail = "front/detail/view"
title = {{ mn = "Порталын API", en = "API of the portal" }}
"""


def answer(raw: socket.socket) -> bytes:
    """One whole answer with its head, in however many pieces it comes; less where it is cut."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = raw.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    while len(body) < int(lengths[0].partition(b":")[2]):
        piece = raw.recv(65536)
        if not piece:
            break
        body += piece
    return head + b"\r\n\r\n" + body
