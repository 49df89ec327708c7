"""Cells without a figure. Blank, “-”, “..” and 0 mean different things; 0 is a figure.

The signs are those of statistical tables (UN, Handbook of Statistical Organization; Eurostat and
the National Statistics Office use the same): “-” for nothing to count, “..” for not available.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

BLANK, NIL, NOT_AVAILABLE, NOT_APPLICABLE = "blank", "nil", "not-available", "not-applicable"

MARKS: Mapping[str, str] = {
    **dict.fromkeys(("-", "–", "—", "−"), NIL),
    **dict.fromkeys(("..", "...", "…"), NOT_AVAILABLE),
    **dict.fromkeys(("x", "х", "X", "Х"), NOT_APPLICABLE),  # Latin and Cyrillic
    **dict.fromkeys(("NA", "N/A", "n/a"), NOT_AVAILABLE),
}


class MissingMark(NamedTuple):
    """Why there is no figure, and what stands in its place."""

    kind: str
    raw: str


def missing(text: str, marks: Mapping[str, str] = MARKS) -> MissingMark | None:
    """The mark that a cell is, white space around it aside; None where it may hold a figure."""
    bare = text.strip()
    if not bare:
        return MissingMark(BLANK, text)
    return MissingMark(marks[bare], text) if bare in marks else None
