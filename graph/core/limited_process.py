"""Run a function over foreign bytes in a forked process with limits, so that a parser that needs
too much memory or time, or crashes, ends that process and not the one that needs its result.

The process ends with the one that started it. It has no network, and its standard error is
discarded: a parser that aborts prints a backtrace there.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import pickle
import signal
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from graph.core import errors, sandbox
from graph.core.errors import InputError, UlziiError
from graph.core.progress import Reporter, SilentReporter

T = TypeVar("T")

Refusal = Callable[[str], Exception]
"""From `memory`, `time` or `crash` to the error to raise."""

_MIB = 1 << 20
_MAX_FILES = 1 << 20  # open at a time; the kernel's default limit for a process
_OBJECTS_BETWEEN_COLLECTIONS = 50_000
_TICK = 0.1  # seconds between two calls of `check`
_STANDARD = {0, 1, 2}  # input, output, error
_MEMORY, _MEMORY_PER_BYTE = 2 << 30, 64
# The constant parts are for small inputs on a machine that is busy.
_SECONDS, _SECONDS_PER_MIB = 120.0, 60.0


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """Bytes of memory on top of what is in use at the start, and seconds."""

    memory: int
    seconds: float


def limits_for(size: int) -> ProcessLimits:
    """Limits for an input of `size` bytes: several times what usual data of that size takes."""
    return ProcessLimits(
        memory=_MEMORY + _MEMORY_PER_BYTE * size,
        seconds=_SECONDS + _SECONDS_PER_MIB * size / _MIB,
    )


def run(
    function: Callable[[RemoteReporter], T],
    limits: ProcessLimits,
    *,
    where: str = "",
    reporter: Reporter | None = None,
    receive: Callable[[Any], None] = lambda _: None,
    refusal: Refusal | None = None,
    check: Callable[[], None] | None = None,
    files: Iterable[int] = (),
) -> T:
    """The result of `function`, called in a forked process with a reporter that reports here.

    The result is pickled. `receive` gets what the function gives before (`RemoteReporter.give`)
    while that process goes on. Of the files that are open here `function` can use only those whose
    descriptors are in `files`. `check` is called every tenth of a second, and ends the process by
    raising an error.

    Raises what the function raises, and when it needs more memory or time than allowed, is nested
    too deeply, or crashes: the error that `refusal` gives, by default InputError at `where`.
    """
    deadline = time.monotonic() + limits.seconds
    with _child(function, limits, files) as (process, receiver):
        try:
            _wait(receiver, deadline, check)
            kind, value = _receive(receiver, deadline, reporter or SilentReporter(), receive)
        except EOFError:
            kind, value = _failure(process.exit_signal()), None
    if kind == "result":
        result: T = value
        return result
    if kind == "error":
        raise errors.from_dict(value)
    if kind == "bug":
        raise value
    raise refusal(kind) if refusal else _refusal(kind, limits, where)


class _Process:
    """A forked child, which is waited for once."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._status: int | None = None

    def exit_signal(self) -> int:
        """Wait for the process to end; the signal that ended it, or 0."""
        if self._status is None:
            self._status = os.waitpid(self._pid, 0)[1]
        return os.WTERMSIG(self._status) if os.WIFSIGNALED(self._status) else 0

    def kill(self) -> None:
        """End the process, wherever it is."""
        if self._status is None:
            os.kill(self._pid, signal.SIGKILL)
            self.exit_signal()


@contextmanager
def _child(
    function: Callable[[RemoteReporter], Any], limits: ProcessLimits, files: Iterable[int]
) -> Iterator[tuple[_Process, Connection]]:
    """Fork; give the process and the connection on which its messages arrive."""
    receiver, sender = Pipe(duplex=False)
    parent = os.getpid()
    pid = _fork()
    if pid == 0:
        try:
            _close_all_but(_STANDARD | {sender.fileno(), *files})
            _run_and_send(function, limits, sender, parent)
        finally:
            os._exit(0)  # without cleaning up: files belong to the parent
    process = _Process(pid)
    sender.close()  # or its end would not be seen here
    try:
        with receiver:
            yield process, receiver
    finally:
        process.kill()


def _fork() -> int:
    # Other threads do not matter: the child only parses, and takes none of their locks.
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        return os.fork()


def _wait(receiver: Connection, deadline: float, check: Callable[[], None] | None) -> None:
    """Wait for the first message until the deadline, calling `check` now and then."""
    while check and time.monotonic() < deadline and not receiver.poll(_TICK):
        check()


