"""Captures as streams, as seekable files, and whole up to a limit."""

from __future__ import annotations

import hashlib
import io
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.archive import Archive
from graph.core import limited_process
from graph.core.errors import InputError, IntegrityError
from graph.core.iris import Names
from loaders.formats import csv, rdf, text_stream
from loaders.pipeline import record
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture
from tests.harvests import SOURCE

DATA = b"a,b\n1,2\n" * 1000


@pytest.fixture
def archived(tmp_path: Path) -> Capture:
    """DATA as a capture in an archive."""
    (tmp_path / "staging").mkdir()
    archive = Archive(tmp_path / "archive")
    digest = archive.put(DATA)
    return Capture(digest, "a.csv", "", "text/csv", archive, size=len(DATA))


def in_memory(data: bytes) -> Capture:
    """A capture whose bytes are there."""
    return Capture(hashlib.sha256(data).hexdigest(), "a.csv", "", "text/csv", data)


def test_a_stream_has_the_bytes(archived: Capture) -> None:
    """From the start each time."""
    for _ in range(2):
        with archived.open() as file:
            assert file.read(3) == DATA[:3]
            assert file.read() == DATA[3:]


def test_a_stream_is_compared_with_the_digest(archived: Capture, tmp_path: Path) -> None:
    """At its end: a blob in the place of another is not mapped."""
    archive = Archive(tmp_path / "archive")
    other = archive.put(b"other")
    (archive.incoming / other).replace(archive.incoming / archived.digest)
    with archived.open() as file, pytest.raises(IntegrityError, match="damaged"):
        file.read()
    with pytest.raises(IntegrityError, match="damaged"):
        archived.file()


def test_a_file_can_be_sought(archived: Capture) -> None:
    """Each one has its own position; nothing is left in the folder."""
    with archived.file() as one, archived.file() as other:
        one.seek(4)
        assert one.read(3) == b"1,2"
        assert other.read() == DATA
        assert one.fileno() >= 0
    with archived.path() as path:
        assert Path(path).read_bytes() == DATA
    assert isinstance(archived.content, Archive)
    assert not list((archived.content.root.parent / "staging").glob("capture-*"))


def test_a_file_in_a_limited_process(archived: Capture) -> None:
    """A copy that this process holds is not taken for one of the child."""
    with archived.file():
        pass

    def read(_: object) -> bytes:
        with archived.file() as file:
            return file.read()

    assert limited_process.run(read, limited_process.limits_for(1)) == DATA


def test_many_captures_have_few_copies() -> None:
    """The oldest are closed, unless a block still uses them."""
    before = len(list(Path("/dev/fd").iterdir()))
    first = in_memory(b"first")
    with first.path() as path:
        for number in range(50):
            with in_memory(b"%d" % number).file() as file:
                assert file.read() == b"%d" % number
        assert Path(path).read_bytes() == b"first"
    assert len(list(Path("/dev/fd").iterdir())) - before < 20


def test_what_is_read_whole_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal names the size, the limit and the file."""
    monkeypatch.setattr(record, "WHOLE_LIMIT", 4)
    assert in_memory(b"1234").data == b"1234"
    with pytest.raises(InputError, match="read whole") as caught:
        _ = in_memory(b"12345").data
    assert caught.value.where == "a.csv"


@given(st.text(st.characters(exclude_characters="\0", codec="utf-8")), st.integers(1, 7))
def test_lines_do_not_depend_on_blocks(text: str, size: int) -> None:
    """They are those of the csv module's rules: LF, CR LF and CR end a line."""
    expected = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_stream, "_BLOCK", size)
        found = list(text_stream.lines(in_memory(text.encode())))
    assert "".join(found) == text.removeprefix("\ufeff")
    stripped = [line.rstrip("\r\n") for line in found]
    assert stripped == expected.removesuffix("\n").split("\n") if expected else not stripped


def test_the_place_of_a_wrong_byte() -> None:
    """Byte and row, also behind the first block."""
    rows = b"a\n" * 200_000
    with pytest.raises(InputError, match="byte 400001 is not UTF-8") as caught:
        list(csv.rows(in_memory(rows + b"b\xff\n"), ["a"]))
    assert caught.value.where == "a.csv row 200001"
    with pytest.raises(InputError, match="byte 400002 is NUL") as caught:
        list(csv.rows(in_memory(rows + b"bb\0\n"), ["a"]))
    assert caught.value.where == "a.csv row 200001"


@given(st.binary(max_size=40), st.lists(st.binary(min_size=1, max_size=4), min_size=1, max_size=3))
def test_what_a_capture_mentions_does_not_depend_on_blocks(data: bytes, parts: list[bytes]) -> None:
    """Also where a part lies in two blocks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record, "_PIECE", 2)
        found = in_memory(data).mentions(*parts)
    assert found == {part for part in parts if part in data}


def test_large_n_triples_are_streamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond what is read whole, and their lines are the locators."""
    monkeypatch.setattr(record, "WHOLE_LIMIT", 10)
    data = b'<http://e/a> <http://e/p> "1" .\n<http://e/b> <http://e/p> "2" .\n'
    capture = Capture("0", "a.nt", "", "application/n-triples", data)
    context = LoaderContext(SOURCE, Names("https://e/"))
    assert [one.locator for one in rdf.records([capture], context)] == ["line=0,1", "line=1,2"]


def test_rows_come_before_the_file_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of any size is read in blocks."""

    head = io.BytesIO(b"a,b\n")

    class EndlessTable(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any, /) -> int:
            return head.readinto(buffer) or io.BytesIO(b"1,2\n").readinto(buffer)

    monkeypatch.setattr(Capture, "open", lambda _: io.BufferedReader(EndlessTable()))
    found = list(islice(csv.rows(in_memory(b""), ["a"]), 100_000))
    assert found[-1] == (100_001, {"a": "1", "b": "2"})
