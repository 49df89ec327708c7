"""A write in a process of its own, so that checking and storing never burden who serves.

It may be killed at any moment, as any load may: what it left is cleared up or finished by the next
writer (graph.recovery).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from graph import errors
from graph.errors import EngineFailure, QueryTimeout, UlziiError
from graph.instance import Instance, open_instance
from loaders.editable.change import Body
from loaders.editable.write import Done, Limits, Write, write

LONGEST = 900.0  # seconds; a write that takes longer is stuck


def run(instance: Instance, wanted: Write, limits: Limits) -> Done:
    """Do a write in another process, and wait for it.

    Raises what `write` raises; EngineFailure where the process died.
    """
    body = wanted.body
    bare = replace(wanted, body=Body(b"", body.media_type, body.base))
    told = asdict(bare)
    told["body"] = {"media_type": body.media_type, "base": body.base}
    head = {
        "root": str(instance.root.absolute()),
        "limits": asdict(limits),
        "write": told,
        "sizes": [len(body.data), *(len(data) for data, _ in body.parts)],
        "types": [media_type for _, media_type in body.parts],
    }
    sent = [json.dumps(head).encode(), b"\n", body.data, *(data for data, _ in body.parts)]
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=b"".join(sent),
            stdout=subprocess.PIPE,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise QueryTimeout("the write was not finished in time", hint="Write less.") from error
    return _done(done.stdout)


def _done(answer: bytes) -> Done:
    try:
        found: dict[str, Any] = json.loads(answer)
    except ValueError:
        raise EngineFailure(
            "the process that wrote has died", hint="Look what is published before you try again."
        ) from None
    if "error" in found:
        raise errors.retold(found["error"])
    return Done(**found)


def main() -> None:
    """The process: a write on standard input, what came of it on standard output."""
    answer, sys.stdout = os.fdopen(os.dup(1), "w"), sys.stderr  # whatever prints must not answer
    os.dup2(2, 1)
    head = json.loads(sys.stdin.buffer.readline())
    try:
        told = asdict(write(_instance(head), _write(head), Limits(**head["limits"])))
    except UlziiError as error:
        told = {"error": errors.told(error)}
    except Exception as error:  # a fault of ours: its name, and nothing of what was written
        told = {"error": errors.told(UlziiError(f"the write failed: {type(error).__name__}"))}
    with answer:
        json.dump(told, answer)


def _instance(head: dict[str, Any]) -> Instance:
    return open_instance(Path(head["root"]))


def _write(head: dict[str, Any]) -> Write:
    data, *documents = (sys.stdin.buffer.read(size) for size in head["sizes"])
    told: dict[str, Any] = head["write"]
    parts = tuple(zip(documents, head["types"], strict=True))
    lists = ("writable", "readable", "known", "unknown")
    told |= {name: tuple(told[name]) for name in lists}
    told["body"] = Body(data, told["body"]["media_type"], told["body"]["base"], parts)
    return Write(**told)


if __name__ == "__main__":
    main()
