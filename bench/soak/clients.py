"""Clients of several kinds that check the responses they get.

A response is wrong if it differs from what the version of its snapshot holds, or if its snapshot is
older than the one that was current when the request was sent. All responses are counted by status
and problem.
"""

from __future__ import annotations

import http.client
import json
import random
import socket
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

import pyoxigraph as ox

from bench.data.synthetic import iri
from bench.soak import model
from bench.soak.model import Versions

_WIDE = " ".join(f"VALUES ?{name} {{ {'1 ' * 300} }}" for name in "abcd")
_ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {_WIDE} }} # %s"
_BOMB = f"SELECT * {{ {_WIDE} }} ORDER BY ?a # %s"
_SUMS = (
    f"SELECT ?g (SUM(?v) AS ?sum) {{ ?s <{model.GROUP}> ?g ; <{model.VALUE}> ?v }} "
    "GROUP BY ?g ORDER BY ?g # %s"
)
_ALL = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s a <{model.KIND}> ; ?p ?o }} # %s"


@dataclass
class Tally:
    """The responses to all clients, by kind and status, with the wrong and missing ones."""

    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    times: dict[str, list[float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add_response(self, kind: str, status: str, seconds: float) -> None:
        """Count a response."""
        with self.lock:
            self.statuses[f"{kind}: {status}"] += 1
            self.times.setdefault(kind, []).append(seconds)

    def add_wrong(self, wrong: str) -> None:
        """Record a wrong response."""
        with self.lock:
            self.wrong.append(wrong)

    def add_missing(self, what: str) -> None:
        """Record that no complete response came."""
        with self.lock:
            self.missing.append(what)


@dataclass(frozen=True)
class SoakResponse:
    """A response with the headers that are checked."""

    status: int
    body: bytes
    snapshot: str
    etag: str
    kind: str

    @property
    def outcome(self) -> str:
        """`200`, or the status and the name of the problem."""
        if self.status < 400:
            return str(self.status)
        if not self.body.startswith(b"{"):  # from the HTTP server itself, such as 414
            return f"{self.status}"
        problem = json.loads(self.body)["type"].rpartition("/")[2]
        return f"{self.status} {problem}"


class SoakClient:
    """A client with an IP address of its own and one connection."""

    def __init__(self, port: int, number: int, versions: Versions, tally: Tally) -> None:
        self.port = port
        self.address = f"127.0.1.{number}"
        self.versions = versions
        self.tally = tally
        self.random = random.Random(number)
        self._connection: http.client.HTTPConnection | None = None

    def ask(
        self, kind: str, query: str, *, path: str = "/sparql", more: str = "", **headers: str
    ) -> SoakResponse | None:
        """Send a query; None if no complete response came (which is recorded)."""
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        connection = self._connected()
        begun = time.monotonic()
        try:
            if not headers and self.random.random() < 0.2:
                sent["Content-Type"] = "application/sparql-query"
                connection.request("POST", f"{path}?{more.lstrip('&')}", query, sent)
            else:
                connection.request("GET", f"{path}?query={quote(query)}{more}", headers=sent)
            answer = connection.getresponse()
            response = _to_response(answer)
        except (OSError, http.client.HTTPException) as error:
            self.tally.add_missing(f"{kind}: {type(error).__name__}: {error}")
            self.close()
            return None
        self.tally.add_response(kind, response.outcome, time.monotonic() - begun)
        return response

    def check(
        self, kind: str, query: str, is_right: Callable[[SoakResponse, int], bool], **headers: str
    ) -> None:
        """Send a query, and check the response unless it is an error."""
        newest = self.versions.latest
        response = self.ask(kind, query, **headers)
        if response is None or response.status != 200:
            return
        version = self.versions.version_of(response.snapshot)
        if version < self.versions.version_of(newest):
            self.tally.add_wrong(f"{kind}: snapshot {response.snapshot} is older than {newest}")
        if not is_right(response, version):
            self.tally.add_wrong(
                f"{kind}: {query[:80]} of version {version}: {response.body[:200]!r}"
            )

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None:
            address = (self.address, 0)
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, 90, address)
        return self._connection


def _to_response(answer: http.client.HTTPResponse) -> SoakResponse:
    header = answer.headers.get
    kind = header("Content-Type", "")
    return SoakResponse(
        answer.status, answer.read(), header("Ulzii-Snapshot", ""), header("ETag", ""), kind
    )


def _rows(response: SoakResponse, *names: str) -> list[tuple[int, ...]]:
    found = json.loads(response.body)["results"]["bindings"]
    return [tuple(int(row[name]["value"]) for name in names) for row in found]


# --- one action of each kind of client ---


def look_up(client: SoakClient) -> None:
    """Look up the value of a thing, with a query that was not sent before."""
    _look_up(client, "look-up")


def look_up_without_keep_alive(client: SoakClient) -> None:
    """The same with `Connection: close`, as Python's urllib and so SPARQLWrapper do."""
    _look_up(client, "look-up alone", Connection="close")


def _look_up(client: SoakClient, kind: str, **headers: str) -> None:
    n = client.random.randrange(model.THINGS)
    query = f"SELECT ?v {{ <{iri(n)}> <{model.VALUE}> ?v }} # {client.random.random()}"
    client.check(kind, query, lambda r, v: _rows(r, "v") == [(model.value(n, v),)], **headers)


def repeat(client: SoakClient) -> None:
    """Repeat one of a few queries, and send it as a conditional request."""
    n = client.random.randrange(5)
    query = f"SELECT ?v {{ <{iri(n)}> <{model.VALUE}> ?v }}"
    client.check("repeated", query, lambda r, v: _rows(r, "v") == [(model.value(n, v),)])
    first = client.ask("repeated", query)
    if first and first.etag:
        again = client.ask("conditional", query, If_None_Match=first.etag)
        if again and again.status == 200 and again.snapshot == first.snapshot:
            client.tally.add_wrong(f"conditional: {first.etag} was not recognised")
        if again and again.status == 304 and again.snapshot != first.snapshot:
            client.tally.add_wrong(f"conditional: 304 from {again.snapshot} for {first.snapshot}")


def analyse(client: SoakClient) -> None:
    """Query sums over all things, and then all statements."""
    mark = client.random.random()
    client.check(
        "analytical",
        _SUMS % mark,
        lambda r, v: _rows(r, "g", "sum") == [(g, model.total(g, v)) for g in range(model.GROUPS)],
    )
    client.check("whole", _ALL % mark, _whole)


def _whole(response: SoakResponse, version: int) -> bool:
    found = list(ox.parse(response.body, ox.RdfFormat.TURTLE))
    values = {q.subject.value: q.object.value for q in found if q.predicate.value == model.VALUE}
    expected = {iri(n): str(model.value(n, version)) for n in range(model.THINGS)}
    return len(found) == model.STATEMENTS and values == expected


def query_old_snapshot(client: SoakClient) -> None:
    """Query an old snapshot: the response is what it held, or 410."""
    snapshot = client.versions.latest
    client.close()  # the server closes connections that are idle this long
    time.sleep(client.random.random() * 60)
    n = client.random.randrange(model.THINGS)
    query = f"SELECT ?v {{ <{iri(n)}> <{model.VALUE}> ?v }}"
    response = client.ask("old snapshot", query, path=f"/snapshot/{snapshot}/sparql")
    if response and response.status == 200:
        expected = [(model.value(n, client.versions.version_of(snapshot)),)]
        if response.snapshot != snapshot or _rows(response, "v") != expected:
            client.tally.add_wrong(f"old snapshot: {snapshot}: {response.body[:200]!r}")


def attack(client: SoakClient) -> None:
    """Send a query that must end in 400, 413, 429 or 503, and cancel another."""
    mark = client.random.random()
    queries: list[tuple[str, str]] = [
        (_ENDLESS % mark, "&timeout=1.5"),
        (_BOMB % mark, "&timeout=2"),
        ("SELECT " + "{" * 3000 + "}" * 3000, ""),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", ""),
        (f"SELECT (REPLACE(STR({'9' * 5000}), '9', '{'8' * 5000}') AS ?x) {{}} # {mark}", ""),
    ]
    query, more = client.random.choice(queries)
    client.ask("hostile", query, more=more)
    cancel(client)


def cancel(client: SoakClient) -> None:
    """Send an endless query, and cancel it by its id on another connection."""
    name = str(uuid.uuid4())
    other = SoakClient(client.port, 250, client.versions, client.tally)
    timer = threading.Timer(0.5, _delete, (other, name))
    timer.start()
    client.ask("cancelled", _ENDLESS % name, more="&timeout=3", Query_Id=name)
    timer.join()


def _delete(other: SoakClient, name: str) -> None:
    connection = other._connected()
    connection.request("DELETE", f"/sparql/queries/{name}")
    connection.getresponse().read()
    other.close()


def stall(client: SoakClient) -> None:
    """Send incomplete headers or bodies on a hundred connections, and never the rest."""
    rest = client.random.choice((b"", b"Content-Length: 9\r\n\r\nASK"))
    connections = [socket.create_connection(("127.0.0.1", client.port)) for _ in range(100)]
    for connection in connections:
        connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\n" + rest)
    time.sleep(5)
    for connection in connections:
        connection.close()


def disconnect(client: SoakClient) -> None:
    """Send an endless query, and disconnect without waiting."""
    connection = client._connected()
    connection.request("GET", f"/sparql?query={quote(_ENDLESS % client.random.random())}")
    time.sleep(0.3)
    client.close()


# action, number of clients, seconds between two actions
MIX: tuple[tuple[Callable[[SoakClient], None], int, float], ...] = (
    (look_up, 3, 0.25),
    (look_up_without_keep_alive, 1, 0.25),
    (repeat, 1, 0.5),
    (analyse, 1, 3.0),
    (query_old_snapshot, 1, 1.0),
    (attack, 1, 8.0),
    (disconnect, 1, 20.0),
    (stall, 1, 30.0),
)
