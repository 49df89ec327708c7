"""A witness as another office would run it: an HTTP server that verifies before it cosigns.

It follows c2sp.org/tlog-witness word for word and keeps its memory to itself.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from graph.core.errors import IntegrityError
from graph.ledger.note import Checkpoint, Verifier, key_id, split
from graph.transparency.cosigner import KIND, message
from graph.transparency.tree import is_consistent


@dataclass
class Auditor:
    """A witness; `logs` are those it knows, by origin, `seen` what it cosigned of each."""

    name: str = "audit.example.mn/w1"
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    logs: dict[str, Verifier] = field(default_factory=dict)
    seen: dict[str, Checkpoint] = field(default_factory=dict)
    time: int = 1_790_000_000
    url: str = ""
    asked: int = 0
    lock: Lock = field(default_factory=Lock)

    @property
    def vkey(self) -> str:
        public = self.key.public_key().public_bytes_raw()
        packed = base64.b64encode(KIND + public).decode()
        return f"{self.name}+{key_id(self.name, KIND, public).hex()}+{packed}"

    def cosign(self, text: str) -> str:
        self.time += 1
        public = self.key.public_key().public_bytes_raw()
        stamp = struct.pack(">Q", self.time)
        raw = key_id(self.name, KIND, public) + stamp + self.key.sign(message(text, self.time))
        return f"— {self.name} {base64.b64encode(raw).decode()}\n"

    def answer(self, body: str) -> tuple[int, str]:
        with self.lock:
            self.asked += 1
            return self._answer(body)

    def _answer(self, body: str) -> tuple[int, str]:
        head, _, note = body.partition("\n\n")
        first, *lines = head.split("\n")
        old, path = int(first.removeprefix("old ")), [base64.b64decode(x) for x in lines]
        text, _ = split(note)
        new = Checkpoint.parse(text)
        if new.origin not in self.logs:
            return 404, ""
        try:
            self.logs[new.origin].check(note)
        except IntegrityError:
            return 403, ""
        if old > new.size:
            return 400, ""
        last = self.seen.get(new.origin, Checkpoint(new.origin, 0, hashlib.sha256().digest()))
        if old != last.size:
            return 409, f"{last.size}\n"
        if not is_consistent(old, new.size, last.root, new.root, path):
            return 422, ""
        self.seen[new.origin] = new
        return 200, self.cosign(text)


@contextmanager
def serving(auditor: Auditor) -> Iterator[Auditor]:
    """The witness at an address of its own, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            status, text = auditor.answer(self.rfile.read(length).decode())
            data = text.encode()
            self.send_response(status if self.path == "/w/add-checkpoint" else 404)
            if status == 409:
                self.send_header("Content-Type", "text/x.tlog.size")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    auditor.url = f"http://127.0.0.1:{server.server_port}/w/"
    try:
        yield auditor
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
