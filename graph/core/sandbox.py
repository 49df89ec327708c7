"""Sandbox of the processes that run untrusted queries or parse foreign bytes: network, memory and
time, as far as the system allows it."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from struct import pack

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_PARENT_DEATH_SIGNAL = 1
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _SECCOMP_FILTER = 38, 22, 2
_SYSTEMS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}  # AUDIT_ARCH, socket()
_LIBC = ctypes.CDLL(None, use_errno=True)
_STATM = Path("/proc/self/statm")


def unshare_network() -> bool:
    """Move this process into an empty network namespace (Linux), so that SERVICE reaches no host
    even if the check of the query's tokens missed it. False when that is not allowed."""
    unshare = getattr(_LIBC, "unshare", None)
    if unshare is None:
        return False
    return any(unshare(flags) == 0 for flags in (_NEW_NET, _NEW_USER | _NEW_NET))


def forbid_network() -> bool:
    """Have the kernel refuse all but Unix sockets to this process and its children (seccomp, on
    x86-64 and AArch64): for systems without namespaces. False when that is not allowed."""
    known = _SYSTEMS.get(platform.machine())
    if known is None or sys.platform != "linux":
        return False
    architecture, socket_call = known
    program = _filter(architecture, socket_call)
    code = ctypes.create_string_buffer(program, len(program))
    program_header = pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    return bool(
        _LIBC.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
        and _LIBC.prctl(_SET_SECCOMP, _SECCOMP_FILTER, program_header) == 0
    )


def _filter(architecture: int, socket_call: int) -> bytes:
    """A BPF program on `struct seccomp_data` (call at 0, architecture at 4, arguments from 16)."""
    load, equal, above, end = 0x20, 0x15, 0x25, 0x06
    allow, refuse = 0x7FFF0000, 0x00050000 | errno.EACCES
    steps = [
        (load, 0, 0, 4),
        (equal, 0, 6, architecture),  # others number their calls differently
        (load, 0, 0, 0),
        (above, 4, 0, 0x3FFFFFFF),  # and so does x32
        (equal, 0, 2, socket_call),
        (load, 0, 0, 16),
        (equal, 0, 1, socket.AF_UNIX),
        (end, 0, 0, allow),
        (end, 0, 0, refuse),
    ]
    return b"".join(pack("HBBI", *step) for step in steps)


def limit_memory(more: int | None) -> None:
    """Allow `more` bytes of address space on top of what is in use now; None lifts the limit.

    RocksDB reserves hundreds of megabytes when a store opens, so a fixed limit would not limit the
    query. Without /proc there is no limit.
    """
    if not _STATM.exists():
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    soft = hard if more is None else _in_use() + more
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _in_use() -> int:
    return int(_STATM.read_bytes().split()[0]) * resource.getpagesize()


def limit_cpu(seconds: float) -> None:
    """Have the kernel end this process (SIGXCPU) after so many seconds of CPU time."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (_cpu_time() + int(seconds) + 1, hard))


def _cpu_time() -> int:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return int(usage.ru_utime + usage.ru_stime)


def resident_memory() -> int:
    """The resident memory of this process in bytes; 0 without /proc."""
    if not _STATM.exists():
        return 0
    return int(_STATM.read_bytes().split()[1]) * resource.getpagesize()


def use_batch_scheduler() -> None:
    """Do not preempt the process that wakes this one (Linux: SCHED_BATCH).

    Look-ups pass from process to process; with preemption there were 6 to 9 % fewer of them.
    """
    if hasattr(os, "SCHED_BATCH"):
        with suppress(OSError):  # a container may forbid it
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def disable_core_dumps() -> None:
    """Write no core dumps: that of a worker has a gigabyte."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def exit_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent, whose process id is given, ends (Linux).

    Elsewhere a limit of CPU time must do.
    """
    prctl = getattr(_LIBC, "prctl", None)
    if prctl is not None:
        prctl(_PARENT_DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:  # it ended before the call
        os._exit(1)


def exit_when_pipe_closes(lifeline: int) -> None:
    """End this process at once when the other end of a pipe is closed."""

    def wait() -> None:
        os.read(lifeline, 1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
