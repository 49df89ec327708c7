"""gunicorn's threaded worker with an event loop in front, for look-ups: `GET /sparql?…`.

Most requests are look-ups, and a thread for each costs more than the look-up itself. So one loop
reads the next request of every connection, answers what is cached, sends look-ups to the query
workers and passes their answers on. Everything else, and whatever takes longer, goes to gunicorn's
threads with the bytes that were read; the connection comes back to the loop afterwards.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from gunicorn.workers.gthread import TConn

from graph.core import sandbox
from server.cache.raw_request_cache import EncodedResponse, encode_response
from server.catalogue.direct import DirectPages
from server.front import request_parser
from server.front.accept_balance import ACCEPT_BALANCE
from server.front.connection_limit import LimitedConnection, PerClientConnectionLimit
from server.front.gunicorn_worker import send, send_rest, unreader
from server.front.minimum_rate_socket import MinimumRateSocket
from server.front.pending_queries import PendingQueries, QueryOutcome, Route
from server.front.thread_handoff import Connection, ThreadHandoff
from server.front.thread_quota import PerClientThreadLimit
from server.http.messages import HttpResponse, date_header

if TYPE_CHECKING:
    from server.front.request_parser import ParsedQuery

_ROUND = 0.5  # seconds after which gunicorn's own loop gets a round
_SWEEP = 1.0  # seconds between two checks for idle connections
_LINGER = 2.0  # seconds for which a stopping process keeps them


class EventLoopWorker(ThreadHandoff):
    """gunicorn's threads, and the event loop in front of them."""

    def run(self) -> None:
        """Serve until stopped."""
        sandbox.use_batch_scheduler()
        self._connections: dict[int, Connection] = {}
        self._swept = time.monotonic()
        self._thread_limit = PerClientThreadLimit(self.cfg.threads * 3 // 4)
        self._connection_limit = PerClientConnectionLimit(self.worker_connections * 3 // 4)
        self._endpoint = self.endpoint()
        self._raw_requests = self._endpoint.cache.raw_requests
        self._pages = cast(DirectPages, self._endpoint.pages)
        self._snapshot = ""
        self._hits = 0
        self._now, self._date = time.monotonic(), b""
        self._epoll = select.epoll()
        self._epoll.register(cast(Any, self.poller).fileno(), select.EPOLLIN)
        self._pending, self._transport_fd = None, -1
        if (transport := self._endpoint.pool.datagram_transport()) is not None:
            self._pending = PendingQueries[Connection](self._endpoint, transport)
            self._transport_fd = transport.fileno()
            self._epoll.register(self._transport_fd, select.EPOLLIN)
        super().run()  # type: ignore[no-untyped-call]

    # --- the loop ---

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Serve connections until gunicorn's own loop has something to do."""
        end = time.monotonic() + min(timeout, _ROUND)
        while not self._poll(max(0.0, end - time.monotonic())):
            if time.monotonic() >= end:
                break
        super().wait_for_and_dispatch_events(0)  # type: ignore[no-untyped-call]

    def _poll(self, seconds: float) -> bool:
        """Wait for events and handle them; True when gunicorn's own poller has some."""
        pending, gunicorn_ready = self._pending, False
        timeout = min(seconds, pending.seconds_to_check()) if pending else seconds
        events = self._epoll.poll(timeout)
        # Once a round, not once a request: these cost a system call each.
        self._snapshot, self._now = self._endpoint.snapshot(), time.monotonic()
        self._date = date_header(int(time.time()))
        ACCEPT_BALANCE.set_count(self.nr_conns)
        for handle, _ in events:
            if (connection := self._connections.get(handle)) is not None:
                self._read(connection)
            elif handle == self._transport_fd and pending:
                for outcome in pending.receive():
                    self._complete(outcome)
            else:
                gunicorn_ready = True
        if self._hits:
            self._endpoint.metrics.count_cached("bytes", self._hits)
            self._hits = 0
        if pending:
            for outcome in pending.check():
                self._complete(outcome)
        return gunicorn_ready

    def _read(self, connection: Connection) -> None:
        """Read a connection's next request, and answer it or pass it on."""
        if connection.in_flight:  # the next request already, or a hang-up: after the response
            connection.read_paused = True
            return self._epoll.unregister(connection.handle)
        try:
            data = connection.recv(request_parser.HEAD)
        except BlockingIOError:
            return None
        except OSError:  # reset by the client
            data = b""
        if not data:
            return self._drop(connection)
        if connection.partial:
            return self._route(connection, connection.partial + data)
        if (cached := self._raw_requests.get(data, self._snapshot)) is not None:
            self._hits += 1
            return self._send(connection, cached)
        return self._route(connection, data)

    def _route(self, connection: Connection, data: bytes) -> None:
        parsed = request_parser.parse_plain(data)
        if not parsed and request_parser.is_unfinished(data):
            self._wait_for_rest(connection, data)
            return
        connection.partial = b""
        reply = self._submit_query(connection, data, parsed) if parsed else Route.WSGI
        connection.in_flight = reply is Route.PENDING
        if isinstance(reply, HttpResponse) and parsed:
            self._reply(connection, data, reply, parsed.close)
        elif reply is Route.WSGI:
            self._hand_off(connection, self._job(connection.conn, data))
        elif reply is Route.THREAD and parsed:
            self._hand_off(connection, lambda: self._run_query(connection.conn, data, parsed))

    def _job(self, conn: TConn, data: bytes) -> Callable[[], bool]:
        """What a thread does with a request that is no look-up."""
        if page := request_parser.parse_page(data):
            return lambda: self._run_page(conn, data, page)
        return lambda: self._run_wsgi(conn, data)

    def _wait_for_rest(self, connection: Connection, partial: bytes) -> None:
        """Wait in the loop for the rest of a request, so that no thread does.

        A head has as long as an idle connection, however slowly it arrives; a body as long as more
        of it arrives.
        """
        if not connection.partial or not request_parser.is_partial_head(partial):
            connection.since = self._now
        connection.partial = partial

    def _submit_query(
        self, connection: Connection, data: bytes, parsed: ParsedQuery
    ) -> HttpResponse | Route:
        if self._pending is None:
            return Route.THREAD
        try:
            address = connection.conn.client[0]
            client = self._endpoint.client_keys.client_key(address, parsed.forwarded_for)
            return self._pending.submit(connection, data, parsed, client)
        except Exception:  # occurs again by WSGI, which answers 500 and logs it
            self.log.debug("Look-up failed", exc_info=True)
            return Route.WSGI

    def _complete(self, outcome: QueryOutcome[Connection]) -> None:
        """Answer all connections that wait for a look-up."""
        pending, reply = outcome.pending, outcome.reply
        first, *others = pending.waiting
        for connection in pending.waiting:
            connection.in_flight = False
        if reply is None:
            self._hand_off(first, lambda: self._take_over(first.conn, outcome))
            for connection in others:
                self._hand_off(connection, self._rerun(connection, outcome))
        else:
            encoded = self._encode(pending.data, reply, pending.parsed.close)
            for connection in pending.waiting:
                self._send(connection, encoded)

    def _rerun(
        self, connection: Connection, outcome: QueryOutcome[Connection]
    ) -> Callable[[], bool]:
        pending = outcome.pending
        return lambda: self._run_query(connection.conn, pending.data, pending.parsed)

    # --- connections ---

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection and wait for its first request in the loop."""
        ACCEPT_BALANCE.set_count(self.nr_conns)
        if ACCEPT_BALANCE.should_defer_accept():
            return None
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return None
        peer = self._endpoint.client_keys.peer_key(address[0])
        if not self._connection_limit.acquire(peer):
            return client.close()
        self.nr_conns += 1
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        steady = MinimumRateSocket.adopt(client)
        on_close = partial(self._connection_limit.release, peer)
        return self._add(
            LimitedConnection(self.cfg, steady, address, listener.getsockname(), on_close)
        )

    def _add(self, conn: TConn) -> None:
        conn.sock.setblocking(False)
        connection = Connection(conn, time.monotonic())
        self._connections[connection.handle] = connection
        self._epoll.register(connection.handle, select.EPOLLIN)

    def _remove(self, connection: Connection) -> None:
        del self._connections[connection.handle]
        if not connection.read_paused:
            self._epoll.unregister(connection.handle)

    def _drop(self, connection: Connection) -> None:
        self._remove(connection)
        self.nr_conns -= 1
        connection.conn.close()  # type: ignore[no-untyped-call]

    def murder_keepalived(self, force: bool = False) -> None:
        """Close connections that were idle for too long."""
        super().murder_keepalived(force)  # type: ignore[no-untyped-call]
        now = time.monotonic()
        if force or now - self._swept > _SWEEP:
            self._swept = now
            before = now - (self.cfg.keepalive if self.alive else _LINGER)
            for connection in [*self._connections.values()]:
                if force or (connection.since < before and not connection.in_flight):
                    self._drop(connection)

    # --- responses ---

    def _reply(self, connection: Connection, data: bytes, reply: HttpResponse, close: bool) -> None:
        conn, body = connection.conn, reply.body
        if isinstance(body, bytes):
            self._send(connection, self._encode(data, reply, close))
        else:  # a file: sending it may block
            self._hand_off(connection, lambda: send(conn, encode_response(reply, close), body))

    def _send(self, connection: Connection, response: EncodedResponse) -> None:
        """Send a response; afterwards wait for the connection's next request, unless it ends."""
        data = b"".join((response.status, self._date, response.rest))
        try:
            sent = connection.send(data)
        except BlockingIOError:  # the client reads slowly: a thread waits for it
            sent = 0
        except OSError:
            return self._drop(connection)
        if sent < len(data):
            conn, close = connection.conn, response.last
            return self._hand_off(connection, lambda: send_rest(conn, data[sent:], close))
        if response.last:
            return self._drop(connection)
        connection.since = self._now
        if connection.read_paused:
            connection.read_paused = False  # its next request may have arrived long ago
            self._epoll.register(connection.handle, select.EPOLLIN)
        return None

    # --- threads ---

    def _hand_off(self, connection: Connection, job: Callable[[], bool]) -> None:
        """Give a connection to a thread; it comes back when the job is done."""
        self._remove(connection)
        self._submit(connection.conn, job)

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        """Take a connection back from a thread."""
        kept = not fs.cancelled() and fs.exception() is None and fs.result() is True
        if kept and not (conn.initialized and unreader(conn).buf.getvalue()):
            self._add(conn)
        else:  # gunicorn closes it, or goes on with the bytes that it has read already
            super().finish_request(conn, fs)  # type: ignore[no-untyped-call]
