"""What the event loop hands to gunicorn's threads: all that is no look-up, or takes its time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, cast

from gunicorn.workers.gthread import TConn

from server.cache.raw_request_cache import EncodedResponse, RawRequestCache, encode_response
from server.catalogue.direct import DirectPages
from server.front.gunicorn_worker import QuietThreadWorker, ReadTimeoutSocket, dated, send, unreader
from server.front.pending_queries import PendingQueries, QueryOutcome
from server.front.thread_quota import PerClientThreadLimit
from server.http.client_key import Client
from server.http.messages import HttpResponse
from server.sparql.endpoint import Endpoint

if TYPE_CHECKING:
    from server.front.request_parser import ParsedPage, ParsedQuery


class Connection:
    """A connection that the loop has: it waits for its next request, or its look-up is pending.

    `partial`: the beginning of a request.
    `in_flight`: a response is on its way.
    `read_paused`: more arrived meanwhile; it is read once the response is sent.
    `since`: when it began to wait, by the monotonic clock.
    """

    __slots__ = ("conn", "handle", "in_flight", "partial", "read_paused", "recv", "send", "since")

    def __init__(self, conn: TConn, since: float) -> None:
        self.conn = conn
        self.handle: int = conn.sock.fileno()
        self.recv: Callable[[int], bytes] = conn.sock.recv
        self.send: Callable[[bytes], int] = conn.sock.send
        self.since = since
        self.partial = b""
        self.in_flight = False
        self.read_paused = False


class ThreadHandoff(QuietThreadWorker):
    """gunicorn's threads, and the jobs they do for the loop. A job returns whether its connection
    may be kept."""

    _endpoint: Endpoint
    _raw_requests: RawRequestCache
    _pages: DirectPages
    _pending: PendingQueries[Connection] | None
    _thread_limit: PerClientThreadLimit

    def _submit(self, conn: TConn, job: Callable[[], bool]) -> None:
        """Give a connection's job to a thread, within its client's quota."""

        def work() -> bool:
            conn.sock.setblocking(True)  # the loop's sockets do not block; a thread may wait
            return job()

        def done(future: Future[bool]) -> None:
            self._thread_limit.release(client)
            self.finish_request(conn, future)  # type: ignore[no-untyped-call]

        def start() -> None:
            future = cast(Executor, self.tpool).submit(work)
            future.add_done_callback(lambda f: self.method_queue.defer(done, f))  # type: ignore[no-untyped-call]

        client = self._endpoint.client_keys.peer_key(conn.client[0])
        self._thread_limit.acquire(client, start)

    def _run_wsgi(self, conn: TConn, data: bytes) -> bool:
        """Answer a request by gunicorn and the whole application."""
        if not conn.initialized:
            conn.init()  # type: ignore[no-untyped-call]
            unreader(conn).sock = ReadTimeoutSocket(conn.sock)
        conn.data_ready = True
        unreader(conn).unread(data)
        self._received.bytes = unreader(conn).sock.received = bytearray(data)
        return bool(self.handle(conn))  # type: ignore[no-untyped-call]

    def _run_query(
        self, conn: TConn, data: bytes, parsed: ParsedQuery, client: Client | None = None
    ) -> bool:
        """Answer a query by the endpoint alone; `client` if it is known already."""
        headers = parsed.headers._replace(client=client or self._client(conn, parsed))
        try:
            reply = self._endpoint.get(parsed.query_string, headers)
        except Exception:  # occurs again by WSGI, which answers 500 and logs it
            self.log.debug("Query failed", exc_info=True)
            reply = None
        if reply is None:
            return self._run_wsgi(conn, data)
        return send(conn, self._encode(data, reply, parsed.close), reply.body)

    def _run_page(self, conn: TConn, data: bytes, parsed: ParsedPage) -> bool:
        """Answer a request for a page of the catalogue, without WSGI."""
        try:
            answer = self._pages.find(parsed.path, parsed.query_string, parsed.accept_encoding)
        except Exception:  # occurs again by WSGI, which answers 500 and logs it
            self.log.debug("Page failed", exc_info=True)
            answer = None
        if answer is None:
            return self._run_wsgi(conn, data)
        head = encode_response(HttpResponse("200 OK", answer.headers), parsed.close)
        conn.sock.sendfile(answer.page.segments(before=dated(head)))
        return not parsed.close

    def _client(self, conn: TConn, parsed: ParsedQuery) -> Client:
        key = self._endpoint.client_keys.client_key(conn.client[0], parsed.forwarded_for)
        return Client(key=key, connection_fd=conn.sock.fileno(), query_id=parsed.query_id)

    def _take_over(self, conn: TConn, outcome: QueryOutcome[Connection]) -> bool:
        """Answer a look-up that the loop sent to a worker and that needs a thread now."""
        pending, handed_over = outcome.pending, outcome.handed_over
        if outcome.response and self._pending:
            reply = self._pending.reply(pending, outcome.response)
            if reply is not None:
                encoded = self._encode(pending.data, reply, pending.parsed.close)
                return send(conn, encoded, reply.body)
        if handed_over is None:
            return self._run_query(conn, pending.data, pending.parsed)
        with handed_over.connection:
            client = pending.miss.request.client._replace(
                connection_fd=conn.sock.fileno(), handed_over=handed_over
            )
            return self._run_query(conn, pending.data, pending.parsed, client)

    def _encode(self, data: bytes, reply: HttpResponse, close: bool) -> EncodedResponse:
        """Encode a response, and cache it by its raw request."""
        encoded = encode_response(reply, close)
        self._raw_requests.put(data, reply, encoded)
        return encoded
