"""Blocks: what one record says of one subject, as one text with one tag behind it.

    line LF line … TAB record rule rule …

The lines are sorted and differ from each other; record and rules are hex of fixed width, with one
rule for each line. A tagged line is a block. Most subjects are in one record, so sorting blocks
does with a tenth of the objects what sorting lines does, and both give the same order: a line
begins with its subject, and no line is a prefix of another.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import chain, groupby, islice

SEPARATOR = "\n\n"
"""What stands between blocks in a file."""
TAG = 13  # of one line: TAB, 8 hex digits of the record, 4 of the rule
_LINES = 20_000  # blocks of one subject that are brought into order together


def record_tag(record: int) -> str:
    """The first part of a tag: the record that the lines were made from."""
    return f"\t{record:08x}"


def rule_tag(rule: int) -> str:
    """The second part, for each line: the rule that made it."""
    return f"{rule:04x}"


def tagged_lines(block: bytes) -> list[bytes]:
    """The lines of a block, each with its own tag."""
    text, _, tag = block.rpartition(b"\t")
    head, rules = b"\t" + tag[:8], range(8, len(tag), 4)
    lines = zip(text.split(b"\n"), rules, strict=True)
    return [b"".join((line, head, tag[at : at + 4])) for line, at in lines]


Part = tuple[list[bytes], list[bytes]]
"""Blocks, each with all that is said of its subject, or tagged lines in order; one is empty."""


def parts(blocks: Iterable[bytes], size: int) -> Iterator[Part]:
    """Sorted blocks in parts of about so many bytes, which are in order too."""
    whole: list[bytes] = []
    held = 0
    for _, group in groupby(blocks, _subject):
        same = iter(group)
        first, second = next(same), next(same, None)
        if second is None:
            whole.append(first)
            held += len(first)
        if second is not None or held >= size:
            if whole:
                yield whole, []
            whole, held = [], 0
        if second is not None:
            yield from (([], lines) for lines in _in_order(chain((first, second), same)))
    if whole:
        yield whole, []


def _subject(block: bytes) -> bytes:
    return block[: block.index(b" ") + 1]


def _in_order(blocks: Iterator[bytes]) -> Iterator[list[bytes]]:
    """The tagged lines of sorted blocks of one subject, of which there may be any number."""
    left: list[bytes] = []
    while some := [*islice(blocks, _LINES)]:
        lines = sorted(chain(left, *map(tagged_lines, some)))
        # no later block has a line before the first one of this
        ready = bisect_left(lines, tagged_lines(some[-1])[0][:-TAG])
        yield lines[:ready]
        left = lines[ready:]
    yield left
