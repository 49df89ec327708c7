"""Attacks on the archive: each is named by blob."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from graph.archive import Archive
from graph.core.instance import Instance
from graph.ledger import Ledger
from tests.attacked import named, verify

pytestmark = pytest.mark.slow


def blob(instance: Instance, kind: str, *keys: str) -> str:
    """A digest in the last event of a kind."""
    found = next(e for e in reversed(list(Ledger(instance))) if e["type"] == kind)
    for key in keys:
        found = found[key]
    return str(found)


LINES = ("Load", "layers", "stated", "lines")
ROWS = ("Load", "layers", "stated", "rows")
BLOBS = {
    "lines": LINES,
    "rows": ROWS,
    "patch": ("Load", "patch", "sha256"),
    "rejects": ("Load", "rejects"),
    "report": ("Validate", "report"),
    "manifest": ("Fetch", "manifest"),
}


def replaced(data: bytes) -> Callable[[Path], object]:
    def replace(path: Path) -> None:
        path.unlink()
        path.write_bytes(data)

    return replace


def packed(data: bytes) -> bytes:
    return zstandard.compress(data)


def edited(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    replaced(bytes(data))(path)


def appended(path: Path) -> None:
    replaced(path.read_bytes() + b"more")(path)


def linked_blob(path: Path) -> None:
    moved = path.rename(path.parents[3] / "moved")
    path.symlink_to(moved)


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGED = "the blob is damaged"
CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "edited": (edited, DAMAGED),
    "cut": (lambda path: replaced(path.read_bytes()[:-3])(path), DAMAGED),
    "appended to": (appended, DAMAGED),
    "another's": (replaced(packed(b"<http://e/a> <http://e/b> 1 .\n")), DAMAGED),
    "binary": (replaced(packed(bytes(range(256)) * 9)), DAMAGED),
    "empty": (replaced(packed(b"")), DAMAGED),
    "no Zstandard": (replaced(b"plain"), DAMAGED),
    "deleted": (Path.unlink, "the blob is missing"),
    "a directory": (directory, "the blob cannot be read"),
    "linked": (linked_blob, "a symbolic link; a blob is a file"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_blob_is_named(victim: Instance, change: str) -> None:
    attack, expected = CHANGES[change]
    archive = Archive(victim.archive)
    paths = {archive.path(blob(victim, *keys)) for keys in BLOBS.values()}
    for path in paths:
        attack(path)
    verdict = verify(victim)
    for path in paths:
        assert named(verdict, f"{path.name}: {expected}"), (path, verdict)


@pytest.mark.parametrize("place", ["ab/" + "0" * 62, "ab/x", "x", "f" * 64, "a/b" + "0" * 62])
def test_a_foreign_blob_is_named(victim: Instance, place: str) -> None:
    path = victim.archive / place
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(packed(b"x"))
    assert named(verify(victim), f"{place}: no event of the ledger refers to this blob")


def test_a_second_copy_at_another_place_is_named(victim: Instance) -> None:
    digest = blob(victim, *LINES)
    shutil.copy(Archive(victim.archive).path(digest), victim.archive / digest)
    assert named(verify(victim), f"{digest}: no event of the ledger refers to this blob")


def test_a_blob_in_staging_is_not_in_the_archive(victim: Instance) -> None:
    """The next writer would delete it there."""
    archive, digest = Archive(victim.archive), blob(victim, *LINES)
    archive.incoming.mkdir(exist_ok=True)
    archive.path(digest).rename(archive.incoming / digest)
    assert named(verify(victim), f"{digest[2:]}: the blob is missing")


def test_an_archive_that_is_gone_is_named_blob_by_blob(victim: Instance) -> None:
    shutil.rmtree(victim.archive)
    verdict = verify(victim, "--level", "1")
    assert len(verdict.of()) > 20
    # what the sealed event of a restricted source says is gone with its body
    assert verdict.problems[0]["level"] == 0
    assert named(verdict, "the blob is missing")
