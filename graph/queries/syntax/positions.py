"""Positions in a query's text: lines and columns count from 1, columns count characters."""

from __future__ import annotations

import re
from typing import Any

from graph.queries.syntax.tokens import Token

_WIDTH = 100  # characters of a line that an excerpt shows


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def offset(text: str, line: int, column: int) -> int:
    """The offset of a line and column."""
    return sum(len(whole) + 1 for whole in text.split("\n")[: line - 1]) + column - 1


def excerpt(text: str, line: int, column: int) -> str:
    """The line, shortened if it is long, and below it a mark (`^`) at the column."""
    lines = text.split("\n")
    whole = lines[line - 1].rstrip("\r") if line <= len(lines) else ""
    first = max(0, min(column - 1 - _WIDTH // 2, len(whole) - _WIDTH))
    visible = whole[first : first + _WIDTH]
    before, after = "…" * (first > 0), "…" * (first + _WIDTH < len(whole))
    # tabs stay tabs, so that the mark stands below its column whatever the width of a tab
    padding = re.sub(r"[^\t]", " ", before + visible[: column - 1 - first])
    return f"{before}{visible}{after}\n{padding}^"


def token_position(text: str, token: Token) -> dict[str, Any]:
    """Line, column and excerpt of a token, as keyword arguments of QueryError."""
    line, column = line_and_column(text, token.start)
    return {"line": line, "column": column, "excerpt": excerpt(text, line, column)}
