"""The archive: bytes by hash, nothing half-written, damage named."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from graph.archive import Archive
from graph.core.errors import IntegrityError


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    (tmp_path / "archive").mkdir()
    return Archive(tmp_path / "archive")


def test_bytes_come_back_by_their_hash(archive: Archive) -> None:
    data = "Өгөгдөл".encode() * 1000
    digest = archive.put(data)
    assert digest == hashlib.sha256(data).hexdigest()
    assert archive.read(digest) == data
    archive.admit([digest])
    assert archive.read(digest) == data
    assert archive.path(digest).stat().st_size < len(data)


def test_a_failed_writer_leaves_nothing(archive: Archive) -> None:
    with pytest.raises(RuntimeError), archive.writer() as out:
        out.write(b"half")
        raise RuntimeError
    assert not list(archive)
    assert not list(archive.incoming.iterdir())


@pytest.mark.parametrize("position", [0, 4, 9, -1])
def test_a_flipped_byte_is_named(archive: Archive, position: int) -> None:
    path = archive.path(admitted(archive, b"a number an auditor points at" * 9))
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
    with pytest.raises(IntegrityError, match=path.name):
        archive.check(path.parent.name + path.name)


def test_a_missing_blob_is_named(archive: Archive) -> None:
    digest = admitted(archive, b"x")
    archive.path(digest).unlink()
    with pytest.raises(IntegrityError, match="missing"):
        archive.read(digest)


def test_what_no_line_came_to_name_is_swept(archive: Archive) -> None:
    kept = admitted(archive, b"named")
    archive.put(b"of a load that was refused")
    (archive.incoming / ".draft-left").write_bytes(b"half")
    assert archive.remove_incoming() == 2
    assert archive.remove_incoming() == 0
    assert [digest for digest, _ in archive] == [kept]


def test_a_blob_is_readable_before_a_line_names_it(archive: Archive) -> None:
    digest = archive.put(b"new")
    assert digest in archive
    assert archive.read(digest) == b"new"
    assert list(archive) == []


def admitted(archive: Archive, data: bytes) -> str:
    """Put bytes that a line names."""
    digest = archive.put(data)
    archive.admit([digest])
    return digest
