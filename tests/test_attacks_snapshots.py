"""Attacks on snapshots: each is named by file, also where nobody may write."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import pyoxigraph as ox
import pytest

from graph import snapshots
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.search import schema
from graph.snapshots.directory import Snapshot
from tests import parts
from tests.attacked import named, ulzii, verify

pytestmark = pytest.mark.slow

Attack = Callable[[Instance], object]


def beside(name: str) -> Callable[[Instance], Path]:
    """A path in `snapshots/`; a pattern stands for the largest file it matches."""

    def path(instance: Instance) -> Path:
        if "*" not in name:
            return instance.snapshots / name
        return max(instance.snapshots.glob(name), key=lambda p: (p.stat().st_size, p.name))

    return path


def flipped(name: str, at: float = 0.3) -> Attack:
    """One byte of a file changed."""

    def attack(instance: Instance) -> None:
        path = beside(name)(instance)
        data = bytearray(path.read_bytes())
        data[int(len(data) * at)] ^= 1
        path.unlink()  # the file may be linked into other snapshots
        path.write_bytes(data)

    return attack


def written(name: str, data: bytes = b"[]") -> Attack:
    return lambda instance: beside(name)(instance).write_bytes(data)


def deleted(name: str) -> Attack:
    return lambda instance: beside(name)(instance).unlink()


def linked(name: str) -> Attack:
    """Moved away, with a symbolic link in its place: the bytes are the same."""

    def attack(instance: Instance) -> None:
        path = beside(name)(instance)
        moved = path.rename(instance.root.parent / path.name)
        path.symlink_to(moved)

    return attack


def of_another(instance: Instance) -> None:
    """The signed list of another snapshot."""
    shutil.copy(instance.snapshots / "17.files.json", instance.snapshots / "22.files.json")


OPENED = ("LOG", "LOCK")  # the engine writes these when it opens the store


def unsigned(name: str) -> Attack:
    """The list in the form of 0.1.0, which is not signed, with right checksums."""

    def attack(instance: Instance) -> None:
        snapshot = Snapshot(instance.snapshots / name)
        files = {path.name: path for path in snapshot.path.iterdir() if path.name not in OPENED}
        files["." + schema.SUFFIX] = snapshot.companion(schema.SUFFIX)
        sums = {file: crc32(path.read_bytes()) for file, path in files.items()}
        snapshot.files_list.write_text(json.dumps(sums))

    return attack


def added_statement(instance: Instance) -> None:
    store = ox.Store(str(instance.snapshots / "22"))
    forged = ox.NamedNode("http://e/forged")
    store.add(ox.Quad(forged, forged, forged, forged))
    store.flush()


def added_and_listed(instance: Instance) -> None:
    """With a list that fits, but has no signature."""
    added_statement(instance)
    unsigned("22")(instance)


def swapped(instance: Instance) -> None:
    """An older snapshot under the name of the current one."""
    shutil.rmtree(instance.snapshots / "22")
    shutil.copytree(instance.snapshots / "17", instance.snapshots / "22")


FILES: dict[str, tuple[Attack, str]] = {
    "store": (flipped("22/*.sst"), r"/22/\d+\.sst: changed since publication"),
    "store, its end": (flipped("22/*.sst", 0.99), r"/22/\d+\.sst: changed since publication"),
    "manifest": (flipped("22/MANIFEST*"), "/22/MANIFEST-.*: changed since publication"),
    "old store": (flipped("7/*.sst"), r"/7/\d+\.sst: changed since publication"),
    "statement": (added_statement, "/22/.*: (changed|not there|missing)"),
    "statement and list": (added_and_listed, "22.files.json: .*not signed, the ledger says it is"),
    "swapped": (swapped, "/22/.*: "),
    "file deleted": (deleted("12/*.sst"), r"/12/\d+\.sst: missing since publication"),
    "file added": (written("12/x.sst"), "/12/x.sst: not there at publication"),
    "file of a log's name": (written("12/LOGS.sst"), "/12/LOGS.sst: not there at publication"),
    "directory added": (lambda i: (i.snapshots / "12/x").mkdir(), "/12/x: not there"),
    "file linked": (linked("12/*.sst"), r"/12/\d+\.sst: a symbolic link"),
    "snapshot linked": (linked("12"), "/12: a symbolic link; a snapshot is a directory"),
    "index": (flipped("22.search.sqlite"), "/22.search.sqlite: changed since publication"),
    "old index": (flipped("7.search.sqlite"), "/7.search.sqlite: changed since publication"),
    "index deleted": (deleted("12.search.sqlite"), "/12.search.sqlite: missing since"),
    "index linked": (linked("12.search.sqlite"), "/12.search.sqlite: a symbolic link"),
    "journal": (written("22.search.sqlite-wal"), "22.search.sqlite-wal: not there at publication"),
    "restricted.json": (
        written("22.restricted.json"),
        "22.restricted.json: (changed since|not there at)",
    ),
    "graphs.json": (written("7.graphs.json", b"{}"), "7.graphs.json: not there at publication"),
    "list edited": (flipped("22.files.json", 0.5), "22.files.json: the list of files: the note"),
    "list garbage": (written("22.files.json", b"\xff\xfe"), "22.files.json: .*cannot be read"),
    "list empty": (written("22.files.json", b""), "22.files.json: the list of files: this is not"),
    "list deleted": (deleted("7.files.json"), "/7.files.json: the list of files cannot be read"),
    "list of another": (of_another, "22.files.json: the list of files is of another snapshot"),
    "list unsigned": (unsigned("12"), "12.files.json: the list of files is not signed"),
    "list nested": (written("12.files.json", b'{"a":' * 9999), "12.files.json: .*cannot be read"),
    "list of lists": (written("12.files.json", b"{}x"), "12.files.json: .*cannot be read"),
    "no snapshots": (lambda i: shutil.rmtree(i.snapshots), "snapshots: it cannot be read: No such"),
    "current snapshot deleted": (lambda i: shutil.rmtree(i.snapshots / "22"), "/22: the current"),
    "a snapshot of no event": (
        lambda i: shutil.copytree(i.snapshots / "12", i.snapshots / "13"),
        "/13: a snapshot that the ledger does not know",
    ),
    "a snapshot of nothing": (
        lambda i: shutil.copytree(i.snapshots / "12", i.snapshots / "0"),
        "/0: a snapshot that the ledger does not know",
    ),
    "a generation": (
        lambda i: shutil.copytree(i.snapshots / "12", i.snapshots / "12-2"),
        "/12-2.files.json: the list of files cannot be read",
    ),
}


@pytest.mark.parametrize("name", parts.each(3, FILES))
def test_an_edited_snapshot_is_named(victim: Instance, name: str) -> None:
    attack, expected = FILES[name]
    attack(victim)
    verdict = verify(victim)
    assert named(verdict, expected), verdict


@pytest.mark.parametrize("at", parts.each(4, [n / 8 for n in range(8)]))
def test_a_byte_anywhere_in_the_store_is_named(victim: Instance, at: float) -> None:
    flipped("22/*.sst", at)(victim)
    assert named(verify(victim), r"/22/\d+\.sst: changed since publication")


def test_wide_permissions_are_a_warning(victim: Instance) -> None:
    for path in (victim.ledger, victim.archive, victim.snapshots, victim.keys / "ledger.pem"):
        before = path.stat().st_mode
        path.chmod(0o755)
        verdict = verify(victim, "--level", "0")
        assert verdict.code == 0
        (warning,) = verdict.of("warning")
        assert str(path) in warning
        path.chmod(before)


# --- read only ---


READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"'


def test_it_verifies_on_a_read_only_mount(victim: Instance) -> None:
    if os.geteuid() != 0 and not shutil.which("unshare"):
        pytest.skip("no unshare")
    alone = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    inside = [*alone, "sh", "-ec", READ_ONLY, "sh", str(victim.root)]
    if subprocess.run([*inside, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody mount in a namespace of his own")
    for lease in victim.snapshots.glob("*.lease"):
        lease.unlink()
    ours = [sys.executable, "-c", "from server.cli import main; main()"]
    checked = [*inside, *ours, "--data", str(victim.root), "verify"]
    done = subprocess.run(checked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done
    assert "no problems found (levels 0 to 3)" in done.stdout
    touched = subprocess.run([*inside, "touch", f"{victim.root}/x"], check=False)
    assert touched.returncode, "it was not read-only"


def test_it_verifies_a_copy_that_nobody_may_write(victim: Instance) -> None:
    for path in [victim.root, *victim.root.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        verdict = verify(victim)
    finally:
        for path in [victim.root, *victim.root.rglob("*")]:
            path.chmod(0o700 if path.is_dir() else 0o600)
    assert verdict.code == 0, verdict


def test_origins_of_two_logs_differ(
    another: Callable[[], Instance],
) -> None:
    origins = [Ledger(another()).verifier().name for _ in range(2)]
    assert origins[0] != origins[1]
    assert all(origin.startswith("example.mn/log/") for origin in origins)


def test_a_rebuilt_snapshot_verifies_and_its_list_is_signed(victim: Instance) -> None:
    flipped("22/*.sst")(victim)
    assert ulzii(victim, "rebuild").exit_code == 0
    now = snapshots.current(victim)
    assert now is not None
    assert now.name == "22-2"
    assert verify(victim) == (0, [])
    unsigned("22-2")(victim)
    assert named(verify(victim), "22-2.files.json: the list of files is not signed")
