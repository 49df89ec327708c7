"""gunicorn's threaded worker with a short way for the plainest of requests: `GET /sparql?…`.

Most requests are such look-ups, and a thread for each costs more than the look-up. So one loop
reads every connection's next request, answers what is kept, sends look-ups to the query workers
and hands on what they answer. Everything else, and whatever takes its time, is given to gunicorn's
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

from graph.queries.pool import sandbox
from server.cache.raw_request_cache import EncodedResponse, encode_response
from server.front import request_parser
from server.front.accept_balance import ACCEPT_BALANCE
from server.front.connection_limit import LimitedConnection, PerClientConnectionLimit
from server.front.gunicorn_worker import UNREAD, date, send, send_rest, unreader
from server.front.pending_queries import PendingQueries, QueryOutcome, Route
from server.front.thread_handoff import Connection, ThreadHandoff
from server.front.thread_quota import PerClientThreadLimit
from server.http.messages import HttpResponse

if TYPE_CHECKING:
    from server.front.request_parser import ParsedQuery

_ROUND = 0.5  # seconds after which gunicorn's own loop has its turn
_SWEEP = 1.0  # seconds between two looks for connections that nobody uses
_LINGER = 2.0  # seconds for which a stopping process keeps them


class EventLoopWorker(ThreadHandoff):
    """gunicorn's threads, and the loop in front of them."""

    def run(self) -> None:
        """Serve until told to stop."""
        sandbox.use_batch_scheduler()
        self._links: dict[int, Connection] = {}
        self._swept = time.monotonic()
        self._shares = PerClientThreadLimit(self.cfg.threads * 3 // 4)
        self._room = PerClientConnectionLimit(self.worker_connections * 3 // 4)
        self._point = self.endpoint()
        self._front = self._point.cache.raw_requests
        self._snapshot = ""
        self._hits = 0
        self._now, self._date = time.monotonic(), b""
        self._epoll = select.epoll()
        self._epoll.register(cast(Any, self.poller).fileno(), select.EPOLLIN)
        mail = self._point.pool.mail()
        self._mail = -1 if mail is None else mail.fileno()
        self._lookups = None if mail is None else PendingQueries[Connection](self._point, mail)
        if self._lookups:
            self._epoll.register(self._mail, select.EPOLLIN)
        super().run()  # type: ignore[no-untyped-call]

    # --- the loop ---

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Look after connections until gunicorn's own loop has something to do."""
        end = time.monotonic() + min(timeout, _ROUND)
        while not self._turn(max(0.0, end - time.monotonic())):
            if time.monotonic() >= end:
                break
        super().wait_for_and_dispatch_events(0)  # type: ignore[no-untyped-call]

    def _turn(self, seconds: float) -> bool:
        """Serve whoever is ready; true when gunicorn's own loop is."""
        lookups, theirs = self._lookups, False
        pause = min(seconds, lookups.pause()) if lookups else seconds
        events = self._epoll.poll(pause)
        self._snapshot, self._now = self._point.snapshot(), time.monotonic()
        self._date = date(int(time.time()))
        ACCEPT_BALANCE.tell(self.nr_conns)
        for handle, _ in events:
            if (link := self._links.get(handle)) is not None:
                self._read(link)
            elif handle == self._mail and lookups:
                for outcome in lookups.receive():
                    self._done(outcome)
            else:
                theirs = True
        if self._hits:
            self._point.metrics.count_cached("bytes", self._hits)
            self._hits = 0
        if lookups:
            for outcome in lookups.look():
                self._done(outcome)
        return theirs

    def _read(self, link: Connection) -> None:
        """Answer a connection's next request, or see to it that it is answered."""
        if link.busy:  # the next request already, or it is gone: time enough when this one is sent
            link.asleep = True
            return self._epoll.unregister(link.handle)
        try:
            data = link.recv(request_parser.HEAD)
        except BlockingIOError:
            return None
        except OSError:
            data = b""
        if not data:
            return self._drop(link)
        if link.half:
            return self._new(link, link.half + data)
        if (kept := self._front.get(data, self._snapshot)) is not None:
            self._hits += 1
            return self._send(link, kept)
        return self._new(link, data)

    def _new(self, link: Connection, data: bytes) -> None:
        found = request_parser.parse_plain(data)
        if not found and request_parser.unfinished(data):
            self._wait(link, data)
            return
        link.half = b""
        reply = self._asked(link, data, found) if found else Route.PAGE
        link.busy = reply is Route.SENT
        if isinstance(reply, HttpResponse) and found:
            self._reply(link, data, reply, found.last)
        elif reply is Route.PAGE:
            self._hand(link, lambda: self._ordinary(link.conn, data))
        elif reply is Route.ELSEWHERE and found:
            self._hand(link, lambda: self._answer(link.conn, data, found))

    def _wait(self, link: Connection, half: bytes) -> None:
        """Wait here for the rest of a request, so that no thread does: for a head as long as for a
        request, for a body as long as more of it comes."""
        if not link.half or not request_parser.begins(half):
            link.since = self._now
        link.half = half

    def _asked(self, link: Connection, data: bytes, found: ParsedQuery) -> HttpResponse | Route:
        if self._lookups is None:
            return Route.ELSEWHERE
        try:
            client = self._point.client_keys.client_key(link.conn.client[0], found.forwarded)
            return self._lookups.ask(link, data, found, client)
        except Exception:  # the ordinary way meets it again, answers 500 and logs it
            self.log.debug("Look-up failed", exc_info=True)
            return Route.PAGE

    def _done(self, outcome: QueryOutcome[Connection]) -> None:
        """Answer all connections that wait for a look-up."""
        pending, reply = outcome.pending, outcome.reply
        first, *others = pending.waiting
        for link in pending.waiting:
            link.busy = False
        if reply is None:
            self._hand(first, lambda: self._finish(first.conn, outcome))
            for link in others:
                self._hand(link, self._later(link, outcome))
        else:
            encoded = self._keep(pending.data, reply, pending.found.last)
            for link in pending.waiting:
                self._send(link, encoded)

    def _later(self, link: Connection, outcome: QueryOutcome[Connection]) -> Callable[[], bool]:
        pending = outcome.pending
        return lambda: self._answer(link.conn, pending.data, pending.found)

    # --- connections ---

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection and wait for its first request in the loop."""
        ACCEPT_BALANCE.tell(self.nr_conns)
        if ACCEPT_BALANCE.leave_it():
            return None
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return None
        neighbour = self._point.client_keys.peer_key(address[0])
        if not self._room.enter(neighbour):
            return client.close()
        self.nr_conns += 1
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, UNREAD)
        gone = partial(self._room.leave, neighbour)
        return self._watch(
            LimitedConnection(self.cfg, client, address, listener.getsockname(), gone)
        )

    def _watch(self, conn: TConn) -> None:
        conn.sock.setblocking(False)
        link = Connection(conn, time.monotonic())
        self._links[link.handle] = link
        self._epoll.register(link.handle, select.EPOLLIN)

    def _forget(self, link: Connection) -> None:
        del self._links[link.handle]
        if not link.asleep:
            self._epoll.unregister(link.handle)

    def _drop(self, link: Connection) -> None:
        self._forget(link)
        self.nr_conns -= 1
        link.conn.close()  # type: ignore[no-untyped-call]

    def murder_keepalived(self, force: bool = False) -> None:
        """Close connections that nobody has used for a while."""
        super().murder_keepalived(force)  # type: ignore[no-untyped-call]
        now = time.monotonic()
        if force or now - self._swept > _SWEEP:
            self._swept = now
            before = now - (self.cfg.keepalive if self.alive else _LINGER)
            for link in [*self._links.values()]:
                if force or (link.since < before and not link.busy):
                    self._drop(link)

    # --- replies ---

    def _reply(self, link: Connection, data: bytes, reply: HttpResponse, last: bool) -> None:
        if isinstance(reply.body, bytes):
            self._send(link, self._keep(data, reply, last))
        else:
            self._hand(link, lambda: send(link.conn, encode_response(reply, last), reply.body))

    def _send(self, link: Connection, reply: EncodedResponse) -> None:
        """Send a reply, and wait for the connection's next request where there may be one."""
        data = b"".join((reply.status, self._date, reply.rest))
        try:
            sent = link.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            return self._drop(link)
        if sent < len(data):
            return self._hand(link, lambda: send_rest(link.conn, data[sent:], reply.last))
        if reply.last:
            return self._drop(link)
        link.since = self._now
        if link.asleep:
            link.asleep = False
            self._epoll.register(link.handle, select.EPOLLIN)
        return None

    # --- what threads do ---

    def _hand(self, link: Connection, job: Callable[[], bool]) -> None:
        """Give a connection to a thread; it comes back when its job is done."""
        self._forget(link)
        self._submit(link.conn, job)

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        """A thread is done with a connection."""
        kept = not fs.cancelled() and fs.exception() is None and fs.result() is True
        if kept and not (conn.initialized and unreader(conn).buf.getvalue()):
            self._watch(conn)
        else:
            super().finish_request(conn, fs)  # type: ignore[no-untyped-call]
