"""The pool's supervisor: a process that forks workers, replaces dead ones and ends with all of
them on SIGTERM, or when the process that started it is gone (end of file on its standard input).

Workers are forked, not started afresh: a new one is ready in the time it takes to open the store.
"""

from __future__ import annotations

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

from graph.core.instance import Instance
from graph.core.remote_settings import Remote
from graph.queries.admission import client_budgets
from graph.queries.admission.scoreboard import ExitReason, NetworkSandbox, Scoreboard
from graph.queries.model.query import QueryLimits
from graph.queries.pool import sandbox, worker

_AT_ONCE = 0.1  # a worker that lived shorter than this many seconds died at once
_SLOWEST = 1.0


@dataclass
class Supervisor:
    """Keeps `number` workers alive."""

    listener: socket.socket
    instance: Instance
    limits: QueryLimits
    folder: Path
    board: Scoreboard
    number: int
    boxes: tuple[socket.socket, ...] = ()
    born: dict[int, tuple[float, int]] = field(default_factory=dict)  # since when, which line
    deaths: int = 0
    not_before: float = 0.0
    stopping: bool = False
    lifeline: int = -1
    _alive: int = -1
    _wake: int = -1

    def run(self) -> None:
        """Supervise until told to stop."""
        self.lifeline, self._alive = os.pipe()
        self._wake, waker = os.pipe()
        os.set_blocking(waker, False)
        os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
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
            taken = {line for _, line in self.born.values()}
            line = next(n for n in range(self.number) if n not in taken)
            pid = os.fork()
            if pid == 0:
                self._become_worker(line)
            self.born[pid] = (time.monotonic(), line)

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
            since, line = self.born.pop(pid)
            self.board.buried(line, _reason(status))
            lived = time.monotonic() - since
            self.deaths = self.deaths + 1 if lived < _AT_ONCE else 0
            delay = min(_SLOWEST, 0.02 * 2**self.deaths) if self.deaths > self.number else 0.0
            self.not_before = time.monotonic() + delay

    def _kill_all(self) -> None:
        for pid in self.born:
            os.kill(pid, signal.SIGKILL)
        for pid in self.born:
            os.waitpid(pid, 0)

    def _become_worker(self, line: int) -> NoReturn:
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGALRM, signal.SIGIO):
                signal.signal(number, signal.SIG_DFL)
            os.close(self._alive)
            sandbox.disable_core_dumps()
            if self.boxes:  # else it waits in accept(), where it would take requests while it dies
                sandbox.use_batch_scheduler()
            sandbox.exit_when_pipe_closes(self.lifeline)
            own = self.board.line(line)
            place = worker.WorkerContext(self.listener, self.folder, own, self.boxes)
            worker.serve(place, self.instance, self.limits)
            os._exit(0)
        except BaseException:  # whatever it was, a worker must never return into the supervisor
            sys.excepthook(*sys.exc_info())
        os._exit(1)


_REASONS = {
    signal.SIGIO: ExitReason.HUNG_UP,
    signal.SIGALRM: ExitReason.OVERDUE,
    signal.SIGABRT: ExitReason.MEMORY,
    signal.SIGKILL: ExitReason.KILLED,
    signal.SIGTERM: ExitReason.KILLED,
}


def _reason(status: int) -> ExitReason:
    """Why a worker ended, by what `waitpid` says."""
    if os.WIFSIGNALED(status):
        return _REASONS.get(signal.Signals(os.WTERMSIG(status)), ExitReason.CRASHED)
    return ExitReason.FAILED if os.WEXITSTATUS(status) else ExitReason.RENEWED


_NO_WALL = (
    "This system allows no wall between query workers and the network: nothing but the look at\n"
    "their tokens keeps queries from calling other machines by SERVICE."
)


def _wall() -> NetworkSandbox:
    if sandbox.unshare_network():
        return NetworkSandbox.NAMESPACE
    if sandbox.forbid_network():
        return NetworkSandbox.FILTER
    print(_NO_WALL, file=sys.stderr)
    return NetworkSandbox.NONE


def main() -> None:
    """Started by `graph.queries.pool.launch` with one JSON argument."""
    given = json.loads(sys.argv[1])
    remote = Remote(**given["remote"]) if given["remote"] else None
    folder = Path(given["folder"])
    board = Scoreboard(folder, given["workers"], client_budgets.SIZE)
    board.say_wall(_wall() if remote is None else NetworkSandbox.NONE)
    listener = socket.socket(fileno=given["listener"])
    boxes = tuple(socket.socket(fileno=handle) for handle in given["boxes"])
    listener.setblocking(not boxes)
    Supervisor(
        listener=listener,
        instance=Instance(Path(given["root"]), given["base"], remote=remote),
        limits=QueryLimits(**given["limits"]),
        folder=folder,
        board=board,
        number=given["workers"],
        boxes=boxes,
    ).run()


if __name__ == "__main__":
    main()
