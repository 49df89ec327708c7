"""The one entrance for queries.

`Pool.start` starts a supervisor with its workers; `Pool.run` may then be called from any thread
of this process and of those forked from it.
"""

from __future__ import annotations

import math
import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from graph.core.errors import EngineFailure, QueryError, QueryThrottled, SnapshotGone
from graph.core.instance import Instance
from graph.queries.admission import client_budgets
from graph.queries.admission.scoreboard import MOST_WORKERS, Scoreboard, new_ticket, number_of
from graph.queries.model.query import (
    REQUEST_KINDS,
    PoolRequest,
    Query,
    QueryAnswer,
    QueryLimits,
)
from graph.queries.pool import codec
from graph.queries.pool.current_snapshot import CurrentSnapshot
from graph.queries.pool.datagrams import DatagramTransport, acquire_socketpair
from graph.queries.pool.dispatch import (
    AdmissionQueue,
    Dispatch,
    HandedOver,
    PoolState,
    RetryRequest,
)
from graph.queries.pool.dispatch import query_timeout as timeout_error
from graph.queries.pool.launch import SOCKET, launch
from graph.queries.pool.observers import QueryFinished, QueryObserver
from graph.queries.syntax.checks import QueryInfo, inspect

if TYPE_CHECKING:
    from graph.federation import Federation

_EXPANDED = 32 << 20  # bytes of a query with the solutions of others in it


