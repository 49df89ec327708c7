"""Sample the memory of a server's processes, by role, over time."""

from __future__ import annotations

import contextlib
import statistics
import time
from pathlib import Path

_MIB = 1 << 20


def descendants(pid: int) -> set[int]:
    """All descendants of a process."""
    found: set[int] = set()
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text("ascii").split():
                found |= {int(child)} | descendants(int(child))
    return found


def role(pid: int, server: int) -> str:
    """The role of a process of the server."""
    if pid == server:
        return "master"
    if _parent(pid) != server:  # not by its command line, which is empty while a process exits
        return "worker"
    return "supervisor" if "supervisor" in _read(pid, "cmdline") else "web"


def _parent(pid: int) -> int:
    fields = _read(pid, "stat").rpartition(")")[2].split()
    return int(fields[1]) if fields else 0


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def private_memory(pid: int) -> float:
    """The private memory of a process in MiB, 0 if it has exited."""
    lines = _read(pid, "smaps_rollup").splitlines()
    private = [line.split() for line in lines if line.startswith("Private_")]
    return sum(int(fields[1]) for fields in private) / 1024


class MemoryUsage:
    """Memory samples of a server and all its descendants."""

    def __init__(self, server: int) -> None:
        self._server = server
        self._begun = time.monotonic()
        self._samples: dict[str, list[tuple[float, float, int]]] = {}

    def sample(self) -> None:
        """Sample, for each role, the process with the most memory, and its file descriptors."""
        most: dict[str, tuple[float, int]] = {}
        for pid in {self._server, *descendants(self._server)}:
            found = (private_memory(pid), _descriptors(pid))
            kind = role(pid, self._server)
            most[kind] = max(most.get(kind, (0.0, 0)), found)
        for kind, (mib, files) in most.items():
            at = time.monotonic() - self._begun
            self._samples.setdefault(kind, []).append((at, mib, files))

    def summary(self) -> dict[str, dict[str, float]]:
        """For each role: first (once warm), last and maximum MiB; growth per hour in the second
        half of the run; last and maximum number of open files."""
        return {kind: _summary(samples) for kind, samples in sorted(self._samples.items())}


def _summary(samples: list[tuple[float, float, int]]) -> dict[str, float]:
    warm = samples[len(samples) // 10 :] or samples
    second_half = samples[len(samples) // 2 :]
    times, sizes = [s[0] for s in second_half], [s[1] for s in second_half]
    slope = statistics.linear_regression(times, sizes).slope if len(second_half) > 1 else 0.0
    return {
        "first": round(warm[0][1], 1),
        "last": round(samples[-1][1], 1),
        "most": round(max(s[1] for s in samples), 1),
        "mib_an_hour": round(slope * 3600, 1),
        "files_last": samples[-1][2],
        "files_most": max(s[2] for s in samples),
    }


def _descriptors(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
