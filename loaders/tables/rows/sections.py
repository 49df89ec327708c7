"""The groups in which the rows of a table stand, named by rows with text in one cell only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from loaders.tables.cells.model import Cell, Row
from loaders.tables.rows.kinds import is_total_without_figure
from loaders.tables.values import fold, is_total

WITHOUT_FIGURES = "row-without-figures"
"""The remark of a row that has a label and nothing else, and names no group."""
ANY_TEXT = r".*\D.*"
"""The pattern of groups that a guess writes where only their place tells them: it matches titles
too, so what stands above the head is no group by it."""
_MOST_LABELS = 100_000
_NO_GROUP = re.compile(r"[\W_]*|[-+]?\d{1,3}\.?|[-+]?\d[\d\s.,]*[.,\s]\d+")


class Sections:
    """The groups of a table while its rows are read, one a level."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [re.compile(one) for one in patterns]
        self.current: tuple[Cell | None, ...] = (None,) * len(patterns)
        self._unknown: Cell | None = None
        self._labels: set[tuple[int, str]] = set()
        self._forms: set[tuple[int, str]] = set()
        self._forms_of_groups: set[str] = set()

    def enter(self, row: Row, *, is_followed: bool = True) -> bool:
        """Whether a row names a group, which begins with it and ends those within the one before.

        It has text in one cell only, which one of the patterns matches whole. A total that is not
        followed by rows of a group (`is_followed`) only lacks its figures.
        """
        if not self._patterns:
            return False
        filled = [cell for cell in row.cells if not cell.blank]
        if len(filled) != 1 or is_total_without_figure(row):
            return False
        text = _shown(filled[0])
        if not is_followed and is_total(text):
            return False
        for level, pattern in enumerate(self._patterns):
            if pattern.fullmatch(text):
                self._begin(level, filled[0])
                return True
        return False

    def enter_above(self, row: Row) -> None:
        """Begin the group that a row above the head names, if it names one."""
        text = " ".join(" ".join(row.texts).split())
        special = (one for one in self._patterns if one.pattern != ANY_TEXT)
        if any(one.fullmatch(text) for one in special):
            self.enter(row)

    def _begin(self, level: int, cell: Cell) -> None:
        deeper = (None,) * (len(self._patterns) - level - 1)
        self.current = (*self.current[:level], cell, *deeper)
        self._forms_of_groups.add(form_of(_shown(cell)))
        if not level:  # what stands within an unknown group does not end it
            self._unknown = None

    def within(self, row: Row, filled_down: Sequence[int]) -> Row:
        """A row that names no group with the groups that it stands in.

        Its `problem` says why they are not known: it looks like the name of one that no pattern
        matches, or stands below such a row. Its `remark` says that it has a label and nothing else,
        where the label is like those of other rows, and not like names of groups.
        """
        if not self._patterns:
            return row
        row = row._replace(sections=self.current)
        if label := _lone_label(row, filled_down):
            if self._is_label(label):
                row = row._replace(remark=WITHOUT_FIGURES)
            else:
                self._unknown = label
                return row._replace(problem=self._why(label, "it has"))
        elif self._unknown is None:
            self._remember(row)
        if self._unknown is None:
            return row
        where = f"it stands below row {self._unknown.row} with"
        return row._replace(problem=self._why(self._unknown, where))

    def _why(self, unknown: Cell, where: str) -> str:
        return (
            f"{where} only the text “{_shown(unknown)}”, which no pattern of “sections”"
            " matches: add it to “sections” of [options.file], or to “skip” if it names no group"
        )

    def _is_label(self, cell: Cell) -> bool:
        """Whether a text is a label of rows: it stood before a figure in another group, or only
        such labels look like it."""
        text = _shown(cell)
        if (cell.column, fold(text)) in self._labels:
            return True
        form = form_of(text)
        return (cell.column, form) in self._forms and form not in self._forms_of_groups

    def _remember(self, row: Row) -> None:
        for cell in row.cells[:2]:  # labels stand first, or behind the number of the row
            if len(self._labels) < _MOST_LABELS and not cell.blank:
                text = _shown(cell)
                self._labels.add((cell.column, fold(text)))
                self._forms.add((cell.column, form_of(text)))


def form_of(text: str) -> str:
    """What a text looks like: its words as `a`, its numbers as `0`, other signs as they are.

    «2024 он» is `0 a`, «15-19» is `0-0`, «Баян-Өлгий» is `a`.
    """
    words = re.sub(r"[^\W\d_]+(?:-[^\W\d_]+)*", "a", text)
    return re.sub(r"\d+", "0", words)


def _lone_label(row: Row, filled_down: Sequence[int]) -> Cell | None:
    """The only cell with text of a row, where it could name a group: no number of a row, no total,
    and not behind a column in which a blank cell means what stands above it."""
    filled = [(at, cell) for at, cell in enumerate(row.cells) if not cell.blank]
    if len(filled) != 1 or any(one < filled[0][0] for one in filled_down):
        return None
    text = _shown(filled[0][1])
    return None if _NO_GROUP.fullmatch(text) or is_total(text) else filled[0][1]


def _shown(cell: Cell) -> str:
    return " ".join(cell.text.split())
