"""Reading tables takes no more memory for a larger file."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graph.archive import Archive
from graph.core import limited_process
from graph.core.limited_process import ProcessLimits
from loaders.pipeline.record import Capture
from loaders.tables.grids import Dialect, table
from tests.workbooks import sheet, xlsx

_MIB = 1 << 20


def archived(path: Path) -> Capture:
    """A file as the pipeline gives it: in an archive."""
    archive = Archive(path.with_suffix(".archive"))
    with path.open("rb") as file:
        digest, size = archive.store(file)
    return Capture(digest, path.name, "", "", archive, size=size)


def csv_of(rows: int) -> bytes:
    return b"place,year,n\n" + b"".join(b"Place %d,2024,%d.5\n" % (n, n) for n in range(rows))


def json_of(rows: int) -> bytes:
    items = (b'{"place":"Place %d","year":2024,"n":%d.5}' % (n, n) for n in range(rows))
    return b"[" + b",".join(items) + b"]"


def xlsx_of(rows: int) -> bytes:
    return xlsx({"S": sheet([["place", "year", "n"], *(["p", 2024, n] for n in range(rows))])})


@pytest.mark.parametrize(
    ("make", "dialect"),
    [(csv_of, Dialect()), (json_of, Dialect("json")), (xlsx_of, Dialect("workbook"))],
)
def test_memory_does_not_grow_with_the_file(
    make: Callable[[int], bytes], dialect: Dialect, tmp_path: Path
) -> None:
    def peak(rows: int) -> int:
        path = tmp_path / str(rows)
        path.write_bytes(make(rows))
        found = archived(path)
        tracemalloc.start()
        assert sum(1 for _ in table(found, dialect).rows) == rows
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(1000)  # what is loaded and cached once
    assert peak(5000) < peak(1500) + _MIB


def _lines() -> Iterator[bytes]:
    while True:
        yield csv_of(50_000).partition(b"\n")[2]


@pytest.mark.ci
def test_a_file_of_200_mib_is_read_in_64(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.write(b"place,year,n\n")
        for piece in _lines():
            file.write(piece)
            if file.tell() > 200 * _MIB:
                break
    found = archived(path)

    def count(_: object) -> int:
        return sum(1 for _ in table(found, Dialect()).rows)

    with path.open("rb") as read:
        lines = sum(piece.count(b"\n") for piece in iter(lambda: read.read(_MIB), b""))
    limits = ProcessLimits(memory=64 * _MIB, seconds=3600)
    assert limited_process.run(count, limits) == lines - 1
