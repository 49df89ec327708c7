"""How long a verification takes, and how much memory: each level in a process of its own.

python -m bench.audit.verifying DIRECTORY LEVEL
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.audit.made import Audited
from bench.results import Measurement
from graph.audit.verify import verify
from graph.core.instance import open_instance

_LIMIT = 150  # MB, of level 2


def run(audited: Audited) -> Iterator[Measurement]:
    """A row for the levels 0 to 2, and for level 3 where there is a snapshot."""
    versions = len(audited.loads)
    for level in range(3):
        made = _in_own_process(audited.instance.root, level)
        assert made["problems"] == [], made["problems"][:3]
        yield Measurement(
            work=f"verify, levels 0 to {level}, {versions} versions: memory",
            size=f"{audited.statements:,} statements",
            against="the limit",
            ours=made["mb"],
            theirs=0,
            unit="MB",
            ratio=0,
            target=f"≤ {_LIMIT}" if level == 2 else "",
            met=made["mb"] <= _LIMIT if level == 2 else None,
            detail=f"{made['seconds']:.1f} seconds, {made['seconds'] / versions:.2f} a version",
        )


def _in_own_process(root: Path, level: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.audit.verifying", str(root), str(level)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Verify, and print seconds, megabytes and problems."""
    instance, level = open_instance(Path(sys.argv[1])), int(sys.argv[2])
    begun = time.process_time()
    problems = [f"{one.where}: {one.message}" for one in verify(instance, level)]
    seconds = time.process_time() - begun
    # not `ru_maxrss`, which begins with that of the process that started this one
    status = Path("/proc/self/status").read_text("ascii")
    most = int(status.partition("VmHWM:")[2].split()[0]) / 1000
    print(json.dumps({"seconds": seconds, "mb": most, "problems": problems}))


if __name__ == "__main__":
    main()
