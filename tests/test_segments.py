"""Bodies of bytes and parts of files: read in blocks, and sent without reading them."""

from __future__ import annotations

import contextlib
import socket
import threading
import weakref
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.catalogue import packs
from graph.catalogue.segments import FilePart, OpenFile, Segments
from server.front.minimum_rate_socket import MinimumRateSocket

DATA = bytes(range(256)) * 4096  # a MiB


@pytest.fixture
def file(tmp_path: Path) -> OpenFile:
    (tmp_path / "data").write_bytes(DATA)
    return OpenFile(tmp_path / "data")


def pieces(file: OpenFile) -> tuple[Segments, bytes]:
    long, short = FilePart(file, 100, 500_000), FilePart(file, 7, 3)
    parts: list[bytes | FilePart] = [b"head", long, b"", b"between", short, b"tail"]
    return Segments(parts), b"head" + DATA[100:500_100] + b"between" + DATA[7:10] + b"tail"


def sent(segments: Segments) -> tuple[bytes, Exception | None]:
    """What a client gets, and what the server's connection raises."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        sender = MinimumRateSocket.adopt(listener.accept()[0])
    raised: list[Exception] = []

    def send() -> None:
        with sender:
            try:
                assert sender.sendfile(segments, 0, segments.length) == segments.length
            except OSError as error:
                raised.append(error)

    thread = threading.Thread(target=send)
    thread.start()
    with client:
        received = b""
        with contextlib.suppress(ConnectionResetError):
            received = b"".join(iter(lambda: client.recv(1 << 20), b""))
        thread.join()
    return received, raised[0] if raised else None


def test_segments_are_one_body(file: OpenFile) -> None:
    segments, whole = pieces(file)
    assert segments.length == len(whole)
    assert b"".join(segments) == whole
    assert b"".join(iter(lambda: segments.read(8192), b"")) == whole
    assert segments.fileno() == file.fileno()
    assert b"".join(Segments([])) == b"" == Segments([]).read()
    with pytest.raises(OSError, match="no file"):
        Segments([b"all in memory"]).fileno()


def test_their_memory_is_free_as_soon_as_they_are_sent(file: OpenFile) -> None:
    """Without waiting for the garbage collector: a page holds a hundred kilobytes."""
    segments, _ = pieces(file)
    gone = weakref.ref(segments)
    assert sent(segments)[1] is None
    del segments
    assert gone() is None


def test_a_connection_sends_them(file: OpenFile) -> None:
    segments, whole = pieces(file)
    assert sent(segments) == (whole, None)
    assert sent(Segments([b"a", b"b"])) == (b"ab", None)


def test_a_file_that_was_cut_meanwhile_resets_the_connection(tmp_path: Path) -> None:
    """Else the client would take the next answer for the rest of this one."""
    path = tmp_path / "data"
    path.write_bytes(DATA)
    part = FilePart(OpenFile(path), 0, len(DATA))
    path.write_bytes(DATA[:100])
    _, error = sent(Segments([b"head", part, b"tail"]))
    assert isinstance(error, ConnectionResetError)
    assert "shorter" in str(error)
    with pytest.raises(EOFError, match="shorter"):
        part.read()


def test_a_file_stays_open_as_long_as_somebody_sends_it(file: OpenFile) -> None:
    segments, whole = pieces(file)
    del file
    assert b"".join(segments) == whole


SPANS = st.lists(
    st.tuples(st.integers(1, 2), st.integers(0, 9000), st.sampled_from([1, 50, 3000, 70_000])),
    max_size=12,
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[int, OpenFile]:
    """Two packs, in which no two places hold the same."""
    folder = tmp_path_factory.mktemp("packs")
    for number in (1, 2):
        (folder / str(number)).write_bytes(_bytes(number))
    return {number: OpenFile(folder / str(number)) for number in (1, 2)}


def _bytes(number: int) -> bytes:
    return b"".join(
        n.to_bytes(4, "big") for n in range(number * 100_000, number * 100_000 + 20_000)
    )


@given(SPANS)
def test_fragments_come_in_their_order_however_they_lie(
    files: dict[int, OpenFile], found: list[tuple[int, int, int]]
) -> None:
    length = sum(size for _, _, size in found)
    segments = Segments([*packs.Fragments.of(files, found).segments()])
    expected = (_bytes(number)[offset : offset + size] for number, offset, size in found)
    assert b"".join(segments) == b"".join(expected)
    assert segments.length == length


def test_neighbours_are_read_at_once_and_long_spans_not_at_all(files: dict[int, OpenFile]) -> None:
    found = [(1, 0, 10), (1, 30, 10), (1, 40, 5), (1, 100, 70_000), (1, 90, 5), (1, 3, 2)]
    segments = [*packs.Fragments.of(files, found).segments()]
    assert [type(one) for one in segments] == [bytes, FilePart, bytes, bytes]
