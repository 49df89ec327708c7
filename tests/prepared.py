"""Instances that take long to make, made once for all who test side by side.

As a program, `python -m tests.prepared FOLDER NAME…` makes them while other tests run.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[1]
# scores take as long as the rest of the demo: few tests want them
DEMO = ["-c", "from server.cli import main; main()", "--data", "{data}"]
PROGRAMS = {
    "loaded_demo": [*DEMO, "demo", "--no-serve", "--no-score"],
    "few_datasets": ["-m", "tests.few_datasets", "{data}"],
}


def made_once(shared: Path, name: str) -> Path:
    """The instance of a name; what its program printed is in the file `finished` beside it."""
    data, finished = shared / name / "data", shared / name / "finished"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not finished.exists():
            shutil.rmtree(data.parent, ignore_errors=True)  # what one that failed has left
            data.parent.mkdir()
            told = _in_own_process(*(part.format(data=data) for part in PROGRAMS[name]))
            finished.write_text(told, "utf-8")
    return data


def _in_own_process(*arguments: str) -> str:
    """What a program prints. Loading all sources leaves hundreds of MiB with a process; every fork
    of this one would copy the page tables for them."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=TOP)
    assert done.returncode == 0, done.stderr
    return done.stdout


def begin(shared: Path, names: list[str]) -> subprocess.Popen[bytes]:
    """A process that makes them, one after another."""
    return subprocess.Popen([sys.executable, "-m", __name__, str(shared), *names], cwd=TOP)


if __name__ == "__main__":
    for wanted in sys.argv[2:]:
        made_once(Path(sys.argv[1]), wanted)
