"""The pool's supervisor: a process that forks workers and replaces dead ones.

It ends, with all workers, on SIGTERM, and when the process that started it is gone (end of file on
its standard input). Workers are forked without exec, so a new one is ready as soon as it has opened
the store.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from graph.core import sandbox
from graph.core.instance import Instance
from graph.core.remote_settings import RemoteStoreSettings
from graph.queries.admission import client_budgets
from graph.queries.admission.scoreboard import ExitReason, NetworkSandbox, Scoreboard
from graph.queries.model.query import QueryLimits
from graph.queries.pool import worker
from graph.snapshots import visibility

_AT_ONCE = 0.1  # seconds; a worker that lived shorter died at once
_MAX_DELAY = 1.0  # seconds before a worker is replaced when all die at once


@dataclass
class Supervisor:
    """Keeps `number` workers alive.

    `born` is when each worker was forked, and the number of its slot on the scoreboard, by process
    id. `deaths` counts the last workers that died at once; after many of them it waits, until
    `not_before`, before it forks the next. `lifeline` is a pipe that workers end with.
    """

    listener: socket.socket
    instance: Instance
    limits: QueryLimits
    folder: Path
    scoreboard: Scoreboard
    number: int
    socketpairs: tuple[socket.socket, ...] = ()
    born: dict[int, tuple[float, int]] = field(default_factory=dict)
    deaths: int = 0
    not_before: float = 0.0
    stopping: bool = False
    lifeline: int = -1
    _alive: int = -1
    _wake: int = -1

    def run(self) -> None:
        """Supervise until SIGTERM or the end of standard input."""
        self.lifeline, self._alive = os.pipe()
        self._wake, waker = os.pipe()
        os.set_blocking(waker, False)  # a signal must not wait for a reader
        os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # a handler: ignored signals wake nobody
        # Ctrl-C goes to every process of a terminal; the one that started this one decides.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while not self.stopping:
            self._fill()
            self._wait()
            self._reap()
        self._kill_all()

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _fill(self) -> None:
        while len(self.born) < self.number and time.monotonic() >= self.not_before:
            used = {slot for _, slot in self.born.values()}
            slot = next(n for n in range(self.number) if n not in used)
            self._read_ledger()
            pid = os.fork()
            if pid == 0:
                self._become_worker(slot)
            self.born[pid] = (time.monotonic(), slot)

    def _read_ledger(self) -> None:
        """Read it once for all workers: each would take a second for 50,000 events."""
        visibility.read_ahead(self.instance)
        gc.freeze()  # no worker looks through it for garbage, which would copy its memory

    def _wait(self) -> None:
        missing = len(self.born) < self.number
        pause = max(0.0, self.not_before - time.monotonic()) if missing else None
        ready, _, _ = select.select([0, self._wake], [], [], pause)
        if self._wake in ready:
            os.read(self._wake, 4096)
        if 0 in ready and not os.read(0, 1):
            self.stopping = True

    def _reap(self) -> None:
        while self.born:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            born, slot = self.born.pop(pid)
            self.scoreboard.record_death(slot, _exit_reason(status))
            lived = time.monotonic() - born
            self.deaths = self.deaths + 1 if lived < _AT_ONCE else 0
            delay = min(_MAX_DELAY, 0.02 * 2**self.deaths) if self.deaths > self.number else 0.0
            self.not_before = time.monotonic() + delay

    def _kill_all(self) -> None:
        for pid in self.born:
            os.kill(pid, signal.SIGKILL)
        for pid in self.born:
            os.waitpid(pid, 0)

    def _become_worker(self, slot: int) -> NoReturn:
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGALRM, signal.SIGIO):
                signal.signal(number, signal.SIG_DFL)
            os.close(self._alive)
            sandbox.disable_core_dumps()
            # Without socket pairs it waits in accept(), and might accept a request while it dies.
            if self.socketpairs:
                sandbox.use_batch_scheduler()
            sandbox.exit_when_pipe_closes(self.lifeline)
            context = worker.WorkerContext(
                listener=self.listener,
                folder=self.folder,
                slot=self.scoreboard.worker_slot(slot),
                socketpairs=self.socketpairs,
            )
            worker.serve(context, self.instance, self.limits)
            os._exit(0)
        except BaseException:  # a worker must never return into the supervisor's loop
            sys.excepthook(*sys.exc_info())
        os._exit(1)


_REASONS = {
    signal.SIGIO: ExitReason.HUNG_UP,
    signal.SIGALRM: ExitReason.OVERDUE,
    signal.SIGABRT: ExitReason.MEMORY,
    signal.SIGKILL: ExitReason.KILLED,
    signal.SIGTERM: ExitReason.KILLED,
}


def _exit_reason(status: int) -> ExitReason:
    """Why a worker exited, from its status by `waitpid`."""
    if os.WIFSIGNALED(status):
        return _REASONS.get(signal.Signals(os.WTERMSIG(status)), ExitReason.CRASHED)
    return ExitReason.FAILED if os.WEXITSTATUS(status) else ExitReason.RENEWED


_NO_SANDBOX = (
    "This system has no network sandbox for query workers (neither namespaces nor seccomp): only\n"
    "the check of their text keeps queries from calling other machines by SERVICE."
)


def _enter_sandbox() -> NetworkSandbox:
    if sandbox.unshare_network():
        return NetworkSandbox.NAMESPACE
    if sandbox.forbid_network():
        return NetworkSandbox.FILTER
    print(_NO_SANDBOX, file=sys.stderr)
    return NetworkSandbox.NONE


def main() -> None:
    """Run a supervisor; `graph.queries.pool.launch` starts it with one JSON argument."""
    arguments = json.loads(sys.argv[1])
    remote = RemoteStoreSettings(**arguments["remote"]) if arguments["remote"] else None
    folder = Path(arguments["folder"])
    scoreboard = Scoreboard(folder, arguments["workers"], client_budgets.SIZE)
    # A remote store is reached by network.
    scoreboard.set_sandbox(_enter_sandbox() if remote is None else NetworkSandbox.NONE)
    listener = socket.socket(fileno=arguments["listener"])
    socketpairs = tuple(socket.socket(fileno=handle) for handle in arguments["socketpairs"])
    listener.setblocking(not socketpairs)
    Supervisor(
        listener=listener,
        instance=Instance(Path(arguments["root"]), arguments["base"], remote=remote),
        limits=QueryLimits(**arguments["limits"]),
        folder=folder,
        scoreboard=scoreboard,
        number=arguments["workers"],
        socketpairs=socketpairs,
    ).run()


if __name__ == "__main__":
    main()
