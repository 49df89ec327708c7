"""A small instance to attack, and what an auditor and a reader see of it afterwards."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner, Result

from graph.core import instance as instances
from graph.core.instance import CONFIG, Instance, open_instance
from graph.ledger import announcement, create
from graph.ledger.note import Signer
from loaders.pipeline.load import load
from loaders.pipeline.source import read
from server.cli import main

BASE = "https://example.mn/"
SECRET = "hidden-words"
FIRST = "".join(f"<http://e/{n}> <http://e/p> {n} .\n" for n in range(20))
HIDDEN = f'<http://e/secret> <http://e/p> "{SECRET}" .\n'


class Verdict(NamedTuple):
    """What `ulzii verify` says."""

    code: int
    problems: list[dict[str, Any]]

    def of(self, fault: str = "problem") -> list[str]:
        """Places and messages of a kind."""
        return [f"{p['where']}: {p['what']}" for p in self.problems if p["fault"] == fault]


def template(folder: Path) -> Path:
    """An instance with a public source, a restricted one, one that was public and is restricted
    now, and the snapshots 7, 12, 17 and 22, each with what was announced for its last line."""
    made = instances.create(folder / "data", BASE)
    create(made)
    instances.write_config(made)
    with (made.root / CONFIG).open("a") as config:
        config.write("[retention]\nsnapshots = 9\n")
    made = open_instance(made.root)
    with kept_announcements(folder / "announced"):
        publish(made, "open", FIRST)
        publish(made, "drafts", HIDDEN, "restricted")
        publish(made, "turned", HIDDEN)
        publish(made, "turned", HIDDEN + FIRST, "restricted")
    return made.root


def publish(instance: Instance, name: str, data: str, visibility: str = "public") -> None:
    folder = instance.root.parent / "sources"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.ttl").write_text(data)
    (folder / f"{name}.toml").write_text(
        f'id = "{name}"\nloader = "rdf"\nfiles = ["{name}.ttl"]\nmedia_type = "text/turtle"\n'
        f'visibility = "{visibility}"\n[title]\nen = "{name}"\n'
    )
    assert load(instance, read(folder / f"{name}.toml")).status == "published"


@contextmanager
def kept_announcements(into: Path) -> Iterator[None]:
    """Keep a copy of every announcement, named by the size that it leads to."""
    original = announcement.remove
    into.mkdir(exist_ok=True)

    def keep(ledger: Path) -> None:
        text = (ledger / announcement.NAME).read_bytes()
        size = text.partition(b"\n\n")[2].split(b"\n")[1].decode()
        (into / size).write_bytes(text)
        original(ledger)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(announcement, "remove", keep)
        yield


def copy_of(template_root: Path, folder: Path) -> Instance:
    """A copy to attack; what was announced and the sources lie beside it.

    Blobs and the store's tables are hard links: an attack on them writes another file there.
    """
    shutil.copytree(template_root.parent, folder, dirs_exist_ok=True, copy_function=_copy_or_link)
    return open_instance(folder / template_root.name)


def _copy_or_link(source: str, target: str) -> None:
    if "/archive/" in source or source.endswith(".sst"):
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def ulzii(instance: Instance, *command: str | Path) -> Result:
    """Run a command; it may fail, but not with what nobody expected."""
    done = CliRunner().invoke(main, ["--data", str(instance.root), *map(str, command)])
    assert "ulzii: unexpected " not in done.stderr, done.stderr
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done


def verify(instance: Instance, *options: str | Path) -> Verdict:
    """`ulzii verify`, which changes nothing."""
    before = contents(instance)
    done = ulzii(instance, "verify", "--json", *options)
    assert contents(instance) == before
    return Verdict(done.exit_code, json.loads(done.stdout)["problems"])


def contents(instance: Instance) -> dict[Path, object]:
    """All that a signature or a publication would change."""
    places = (instance.ledger, instance.snapshots, instance.staging)
    fetched = instance.fetching  # before the ledger is read; the next load goes on there
    files = [p for place in places for p in place.rglob("*") if fetched not in p.parents]
    return {p: p.lstat().st_mtime_ns if p.is_file() else None for p in files}


def named(verdict: Verdict, pattern: str) -> bool:
    """Whether a problem is named as expected, and the exit code says that there is one."""
    return verdict.code == 6 and any(re.search(pattern, text) for text in verdict.of())


def signer(instance: Instance) -> Signer:
    """The log's key: what an attacker does not have, but a test of strict parsing needs."""
    name = (instance.ledger / "checkpoint").read_text().partition("\n")[0]
    return Signer.from_pem(name, (instance.keys / "ledger.pem").read_bytes())


def entries(instance: Instance) -> Path:
    return instance.ledger / "entries.ndjson"


def checkpoint(instance: Instance) -> Path:
    return instance.ledger / "checkpoint"
