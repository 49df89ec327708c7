"""How long a verification takes, and how much memory: each level in a process of its own.

python -m bench.audit.verifying DIRECTORY LEVEL
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.audit.made import Audited
from bench.results import Measurement
from graph.archive import Archive
from graph.audit.verify import verify
from graph.core.instance import Instance, open_instance

_LIMIT, _LIMITED = 150, 2  # MB, of level 2
_HASHING = -1


def run(audited: Audited, levels: Sequence[int]) -> Iterator[Measurement]:
    """A row for the time and one for the memory of each of these levels; 3 needs a snapshot."""
    versions, size = len(audited.loads), f"{audited.statements:,} statements"
    hashed = _in_own_process(audited.instance.root, _HASHING)
    for level in levels:
        made = _in_own_process(audited.instance.root, level)
        assert made["problems"] == [], made["problems"][:3]
        yield Measurement(
            work=f"verify, levels 0 to {level}, {versions} versions",
            size=size,
            against="unpacking and hashing every blob",
            ours=made["seconds"],
            theirs=hashed["seconds"],
            unit="seconds",
            ratio=hashed["seconds"] / made["seconds"],
            detail=f"{made['seconds'] / versions:.2f} a version; by the clock"
            f" {made['elapsed']:.1f}",
        )
        yield Measurement(
            work=f"verify, levels 0 to {level}, {versions} versions: memory",
            size=size,
            against="the limit",
            ours=made["mb"],
            theirs=0,
            unit="MB",
            ratio=0,
            target=f"≤ {_LIMIT}" if level == _LIMITED else "",
            met=made["mb"] <= _LIMIT if level == _LIMITED else None,
        )


def _in_own_process(root: Path, level: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.audit.verifying", str(root), str(level)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _problems(instance: Instance, level: int) -> list[str]:
    return [f"{one.where}: {one.message}" for one in verify(instance, level)]


def _hash(instance: Instance) -> None:
    archive = Archive(instance.archive)
    for digest, _ in archive:
        with archive.open(digest) as blob:
            assert hashlib.file_digest(blob, hashlib.sha256).hexdigest() == digest


def main() -> None:
    """Verify, and print seconds, megabytes and problems."""
    instance, level = open_instance(Path(sys.argv[1])), int(sys.argv[2])
    begun, clock = time.process_time(), time.perf_counter()
    problems = [] if level == _HASHING else _problems(instance, level)
    if level == _HASHING:
        _hash(instance)
    seconds, elapsed = time.process_time() - begun, time.perf_counter() - clock
    # not `ru_maxrss`, which begins with that of the process that started this one
    status = Path("/proc/self/status").read_text("ascii")
    most = int(status.partition("VmHWM:")[2].split()[0]) / 1000
    print(json.dumps({"seconds": seconds, "elapsed": elapsed, "mb": most, "problems": problems}))


if __name__ == "__main__":
    main()
