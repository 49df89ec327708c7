"""Messages and positions for JSON that Python's parser refuses: nesting and long numbers."""

from __future__ import annotations

import re
import sys
from typing import NamedTuple

MAX_DEPTH = 500
"""Levels of nesting that every interpreter can read; the parser may read a few hundred more."""
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.S)


class JsonError(NamedTuple):
    """What is wrong; the row and column where it is, counted from 1, or 0 if unknown."""

    message: str
    row: int = 0
    column: int = 0

    def position(self, row_word: str = "row") -> str:
        """` row 3 column 7`, to follow a file's name; empty if unknown."""
        return f" {row_word} {self.row} column {self.column}" if self.row else ""


def long_number(data: bytes) -> JsonError | None:
    """A number with more digits than Python converts: ijson crashes on it instead of saying so."""
    digits = sys.get_int_max_str_digits()
    if digits and re.search(rb"[0-9]{%d}" % (digits + 1), data):
        text = data.decode("utf-8", "replace")
        return explain(text, ValueError())
    return None


def explain(text: str, error: Exception) -> JsonError:
    """The problem behind a RecursionError, ValueError or ArithmeticError of `json.loads`."""
    if isinstance(error, RecursionError):
        return _at(text, _deepest(text), f"nested more than {MAX_DEPTH} levels deep")
    digits = sys.get_int_max_str_digits()
    if digits and (number := re.search(rf"[0-9]{{{digits + 1}}}", text)):
        return _at(text, number.start(), f"a number with more than {digits:,} digits")
    if isinstance(error, ArithmeticError):
        return JsonError("a number with an exponent that is too large")
    return JsonError(str(error))


def _deepest(text: str) -> int:
    """Where the nesting passes MAX_DEPTH."""
    depth = 0
    for match in _TOKENS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        if depth > MAX_DEPTH:
            return match.start()
    return 0


def _at(text: str, position: int, message: str) -> JsonError:
    row = text.count("\n", 0, position) + 1
    return JsonError(message, row, position - text.rfind("\n", 0, position))
