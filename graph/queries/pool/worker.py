"""A worker: takes one request at a time, by connection on the pool's socket or by datagram from a
web process's box, and answers it.

It has nothing to lose. At the deadline whoever waits for its answer hangs up, and the kernel ends
it; should that one be stuck, its own alarm does. The supervisor starts another.
"""

from __future__ import annotations

import json
import marshal
import os
import select
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from struct import pack
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from graph.core.errors import EngineFailure, QueryError
from graph.core.instance import Instance
from graph.queries.admission.scoreboard import WorkerSlot
from graph.queries.engines import embedded
from graph.queries.model.formats import FORMATS, Format
from graph.queries.model.query import (
    REQUEST_KINDS,
    GraphDocument,
    QueryLimits,
    ResourceDocument,
)
from graph.queries.pool.open_snapshots import SnapshotReader
from graph.queries.pool.sandbox import resident_memory
from graph.queries.pool.wire import (
    DATAGRAM_BODY,
    DATAGRAM_REQUEST,
    ERROR,
    GONE,
    OK,
    ResponseHeader,
    end_on_hang_up,
    read_request,
    send_answer,
    send_datagram,
    survive_hang_up,
)
from graph.queries.results.spool import ResultSpool
from graph.queries.syntax.checks import QueryInfo

if TYPE_CHECKING:
    from graph.queries.engines.remote import RemoteEngine

_IDLE = 2.0  # seconds without work after which a worker looks for a newer snapshot
_GRACE = 0.25  # seconds after the deadline at which a worker ends itself
_QUERIES = 50_000  # after which a worker makes room for a fresh one
_GROWTH = 256 << 20  # bytes of memory it may have grown by
_SHORT = 0.02  # seconds; a worker looks at itself after each longer query,
_WEIGHED = 100  # and after so many of the others


class WorkerRecycling:
    """When a worker has served long enough: after so many queries, once it has grown by so much,
    or when it was slowed down and may not speed up again."""

    def __init__(self) -> None:
        self.out = False
        self._queries = 0
        self._nice = os.getpriority(os.PRIO_PROCESS, 0)
        self._size = resident_memory()

    def note(self, took: float) -> None:
        """A query took so many seconds; `out` says whether it was the last."""
        self._queries += 1
        if took > _SHORT or not self._queries % _WEIGHED:
            self.out = (
                self._queries > _QUERIES
                or resident_memory() > self._size + _GROWTH
                or (os.getpriority(os.PRIO_PROCESS, 0) > self._nice and not self._speed_up())
            )

    def _speed_up(self) -> bool:
        try:
            os.setpriority(os.PRIO_PROCESS, 0, self._nice)
        except PermissionError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """Where a worker works: the pool's socket and folder, the board's line for it, and the boxes
    that web processes send datagrams to."""

    listener: socket.socket
    folder: Path
    line: WorkerSlot
    boxes: tuple[socket.socket, ...] = ()


def serve(place: WorkerContext, instance: Instance, limits: QueryLimits) -> None:
    """Answer requests, until it is time to make room for a fresh worker."""
    reader = SnapshotReader(instance, limits.memory)
    reader.follow()
    wear = WorkerRecycling()
    sources = RequestSources(place)
    while not wear.out:
        ready = sources.wait(_IDLE)
        if not ready:
            reader.follow()
        for source in ready:
            wear.note(_serve_from(source, reader, limits, place))


class RequestSources:
    """Where requests come from. Each wakes one idle worker a request, not all (EPOLLEXCLUSIVE)."""

    def __init__(self, place: WorkerContext) -> None:
        self._of = {source.fileno(): source for source in (place.listener, *place.boxes)}
        if place.boxes:
            self._epoll = select.epoll()
            for handle in self._of:
                self._epoll.register(handle, select.EPOLLIN | select.EPOLLEXCLUSIVE)
        else:  # the kernel's own time-out, where there is no epoll
            place.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _timeval(_IDLE))

    def wait(self, seconds: float) -> list[socket.socket]:
        """Those where a request waits, though another worker may be faster; empty after so long."""
        if len(self._of) == 1:
            return [*self._of.values()]
        return [self._of[handle] for handle, _ in self._epoll.poll(seconds)]


def _timeval(seconds: float) -> bytes:
    return pack("@ll", int(seconds), 0)


