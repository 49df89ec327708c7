"""External sorting of statements: sorted runs of blocks on disk, merged as a stream."""

from __future__ import annotations

import tempfile
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, count, islice, takewhile
from pathlib import Path

from graph.statements import blocks
from graph.statements.blocks import record_tag, rule_tag
from graph.statements.canonical import Normaliser, are_canonical

RUN_BYTES = 128 << 20
_WAITING = 1 << 22  # characters of blocks that are handed on together
_BATCH = 500  # blocks that are written together
_PIECE = 1 << 20  # bytes of a run that are read at a time
_SEPARATOR = blocks.SEPARATOR.encode()


def tag(record: int, rule: int) -> bytes:
    """The tag behind a line: its origin."""
    return (record_tag(record) + rule_tag(rule)).encode()


class Sorter:
    """Takes blocks (`graph.statements.blocks`) in any order and returns them sorted, with canonical
    lines; holds about RUN_BYTES of them.

    A context manager: sorted runs are written below `scratch` and deleted at its end.
    """

    def __init__(self, scratch: Path) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sort-", dir=scratch)
        self._normaliser = Normaliser()
        self._waiting: list[str] = []
        self._length = 0
        self._run: list[bytes] = []
        self._size = 0
        self._spilled: list[Path] = []

    def __enter__(self) -> Sorter:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()
        self._run = []  # frees the lines, also where the sorter itself is still referred to

    @property
    def folder(self) -> Path:
        """Where its files are; a forked process that makes its lines may put files there too."""
        return Path(self._folder.name)

    def extend(self, record: int, lines: Sequence[bytes], rules: Sequence[int]) -> None:
        """Add the lines made from a record, and for each line the rule that made it."""
        head = record_tag(record)
        pairs = zip(lines, rules, strict=True)
        self.extend_blocks([f"{line.decode()}{head}{rule_tag(rule)}" for line, rule in pairs])

    def extend_blocks(self, texts: list[str]) -> None:
        """Add blocks."""
        self._waiting += texts
        self._length += sum(map(len, texts))
        if self._length >= _WAITING:
            self._absorb_waiting()

    def take(self, path: Path) -> None:
        """Add the blocks of a file of `BlockFiles`, and remove it."""
        self._absorb(path.read_bytes())
        path.unlink()

    def _absorb_waiting(self) -> None:
        if self._waiting:
            self._absorb(blocks.SEPARATOR.join(self._waiting).encode())
            self._waiting, self._length = [], 0

    def _absorb(self, data: bytes) -> None:
        found = data.split(_SEPARATOR)
        self._run += found if are_canonical(data) else self._normalised(found)
        self._size += len(data)
        if self._size > RUN_BYTES:
            self._spill()

    def _normalised(self, found: list[bytes]) -> Iterator[bytes]:
        """Blocks with canonical lines. Where one changes, its lines may have another order, or be
        the same: they become blocks of their own."""
        lines_of = {
            n: blocks.tagged_lines(one) for n, one in enumerate(found) if not are_canonical(one)
        }
        lines = iter(self._normaliser.lines([*chain(*lines_of.values())], behind=blocks.TAG))
        for n, one in enumerate(found):
            before = lines_of.get(n, [])
            canonical = [*islice(lines, len(before))]
            yield from [one] if canonical == before else canonical

    def _spill(self) -> None:
        self._run.sort()
        path = Path(self._folder.name, str(len(self._spilled)))
        with path.open("wb") as file:
            for first in range(0, len(self._run), _BATCH):
                file.write(_SEPARATOR.join([*self._run[first : first + _BATCH], b""]))
        self._spilled.append(path)
        self._run, self._size = [], 0

    def sorted(self) -> Iterator[bytes]:
        """All blocks in order. Those of one subject may share lines (`blocks.parts`)."""
        self._absorb_waiting()
        self._run.sort()
        if not self._spilled:
            return iter(self._run)
        runs = [_read(path) for path in self._spilled]
        return chain.from_iterable(_merge([*runs, iter([self._run])]))


class BlockFiles:
    """Takes blocks in a forked process, and gives them to its parent in files, some at a time:
    while this process makes more of them, the parent sorts these (`Sorter.take`).

    `folder` is that of the parent's sorter.
    """

    def __init__(self, folder: Path, give: Callable[[Path], None]) -> None:
        self.folder = folder
        self._paths = (folder / f"blocks-{number}" for number in count())
        self._give = give
        self._waiting: list[str] = []
        self._length = 0

    def extend_blocks(self, texts: list[str]) -> None:
        """Add blocks."""
        self._waiting += texts
        self._length += sum(map(len, texts))
        if self._length >= _WAITING:
            self.flush()

    def flush(self) -> None:
        """Give away all blocks."""
        if self._waiting:
            path = next(self._paths)
            path.write_bytes(blocks.SEPARATOR.join(self._waiting).encode())
            self._waiting, self._length = [], 0
            self._give(path)


def _read(path: Path) -> Iterator[list[bytes]]:
    """The blocks of a sorted run, some at a time."""
    with path.open("rb") as file:
        while data := file.read(_PIECE):
            # up to the blank line behind a block; the first line may end just there, or within one
            rest = takewhile(lambda line: line != b"\n", iter(file.readline, b""))
            if found := b"".join((data, file.readline(), *rest)).strip(b"\n"):
                yield found.split(_SEPARATOR)


def _merge(runs: Sequence[Iterator[list[bytes]]]) -> Iterator[list[bytes]]:
    """The blocks of sorted runs in order, some at a time.

    The list method merges runs in C: what is not after the last one of the piece that ends first
    is complete, and sorted together.
    """
    pieces = [(piece, run) for run in runs if (piece := next(run, []))]
    while pieces:
        border = min(piece[-1] for piece, _ in pieces)
        ready, left = [], []
        for piece, run in pieces:
            end = bisect_right(piece, border)
            ready += piece[:end]
            rest = piece[end:] or next(run, [])
            if rest:
                left.append((rest, run))
        ready.sort()
        yield ready
        pieces = left
