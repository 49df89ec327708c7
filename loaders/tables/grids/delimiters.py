"""Which delimiter and quotation mark the first lines of a text have, and why."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from loaders.tables.cells.model import Dialect, Reason
from loaders.tables.grids import delimited

_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", "^": "caret"}
_CLEAR = 0.2  # of the rows: how much better the best delimiter must be than the second


class _Trial(NamedTuple):
    """What the head is with one delimiter: the most frequent width of its rows, and their share."""

    share: float
    width: int
    dialect: Dialect


def detect(lines: Sequence[str], dialect: Dialect) -> tuple[Dialect, dict[str, Reason]]:
    """The dialect with delimiter and quote, and the reasons. `lines` are whole, with their ends."""
    trials = [_trial(lines, replace(dialect, delimiter=one)) for one in _NAMES]
    best, second = sorted(trials, key=lambda trial: (trial.share, trial.width), reverse=True)[:2]
    if best.width < 2:
        why = "no delimiter divides the rows: a single column"
        return dialect, {"delimiter": Reason(dialect.delimiter, why, False)}
    sure = best.share - second.share > _CLEAR
    delimiter = Reason(best.dialect.delimiter, _why(best), sure)
    found = {"delimiter": delimiter, "quote": _quote(lines, best.dialect)}
    if best.dialect.skip_space:
        why = "blanks stand between a delimiter and a quotation mark"
        found["skip_space"] = Reason("true", why)
    return best.dialect, found


def share(lines: Sequence[str], dialect: Dialect) -> float:
    """The share of the rows that have the most frequent number of cells, two or more."""
    return _trial(lines, dialect).share


def _why(trial: _Trial) -> str:
    name = _NAMES[trial.dialect.delimiter]
    return f"with a {name}, {trial.share:.0%} of the rows have {trial.width} cells"


def _quote(lines: Sequence[str], dialect: Dialect) -> Reason:
    if not dialect.quote:
        return Reason("", "text follows closing quotation marks: they are part of the text")
    if any(dialect.quote in line for line in lines):
        return Reason(dialect.quote, "quotation marks enclose whole cells")
    return Reason(dialect.quote, "no quotation marks so far")


def _trial(lines: Sequence[str], dialect: Dialect) -> _Trial:
    """The best of the ways in which quotation marks may stand. Names of firms begin with one and
    go on after it: then it encloses nothing."""
    ways = [dialect]
    if any(f'{dialect.delimiter} "' in line for line in lines):
        ways.append(replace(dialect, skip_space=True))
    read = [(way, rows) for way in ways if (rows := _rows(lines, way)) is not None]
    if not read:
        plain = replace(dialect, quote="")
        read = [(plain, _rows(lines, plain) or [])]
    return max((_measured(way, rows) for way, rows in read), key=lambda one: one[:2])


def _measured(dialect: Dialect, rows: list[list[str]]) -> _Trial:
    filled = [row for row in rows if any(row)]
    widths = Counter(len(row) for row in filled if len(row) > 1)
    if not widths:
        return _Trial(0.0, 1, dialect)
    width, many = max(widths.items(), key=lambda one: (one[1], one[0]))
    return _Trial(many / len(filled), width, dialect)


def _rows(lines: Sequence[str], dialect: Dialect) -> list[list[str]] | None:
    """The rows; without the last line where the file is cut within quotation marks."""
    try:
        return list(delimited.split(lines, dialect))
    except csv.Error as error:
        is_cut = "unexpected end" in str(error) and not lines[-1].endswith(("\n", "\r"))
        return _rows(lines[:-1], dialect) if is_cut else None
