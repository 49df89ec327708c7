"""Clients that ask, each in its own way, and check what they are told.

A wrong answer is an answer that is not what its snapshot's version says, or of a snapshot older
than the one that was current when it was asked for. All else is counted by status and problem.
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
class Told:
    """What all clients were told."""

    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    times: dict[str, list[float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, status: str, seconds: float) -> None:
        """An answer."""
        with self.lock:
            self.statuses[f"{kind}: {status}"] += 1
            self.times.setdefault(kind, []).append(seconds)

    def complain(self, wrong: str) -> None:
        """A wrong answer."""
        with self.lock:
            self.wrong.append(wrong)

    def miss(self, what: str) -> None:
        """No answer at all."""
        with self.lock:
            self.failed.append(what)


@dataclass(frozen=True)
class Reply:
    """An answer with its headers."""

    status: int
    body: bytes
    snapshot: str
    etag: str
    kind: str

    @property
    def told(self) -> str:
        """`200`, or the status and the problem's name."""
        if self.status < 400:
            return str(self.status)
        if not self.body.startswith(b"{"):  # the HTTP server's own: an address too long
            return f"{self.status}"
        problem = json.loads(self.body)["type"].rpartition("/")[2]
        return f"{self.status} {problem}"


class Client:
    """One connection from an address of its own."""

    def __init__(self, port: int, number: int, versions: Versions, told: Told) -> None:
        self.port = port
        self.address = f"127.0.1.{number}"
        self.versions = versions
        self.told = told
        self.random = random.Random(number)
        self._link: http.client.HTTPConnection | None = None

    def ask(
        self, kind: str, query: str, *, path: str = "/sparql", more: str = "", **headers: str
    ) -> Reply | None:
        """Ask; None where no whole answer came (which is counted)."""
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        link = self._connected()
        begun = time.monotonic()
        try:
            if not headers and self.random.random() < 0.2:
                sent["Content-Type"] = "application/sparql-query"
                link.request("POST", f"{path}?{more.lstrip('&')}", query, sent)
            else:
                link.request("GET", f"{path}?query={quote(query)}{more}", headers=sent)
            answer = link.getresponse()
            reply = _reply(answer)
        except (OSError, http.client.HTTPException) as error:
            self.told.miss(f"{kind}: {type(error).__name__}: {error}")
            self.close()
            return None
        self.told.note(kind, reply.told, time.monotonic() - begun)
        return reply

    def right(
        self, kind: str, query: str, check: Callable[[Reply, int], bool], **headers: str
    ) -> None:
        """Ask what must be answered, and answered rightly."""
        newest = self.versions.latest
        reply = self.ask(kind, query, **headers)
        if reply is None or reply.status != 200:
            return
        version = self.versions.of(reply.snapshot)
        if version < self.versions.of(newest):
            self.told.complain(f"{kind}: snapshot {reply.snapshot} is older than {newest}")
        if not check(reply, version):
            self.told.complain(f"{kind}: {query[:80]} of version {version}: {reply.body[:200]!r}")

    def close(self) -> None:
        """Hang up."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _connected(self) -> http.client.HTTPConnection:
        if self._link is None:
            address = (self.address, 0)
            self._link = http.client.HTTPConnection("127.0.0.1", self.port, 90, address)
        return self._link


def _reply(answer: http.client.HTTPResponse) -> Reply:
    header = answer.headers.get
    kind = header("Content-Type", "")
    return Reply(
        answer.status, answer.read(), header("Ulzii-Snapshot", ""), header("ETag", ""), kind
    )


def _rows(reply: Reply, *names: str) -> list[tuple[int, ...]]:
    found = json.loads(reply.body)["results"]["bindings"]
    return [tuple(int(row[name]["value"]) for name in names) for row in found]


# --- what each kind of client does in one turn ---


def look_up(client: Client) -> None:
    """One thing's value, never asked before."""
    _look_up(client, "look-up")


def look_up_alone(client: Client) -> None:
    """The same on a connection of its own, as Python's urllib asks, and so SPARQLWrapper."""
    _look_up(client, "look-up alone", Connection="close")


