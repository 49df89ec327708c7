"""How much memory the processes of a server hold, by role, over time."""

from __future__ import annotations

import contextlib
import statistics
import time
from pathlib import Path

_MIB = 1 << 20


def descendants(pid: int) -> set[int]:
    """All processes below one."""
    found: set[int] = set()
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text("ascii").split():
                found |= {int(child)} | descendants(int(child))
    return found


def role(pid: int, server: int) -> str:
    """What a process of the server does."""
    if pid == server:
        return "master"
    if _parent(pid) != server:  # not by its command line: that of a dying one is empty
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


def held(pid: int) -> float:
    """MiB of memory of its own (private pages), 0 once it is gone."""
    lines = _read(pid, "smaps_rollup").splitlines()
    private = [line.split() for line in lines if line.startswith("Private_")]
    return sum(int(fields[1]) for fields in private) / 1024


class Memory:
    """Samples of all processes below a server."""

    def __init__(self, server: int) -> None:
        self._server = server
        self._begun = time.monotonic()
        self._samples: dict[str, list[tuple[float, float, int]]] = {}

    def look(self) -> None:
        """Take a sample: of each role the process that holds most, and its descriptors."""
        most: dict[str, tuple[float, int]] = {}
        for pid in {self._server, *descendants(self._server)}:
            found = (held(pid), _descriptors(pid))
            kind = role(pid, self._server)
            most[kind] = max(most.get(kind, (0.0, 0)), found)
        for kind, (mib, files) in most.items():
            at = time.monotonic() - self._begun
            self._samples.setdefault(kind, []).append((at, mib, files))

    def summary(self) -> dict[str, dict[str, float]]:
        """Of each role: MiB at first (once warm), at last, at most; growth an hour by the second
        half of the run; open files at last and at most."""
        return {kind: _told(samples) for kind, samples in sorted(self._samples.items())}


def _told(samples: list[tuple[float, float, int]]) -> dict[str, float]:
    tenth = samples[len(samples) // 10 :] or samples
    half = samples[len(samples) // 2 :]
    times, sizes = [s[0] for s in half], [s[1] for s in half]
    slope = statistics.linear_regression(times, sizes).slope if len(half) > 1 else 0.0
    return {
        "first": round(tenth[0][1], 1),
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
