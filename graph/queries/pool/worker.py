"""A worker: answers one request at a time, which arrives on a connection to the pool's socket or
as a datagram on a web process's socket pair.

It keeps no state that could be lost. At the deadline the process that waits for the answer closes
the connection, and the kernel ends the worker; should that process be stuck, the worker's own alarm
does. The supervisor starts another.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from struct import pack
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from graph.core.errors import EngineFailure, IntegrityError, QueryError
from graph.core.instance import Instance
from graph.core.sandbox import resident_memory
from graph.queries.admission.scoreboard import WorkerSlot
from graph.queries.engines import embedded
from graph.queries.engines.explain import explain_result
from graph.queries.model.formats import FORMATS, Format
from graph.queries.model.query import (
    REQUEST_KINDS,
    BatchPart,
    GraphDocument,
    Query,
    QueryLimits,
    RequestBatch,
    ResourceDocument,
)
from graph.queries.pool import documents
from graph.queries.pool.open_snapshots import SnapshotReader
from graph.queries.pool.wire import (
    DATAGRAM_BODY,
    DATAGRAM_REQUEST,
    ERROR,
    GONE,
    OK,
    ResponseHeader,
    WireRequest,
    end_on_hang_up,
    load_request,
    read_request,
    send_datagram,
    send_response,
    survive_hang_up,
)
from graph.queries.results.spool import INLINE, ResultSpool
from graph.queries.syntax.checks import QueryInfo

if TYPE_CHECKING:
    from graph.queries.engines.remote import RemoteEngine

_IDLE = 2.0  # seconds without work after which a worker looks for a newer snapshot
_GRACE = 0.25  # seconds after the deadline at which a worker ends itself
_MAX_QUERIES = 50_000  # after which a worker is replaced
_MAX_GROWTH = 256 << 20  # bytes of memory by which it may grow
_SHORT = 0.02  # seconds; memory and priority are checked after each longer query,
_CHECK_EVERY = 100  # and after so many of the others
_DAMAGED = "`ulzii verify` tells the operator what is wrong."


class WorkerRecycling:
    """Decides when a worker is replaced: after so many queries, once it has grown by so much, or
    when its priority was lowered and it may not raise it again.

    `due` says that it is time.
    """

    def __init__(self) -> None:
        self.due = False
        self._queries = 0
        self._nice = os.getpriority(os.PRIO_PROCESS, 0)
        self._size = resident_memory()

    def record(self, took: float) -> None:
        """Count a query that took so many seconds."""
        self._queries += 1
        if took > _SHORT or not self._queries % _CHECK_EVERY:
            self.due = (
                self._queries > _MAX_QUERIES
                or resident_memory() > self._size + _MAX_GROWTH
                or (os.getpriority(os.PRIO_PROCESS, 0) > self._nice and not self._raise_priority())
            )

    def _raise_priority(self) -> bool:
        try:
            os.setpriority(os.PRIO_PROCESS, 0, self._nice)
        except PermissionError:  # raising it again needs root or RLIMIT_NICE
            return False
        return True


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """What a worker is given: the pool's socket and folder, its slot on the scoreboard, and its
    ends of the socket pairs of web processes."""

    listener: socket.socket
    folder: Path
    slot: WorkerSlot
    socketpairs: tuple[socket.socket, ...] = ()


def serve(context: WorkerContext, instance: Instance, limits: QueryLimits) -> None:
    """Answer requests until the worker is due to be replaced."""
    reader = SnapshotReader(instance, limits.memory)
    reader.follow()
    recycling = WorkerRecycling()
    sources = RequestSources(context)
    handler = RequestHandler(context, reader, limits)
    while not recycling.due:
        ready = sources.wait(_IDLE)
        if not ready:
            reader.follow()
        for source in ready:
            recycling.record(handler.serve_from(source))


class RequestSources:
    """The sockets on which requests arrive. A request wakes one idle worker, not all of them
    (EPOLLEXCLUSIVE)."""

    def __init__(self, context: WorkerContext) -> None:
        listener = context.listener
        self._by_handle = {s.fileno(): s for s in (listener, *context.socketpairs)}
        if context.socketpairs:
            self._epoll = select.epoll()
            for handle in self._by_handle:
                self._epoll.register(handle, select.EPOLLIN | select.EPOLLEXCLUSIVE)
        else:  # accept() waits, with the kernel's time-out: this system may have no epoll
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _timeval(_IDLE))

    def wait(self, seconds: float) -> list[socket.socket]:
        """The sockets with a request, which another worker may yet take first; none after so many
        seconds."""
        if len(self._by_handle) == 1:
            return [*self._by_handle.values()]
        return [self._by_handle[handle] for handle, _ in self._epoll.poll(seconds)]


def _timeval(seconds: float) -> bytes:
    return pack("@ll", int(seconds), 0)


class RequestHandler:
    """Answers requests, one at a time. Its methods return how many seconds a request took."""

    def __init__(self, context: WorkerContext, reader: SnapshotReader, limits: QueryLimits) -> None:
        self._context = context
        self._reader = reader
        self._limits = limits

    def serve_from(self, source: socket.socket) -> float:
        """Answer the next request of a source, if there is one."""
        try:
            if source is not self._context.listener:
                data = source.recv(DATAGRAM_REQUEST, socket.MSG_DONTWAIT)
                return self._answer_datagram(source, load_request(data))
            connection, _ = source.accept()
            with connection:
                return self._answer_connection(connection, read_request(connection))
        except BlockingIOError:  # another worker was faster
            if not self._context.socketpairs:  # or accept() timed out
                self._reader.follow()
            return 0.0
        except (ConnectionError, EOFError):
            return 0.0
        finally:
            self._context.slot.end()
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _answer_connection(self, connection: socket.socket, request: WireRequest) -> float:
        def respond(header: ResponseHeader, body: bytes | int) -> None:
            survive_hang_up(connection)
            send_response(connection, header, body)

        if request.deadline <= time.monotonic() or not end_on_hang_up(connection):
            return 0.0
        return self._answer(request, INLINE, respond)

    def _answer_datagram(self, socketpair: socket.socket, request: WireRequest) -> float:
        if request.deadline <= time.monotonic():
            return 0.0
        respond = partial(send_datagram, socketpair, request.ticket)
        return self._answer(request, DATAGRAM_BODY, respond)

    def _answer(
        self,
        request: WireRequest,
        inline: int,
        respond: Callable[[ResponseHeader, bytes | int], None],
    ) -> float:
        started = time.monotonic()
        self._context.slot.begin(request.ticket, started)
        signal.setitimer(signal.ITIMER_REAL, request.deadline - started + _GRACE)
        limits = self._limits
        with ResultSpool(limits.result, self._context.folder, limits.rows, inline) as spool:
            header, error = self._run(request, spool)
            took = time.monotonic() - started
            microseconds = min(int(took * 1e6), 2**32 - 1)  # the header's field has 32 bits
            respond(header._replace(worker_microseconds=microseconds), error or spool.body())
        return took

    def _run(self, request: WireRequest, spool: ResultSpool) -> tuple[ResponseHeader, bytes]:
        """The header of the answer that is now in the spool, or of an error and its JSON."""
        try:
            store = self._reader.store(request.snapshot)
            return self._write(store, request, spool), b""
        except FileNotFoundError:
            return ResponseHeader(GONE), b""
        except QueryError as error:
            return _error({"kind": type(error).__name__, **vars(error)})
        except OSError as error:
            return _failure(f"the store cannot be read: {error}")
        except IntegrityError:  # no path and no more: its text may be shown to anybody
            return _failure("the ledger or the store is damaged", hint=_DAMAGED)

    def _write(
        self, store: ox.Store | RemoteEngine, request: WireRequest, spool: ResultSpool
    ) -> ResponseHeader:
        reader, total, notices = self._reader, 0, b""
        hidden = reader.restricted().hidden_from(request.readable)
        if request.kind == REQUEST_KINDS[RequestBatch]:
            chosen = self._write_batch(store, request, spool)
        elif request.kind == REQUEST_KINDS[ResourceDocument]:
            document = ResourceDocument.from_wire(request.fields)
            chosen, total = documents.write_document(store, document, spool)
        elif request.kind == REQUEST_KINDS[GraphDocument]:
            graph = GraphDocument.from_wire(request.fields)
            chosen, total = documents.write_graph(store, graph, spool, hidden)
        else:
            query = reader.query(request.fields)
            info = QueryInfo.from_wire(request.info) if request.info else None
            if isinstance(store, ox.Store):
                chosen = embedded.run_query(
                    store, query, info, spool, reader.folder, hidden, reader.void
                )
                notices = _notices(store, query, chosen, spool, hidden)
            else:
                chosen = store.run_query(query, spool, reader.folder, hidden)
        return ResponseHeader(
            status=OK,
            format=FORMATS.index(chosen),
            file=spool.file is not None,
            length=spool.length,
            total=total,
            notices=notices,
        )

    def _write_batch(
        self, store: ox.Store | RemoteEngine, request: WireRequest, spool: ResultSpool
    ) -> Format:
        parts = []
        for kind, fields in request.fields:
            with ResultSpool(self._limits.result, self._context.folder) as own:
                part = request._replace(kind=kind, fields=fields, info=None)
                header = self._write(store, part, own)
                with own.open() as body:
                    parts.append(BatchPart(body.read(), header.total))
        spool.write(RequestBatch.body(parts))
        return next(one for one in FORMATS if one.name == "json")


def _notices(
    store: ox.Store, query: Query, chosen: Format, spool: ResultSpool, hidden: frozenset[str]
) -> bytes:
    """The notices of a result as JSON; empty if there are none."""
    found = explain_result(store, query, chosen, spool, hidden) if query.notices else ()
    return json.dumps(found).encode() if found else b""


def _failure(message: str, hint: str = "") -> tuple[ResponseHeader, bytes]:
    return _error({"kind": EngineFailure.__name__, "message": message, "hint": hint})


def _error(fields: dict[str, Any]) -> tuple[ResponseHeader, bytes]:
    body = json.dumps(fields).encode()
    return ResponseHeader(ERROR, length=len(body)), body
