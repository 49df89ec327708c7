"""External sorting of statements: sorted runs on disk, merged as a stream.

A tagged line is `line TAB record rule`, both numbers in hex of fixed width. All lines end in ` .`,
so no line is a prefix of another, and tagged lines sort like their lines.
"""

from __future__ import annotations

import tempfile
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, count
from pathlib import Path

from graph.statements.canonical import Normaliser

RUN_BYTES = 128 << 20
_BATCH = 20_000  # lines
_GIVEN = 4_000  # texts that a forked process gives at a time, mostly of several lines
_PIECE = 1 << 20  # bytes of a run that are read at a time
TAG = 13  # TAB, 8 hex digits of the record, 4 of the rule


def tag(record: int, rule: int) -> bytes:
    """The tag behind a line: its origin."""
    return (record_tag(record) + rule_tag(rule)).encode()


def record_tag(record: int) -> str:
    """The first part of a tag: the record that the line was made from."""
    return f"\t{record:08x}"


def rule_tag(rule: int) -> str:
    """The second part: the rule that made it."""
    return f"{rule:04x}"


class Sorter:
    """Takes lines in any order and returns them tagged and sorted; holds about RUN_BYTES of them.

    A context manager: sorted runs are written below `scratch` and deleted at its end.
    """

    def __init__(self, scratch: Path) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sort-", dir=scratch)
        self._normaliser = Normaliser()
        self._waiting: list[str] = []
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
        self.extend_tagged([f"{line.decode()}{head}{rule_tag(rule)}" for line, rule in pairs])

    def extend_tagged(self, texts: list[str]) -> None:
        """Add tagged lines: each text is one, or several with line feeds between."""
        self._waiting += texts
        if len(self._waiting) >= _BATCH:
            self._absorb_waiting()

    def take(self, path: Path) -> None:
        """Add the tagged lines of a file of `LineFiles`, and remove it."""
        self._absorb(path.read_bytes().split(b"\n"))
        path.unlink()

    def _absorb_waiting(self) -> None:
        if self._waiting:
            self._absorb("\n".join(self._waiting).encode().split(b"\n"))
            self._waiting = []

    def _absorb(self, lines: list[bytes]) -> None:
        # lists of bytes, unlike those of tuples, cost the garbage collector nothing
        tagged = self._normaliser.lines(lines, behind=TAG)
        self._run += tagged
        self._size += sum(map(len, tagged))
        if self._size > RUN_BYTES:
            self._spill()

    def _spill(self) -> None:
        self._run.sort()
        path = Path(self._folder.name, str(len(self._spilled)))
        with path.open("wb") as file:
            for first in range(0, len(self._run), _BATCH):
                file.write(b"\n".join([*self._run[first : first + _BATCH], b""]))
        self._spilled.append(path)
        self._run, self._size = [], 0

    def sorted(self) -> Iterator[bytes]:
        """All lines, tagged and in order."""
        self._absorb_waiting()
        self._run.sort()
        if not self._spilled:
            return iter(self._run)
        runs = [_read(path) for path in self._spilled]
        return chain.from_iterable(_merge([*runs, iter([self._run])]))


class LineFiles:
    """Takes tagged lines in a forked process, and gives them to its parent in files, some at a
    time: while this process makes more of them, the parent sorts these (`Sorter.take`).

    `folder` is that of the parent's sorter.
    """

    def __init__(self, folder: Path, give: Callable[[Path], None]) -> None:
        self.folder = folder
        self._paths = (folder / f"lines-{number}" for number in count())
        self._give = give
        self._waiting: list[str] = []

    def extend_tagged(self, texts: list[str]) -> None:
        """Add tagged lines: each text is one, or several with line feeds between."""
        self._waiting += texts
        if len(self._waiting) >= _GIVEN:
            self.flush()

    def flush(self) -> None:
        """Give away all lines."""
        if self._waiting:
            path = next(self._paths)
            path.write_bytes("\n".join(self._waiting).encode())
            self._waiting = []
            self._give(path)


def _read(path: Path) -> Iterator[list[bytes]]:
    """The lines of a sorted run, some at a time."""
    with path.open("rb") as file:
        while data := file.read(_PIECE):
            yield (data + file.readline()).removesuffix(b"\n").split(b"\n")


def _merge(runs: Sequence[Iterator[list[bytes]]]) -> Iterator[list[bytes]]:
    """The lines of sorted runs in order, some at a time.

    The list method merges runs in C: what is not after the last line of the piece that ends first
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
