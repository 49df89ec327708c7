"""Tiles and entry bundles of a log (c2sp.org/tlog-tiles), made from its lines on request.

    <level>/<index>[.p/<width>]     hashes, 32 bytes each; 256 of them, or `width` in a partial one
    entries/<index>[.p/<width>]     lines, each after its length as a big-endian uint16

The index is written in groups of three digits: 1234067 is `x001/x234/067`.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from graph.transparency.signed_log import SignedLog

WIDTH = 256
_HEIGHT = 8  # of a tile: 2^8 hashes
MOST_BYTES = 0xFFFF
"""Of an entry: its length is written in two bytes."""
_PATH = re.compile(
    r"(entries|0|[1-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile by its place; `level` is None for a bundle of entries."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Its path below `tile/`."""
        groups = f"{self.index:03}" if self.index < 1000 else ""
        if not groups:
            digits = f"{self.index:0{-(-len(str(self.index)) // 3) * 3}}"
            parts = [digits[n : n + 3] for n in range(0, len(digits), 3)]
            groups = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"{level}/{groups}{partial}"

    @property
    def start(self) -> int:
        """The first place of this tile among the hashes of its level."""
        return self.index * WIDTH

    def fits(self, size: int) -> bool:
        """Whether a log of this size has it."""
        return self.start + self.width <= size >> _HEIGHT * (self.level or 0)


def parse(path: str) -> Tile | None:
    """The tile that a path names; None where it is not the path of one."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    level = None if match[1] == "entries" else int(match[1])
    width = int(match[3]) if match[3] else WIDTH
    tile = Tile(level, int(re.sub(r"[x/]", "", match[2])), width)
    # one tile has one path: no group of zeros before the number, no partial tile of 256
    return tile if tile.path == path else None


def content(log: SignedLog, tile: Tile) -> bytes:
    """The bytes of a tile that fits the log."""
    if tile.level is not None:
        return log.tree.nodes(_HEIGHT * tile.level, tile.start, tile.width)
    return b"".join(map(_entry, log.lines(tile.start, tile.width)))


def _entry(line: bytes) -> bytes:
    return struct.pack(">H", len(line)) + line


def of_size(size: int) -> Iterator[Tile]:
    """All tiles of a log of this size, bundles first."""
    for level in (None, *range(8)):
        full, rest = divmod(size >> _HEIGHT * (level or 0), WIDTH)
        yield from (Tile(level, index) for index in range(full))
        if rest:
            yield Tile(level, full, rest)
