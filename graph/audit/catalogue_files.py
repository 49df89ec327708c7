"""The lists and packs of the catalogue: each list against a signed list of files, each pack against
its name.

A list that outlives its snapshot is kept with the list of files that names it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from graph.audit.model.problem import IntegrityProblem
from graph.catalogue import keeping, packs, schema
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.ledger import Ledger

_LEVEL = 3


def check(instance: Instance, ledger: Ledger) -> Iterator[IntegrityProblem]:
    """Problems of kept lists, of packs, and of files that belong to neither."""
    folder = instance.root / packs.FOLDER
    if not folder.is_dir():  # nothing was published, or an earlier version did
        return
    known = dict[str, str]()
    for path in keeping.lists(instance):
        try:
            known.update(_packs(path))
        except sqlite3.Error as error:
            yield IntegrityProblem(_LEVEL, str(path), f"the list cannot be read: {error}")
    kept = keeping.kept(instance)
    for number in kept:
        yield from _list(instance, ledger, number)
    for name, digest in sorted(known.items()):
        yield from _pack(folder / name, digest)
    expected = {*known, *(p.name for n in kept for p in keeping.paths_of(instance, n))}
    for path in sorted(folder.iterdir()):
        if path.name not in expected:
            what = "nothing refers to this file; the next publication removes it"
            yield IntegrityProblem(_LEVEL, str(path), what)


def _packs(path: Path) -> dict[str, str]:
    with closing(schema.open_published(path)) as connection:
        rows = connection.execute("SELECT sha256, extension FROM pack").fetchall()
    return {f"{digest}.{extension}": digest for digest, extension in rows}


def _list(instance: Instance, ledger: Ledger, number: int) -> Iterator[IntegrityProblem]:
    """A kept list, by the signed list of files of a snapshot that shows it."""
    path, note = keeping.paths_of(instance, number)
    try:
        text = ledger.verifier().check(note.read_bytes().decode())
    except (OSError, ValueError, IntegrityError):
        yield IntegrityProblem(_LEVEL, str(note), "no signed list of files names the list")
        return
    if f"{_sha256(path)} .{schema.SUFFIX}" not in text.splitlines():
        yield IntegrityProblem(_LEVEL, str(path), "changed since publication")


def _pack(path: Path, digest: str) -> Iterator[IntegrityProblem]:
    if not path.is_file() or path.is_symlink():
        what = "missing since publication; `ulzii rebuild` makes it again"
        yield IntegrityProblem(_LEVEL, str(path), what)
    elif _sha256(path) != digest:
        yield IntegrityProblem(_LEVEL, str(path), "its bytes do not have the hash in its name")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
