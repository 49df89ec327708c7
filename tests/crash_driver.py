"""Run by test_crash.py in a process of its own: a load, or the approval of one that is held,
killed at each of its system calls.

Everything is imported once; each attempt is a fork that counts calls which change the disk and
kills itself with SIGKILL before the n-th. Then another fork looks at what is left. One JSON line
per attempt.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from graph import snapshots
from graph.audit.verify import verify
from graph.core.instance import Instance, open_instance
from graph.ledger import Ledger
from graph.publication.approval import Decision, decide
from graph.publication.writer_session import writer_session
from graph.store.embedded import EmbeddedStore
from graph.versions import held
from loaders.pipeline.code_digest import mapping_files
from loaders.pipeline.load import load
from loaders.pipeline.source import Source, read
from shapes.validate import own_rules

# chmod and mkdir change nothing that a reader looks at: a kill before one of them looks like a kill
# before the next of these. Before fsync there may be a line that is written and not signed
CALLS = ("rename", "replace", "unlink", "rmdir", "ftruncate", "pwrite", "fsync")


def die_at(limit: int, root: Path) -> None:
    """Kill this process right before its `limit`-th call that changes the disk.

    A call after an fsync does not count where all files are as they were before that: a kill
    there leaves the same behind.
    """
    count, before, last = 0, frozenset[tuple[object, ...]](), ""

    def counted(name: str) -> Callable[..., Any]:
        original = getattr(os, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal count, before, last
            now = frozenset(files(root)) if "fsync" in (name, last) else frozenset()
            count += last != "fsync" or now != before
            before, last = now, name
            if count == limit:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*args, **kwargs)

        return call

    for name in CALLS:
        setattr(os, name, counted(name))


def files(root: Path) -> Iterator[tuple[object, ...]]:
    """Every file and link with what a change of it would change."""
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            with suppress(FileNotFoundError):  # another thread deleted it
                found = path.lstat()
                yield folder, name, found.st_ino, found.st_size, found.st_mtime_ns


def shown(instance: Instance) -> list[str]:
    """Titles in the current snapshot, as a reader sees them."""
    now = snapshots.current(instance)
    assert now is not None
    store = EmbeddedStore(now.path, read_only=True)
    found = [x.decode() for x in store.lines(instance.names.graph("crash")) if b"title" in x]
    store.close()
    return sorted(found)


def in_fork(work: Callable[[], Any]) -> tuple[int, Any]:
    """Do work in a fork; give its wait status and what it returned."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(into, json.dumps(work()).encode())
        except Exception as error:
            os.write(into, json.dumps(f"{type(error).__name__}: {error}").encode())
        os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    return status, json.loads(text) if text else None


def publish(instance: Instance, source: Source) -> str:
    """Approve what is held of a source, or load it where nothing is; how that ended."""
    with writer_session(instance, "approve", 0.0) as ledger:  # finishes what was announced
        if source.id in held.waiting(ledger):
            decide(instance, ledger, Decision(source.id, held.APPROVE, "trial", "tests"))
            return "published"
    return load(instance, source).status


def attempt(folder: Path, limit: int) -> dict[str, Any]:
    """One killed load or approval, and what became of it."""
    root, source = folder / f"data-{os.getpid()}", read(folder / "crash.toml")
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(folder / "before", root)
    logged = Ledger(open_instance(root)).size

    def killed() -> str:
        die_at(limit, root)
        return publish(open_instance(root), source)

    def looked_at() -> dict[str, Any]:
        instance = open_instance(root)
        seen = shown(instance)
        kept = list(Ledger(instance))
        again = publish(instance, source)
        once_more = load(instance, source)
        return {
            "seen": seen,
            "kept": len(kept),
            "again": again,
            "once_more": once_more.status,
            "version": once_more.version,
            "shown": shown(instance),
            "problems": [f"{p.where}: {p.message}" for p in verify(instance)],
            "history": list(Ledger(instance))[: len(kept)] == kept,
        }

    status, _ = in_fork(killed)
    _, facts = in_fork(looked_at)
    return {"limit": limit, "killed": os.WIFSIGNALED(status), "logged": logged, "after": facts}


def main(folder: Path, first: int, step: int) -> None:
    """Attempts at calls first, first + step, … until one is not killed any more."""
    # read once, not in every fork
    own_rules()
    mapping_files(read(folder / "crash.toml"))
    installed("ulzii")
    gc.freeze()  # no fork looks through all this for garbage, which would copy its memory
    for limit in itertools.count(first, step):
        found = attempt(folder, limit)
        print(json.dumps(found), flush=True)
        if not found["killed"]:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
