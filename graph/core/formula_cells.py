"""Cells of tables for people: text that a spreadsheet would run as a formula is escaped.

Excel, LibreOffice and Google Sheets take a cell that begins with one of a few characters for a
formula, even in quotes; a formula can call programs or send what else is in the table. An
apostrophe in front makes it text. SPARQL's own CSV for programs is never changed.
"""

from __future__ import annotations

import re

# The full-width forms count in East Asian versions.
_FORMULA = re.compile("[=+\\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"-\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet may run a cell; a negative number is none."""
    return bool(_FORMULA.match(cell)) and not _NUMBER.fullmatch(cell)


def escape_formula(cell: str) -> str:
    """A cell that every spreadsheet shows as text or as a number."""
    return f"'{cell}" if is_formula(cell) else cell