@dataclass(slots=True)
class Pool:
    """A running pool of query workers. Use as a context manager, or call `close`."""

    instance: Instance
    limits: QueryLimits
    workers: int
    folder: Path
    _supervisor: subprocess.Popen[bytes]
    _pointer: CurrentSnapshot
    _desk: PoolState
    _owner: int
    federation: Federation | None = None
    boxes: tuple[socket.socket, ...] = ()
    observers: list[QueryObserver] = field(default_factory=list)

    @classmethod
    def start(
        cls,
        instance: Instance,
        *,
        workers: int | None = None,
        limits: QueryLimits | None = None,
        federation: Federation | None = None,
        boxes: int = 0,
    ) -> Pool:
        """Start a supervisor and its workers (by default one more than processors). Without a
        `federation` SERVICE is refused. So many processes may use `mail` as there are `boxes`."""
        limits = limits or QueryLimits()
        workers = min(workers or (os.cpu_count() or 1) + 1, MOST_WORKERS)
        folder, supervisor, ours = launch(instance, limits, workers, boxes)
        desk = _desk(folder, workers, limits)
        pointer, owner = CurrentSnapshot(instance), os.getpid()
        found = (instance, limits, workers, folder, supervisor, pointer, desk, owner)
        return cls(*found, federation, ours)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop supervisor and workers, and remove the socket.

        Does nothing in a process forked from the one that started the pool.
        """
        if os.getpid() != self._owner:
            return
        for box in self.boxes:
            box.close()
        self._supervisor.terminate()
        self._supervisor.wait()
        assert self._supervisor.stdin is not None
        self._supervisor.stdin.close()
        shutil.rmtree(self.folder)
        self._desk.board.close()

    def alive(self) -> bool:
        """Whether somebody listens on the socket."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.setblocking(False)
            try:
                connection.connect(self._desk.address)
            except BlockingIOError:
                return True
            except OSError:
                return False
            return True

    def snapshot(self) -> str:
        """The name of the snapshot that the next query will be asked of. Where the store is remote
        it only tells what was published last: an answer belongs to no snapshot there.

        Raises ConfigError before the first publication.
        """
        return self._pointer.name()

    def run(
        self,
        request: PoolRequest,
        *,
        timeout: float | None = None,
        info: QueryInfo | None = None,
        snapshot: str = "",
        readable: tuple[str, ...] = (),
        client: str = "",
        link: int = -1,
        name: str = "",
        running: HandedOver | None = None,
    ) -> QueryAnswer:
        """Run a request on a snapshot (by default the current one) and give its whole answer.

        `timeout` in seconds is capped by the pool's own; waiting for a worker counts. `info` is
        what `inspect` returned, where the caller has it already. `readable` are the restricted
        graphs that whoever asks may read; all others are hidden from the request. `client` is an
        opaque key of whoever asks; without one it is the server itself. `link` is the descriptor
        of a connection: when it is hung up, the query ends. So it does when `cancel` is called
        with its `name`. `running` says that a worker has been asked already (by `mail`).

        Raises QueryError in all its kinds, and ConfigError before the first publication.
        """
        if snapshot and self.instance.remote:
            raise SnapshotGone("this store keeps no snapshots", hint="Ask the current state.")
        allowed = self.limits.timeout
        deadline = time.monotonic() + (allowed if timeout is None else min(timeout, allowed))
        deadline = running.deadline if running else deadline
        who = number_of(client) if client else 0
        info = self._info(request, info)
        asked = codec.request(request, info, readable)
        place = self._desk.board.enter(name) if name else -1
        ticket = running.ticket if running else new_ticket()
        asking = Dispatch(self._desk, asked, deadline, ticket, who, link, place, running=running)
        form = info.form if info else REQUEST_KINDS[type(request)]
        try:
            return self._watched(asking, snapshot, request, info, form, client)
        finally:
            self._desk.board.leave(place)
            if who:
                self._desk.clients.charge(who, asking.ran)

    def _watched(
        self,
        asking: Dispatch,
        snapshot: str,
        request: PoolRequest,
        info: QueryInfo | None,
        form: str,
        client: str,
    ) -> QueryAnswer:
        begun = time.monotonic()
        for observer in self.observers:
            observer.on_start()
        answer: QueryAnswer | None = None
        error: QueryError | None = None
        try:
            self._check_budget(asking.client)
            self._ask_services(asking, request, info)
            answer = self._insist(asking, snapshot)
            return answer
        except QueryError as caught:
            error = caught
            raise
        finally:
            waited = max(0.0, time.monotonic() - begun - asking.ran)
            told = (answer.length, answer.snapshot) if answer else (0, snapshot)
            ends = (error, asking.hung_up, asking.ran, waited)
            for observer in self.observers:
                observer.on_finish(QueryFinished(request, form, client, *ends, *told))

    def mail(self) -> DatagramTransport | None:
        """A way to send requests without waiting for them, for one thread of this process; None
        where there is none left, or the store is remote."""
        box = None if self.instance.remote else acquire_socketpair(self.folder, self.boxes)
        services = self.federation is not None
        return (
            DatagramTransport(box, self._desk, self.limits, self.observers, services)
            if box
            else None
        )

    def running(self) -> int:
        """How many queries run now."""
        return len(self._desk.board.runs())

    def deaths(self) -> dict[str, int]:
        """How many workers ended so far, by reason (`graph.queries.admission.scoreboard.Death`)."""
        return {why.name.lower(): number for why, number in self._desk.board.deaths().items()}

    def wall(self) -> str:
        """What keeps workers from the network (`graph.queries.admission.scoreboard.Wall`)."""
        return self._desk.board.wall().name.lower()

    def cancel(self, name: str) -> bool:
        """End all queries that run or wait under this name; False where there are none."""
        return self._desk.board.cancel(name)

    def _check_kept(self, snapshot: str) -> None:
        if snapshot and not (self.instance.snapshots / snapshot).is_dir():
            raise SnapshotGone(f"snapshot {snapshot} is kept no longer")

    def inspect(self, text: str) -> QueryInfo:
        """Check a query before it runs (graph.queries.syntax.checks). Raises QueryError."""
        return inspect(text, self.limits.text, services=self.federation is not None)

    def _info(self, request: PoolRequest, info: QueryInfo | None) -> QueryInfo | None:
        return info or self.inspect(request.text) if isinstance(request, Query) else None

    def _ask_services(self, asking: Dispatch, request: PoolRequest, info: QueryInfo | None) -> None:
        """Execute SERVICE clauses: the worker gets a query without any."""
        if self.federation is None or info is None or not isinstance(request, Query):
            return
        if "service" in request.text.lower():
            request = self.federation.expand(request, info.prologue, asking.deadline)
            info = inspect(request.text, _EXPANDED)
            asking.message = codec.request(request, info, asking.message[-1])

    def _check_budget(self, client: int) -> None:
        budget = self.limits.budget
        if budget and client and (over := self._desk.clients.used(client) - budget) > 0:
            raise QueryThrottled(
                f"your queries took more than {budget:g} seconds of the last minute",
                retry=math.ceil(over),
                hint="Ask less often, or narrow your queries.",
            )

    def _insist(self, asking: Dispatch, snapshot: str) -> QueryAnswer:
        """Ask twice, because a worker may die of another reason than its query."""
        asked = asking.message
        for _ in range(2):
            name = snapshot or (asking.running.snapshot if asking.running else self.snapshot())
            asking.message = (name, asking.deadline, asking.ticket, *asked)
            try:
                return codec.answer(*asking.answer(), "" if self.instance.remote else name)
            except RetryRequest:
                self._check_kept(snapshot)
                if time.monotonic() >= asking.deadline:
                    raise timeout_error() from None
        raise EngineFailure(
            "the query used more memory than allowed or crashed the engine",
            hint=f"A query may use {self.limits.memory >> 20} MiB; ask for less at once.",
        )


def run_once(
    instance: Instance,
    request: PoolRequest,
    *,
    timeout: float | None = None,
    limits: QueryLimits | None = None,
    readable: tuple[str, ...] = (),
) -> QueryAnswer:
    """Run one request in a worker of its own, which is gone afterwards: for the command line."""
    with Pool.start(instance, workers=1, limits=limits) as pool:
        return pool.run(request, timeout=timeout, readable=readable)


def _desk(folder: Path, workers: int, limits: QueryLimits) -> PoolState:
    board = Scoreboard(folder, workers, client_budgets.SIZE)
    address, slow = str(folder / SOCKET), max(1, workers - 1)
    return PoolState(
        folder, address, board, client_budgets.ClientBudgets(board), AdmissionQueue(limits), slow
    )
