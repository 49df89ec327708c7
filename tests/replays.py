"""Versions that are replayed with other code or inputs than they were made with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from graph.archive import Archive
from graph.core.instance import Instance, open_instance
from graph.ledger import Event, Ledger
from loaders.replay.replay import Replayed, replay
from server.cli import main


def last_load(instance: Instance, source: str) -> Event:
    load = Ledger(instance).last("Load", source)
    assert load is not None
    return load


def with_code(instance: Instance, load: Event, files: dict[str, str | None]) -> Event:
    """The Load event, as if these files of its bundle had been other ones; None: not there."""
    archive = Archive(instance.archive)
    names = json.loads(archive.read(load["code"]))
    for name, text in files.items():
        names.pop(name, None)
        if text is not None:
            names[name] = archive.put(text.encode())
    return {**load, "code": archive.put(json.dumps(names).encode())}


def file_of(instance: Instance, load: Event, name: str) -> str:
    """A file of the bundle of a version."""
    archive = Archive(instance.archive)
    return archive.read(json.loads(archive.read(load["code"]))[name]).decode()


def replayed(instance: Instance, load: Event) -> Replayed:
    return replay(instance, Ledger(instance).events, load)


def shown(done: Replayed) -> tuple[str, Any]:
    return done.verdict.value, {(one.layer, one.of) for one in done.differences}


def new_instance(folder: Path) -> Instance:
    """An instance in the folder `data` of this one."""
    command = ["--data", str(folder / "data"), "init", "--base", "https://example.mn/"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    return open_instance(folder / "data")
