"""Attacks on archive and snapshots: each is named by file; what is restricted is never shown."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote
from zlib import crc32

import pyoxigraph as ox
import pytest
import zstandard

from graph import snapshots
from graph.archive import Archive
from graph.core.errors import UlziiError
from graph.core.instance import Instance
from graph.ledger import Ledger
from graph.queries import Pool, Query, QueryLimits
from graph.search import schema
from graph.snapshots.directory import Snapshot
from server.app import create_app
from tests import attacked
from tests.attacked import SECRET, named, ulzii, verify

Attack = Callable[[Instance], object]
EVERYTHING = "SELECT * { { GRAPH ?g { ?s ?p ?o } } UNION { ?s ?p ?o } }"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return attacked.template(tmp_path_factory.mktemp("attacked"))


@pytest.fixture
def victim(template: Path, tmp_path: Path) -> Instance:
    return attacked.copy_of(template, tmp_path)


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


@pytest.mark.parametrize("name", FILES)
def test_an_edited_snapshot_is_named(victim: Instance, name: str) -> None:
    attack, expected = FILES[name]
    attack(victim)
    verdict = verify(victim)
    assert named(verdict, expected), verdict


@pytest.mark.parametrize("at", [n / 8 for n in range(8)])
def test_a_byte_anywhere_in_the_store_is_named(victim: Instance, at: float) -> None:
    flipped("22/*.sst", at)(victim)
    assert named(verify(victim), r"/22/\d+\.sst: changed since publication")


# --- the archive ---


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
    assert len(verify(victim, "--level", "1").of()) > 20
    assert named(verify(victim), "22: its statements are not compared")


def test_wide_permissions_are_a_warning(victim: Instance) -> None:
    for path in (victim.ledger, victim.archive, victim.snapshots, victim.keys / "ledger.pem"):
        before = path.stat().st_mode
        path.chmod(0o755)
        verdict = verify(victim, "--level", "0")
        assert verdict.code == 0
        (warning,) = verdict.of("warning")
        assert str(path) in warning
        path.chmod(before)


# --- restricted data ---


def set_back(instance: Instance) -> None:
    """The ledger of before the restriction, with the snapshot of after it."""
    note = (instance.root.parent / "announced" / "17").read_bytes().partition(b"\n\n")[2]
    lines = attacked.entries(instance).read_bytes().splitlines(keepends=True)[:17]
    attacked.entries(instance).write_bytes(b"".join(lines))
    attacked.checkpoint(instance).write_bytes(note)


def all_beside(instance: Instance) -> None:
    """Everything beside the snapshot, and no list of what is restricted."""
    for path in Snapshot(instance.snapshots / "22").companions():
        path.unlink()


def emptied_lists(instance: Instance) -> None:
    for name in ("restricted", "graphs"):
        written(f"22.{name}.json", b"[]")(instance)


def without(*names: str) -> Attack:
    def attack(instance: Instance) -> None:
        for name in names:
            path = instance.root / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return attack


def line_edited(instance: Instance) -> None:
    path = attacked.entries(instance)
    path.write_bytes(path.read_bytes().replace(b'"restricted"', b'"public"'))


def pointed(data: bytes) -> Attack:
    return lambda instance: (instance.snapshots / "current").write_bytes(data)


READERS: dict[str, Attack] = {
    "nothing": lambda _: None,
    "all beside deleted": all_beside,
    "empty lists planted": emptied_lists,
    "set back": set_back,
    "no checkpoint": without("ledger/checkpoint"),
    "no lines": without("ledger/entries.ndjson"),
    "no ledger": without("ledger"),
    "no key": without("ledger/verifier.txt"),
    "visibility edited": line_edited,
    "pointer to when it was public": pointed(b"17"),
    "pointer garbage": pointed(b"../22"),
    "no pointer": without("snapshots/current"),
}
OPEN = {"nothing", "all beside deleted", "empty lists planted"}


@pytest.mark.parametrize("name", READERS)
def test_nobody_sees_what_is_restricted(
    victim: Instance, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    READERS[name](victim)
    with Pool.start(victim, workers=1, limits=QueryLimits(timeout=20)) as running:
        client = create_app(victim, running).test_client(use_cookies=False)
        for place in ("/sparql", "/snapshot/22/sparql", "/snapshot/17/sparql"):
            found = client.get(f"{place}?query={quote(EVERYTHING)}")
            assert SECRET not in found.text
            assert found.status_code in ({200, 403} if name in OPEN else {403, 404, 410, 503}), (
                place
            )
        for snapshot in ("", "22", "17"):
            try:
                answer = running.run(Query(EVERYTHING, format="csv"), snapshot=snapshot).read()
            except UlziiError as error:
                assert SECRET not in str(error)
            else:
                assert SECRET not in answer.decode()
        health = client.get("/healthz")
        assert health.status_code == (503 if name not in {*OPEN, *ALIVE} else 200), health.text
        assert str(victim.root) not in health.text
    assert "Traceback" not in capfd.readouterr().err


ALIVE = {"pointer to when it was public", "no pointer"}  # queries are answered, or nothing is there


def test_an_old_snapshot_of_before_a_new_restricted_source_is_open(victim: Instance) -> None:
    """Snapshot 7 was published before `drafts` and `turned` existed: it cannot show them."""
    with Pool.start(victim, workers=1, limits=QueryLimits(timeout=20)) as running:
        found = running.run(Query(EVERYTHING, format="csv"), snapshot="7").read().decode()
    assert "http://e/19" in found
    assert SECRET not in found


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