def _look_up(client: Client, kind: str, **headers: str) -> None:
    n = client.random.randrange(model.THINGS)
    query = f"SELECT ?v {{ <{iri(n)}> <{model.VALUE}> ?v }} # {client.random.random()}"
    client.right(kind, query, lambda r, v: _rows(r, "v") == [(model.value(n, v),)], **headers)


def repeat(client: Client) -> None:
    """One of a few questions, asked again and again; now and then with what is known already."""
    n = client.random.randrange(5)
    query = f"SELECT ?v {{ <{iri(n)}> <{model.VALUE}> ?v }}"
    client.right("repeated", query, lambda r, v: _rows(r, "v") == [(model.value(n, v),)])
    first = client.ask("repeated", query)
    if first and first.etag:
        again = client.ask("conditional", query, If_None_Match=first.etag)
        if again and again.status == 200 and again.snapshot == first.snapshot:
            client.told.complain(f"conditional: {first.etag} was not recognised")
        if again and again.status == 304 and again.snapshot != first.snapshot:
            client.told.complain(f"conditional: 304 from {again.snapshot} for {first.snapshot}")


def analyse(client: Client) -> None:
    """Sums of everything, or everything."""
    mark = client.random.random()
    client.right(
        "analytical",
        _SUMS % mark,
        lambda r, v: _rows(r, "g", "sum") == [(g, model.total(g, v)) for g in range(model.GROUPS)],
    )
    client.right("whole", _ALL % mark, _whole)


def _whole(reply: Reply, version: int) -> bool:
    found = list(ox.parse(reply.body, ox.RdfFormat.TURTLE))
    values = {q.subject.value: q.object.value for q in found if q.predicate.value == model.VALUE}
    expected = {iri(n): str(model.value(n, version)) for n in range(model.THINGS)}
    return len(found) == model.STATEMENTS and values == expected


def look_back(client: Client) -> None:
    """The same of an old snapshot: what it held then, or 410."""
    snapshot = client.versions.latest
    client.close()  # the server lets go of a connection that is silent for so long
    time.sleep(client.random.random() * 60)
    n = client.random.randrange(model.THINGS)
    query = f"SELECT ?v {{ <{iri(n)}> <{model.VALUE}> ?v }}"
    reply = client.ask("old snapshot", query, path=f"/snapshot/{snapshot}/sparql")
    if reply and reply.status == 200:
        expected = [(model.value(n, client.versions.of(snapshot)),)]
        if reply.snapshot != snapshot or _rows(reply, "v") != expected:
            client.told.complain(f"old snapshot: {snapshot}: {reply.body[:200]!r}")


def attack(client: Client) -> None:
    """What must end in 400, 413, 429 or 503, or is given up half-way."""
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


def cancel(client: Client) -> None:
    """An endless query that is cancelled by its id from elsewhere."""
    name = str(uuid.uuid4())
    other = Client(client.port, 250, client.versions, client.told)
    timer = threading.Timer(0.5, _delete, (other, name))
    timer.start()
    client.ask("cancelled", _ENDLESS % name, more="&timeout=3", Query_Id=name)
    timer.join()


def _delete(other: Client, name: str) -> None:
    link = other._connected()
    link.request("DELETE", f"/sparql/queries/{name}")
    link.getresponse().read()
    other.close()


def stall(client: Client) -> None:
    """Half of many requests, of their heads or bodies, and never the rest."""
    rest = client.random.choice((b"", b"Content-Length: 9\r\n\r\nASK"))
    begun = [socket.create_connection(("127.0.0.1", client.port)) for _ in range(100)]
    for half in begun:
        half.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\n" + rest)
    time.sleep(5)
    for half in begun:
        half.close()


def hang_up(client: Client) -> None:
    """An endless query that nobody waits for."""
    link = client._connected()
    link.request("GET", f"/sparql?query={quote(_ENDLESS % client.random.random())}")
    time.sleep(0.3)
    client.close()


# kind of turn, how many clients, seconds between two turns
MIX: tuple[tuple[Callable[[Client], None], int, float], ...] = (
    (look_up, 3, 0.25),
    (look_up_alone, 1, 0.25),
    (repeat, 1, 0.5),
    (analyse, 1, 3.0),
    (look_back, 1, 1.0),
    (attack, 1, 8.0),
    (hang_up, 1, 20.0),
    (stall, 1, 30.0),
)
