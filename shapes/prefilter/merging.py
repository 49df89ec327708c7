"""Sorted runs of lines, merged as a stream of lists.

`graph.statements.sorting` does the same with lines of a load; neither package is below the other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import chain
from operator import eq


def merge(runs: Iterable[Iterator[list[bytes]]]) -> Iterator[list[bytes]]:
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


def unique(lists: Iterable[list[bytes]]) -> Iterator[list[bytes]]:
    """The same without lines that are as the one before."""
    previous = b""
    for lines in lists:
        before = chain([previous], lines)
        if any(map(eq, lines, before)):
            yield [*dict.fromkeys(line for line in lines if line != previous)]
        else:
            yield lines
        previous = lines[-1] if lines else previous
