"""Where records lie in a capture, and how delimited text is written."""

from __future__ import annotations

from typing import NamedTuple


class ByteSpan(NamedTuple):
    """Bytes of a capture: where they begin, and how many."""

    offset: int
    length: int


class Delimited(NamedTuple):
    """How rows are written: what stands between cells and around them; `quote` may be empty.

    `skip_space`: blanks after a delimiter are not of the cell.
    """

    delimiter: str = ","
    quote: str = '"'
    skip_space: bool = False
