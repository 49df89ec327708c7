"""What must not be published: broken answers are logged, named, and leave the old version up."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from graph import snapshots
from graph.audit.verify import verify
from graph.core.errors import BusyError, ConfigError, InputError
from graph.core.instance import CONFIG, Instance, open_instance
from graph.ledger import Ledger
from graph.publication.writer_lock import hold_writer_lock
from graph.store.embedded import EmbeddedStore
from loaders.pipeline.load import load
from loaders.pipeline.source import Source, read, read_all
from tests import parts

pytestmark = pytest.mark.slow

THINGS = "".join(
    f'<id/{n}> <http://purl.org/dc/terms/title> "Зүйл {n}"@mn .\n' for n in range(1, 11)
).encode()


def source(folder: Path, location: str = "things.ttl", more: str = "") -> Source:
    path = folder / "things.toml"
    path.write_text(
        f'id = "things"\nloader = "rdf"\nfiles = ["{location}"]\nmedia_type = "text/turtle"\n'
        f'{more}\n[title]\nmn = "Зүйлс"\nen = "Things"\n'
    )
    return read(path)


def allow_private(instance: Instance, *hosts: str) -> None:
    """Let the instance fetch from these hosts in private networks, without long waits."""
    with (instance.root / CONFIG).open("a") as config:
        config.write(f"[fetch]\nprivate_hosts = {list(hosts)}\nattempts = 2\nbackoff = 0.1\n")


def shown(instance: Instance, name: str = "things") -> set[str]:
    now = snapshots.current(instance)
    assert now is not None
    store = EmbeddedStore(now.path, read_only=True)
    found = {line.decode().split('"')[1] for line in store.lines(instance.names.graph(name))}
    store.close()
    return found


def last(instance: Instance) -> dict[str, object]:
    return Ledger(instance)[-1]


@pytest.fixture(scope="module")
def ten_things(tmp_path_factory: pytest.TempPathFactory, another: Callable[[], Instance]) -> Path:
    """An instance with ten things published. Nobody changes it."""
    folder, made = tmp_path_factory.mktemp("ten"), another()
    (folder / "things.ttl").write_bytes(THINGS)
    assert load(made, source(folder)).status == "published"
    return made.root


@pytest.fixture
def loaded(ten_things: Path, tmp_path: Path) -> Instance:
    """A copy of it, and the file that it is made from."""
    (tmp_path / "things.ttl").write_bytes(THINGS)
    return open_instance(shutil.copytree(ten_things, tmp_path / "data"))


TEN = {f"Зүйл {n}" for n in range(1, 11)}

BROKEN = {
    "truncated": (THINGS[:-30], "things.ttl"),
    "malformed": (THINGS.replace(b"> .", b">> .", 1).replace(b"@mn", b"@@mn", 1), "line 1"),
    "wrong encoding": (THINGS.decode().encode("cp1251", "replace"), "things.ttl"),
    "an error page": (b"<!DOCTYPE html><html><body>500</body></html>", "things.ttl"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_goes_into_quarantine(loaded: Instance, tmp_path: Path, kind: str) -> None:
    data, named = BROKEN[kind]
    (tmp_path / "things.ttl").write_bytes(data)
    with pytest.raises(InputError, match=named):
        load(loaded, source(tmp_path))
    quarantined = last(loaded)
    assert quarantined["type"] == "Quarantine"
    assert named in str(quarantined["reason"])
    assert shown(loaded) == TEN
    assert list(verify(loaded)) == []


def test_an_empty_file_is_a_failed_fetch(loaded: Instance, tmp_path: Path) -> None:
    (tmp_path / "things.ttl").write_bytes(b" \n")
    with pytest.raises(InputError, match="empty response"):
        load(loaded, source(tmp_path))
    failed = last(loaded)
    assert (failed["type"], failed["outcome"]) == ("Fetch", "failed")
    assert shown(loaded) == TEN


def test_a_record_that_breaks_a_rule_is_rejected_and_counted(
    loaded: Instance, tmp_path: Path
) -> None:
    bad = '<id/bad> <http://purl.org/dc/terms/description> "УБ00112233"@mn .\n'.encode()
    (tmp_path / "things.ttl").write_bytes(THINGS + bad)
    outcome = load(loaded, source(tmp_path, more="reject_limit = 0.2"))
    assert outcome.counts == {"records": 11, "mapped": 10, "rejected": 1, "skipped": 0}
    assert shown(loaded) == TEN
    logged = "".join(p.read_text("utf-8") for p in loaded.ledger.glob("*.ndjson"))
    assert "00112233" not in logged


def test_too_many_rejected_records_hold_the_load(loaded: Instance, tmp_path: Path) -> None:
    bad = '<id/bad> <http://purl.org/dc/terms/description> "УБ00112233"@mn .\n'.encode()
    (tmp_path / "things.ttl").write_bytes(THINGS + bad)
    outcome = load(loaded, source(tmp_path))
    assert outcome.status == "held"
    assert outcome.held[0].startswith("1 of 11 records are rejected, more than 5% (reject_limit)")
    assert shown(loaded) == TEN


def test_a_loader_that_breaks_down_is_logged(
    loaded: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise KeyError("value")

    (tmp_path / "things.ttl").write_bytes(THINGS + THINGS.replace(b"<id/", b"<id/more/"))
    monkeypatch.setattr("loaders.formats.rdf.statements", broken)
    with pytest.raises(KeyError):
        load(loaded, source(tmp_path))
    assert last(loaded)["type"] == "Quarantine"
    assert "KeyError" in str(last(loaded)["reason"])
    assert shown(loaded) == TEN


class Agency(BaseHTTPRequestHandler):
    """Answers as told by the path: a status, or things."""

    def do_GET(self) -> None:
        status = int(self.path.strip("/"))
        self.send_response(status)
        self.send_header("Content-Type", "text/turtle; charset=utf-8")
        self.end_headers()
        self.wfile.write(THINGS if status == 200 else b"Internal Server Error")

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def agency(loaded: Instance) -> Iterator[str]:
    """A server on this machine, from which the instance may fetch."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Agency)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    allow_private(loaded, f"127.0.0.1:{server.server_port}")
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_agency_that_answers_is_loaded(loaded: Instance, tmp_path: Path, agency: str) -> None:
    (tmp_path / "agency.toml").write_text(
        source(tmp_path, f"{agency}/200").path.read_text("utf-8").replace('"things"', '"agency"')
    )
    assert load(loaded, read(tmp_path / "agency.toml")).status == "published"
    assert shown(loaded, "agency") == TEN
    fetch = next(e for e in Ledger(loaded) if (e["type"], e.get("source")) == ("Fetch", "agency"))
    assert fetch["responses"][0]["media_type"] == "text/turtle"


