"""Stand-ins of catalogue servers: a function that answers, asked directly or over HTTP."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from graph.core.iris import Names
from loaders.catalogues import dcat
from loaders.fetching.model import FetchRequest
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Record
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
                self.captures.append(self._answer(request))
            asked = dcat.requests(context(self.described), self.captures)
            pending = [one for one in asked if one.key not in sent]
            assert len(self.captures) < _MOST, "no end of requests"
        return self.captures

    def _answer(self, request: FetchRequest) -> Capture:
        parts = urlsplit(request.url)
        body = request.content or (urlencode(request.form) if request.form else "")
        self.requested.append(request.url.removeprefix(HOST))
        answer = self.stand_in(StandInRequest(parts.path, dict(parse_qsl(parts.query)), body))
        assert answer.status == 200
        digest = hashlib.sha256(answer.data).hexdigest()
        return Capture(digest, request.name, request.url, answer.media_type, answer.data)

    def records(self) -> list[Record]:
        """The records of all answers."""
        return list(dcat.records(self.captures or self.fetch(), context(self.described)))

    def titles(self) -> list[str]:
        """The titles of all datasets, sorted; one with several has several."""
        found = []
        for record in self.records():
            said = list(dcat.statements(record, context(self.described)))
            kinds = {(s.subject, s.predicate, s.object) for s in said}
            found += [
                s.object.value
                for s in said
                if s.predicate == DCT.title
                and s.layer == "stated"
                and (s.subject, RDF.type, DCAT.Dataset) in kinds
            ]
        return sorted(found)


def run(stand_in: StandIn, address: str = HOST + "/", **options: Any) -> StandInRun:
    return StandInRun(stand_in, source(address, **options))


@contextmanager
def serving(stand_in: StandIn) -> Iterator[str]:
    """A stand-in over HTTP: host and port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            parts = urlsplit(self.path)
            answer = stand_in(StandInRequest(parts.path, dict(parse_qsl(parts.query)), body))
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(answer.data)))
            self.end_headers()
            self.wfile.write(answer.data)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def described_at(described: Source, host: str) -> Source:
    """The source at the address of a stand-in that is served."""
    files = tuple(one.replace(HOST, f"http://{host}") for one in described.files)
    return replace(described, files=files)