def _receive(
    receiver: Connection, deadline: float, reporter: Reporter, receive: Callable[[Any], None]
) -> tuple[str, Any]:
    """The last message, or `time`; the others are progress, or given. Raises EOFError where none
    comes."""
    while receiver.poll(max(0.0, deadline - time.monotonic())):
        kind, value = receiver.recv()
        if kind == "step":
            reporter.step(*value)
        elif kind == "advance":
            reporter.advance(value)
        elif kind == "given":
            receive(value)
        else:
            return kind, value
    return "time", None


def _failure(exit_signal: int) -> str:
    """Why a process ended without a message: Rust and C++ abort when memory is refused."""
    if exit_signal == signal.SIGXCPU:
        return "time"
    return "memory" if exit_signal in {signal.SIGABRT, signal.SIGKILL} else "crash"


_HINTS = {
    "memory": "Check what it contains: a small file that needs this much is broken or an attack. "
    "Split a file that is really this large.",
    "time": "Check what it contains: a small file that takes this long is broken or an attack. "
    "Split a file that is really this large.",
    "crash": "Write it with fewer levels of nesting.",
}


def _refusal(kind: str, limits: ProcessLimits, where: str) -> InputError:
    messages = {
        "memory": f"reading it needs more than {limits.memory // _MIB:,} MiB of memory",
        "time": f"reading it takes more than {limits.seconds:,.0f} seconds",
        "crash": "the parser crashed: it is nested too deeply, or broken",
    }
    return InputError(messages[kind], where=where, hint=_HINTS[kind])


def _run_and_send(
    function: Callable[[RemoteReporter], Any],
    limits: ProcessLimits,
    sender: Connection,
    parent: int,
) -> None:
    """The body of the process."""
    _restrict(limits, parent)
    message = _in_new_thread(lambda: _message(function, sender))
    with suppress(BrokenPipeError):
        _send(sender, message)


def _close_all_but(kept: set[int]) -> None:
    """Close the files of the parent. A socket that is open here too would not look closed to its
    client, and the pipe of another child, forked at the same time, would not end with that child.
    """
    borders = [*sorted(kept), _MAX_FILES]
    for before, after in pairwise(borders):
        os.closerange(before + 1, after)


def _in_new_thread(work: Callable[[], T]) -> T:
    """The result of `work` from a thread of its own.

    The engine's random numbers belong to a thread, and a fork shares those of the thread that
    forked: two processes would make the same UUIDs and blank nodes. A new thread is seeded anew.
    """
    results: list[T] = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join()
    return results[0]


def _send(sender: Connection, message: tuple[str, Any]) -> None:
    try:
        sender.send(message)
    except MemoryError:  # pickling takes memory too; nothing was sent yet
        sender.send(("memory", None))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        sender.send(("bug", _portable(error)))


def _restrict(limits: ProcessLimits, parent: int) -> None:
    sandbox.exit_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C: the parent reports it
    gc.freeze()  # collecting would copy all memory that is shared with the parent
    # mapping makes many short-lived tuples and no circles: a tenth of its time was collecting
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    faulthandler.disable()  # a crash is reported by the parent
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)  # Rust and C++ print a message when they abort
    sandbox.disable_core_dumps()
    # Either suffices, and neither is required: parsers have no reason to use the network.
    _ = sandbox.forbid_network() or sandbox.unshare_network()
    sandbox.limit_cpu(limits.seconds)
    sandbox.limit_memory(limits.memory)


def _message(function: Callable[[RemoteReporter], Any], sender: Connection) -> tuple[str, Any]:
    try:
        return "result", function(RemoteReporter(sender))
    except UlziiError as error:
        return "error", errors.to_dict(error)
    except MemoryError:
        return "memory", None
    except RecursionError:  # of a parser in Python; those in C exceed the stack and crash
        return "crash", None
    except Exception as error:  # a bug, which the parent raises
        return "bug", _portable(error)


def _portable(error: Exception) -> Exception:
    """The exception with its traceback as a note, since tracebacks cannot be pickled."""
    text = "".join(traceback.format_exception(error))
    try:
        copy: Exception = pickle.loads(pickle.dumps(error))
    except Exception:  # its class takes other arguments than it stores, for example
        copy = RuntimeError(repr(error))
    copy.add_note(f"In the process that read the input:\n{text}")
    return copy


class RemoteReporter:
    """A reporter whose calls are repeated in the parent, which takes other values too."""

    def __init__(self, sender: Connection) -> None:
        self._sender = sender

    def step(self, name: str, total: int | None = None) -> None:
        """See Reporter."""
        self._sender.send(("step", (name, total)))

    def advance(self, count: int = 1) -> None:
        """See Reporter."""
        self._sender.send(("advance", count))

    def give(self, value: Any) -> None:
        """Give a value to `receive` in the parent; it is pickled."""
        self._sender.send(("given", value))