def _serve_from(
    source: socket.socket, reader: SnapshotReader, limits: QueryLimits, place: WorkerContext
) -> float:
    """Answer the next request of a source, where there is one; tell how many seconds it took."""
    try:
        if source is not place.listener:
            data = source.recv(DATAGRAM_REQUEST, socket.MSG_DONTWAIT)
            return _reply(source, data, reader, limits, place)
        connection, _ = source.accept()
        with connection:
            return _attend(connection, reader, limits, place)
    except BlockingIOError:  # another worker was faster
        if not place.boxes:  # nobody came: that was its time-out
            reader.follow()
        return 0.0
    except (ConnectionError, EOFError):
        return 0.0
    finally:
        place.line.end()
        signal.setitimer(signal.ITIMER_REAL, 0)


def _attend(
    connection: socket.socket, reader: SnapshotReader, limits: QueryLimits, place: WorkerContext
) -> float:
    """Answer a connection; tell how many seconds it took."""
    snapshot, deadline, ticket, *asked = read_request(connection)
    begun = time.monotonic()
    if deadline <= begun or not end_on_hang_up(connection):
        return 0.0
    _begin(place, ticket, begun, deadline)
    with ResultSpool(limits.result, place.folder, limits.rows) as spool:
        header, error = _perform(reader, snapshot, asked, spool)
        survive_hang_up(connection)
        header, took = _timed(header, begun)
        send_answer(connection, header, error or spool.body())
    return took


def _reply(
    box: socket.socket,
    data: bytes,
    reader: SnapshotReader,
    limits: QueryLimits,
    place: WorkerContext,
) -> float:
    """Answer a datagram; tell how many seconds it took."""
    snapshot, deadline, ticket, *asked = marshal.loads(data)
    begun = time.monotonic()
    if deadline <= begun:
        return 0.0
    _begin(place, ticket, begun, deadline)
    with ResultSpool(limits.result, place.folder, limits.rows, DATAGRAM_BODY) as spool:
        header, error = _perform(reader, snapshot, asked, spool)
        header, took = _timed(header, begun)
        send_datagram(box, ticket, header, error or spool.body())
    return took


def _begin(place: WorkerContext, ticket: int, begun: float, deadline: float) -> None:
    place.line.begin(ticket, begun)
    signal.setitimer(signal.ITIMER_REAL, deadline - begun + _GRACE)


def _timed(header: ResponseHeader, begun: float) -> tuple[ResponseHeader, float]:
    took = time.monotonic() - begun
    return header._replace(ran=min(int(took * 1e6), 2**32 - 1)), took


def _perform(
    reader: SnapshotReader, snapshot: str, asked: list[Any], spool: ResultSpool
) -> tuple[ResponseHeader, bytes]:
    """The header of the answer that is now in the spool, or of an error and its JSON."""
    try:
        store = reader.store(snapshot)
        return _write(reader, store, asked, spool), b""
    except FileNotFoundError:
        return ResponseHeader(GONE), b""
    except QueryError as error:
        return _error({"kind": type(error).__name__, **vars(error)})
    except OSError as error:
        kind = EngineFailure.__name__
        return _error({"kind": kind, "message": f"the store cannot be read: {error}"})


def _write(
    reader: SnapshotReader, store: ox.Store | RemoteEngine, asked: list[Any], spool: ResultSpool
) -> ResponseHeader:
    kind, fields, shape, readable = asked
    total, hidden = 0, reader.restricted().hidden_from(readable)
    if kind == REQUEST_KINDS[ResourceDocument]:
        chosen, total = _document(store, ResourceDocument(*fields), spool)
    elif kind == REQUEST_KINDS[GraphDocument]:
        chosen, total = _graph(store, GraphDocument(*fields), spool, hidden)
    else:
        query, found = reader.query(fields), QueryInfo(*shape) if shape else None
        if isinstance(store, ox.Store):
            chosen = embedded.run_query(store, query, found, spool, reader.folder, hidden)
        else:
            chosen = store.run_query(query, spool, reader.folder, hidden)
    return ResponseHeader(OK, FORMATS.index(chosen), spool.file is not None, spool.length, total)


def _document(
    store: ox.Store | RemoteEngine, wanted: ResourceDocument, spool: ResultSpool
) -> tuple[Format, int]:
    if isinstance(store, ox.Store):
        return embedded.write_document(store, wanted, spool)
    return store.write_document(wanted, spool)


def _graph(
    store: ox.Store | RemoteEngine,
    wanted: GraphDocument,
    spool: ResultSpool,
    hidden: frozenset[str],
) -> tuple[Format, int]:
    if isinstance(store, ox.Store):
        return embedded.write_graph(store, wanted, spool, hidden)
    return store.write_graph(wanted, spool, hidden)


def _error(error: dict[str, Any]) -> tuple[ResponseHeader, bytes]:
    body = json.dumps(error).encode()
    return ResponseHeader(ERROR, length=len(body)), body