@pytest.mark.parametrize("status", [404, 500])
def test_an_agency_that_fails_is_logged(
    loaded: Instance, tmp_path: Path, agency: str, status: int
) -> None:
    with pytest.raises(InputError, match=f"HTTP status {status}"):
        load(loaded, source(tmp_path, f"{agency}/{status}"))
    failed = last(loaded)
    assert (failed["type"], failed["outcome"]) == ("Fetch", "failed")
    assert shown(loaded) == TEN


def test_an_agency_that_is_gone_is_logged(loaded: Instance, tmp_path: Path) -> None:
    allow_private(loaded, "127.0.0.1:9")
    with pytest.raises(InputError, match="refused"):
        load(loaded, source(tmp_path, "http://127.0.0.1:9/200"))
    assert last(loaded)["outcome"] == "failed"


def test_a_second_load_of_the_same_bytes_changes_nothing(loaded: Instance, tmp_path: Path) -> None:
    before = snapshots.current(loaded)
    outcome = load(loaded, source(tmp_path))
    assert (outcome.status, outcome.version) == ("same", 1)
    assert snapshots.current(loaded) == before
    assert (last(loaded)["type"], last(loaded)["outcome"]) == ("Fetch", "same")


def test_a_second_writer_is_told_who_holds_the_lock(loaded: Instance, tmp_path: Path) -> None:
    with (
        hold_writer_lock(loaded, "a test"),
        pytest.raises(BusyError, match=rf"process {os.getpid()} \(a test\) since "),
    ):
        load(loaded, source(tmp_path))


