"""The entrance for queries: a pool of worker processes.

`Pool.start` starts a supervisor with its workers; any thread of this process, and of those forked
from it, may then call `Pool.run`.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graph.core.errors import EngineFailure, QueryError, SnapshotGone
from graph.core.instance import Instance
from graph.queries.admission.scoreboard import MAX_WORKERS, new_ticket
from graph.queries.model.query import REQUEST_KINDS, PoolRequest, Query, QueryAnswer, QueryLimits
from graph.queries.pool import codec
from graph.queries.pool.codec import RetryRequest
from graph.queries.pool.current_snapshot import CurrentSnapshot
from graph.queries.pool.datagrams import DatagramTransport, acquire_socketpair
from graph.queries.pool.dispatch import Dispatch, HandedOver
from graph.queries.pool.in_flight import PoolState, query_timeout
from graph.queries.pool.launch import launch
from graph.queries.pool.observers import QueryObserver
from graph.queries.pool.services import execute_services
from graph.queries.syntax.checks import QueryInfo
from graph.queries.syntax.long_queries import inspect_apart

if TYPE_CHECKING:
    from graph.federation import Federation

_ATTEMPTS = 2  # a worker may die for another reason than the query it runs


@dataclass(slots=True)
class Pool:
    """A running pool of query workers. Use it as a context manager, or call `close`."""

    instance: Instance
    limits: QueryLimits
    workers: int
    folder: Path
    _supervisor: subprocess.Popen[bytes]
    _current: CurrentSnapshot
    _state: PoolState
    _owner: int
    federation: Federation | None = None
    socketpairs: tuple[socket.socket, ...] = ()

    @classmethod
    def start(
        cls,
        instance: Instance,
        *,
        workers: int | None = None,
        limits: QueryLimits | None = None,
        federation: Federation | None = None,
        socketpairs: int = 0,
    ) -> Pool:
        """Start a supervisor and its workers.

        `workers`: how many, by default one more than processors. `federation` executes SERVICE;
        without it SERVICE is refused. `socketpairs`: how many processes can call
        `datagram_transport`.
        """
        limits = limits or QueryLimits()
        workers = min(workers or (os.cpu_count() or 1) + 1, MAX_WORKERS)
        launched = launch(instance, limits, workers, socketpairs)
        return cls(
            instance=instance,
            limits=limits,
            workers=workers,
            folder=launched.folder,
            _supervisor=launched.supervisor,
            _current=CurrentSnapshot(instance),
            _state=PoolState.open(launched.folder, workers, limits),
            _owner=os.getpid(),
            federation=federation,
            socketpairs=launched.socketpairs,
        )

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop supervisor and workers, and remove the pool's folder.

        Does nothing in a process forked from the one that started the pool.
        """
        if os.getpid() != self._owner:
            return
        for socketpair in self.socketpairs:
            socketpair.close()
        self._supervisor.terminate()
        self._supervisor.wait()
        assert self._supervisor.stdin is not None
        self._supervisor.stdin.close()
        shutil.rmtree(self.folder)
        self._state.scoreboard.close()

    def alive(self) -> bool:
        """Whether the pool's socket accepts connections."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.setblocking(False)
            try:
                connection.connect(self._state.address)
            except BlockingIOError:  # its queue is full, so it is busy, not dead
                return True
            except OSError:
                return False
            return True

    @property
    def observers(self) -> list[QueryObserver]:
        """The observers of queries; append to the list before the first query."""
        return self._state.observers

    def snapshot(self) -> str:
        """The name of the current snapshot, on which the next query will run.

        For a remote store it only tells what was published last: its answers belong to no
        snapshot. Raises ConfigError before the first publication.
        """
        return self._current.name()

    def run(
        self,
        request: PoolRequest,
        *,
        timeout: float | None = None,
        info: QueryInfo | None = None,
        snapshot: str = "",
        readable: tuple[str, ...] = (),
        client: str = "",
        connection_fd: int = -1,
        query_id: str = "",
        handed_over: HandedOver | None = None,
    ) -> QueryAnswer:
        """Run a request and return its whole answer.

        `timeout`: seconds, waiting included; capped by the pool's own.
        `info`: what `inspect` returned for the query, if it was called.
        `snapshot`: the snapshot to run on, by default the current one.
        `readable`: the restricted graphs that the client may read; others are hidden from it.
        `client`: the client's opaque key; empty for the server itself.
        `connection_fd`: descriptor of the client's connection; the query ends when it is hung up.
        `query_id`: the id under which `cancel` finds the query.
        `handed_over`: set when a worker has the request already (see `datagram_transport`).

        Raises QueryError in all its kinds, and ConfigError before the first publication.
        """
        if snapshot and self.instance.remote:
            raise SnapshotGone("this store keeps no snapshots", hint="Query the current state.")
        info = self._info(request, info)
        if handed_over:
            ticket, in_flight = handed_over.ticket, handed_over.in_flight
        else:
            form = info.form if info else REQUEST_KINDS[type(request)]
            ticket = new_ticket()
            in_flight = self._state.start(
                request, form=form, client=client, snapshot=snapshot, timeout=timeout
            )
        dispatch = Dispatch(
            state=self._state,
            in_flight=in_flight,
            wire=codec.encode_request(in_flight, ticket, info, readable),
            connection_fd=connection_fd,
            handed_over=handed_over,
        )
        with self._cancellable(dispatch, query_id):
            return self._run_observed(dispatch, info, snapshot)

    def charged(self, client: str) -> AbstractContextManager[None]:
        """Count a block's seconds as a client's query. Raises QueryThrottled over the budget."""
        return self._state.charged(client)

    @contextmanager
    def _cancellable(self, dispatch: Dispatch, query_id: str) -> Iterator[None]:
        """Let `cancel` find the request by its id, if it has one, until the block ends."""
        scoreboard = self._state.scoreboard
        dispatch.id_row = scoreboard.register(query_id) if query_id else -1
        try:
            yield
        finally:
            scoreboard.unregister(dispatch.id_row)

    def _run_observed(
        self, dispatch: Dispatch, info: QueryInfo | None, snapshot: str
    ) -> QueryAnswer:
        self._state.notify_start()
        answer: QueryAnswer | None = None
        error: QueryError | None = None
        try:
            self._state.budgets.check_budget(dispatch.in_flight.client_number, self.limits.budget)
            snapshot = execute_services(self, dispatch, info, snapshot)
            answer = self._run_with_retry(dispatch, snapshot)
            answer.waited = dispatch.in_flight.waited(dispatch.worker_seconds)
            return answer
        except QueryError as caught:
            error, ran = caught, dispatch.worker_seconds
            caught.timing = dispatch.in_flight.waited(ran), ran
            raise
        finally:
            self._state.finish(
                dispatch.in_flight._replace(snapshot=answer.snapshot if answer else snapshot),
                worker_seconds=dispatch.worker_seconds,
                length=answer.length if answer else 0,
                error=error,
                hung_up=dispatch.hung_up,
            )

    def datagram_transport(self) -> DatagramTransport | None:
        """A way for one thread to send queries without waiting; None when all socket pairs are in
        use, or the store is remote."""
        if self.instance.remote:
            return None
        socketpair = acquire_socketpair(self.folder, self.socketpairs)
        services = self.federation is not None
        return DatagramTransport(socketpair, self._state, services=services) if socketpair else None

    def running_count(self) -> int:
        """The number of queries that run now."""
        return len(self._state.scoreboard.running())

    def deaths(self) -> dict[str, int]:
        """The number of workers that exited so far, by reason (`scoreboard.ExitReason`)."""
        return {why.name.lower(): n for why, n in self._state.scoreboard.deaths().items()}

    def network_sandbox(self) -> str:
        """What keeps workers from the network (`scoreboard.NetworkSandbox`), in lower case."""
        return self._state.scoreboard.sandbox().name.lower()

    def cancel(self, query_id: str) -> bool:
        """Cancel all queries that run or wait under an id; False when there are none."""
        return self._state.scoreboard.cancel(query_id)

    def inspect(self, text: str) -> QueryInfo:
        """Check a query before it runs (graph.queries.syntax.checks). Raises QueryError."""
        limits = self.limits
        return inspect_apart(
            text, limits.text, services=self.federation is not None, with_values=limits.values
        )

    def _info(self, request: PoolRequest, info: QueryInfo | None) -> QueryInfo | None:
        return info or self.inspect(request.text) if isinstance(request, Query) else None

    def _run_with_retry(self, dispatch: Dispatch, snapshot: str) -> QueryAnswer:
        """The answer of a worker, or of another one when the first dies."""
        for _ in range(_ATTEMPTS):
            handed_over = dispatch.handed_over
            name = snapshot or (handed_over.in_flight.snapshot if handed_over else self.snapshot())
            dispatch.wire = dispatch.wire._replace(snapshot=name)
            try:
                header, body = dispatch.answer()
                return codec.decode_response(header, body, "" if self.instance.remote else name)
            except RetryRequest:
                self._check_kept(snapshot)
                if time.monotonic() >= dispatch.in_flight.deadline:
                    raise query_timeout(dispatch.in_flight, dispatch.worker_seconds) from None
        raise EngineFailure(
            "the query used more memory than allowed or crashed the engine",
            hint=f"A query may use {self.limits.memory >> 20} MiB; ask for less at once.",
            message_mn="асуулга зөвшөөрснөөс их санах ой ашиглав, эсвэл асуулгын хөдөлгүүр зогслоо",
            hint_mn=f"Нэг асуулга {self.limits.memory >> 20} MiB ашиглаж болно; багаар нь асууна"
            " уу.",
        )

    def _check_kept(self, snapshot: str) -> None:
        if snapshot and not (self.instance.snapshots / snapshot).is_dir():
            raise SnapshotGone(
                f"snapshot {snapshot} is no longer kept",
                message_mn=f"{snapshot} дугаартай агшин хувилбар хадгалагдахаа больсон",
            )


def run_once(
    instance: Instance,
    request: PoolRequest,
    *,
    timeout: float | None = None,
    limits: QueryLimits | None = None,
    readable: tuple[str, ...] = (),
) -> QueryAnswer:
    """Run one request in a pool of its own, which is closed afterwards: for the command line."""
    with Pool.start(instance, workers=1, limits=limits) as pool:
        return pool.run(request, timeout=timeout, readable=readable)
