"""What the loop leaves to gunicorn's threads: whatever is no look-up, or takes its time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, cast

from gunicorn.workers.gthread import TConn

from server.cache.raw_request_cache import EncodedResponse, RawRequestCache, encode_response
from server.front.gunicorn_worker import QuietThreadWorker, ReadTimeoutSocket, send, unreader
from server.front.pending_queries import PendingQueries, QueryOutcome
from server.front.thread_quota import PerClientThreadLimit
from server.http.client_key import Client
from server.http.messages import HttpResponse
from server.sparql.endpoint import Endpoint

if TYPE_CHECKING:
    from server.front.request_parser import ParsedQuery


class Connection:
    """A connection whose next request the loop waits for, or whose look-up is under way."""

    __slots__ = ("asleep", "busy", "conn", "half", "handle", "recv", "send", "since")

    def __init__(self, conn: TConn, since: float) -> None:
        self.conn = conn
        self.handle: int = conn.sock.fileno()
        self.recv: Callable[[int], bytes] = conn.sock.recv
        self.send: Callable[[bytes], int] = conn.sock.send
        self.since = since
        self.busy = False  # an answer is under way
        self.half = b""  # of a request
        self.asleep = False  # and more came meanwhile: not looked at until it is sent


class ThreadHandoff(QuietThreadWorker):
    """gunicorn's threads with what they do for connections of the loop; each job tells whether its
    connection may be kept."""

    _point: Endpoint
    _front: RawRequestCache
    _lookups: PendingQueries[Connection] | None
    _shares: PerClientThreadLimit

    def _submit(self, conn: TConn, job: Callable[[], bool]) -> None:
        """Give a connection's job to a thread, in its client's turn."""

        def work() -> bool:
            conn.sock.setblocking(True)
            return job()

        def back(future: Future[bool]) -> None:
            self._shares.give_back(client)
            self.finish_request(conn, future)  # type: ignore[no-untyped-call]

        def start() -> None:
            future = cast(Executor, self.tpool).submit(work)
            future.add_done_callback(lambda done: self.method_queue.defer(back, done))  # type: ignore[no-untyped-call]

        client = self._point.client_keys.peer_key(conn.client[0])
        self._shares.take(client, start)

    def _ordinary(self, conn: TConn, data: bytes) -> bool:
        """Answer a request by gunicorn's way."""
        if not conn.initialized:
            conn.init()  # type: ignore[no-untyped-call]
            unreader(conn).sock = ReadTimeoutSocket(conn.sock)
        conn.data_ready = True
        unreader(conn).unread(data)
        return bool(self.handle(conn))  # type: ignore[no-untyped-call]

    def _answer(
        self, conn: TConn, data: bytes, found: ParsedQuery, caller: Client | None = None
    ) -> bool:
        """Answer a look-up that takes its time."""
        client = self._point.client_keys.client_key(conn.client[0], found.forwarded)
        asking = caller or Client(client, conn.sock.fileno(), found.name)
        try:
            reply = self._point.get(found.address, found.asked._replace(client=asking))
        except Exception:  # the ordinary way meets it again, answers 500 and logs it
            self.log.debug("Look-up failed", exc_info=True)
            reply = None
        if reply is None:
            return self._ordinary(conn, data)
        return send(conn, self._keep(data, reply, found.last), reply.body)

    def _finish(self, conn: TConn, outcome: QueryOutcome[Connection]) -> bool:
        """Answer a look-up that was asked without a thread, and needs one now."""
        pending, running = outcome.pending, outcome.running
        if outcome.letter and self._lookups:
            reply = self._lookups.reply(pending, outcome.letter)
            if reply is not None:
                kept = self._keep(pending.data, reply, pending.found.last)
                return send(conn, kept, reply.body)
        if running is None:
            return self._answer(conn, pending.data, pending.found)
        with running.connection:
            caller = pending.wanted.request.client._replace(
                connection_fd=conn.sock.fileno(), handed_over=running
            )
            return self._answer(conn, pending.data, pending.found, caller)

    def _keep(self, data: bytes, reply: HttpResponse, last: bool) -> EncodedResponse:
        encoded = encode_response(reply, last)
        self._front.put(data, reply, encoded)
        return encoded
