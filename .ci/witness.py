"""litewitness watches a log: growth is cosigned, a rollback, a fork and another key are refused.

Then x/mod and torchwood (.ci/crosscheck) verify what the log shows. Argument: a folder with `bin/`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from graph.core import instance as instances
from graph.core.instance import Instance
from graph.ledger import Ledger, create, event
from graph.ledger.note import Signer
from graph.transparency import asking, proofs, signed_log, tiles, witnesses
from graph.transparency.witnesses import Witness

NAME = "audit.example.mn/witness"
EVENTS = 600  # two full tiles, and a partial one


def append(instance: Instance, name: str, number: int = 1) -> None:
    made = (event("Code", kind="shapes", name=f"{name}{n}", digest="0" * 64, files={})
            for n in range(number))  # fmt: skip
    Ledger(instance).append(*made)


def port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def litewitness(work: Path, log: Ledger) -> Iterator[Witness]:
    """litewitness with a key of its own, which knows the log."""
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(work / "key")], check=True
    )
    agent, address = work / "agent", f"127.0.0.1:{port()}"
    with running(["ssh-agent", "-D", "-a", str(agent)], work / "agent.log"):
        wait(agent.exists)
        environment = {**os.environ, "SSH_AUTH_SOCK": str(agent)}
        subprocess.run(["ssh-add", "-q", str(work / "key")], check=True, env=environment)
        told = subprocess.run(
            ["ssh-keygen", "-l", "-f", str(work / "key.pub")],
            check=True,
            capture_output=True,
            text=True,
        )
        fingerprint = told.stdout.split()[1]
        database, output = work / "witness.db", work / "witness.log"
        options = [f"-ssh-agent={agent}", f"-name={NAME}", f"-key={fingerprint}"]
        command = [
            str(work / "bin" / "litewitness"),
            *options,
            f"-db={database}",
            f"-listen={address}",
        ]
        with running(command, output):
            wait(lambda: "vkey=" in output.read_text() and database.exists())
            wait(lambda: is_open(address))
            know(database, log)
            (vkey,) = re.findall(r'vkey="?([^"\s]+)', output.read_text())
            yield Witness(vkey, f"http://{address}")


def is_open(address: str) -> bool:
    host, _, number = address.partition(":")
    with closing(socket.socket()) as tried:
        return tried.connect_ex((host, int(number))) == 0


def know(database: Path, log: Ledger) -> None:
    """What the operator of the witness does once; its own tool, witnessctl, needs more to build."""
    name, empty = log.verifier().name, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO log VALUES (?, 0, ?)", (name, empty))
        connection.execute("INSERT INTO key VALUES (?, ?)", (name, str(log.verifier())))


@contextmanager
def running(command: list[str], output: Path) -> Iterator[None]:
    with output.open("w") as file, subprocess.Popen(command, stdout=file, stderr=file) as process:
        try:
            yield
        finally:
            process.terminate()


def wait(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        if time.monotonic() > deadline:
            raise SystemExit("litewitness did not start")
        time.sleep(0.02)


def ask(instance: Instance, outcome: str, message: str = "") -> None:
    (answer,) = asking.ask_all(instance).values()
    if (answer.outcome, message in answer.message) != (outcome, True):
        raise SystemExit(f"expected {outcome} “{message}”, got {answer}")
    print(f"  {answer.size} events: {answer.outcome} {answer.message}".rstrip())


def copy_of(instance: Instance, to: Path) -> Instance:
    return Instance(Path(shutil.copytree(instance.root, to)), instance.base)


def watched(work: Path, instance: Instance) -> None:
    print("growth")
    ask(instance, asking.COSIGNED)
    append(instance, "first", 20)
    ask(instance, asking.COSIGNED)
    earlier, fork = (copy_of(instance, work / name) for name in ("earlier", "fork"))
    append(instance, "more", EVENTS)
    ask(instance, asking.COSIGNED)
    print("rollback")
    ask(earlier, asking.REFUSED, "it was set back")
    print("fork, shorter, of the same size, longer")
    append(fork, "fork", EVENTS)
    ask(fork, asking.REFUSED, "another history")
    append(fork, "longer")
    ask(fork, asking.REFUSED, "another history")
    print("another key")
    swapped = copy_of(instance, work / "swapped")
    other = Signer(Ledger(swapped).verifier().name, Ed25519PrivateKey.generate())
    log = signed_log.read(instance)
    body = asking.request(log, log.size).decode()
    head, text = body.partition("\n\n")[0], log.checkpoint.text()
    (witness,) = witnesses.read(instance)
    status, _ = asking._post(witness.url, f"{head}\n\n{other.sign(text)}".encode())
    if status != 403:
        raise SystemExit(f"a checkpoint by another key: {status}")
    print("  403")


def cross_checked(work: Path, instance: Instance) -> None:
    """Write what .ci/crosscheck reads, and run it."""
    log, to = signed_log.read(instance), work / "shown"
    for tile in tiles.of_size(log.size):
        path = to / "static" / "tile" / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tiles.content(log, tile))
    (to / "static" / "checkpoint").write_text(log.note, "utf-8")
    note = witnesses.cosigned(instance, log)
    (to / "checkpoint").write_text(note, "utf-8")
    shutil.copy(instance.ledger / "witness" / "policy", to)
    shutil.copy(instance.ledger / "entries.ndjson", to / "lines")
    (to / "proofs").mkdir()
    for index in (0, 1, 20, 255, 256, 511, 512, log.size - 1):
        (to / "proofs" / str(index)).write_text(str(proofs.inclusion(log, index, note)), "utf-8")
    sizes = (1, 2, 21, 255, 256, 257, 512, log.size - 1)
    (to / "growth").write_text(json.dumps([growth(log, old) for old in sizes]), "utf-8")
    subprocess.run([str(work / "bin" / "crosscheck"), str(to)], check=True)


def growth(log: signed_log.SignedLog, old: int) -> dict[str, object]:
    roots = proofs.encode([log.tree.root(old), log.checkpoint.root])
    path = proofs.encode(log.tree.consistency(old, log.size))
    return {"old": old, "new": log.size, "old_root": roots[0], "new_root": roots[1], "path": path}


def main(work: Path) -> None:
    instance = instances.create(work / "data", "https://example.mn/")
    create(instance)
    instances.write_config(instance)
    with litewitness(work, Ledger(instance)) as witness:
        witnesses.write(instance, [witness])
        watched(work, instance)
    cross_checked(work, instance)


main(Path(sys.argv[1]))
