"""A write in a process of its own, so that checking and storing never burden who serves.

The process is forked from one that has imported all a write needs (`preloaded`) and does nothing
else: a new interpreter would take several times as long as a small write. It may be killed at any
moment, as any load may: what it left is cleared up or finished by the next writer
(graph.publication.recovery).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from graph.core import errors
from graph.core.errors import EngineFailure, QueryTimeout, UlziiError
from graph.core.instance import Instance, open_instance
from loaders.editable.write import Done, Write, WriteLimits, write

LONGEST = 900.0  # seconds; a write that takes longer is stuck

_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(["__main__", f"{__package__}.preloaded"])
_CHILDREN = threading.Lock()  # multiprocessing looks at all whenever it begins another


def run(instance: Instance, wanted: Write, limits: WriteLimits) -> Done:
    """Do a write in another process, and wait for it.

    Raises what `write` raises; EngineFailure where the process died.
    """
    with _process(instance.root.absolute(), wanted, limits) as answer:
        if not answer.poll(LONGEST):
            raise QueryTimeout("the write was not finished in time", hint="Write less.")
        return _done(answer)


@contextmanager
def _process(*told: Any) -> Iterator[Connection]:
    """A process that writes, and where it answers; it is killed where nobody waits any longer."""
    ours, theirs = _FORKS.Pipe(duplex=False)
    process = _FORKS.Process(target=_answer, args=(theirs, *told), name="write")
    with ours:
        with theirs, _CHILDREN:
            process.start()
        try:
            yield ours
        finally:
            process.kill()
            with _CHILDREN:
                process.join()
                process.close()


def _done(answer: Connection) -> Done:
    try:
        found: dict[str, Any] = answer.recv()
    except EOFError:
        raise EngineFailure(
            "the process that wrote has died", hint="Look what is published before you try again."
        ) from None
    if "error" in found:
        raise errors.from_dict(found["error"])
    return Done(**found)


def _answer(answer: Connection, root: Path, wanted: Write, limits: WriteLimits) -> None:
    """The process. Nobody may be waiting any more."""
    with answer, suppress(BrokenPipeError):
        answer.send(_told(root, wanted, limits))


def _told(root: Path, wanted: Write, limits: WriteLimits) -> dict[str, Any]:
    try:
        return asdict(write(open_instance(root), wanted, limits))
    except UlziiError as error:
        return {"error": errors.to_dict(error)}
    except Exception as error:  # a fault of ours: its name, and nothing of what was written
        return {"error": errors.to_dict(UlziiError(f"the write failed: {type(error).__name__}"))}
