"""Blobs of earlier versions get the frames by which they are read at any place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import zstandard
from click.testing import CliRunner

from graph.archive import Archive
from graph.audit.verify import verify
from graph.core.errors import IntegrityError
from graph.core.instance import Instance
from graph.core.progress import SilentReporter
from graph.ledger import Ledger
from graph.statements import repacking
from server.cli import main
from tests.versions import lines, publish


@pytest.fixture
def old(instance: Instance) -> Instance:
    """An instance whose blobs are one frame each, without a table."""
    for number in (1500, 2500):
        publish(instance, "s", lines(*(f"{n}={n}" for n in range(number))))
    archive = Archive(instance.archive)
    for digest, path in archive:
        data = archive.read(digest)
        path.chmod(0o600)
        path.write_bytes(zstandard.compress(data))
    return instance


def files(instance: Instance) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in instance.archive.rglob("*") if path.is_file()}


def repack(instance: Instance) -> dict[str, int]:
    command = ["--data", str(instance.root), "archive", "repack", "--json"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    answer: dict[str, int] = json.loads(done.output)
    return answer


def test_an_old_archive_is_right_before_and_after(old: Instance) -> None:
    before, archive = files(old), Archive(old.archive)
    plain = {digest: archive.read(digest) for digest, _ in archive}
    assert list(verify(old)) == []
    first = repack(old)
    assert (first["blobs"], first["kept"]) == (len(before), 0)
    assert list(verify(old)) == []
    assert {digest: archive.read(digest) for digest, _ in archive} == plain
    assert all(path.stat().st_mode & 0o777 == 0o400 for _, path in archive)
    for load in Ledger(old).find("Load"):
        with archive.seekable(load["layers"]["stated"]["lines"]) as blob:
            assert blob.is_cut_by_lines
            assert len(blob.frames) > 1
    after = files(old)
    again = repack(old)
    assert (again["blobs"], again["kept"]) == (0, len(before))
    assert files(old) == after


def test_it_can_be_stopped_at_any_file_and_started_again(
    old: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = 0
    rename = Path.rename

    def stopping(path: Path, target: Path) -> Path:
        nonlocal done
        done += 1
        if done == 3:
            raise KeyboardInterrupt
        return rename(path, target)

    archive, events = Archive(old.archive), Ledger(old).events
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", stopping)
        with pytest.raises(KeyboardInterrupt):
            repacking.repack(archive, events, SilentReporter())
    assert list(verify(old)) == []
    assert repacking.repack(archive, events, SilentReporter()).kept == 2
    assert list(verify(old)) == []
    assert not any(archive.incoming.glob(".draft-*"))


def test_a_damaged_blob_stays_as_it_is_and_is_named(old: Instance) -> None:
    archive, ledger = Archive(old.archive), Ledger(old)
    load = next(ledger.find("Load"))
    for digest in (load["layers"]["stated"]["lines"], load["layers"]["stated"]["rows"]):
        path = archive.path(digest)
        good, bad = path.read_bytes(), zstandard.compress(b"other bytes\n")
        path.write_bytes(bad)
        with pytest.raises(IntegrityError, match=path.name):
            repacking.repack(archive, ledger.events, SilentReporter())
        assert path.read_bytes() == bad
        path.write_bytes(good)


def test_a_layer_that_was_captured_before_is_cut_by_lines(instance: Instance) -> None:
    archive, stated = Archive(instance.archive), lines(*(f"{n}={n}" for n in range(9000)))
    captured = archive.put(b"".join(line + b"\n" for line in sorted(stated)))
    archive.admit([captured])
    publish(instance, "s", stated)
    (load,) = Ledger(instance).find("Load")
    assert load["layers"]["stated"]["lines"] == captured
    repack(instance)
    with archive.seekable(captured) as blob:
        assert blob.is_cut_by_lines
    assert list(verify(instance)) == []
