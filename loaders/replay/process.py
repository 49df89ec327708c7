"""The process of a replay: archived code is a stranger's, and runs with nothing but its folder's
files, without network, with limits of memory and time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from graph.core import sandbox
from graph.core.limited_process import ProcessLimits

DRIVER = Path(__file__).with_name("driver.py")

Supply = Callable[[str], None]
"""Puts files into the folder that the driver asks for by name."""


class ReplayFailed(Exception):
    """The archived code did not map its captures; the message says why.

    `is_missing`: the bundle lacks something, so nothing can be said of what it would make.
    """

    def __init__(self, message: str, *, is_missing: bool) -> None:
        super().__init__(message)
        self.is_missing = is_missing


def packages() -> list[str]:
    """The folders with packages of others; `.pth` files in them are not read."""
    names = {"site-packages", "dist-packages"}
    return [one for one in dict.fromkeys(sys.path) if Path(one).name in names]


def messages(folder: Path, limits: ProcessLimits, supply: Supply) -> Iterator[dict[str, Any]]:
    """The records of a job as its driver maps them: `record`, `outcome`, `reason`, `lines`.

    Raises ReplayFailed.
    """
    with _driver(folder, limits) as process:
        assert process.stdout and process.stdin
        for line in process.stdout:
            message = json.loads(line)
            if name := message.get("need"):
                supply(name)
                process.stdin.write(b"\n")
                process.stdin.flush()
            elif "problem" in message:
                raise ReplayFailed(message["problem"], is_missing=message["kind"] == "missing")
            elif "end" in message:
                _check_foreign(message["end"]["foreign"])
                return
            else:
                yield message
        raise ReplayFailed(_why(process.wait()), is_missing=False)


def _check_foreign(modules: list[str]) -> None:
    """Refuse a replay that used modules of ours from outside the bundle: it proves nothing."""
    if modules:
        first = ", ".join(modules[:3])
        raise ReplayFailed(f"modules came from outside the bundle: {first}", is_missing=True)


@contextmanager
def _driver(folder: Path, limits: ProcessLimits) -> Iterator[subprocess.Popen[bytes]]:
    parent = os.getpid()
    home = folder / "scratch"
    home.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-B", str(DRIVER), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=home,
        # no variable of ours: neither a proxy nor a key reaches archived code
        env={"TMPDIR": str(home), "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"},
        preexec_fn=lambda: _restrict(limits, parent),
        start_new_session=True,
    )
    watch = threading.Timer(limits.seconds, process.kill)
    watch.daemon = True
    watch.start()
    try:
        with process:
            try:
                yield process
            finally:
                process.kill()
    finally:
        watch.cancel()


def _restrict(limits: ProcessLimits, parent: int) -> None:
    sandbox.exit_with_parent(parent)
    sandbox.disable_core_dumps()
    _ = sandbox.unshare_network()
    _ = sandbox.forbid_network()
    sandbox.limit_cpu(limits.seconds)
    sandbox.limit_memory(limits.memory)


def _why(code: int) -> str:
    if code in {-signal.SIGXCPU, -signal.SIGKILL}:
        return "it needs more time than allowed"
    return "it needs more memory than allowed" if code == -signal.SIGABRT else "it crashed"