def test_a_second_writer_may_wait(loaded: Instance, tmp_path: Path) -> None:
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with hold_writer_lock(loaded, "a test"):
            entered.set()
            leave.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait(10)
    threading.Timer(0.3, leave.set).start()
    assert load(loaded, source(tmp_path), wait=10).status == "same"
    holder.join()


def test_a_lock_dies_with_its_holder(loaded: Instance, tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from graph.core.instance import open_instance;"
        "from graph.publication.writer_lock import hold_writer_lock;"
        "lock = hold_writer_lock(open_instance(Path(sys.argv[1])), 'dying');"
        "lock.__enter__(); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(loaded.root)], check=False)
    assert done.returncode == -9
    assert load(loaded, source(tmp_path)).status == "same"


DISK_FULL = """
set -e
mount -t tmpfs -o size=$3 tmpfs "$2"
cp -a "$1/." "$2"
exec "$4" -c '
import sys
from pathlib import Path
from graph.core.errors import StorageError
from graph.core.instance import open_instance
from graph.audit.model.problem import Fault
from graph.audit.verify import verify
from loaders.pipeline.load import load
from loaders.pipeline.source import read
instance = open_instance(Path(sys.argv[1]))
try:
    load(instance, read(Path(sys.argv[2])))
except StorageError as error:
    print("REFUSED", error)
# an event may be announced and not yet written, which the next load finishes
print("PROBLEMS", [p for p in verify(instance) if p.fault is not Fault.WARNING])
' "$2" "$5"
"""


@pytest.mark.parametrize("spare", parts.each(3, [400, 16, 1500]))
def test_a_full_disk_is_told_and_the_old_version_stays(
    loaded: Instance, tmp_path: Path, spare: int
) -> None:
    """In a mount namespace of its own, on a small file system with `spare` KiB left."""
    noise = random.Random(7)  # what cannot be compressed
    more = b"".join(
        b'<id/n%d> <http://purl.org/dc/terms/title> "%s"@mn .\n'
        % (n, noise.randbytes(40).hex().encode())
        for n in range(60_000)
    )
    (tmp_path / "things.ttl").write_bytes(THINGS + more)
    toml = source(tmp_path).path
    used = sum(p.stat().st_size // 4096 * 4 + 8 for p in loaded.root.rglob("*"))
    small = tmp_path / "small"
    small.mkdir()
    arguments = [str(loaded.root), str(small), f"{used + spare}k", sys.executable, str(toml)]
    try:
        done = subprocess.run(
            [
                "unshare",
                "--user",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                DISK_FULL,
                "sh",
                *arguments,
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )
    except FileNotFoundError:
        pytest.skip("`unshare` is not installed")
    if "mount:" in done.stderr or "unshare:" in done.stderr:
        pytest.skip("this machine does not allow a mount namespace")
    assert "REFUSED" in done.stdout, done.stdout + done.stderr
    assert "PROBLEMS []" in done.stdout, done.stdout


def test_a_loader_that_does_not_exist_is_named(instance: Instance, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(
        'id="x"\nloader="nothing"\nfiles=["x.toml"]\nmedia_type="a/b"\n[title]\nen="x"\n'
    )
    with pytest.raises(ConfigError, match="nothing"):
        load(instance, read(path))


def test_every_bundled_source_keeps_its_counts_identity(loaded_demo: Path) -> None:
    loads = [e for e in Ledger(open_instance(loaded_demo)) if e["type"] == "Load"]
    assert {event["source"] for event in loads} == set(read_all())
    for counts in (event["counts"] for event in loads):
        parts = counts["mapped"] + counts["rejected"] + counts["skipped"]
        assert counts["records"] == parts > 0
