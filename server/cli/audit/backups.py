"""Backups: backup, restore."""

from __future__ import annotations

import base64
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import IO

import click

import graph.backup
from graph.core.files import open_atomic
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.publication.publish import Publisher
from graph.publication.writer_lock import hold_writer_lock
from graph.snapshots import Snapshot
from server.cli.output.common import (
    counted,
    current_instance,
    data_directory,
    json_option,
    show,
)
from server.cli.output.progress import reporter

_STANDARD = Path("-")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def backup(file: Path, as_json: bool) -> None:
    """Write everything that cannot be made again into FILE, a tar file (-: standard output).

    Servers and loads may go on meanwhile: it holds one signed state of the log, and all that the
    log names then. It holds the signing key and other secrets too; only its owner can read it.
    """
    instance = current_instance()
    with _target(file) as out, reporter("backup") as progress:
        info = graph.backup.write(instance, out, progress)
    lines = [f"{file}: {counted(info.size, 'event')}, root {info.root}"]
    if file == _STANDARD:
        click.echo(lines[0], err=True)
    else:
        show(asdict(info) | {"file": str(file), "bytes": file.stat().st_size}, as_json, lines)


def _target(file: Path) -> AbstractContextManager[IO[bytes]]:
    if file == _STANDARD:
        return nullcontext(sys.stdout.buffer)
    return open_atomic(file, mode=0o600)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--no-rebuild", is_flag=True, help="Leave the store to a later `ulzii rebuild`.")
@json_option
def restore(file: Path, no_rebuild: bool, as_json: bool) -> None:
    """Restore the backup FILE (-: standard input) into the directory of --data, which must be new.

    The store is made from ledger and archive. `ulzii verify --against CHECKPOINT` names a state
    that is older than a checkpoint kept elsewhere.
    """
    with nullcontext(sys.stdin.buffer) if file == _STANDARD else file.open("rb") as stream:
        instance = graph.backup.restore(stream, data_directory(), str(file))
    snapshot = None if no_rebuild else _rebuild(instance)
    ledger = Ledger(instance)
    facts = {
        "data": str(instance.root),
        "base": instance.base,
        "size": ledger.size,
        "root": base64.b64encode(ledger.root).decode(),
        "snapshot": snapshot.name if snapshot else None,
    }
    told = f"{instance.root}: {counted(ledger.size, 'event')}, root {facts['root']}"
    store = f"snapshot {facts['snapshot']}" if snapshot else "no store yet (`ulzii rebuild`)"
    hint = (
        "Is it the newest state? `ulzii verify --against CHECKPOINT` compares it with a kept one."
    )
    show(facts, as_json, [f"{told}, {store}", hint])


def _rebuild(instance: Instance) -> Snapshot | None:
    with hold_writer_lock(instance, "restore"), reporter("restore") as progress:
        return Publisher(instance, Ledger(instance), progress).rebuild()
