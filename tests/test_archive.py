"""The archive: bytes by hash, nothing half-written, damage named."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from graph.archive import LINES, Archive
from graph.archive.frames import FRAME, Sizes, table
from graph.core.errors import IntegrityError
from graph.statements.line_blob import line_writer


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


@pytest.mark.parametrize("size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME + 7])
def test_a_blob_is_read_at_any_place(archive: Archive, size: int) -> None:
    data = random.Random(size).randbytes(size)
    with archive.seekable(admitted(archive, data)) as blob:
        assert blob.is_seekable
        assert blob.length == size
        assert blob.frames == [*range(0, max(size, 1), FRAME)]
        for offset in (0, 5, size // 2, FRAME - 3, size):
            assert blob.read(offset, 9) == data[offset : offset + 9]
        assert blob.read(0, size) == data


@pytest.mark.parametrize("number", [0, 1, LINES, LINES + 1, 3 * LINES + 5])
def test_lines_are_found_by_their_numbers(archive: Archive, number: int) -> None:
    lines = [b"line %d \r of many\n" % n for n in range(number)]
    with line_writer(archive) as out:
        out.extend([line[:-1] for line in lines])
    captured = archive.put(b"".join(lines) + b"more than the layer\n")
    for digest in (out.digest, captured):
        with archive.seekable(digest) as blob:
            for first in (0, 3, LINES - 1, LINES, number - 2):
                if first >= 0:
                    assert blob.lines(first, 5)[: number - first] == lines[first : first + 5]


def test_a_blob_of_an_earlier_version_is_read_from_its_beginning(archive: Archive) -> None:
    lines = [b"%d\n" % n for n in range(3 * LINES)]
    digest = before_tables(archive, b"".join(lines))
    archive.check(digest)
    with archive.seekable(digest) as blob:
        assert not blob.is_seekable
        assert blob.lines(2 * LINES, 2) == lines[2 * LINES : 2 * LINES + 2]
        assert blob.read(2, 4) == b"1\n2\n"
        assert blob.length == sum(map(len, lines))


@pytest.mark.parametrize(
    "damage",
    {
        "cut": lambda data: data[:-1],
        "more behind": lambda data: data + b"x",
        "another frame behind": lambda data: data + zstandard.compress(b""),
        "a skippable frame behind": lambda data: data + skippable(b"foreign"),
        "a skippable frame before": lambda data: skippable(b"foreign") + data,
        "another table": lambda data: data + table([Sizes(len(data), 7)]),
        "no table and a frame cut": lambda data: data[: len(data) // 2],
        "a table alone": lambda data: data[data.index(b"\x5e\x2a\x4d\x18") :],
        "another size in the table": lambda data: data[:-14] + b"\x09" + data[-13:],
        "a flag in the table": lambda data: data[:-5] + b"\x80" + data[-4:],
    }.items(),
    ids=lambda item: item[0],
)
def test_nothing_but_frames_and_their_table_is_in_a_blob(
    archive: Archive, damage: tuple[str, Callable[[bytes], bytes]]
) -> None:
    digest = admitted(archive, random.Random(1).randbytes(FRAME + 9))
    path = archive.path(digest)
    data = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(damage[1](data))
    with pytest.raises(IntegrityError, match=path.name):
        archive.check(digest)


def skippable(data: bytes) -> bytes:
    return b"\x50\x2a\x4d\x18" + len(data).to_bytes(4, "little") + data


def before_tables(archive: Archive, data: bytes) -> str:
    """A blob as earlier versions wrote it: one frame."""
    digest = hashlib.sha256(data).hexdigest()
    path = archive.path(digest)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(zstandard.compress(data))
    return digest
