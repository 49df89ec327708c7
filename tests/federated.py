"""Another SPARQL endpoint on this machine, which also misbehaves in many ways."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pyoxigraph as ox

from graph.core.instance import Instance
from graph.federation import Federation, Service
from graph.federation.expanding import ServiceLimits
from graph.queries import Pool, Query, QueryLimits

PLACE = "https://w3id.org/ulzii/id/place/066"
JSON = "application/sparql-results+json"
THERE = ox.Store()
THERE.load(
    f"""<{PLACE}> <urn:people> 120000 ; <urn:name> "Uvurkhangai"@en , "a \\"b\\" \\\\ \\n c" .
    <urn:other> <urn:people> 7 ; <urn:of> _:b . <{PLACE}> <urn:at> "POINT(102 45)"^^<urn:wkt> .
    """,
    ox.RdfFormat.TURTLE,
)


@dataclass
class Endpoint:
    """A server on this machine: `/sparql` answers queries over THERE, other paths misbehave."""

    asked: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    server: ThreadingHTTPServer | None = None

    def url(self, path: str = "/sparql", host: str = "127.0.0.1") -> str:
        assert self.server is not None
        return f"http://{host}:{self.server.server_port}{path}"


def answered(text: str) -> bytes:
    solutions = THERE.query(text)
    assert isinstance(solutions, ox.QuerySolutions)
    written = solutions.serialize(None, ox.QueryResultsFormat.JSON)
    assert written is not None
    return written


def handler(endpoint: Endpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            text = parse_qs(body)["query"][0]
            endpoint.asked.append(text)
            endpoint.paths.append(self.path)
            with suppress(OSError):
                getattr(self, "at_" + self.path.strip("/").replace("-", "_"))(text)

        def at_sparql(self, text: str) -> None:
            self._send(answered(text))

        def at_html(self, _: str) -> None:
            self._send(b"<html>", "text/html")

        def at_broken(self, _: str) -> None:
            self._send(b'{"head":{"vars":["x"]},"results":{"bind')

        def at_lies(self, _: str) -> None:
            row = '{"y":{"type":"uri","value":"urn:a> } UNION { ?s ?p ?o"}}'
            self._send(f'{{"head":{{"vars":["y"]}},"results":{{"bindings":[{row}]}}}}'.encode())

        def at_deep(self, _: str) -> None:
            self._send(b'{"head":' * 100_000)

        def at_deep_objects(self, _: str) -> None:
            self._send(b'{"results":{"bindings":' + b'{"a":' * 200_000)

        def at_repeated(self, _: str) -> None:
            self._send(b'{"head":{"vars":[]},"results":{"bindings":[{}],"bindings":[]}}')

        def at_entities(self, _: str) -> None:
            entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
            self._send(
                f"<!DOCTYPE s [{entities}]><s>&e9;</s>".encode(), JSON.replace("json", "xml")
            )

        def at_long_word(self, _: str) -> None:
            self._results(["x"], [{"x": {"type": "w" * 100_000, "value": ""}}])

        def at_wide(self, _: str) -> None:
            self._results([f"v{n}" for n in range(90_000)], [{}] * 1000)

        def at_endless(self, _: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", JSON)
            self.end_headers()
            self.wfile.write(b'{"head":{"vars":["n"]},"results":{"bindings":[{}')
            while True:
                self.wfile.write(b',{"n":{"type":"literal","value":"1"}}' * 100)

        def at_busy(self, _: str) -> None:
            self.send_error(503)

        def at_huge(self, _: str) -> None:
            self._send(b" " * (3 << 20))

        def at_many(self, _: str) -> None:
            self._results(["n"], [{"n": {"type": "literal", "value": "1"}}] * 2000)

        def at_packed(self, _: str) -> None:
            self._send(b"\x1f\x8b", JSON, {"Content-Encoding": "gzip"})

        def at_drip(self, _: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", JSON)
            self.end_headers()
            for _number in range(100):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.1)

        def at_moved(self, _: str) -> None:
            self._redirect("/sparql")

        def at_inward(self, _: str) -> None:
            self._redirect("http://127.0.0.1:22/sparql")

        def at_metadata(self, _: str) -> None:
            self._redirect("http://169.254.169.254/latest/")

        def at_circle(self, _: str) -> None:
            self._redirect("/circle")

        def at_nowhere(self, _: str) -> None:
            self._redirect("http://[example.mn/")

        def _results(self, names: list[str], solutions: list[dict[str, dict[str, str]]]) -> None:
            document = {"head": {"vars": names}, "results": {"bindings": solutions}}
            self._send(json.dumps(document).encode())

        def _redirect(self, place: str) -> None:
            self._send(b"", JSON, {"Location": place}, 307)

        def _send(
            self,
            body: bytes,
            kind: str = JSON,
            more: dict[str, str] | None = None,
            status: int = 200,
        ) -> None:
            self.send_response(status)
            headers = {"Content-Type": kind, "Content-Length": str(len(body)), **(more or {})}
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    return Handler


WRONG = (
    "html broken lies deep deep-objects repeated entities long-word wide endless busy huge many"
    " packed drip moved inward metadata circle nowhere".split()
)
LIMITS = ServiceLimits(seconds=3.0, max_bytes=1 << 20, max_solutions=1000, max_calls=3)


@contextmanager
def serving() -> Iterator[Endpoint]:
    """The server while it runs."""
    endpoint = Endpoint()
    endpoint.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(endpoint))
    thread = threading.Thread(target=endpoint.server.serve_forever, args=(0.05,))
    thread.start()
    yield endpoint
    endpoint.server.shutdown()
    thread.join()
    endpoint.server.server_close()


@contextmanager
def federating(small: Instance, endpoint: Endpoint) -> Iterator[Pool]:
    """A pool whose queries may call the server."""
    private = [Service(endpoint.url(f"/{path}"), private=True) for path in ("sparql", *WRONG)]
    public = [Service(endpoint.url("/sparql", host)) for host in ("localhost", "127.0.0.2")]
    federation = Federation([*private, *public], LIMITS, "https://example.mn/sparql")
    with Pool.start(
        small, workers=1, limits=QueryLimits(timeout=15.0), federation=federation
    ) as pool:
        yield pool


def rows(pool: Pool, text: str) -> list[list[str]]:
    lines = pool.run(Query(text, "tsv")).read().decode().splitlines()
    return [line.split("\t") for line in lines[1:]]
