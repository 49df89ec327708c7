"""Stand-ins of catalogue servers: a function that answers, asked directly or over HTTP."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from graph.core.iris import Names
from loaders.catalogues import dcat
from loaders.fetching.model import FetchRequest
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, LoadFinding, Statement
from loaders.pipeline.source import Source
from vocab.namespaces import DCAT, DCT, RDF

HOST = "http://portal.example"
_MOST = 60  # requests of one run


@dataclass(frozen=True)
class StandInRequest:
    """A request as a server sees it."""

    path: str
    query: Mapping[str, str]
    body: str = ""


@dataclass(frozen=True)
class StandInAnswer:
    """What it answers."""

    data: bytes
    media_type: str = "text/turtle"
    status: int = 200


StandIn = Callable[[StandInRequest], StandInAnswer]


def answer_json(value: Any) -> StandInAnswer:
    return StandInAnswer(json.dumps(value).encode(), "application/json")


def source(address: str = HOST + "/", **options: Any) -> Source:
    return Source(
        "test", {"en": "Test"}, "dcat", (address,), "text/turtle", Path("x.toml"), options=options
    )


def context(described: Source) -> LoaderContext:
    return LoaderContext(described, Names("https://example.mn/"))


@dataclass
class StandInRun:
    """One run against a stand-in: what was requested, what came."""

    stand_in: StandIn
    described: Source

    def __post_init__(self) -> None:
        self.captures: list[Capture] = []
        self.requested: list[str] = []

    def fetch(self) -> list[Capture]:
        """All answers, as the fetch kit collects them."""
        pending = [dcat.first_request(self.described, one) for one in self.described.files]
        sent: set[str] = set()
        while pending:
            for request in pending:
                sent.add(request.key)
                self.captures.append(self.answer(request))
            asked = dcat.requests(context(self.described), self.captures)
            pending = [one for one in asked if one.key not in sent]
            assert len(self.captures) < _MOST, "no end of requests"
        return self.captures

    def answer(self, request: FetchRequest) -> Capture:
        parts = urlsplit(request.url)
        body = request.content or (urlencode(request.form) if request.form else "")
        self.requested.append(request.url.removeprefix(HOST))
        answer = self.stand_in(StandInRequest(parts.path, dict(parse_qsl(parts.query)), body))
        assert answer.status == 200
        digest = hashlib.sha256(answer.data).hexdigest()
        return Capture(digest, request.name, request.url, answer.media_type, answer.data)

    def statements(self) -> list[Statement]:
        """What is stated, record by record."""
        found: list[Statement] = []
        with_context = context(self.described)
        for record in dcat.records(self.captures or self.fetch(), with_context):
            for one in dcat.statements(record, with_context):
                if isinstance(one, Statement) and one.layer == "stated":
                    found.append(one)
        return found

    def findings(self) -> set[tuple[str, str]]:
        """The kinds of findings, and what they are about."""
        found, with_context = set(), context(self.described)
        for record in dcat.records(self.captures or self.fetch(), with_context):
            for one in dcat.statements(record, with_context):
                if isinstance(one, LoadFinding):
                    found.add((one.kind, one.subject.value))
        return found

    def datasets(self) -> set[str]:
        """The IRIs of all datasets."""
        said = self.statements()
        return {s.subject.value for s in said if s[1:3] == (RDF.type, DCAT.Dataset)}

    def titles(self) -> list[str]:
        """The titles of all datasets, sorted; one with several has several."""
        said, datasets = self.statements(), self.datasets()
        titles = [s for s in said if s.predicate == DCT.title and s.subject.value in datasets]
        return sorted(one.object.value for one in titles)


def run(stand_in: StandIn, address: str = HOST + "/", **options: Any) -> StandInRun:
    return StandInRun(stand_in, source(address, **options))


@contextmanager
def serving(stand_in: StandIn) -> Iterator[str]:
    """A stand-in over HTTP: host and port, which stand for HOST in what it answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            parts = urlsplit(self.path)
            answer = stand_in(StandInRequest(parts.path, dict(parse_qsl(parts.query)), body))
            own = f"http://{self.headers['Host']}"
            data = answer.data.replace(HOST.encode(), own.encode())
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
