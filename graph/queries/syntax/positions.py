"""Places in a query's text: lines and columns from 1, columns in characters."""

from __future__ import annotations

import re
from typing import Any

from graph.queries.syntax.tokens import Token

_WIDTH = 100  # characters of a line that an excerpt shows


def start(token: Token) -> int:
    """Where a token begins."""
    return token.end - len(token.text)


def line_and_column(text: str, at: int) -> tuple[int, int]:
    """Line and column of an offset."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def offset(text: str, line: int, column: int) -> int:
    """The offset of a line and column."""
    return sum(len(whole) + 1 for whole in text.split("\n")[: line - 1]) + column - 1


def excerpt(text: str, line: int, column: int) -> str:
    """The line, cut where it is long, and under it a mark at the column."""
    lines = text.split("\n")
    whole = lines[line - 1].rstrip("\r") if line <= len(lines) else ""
    first = max(0, min(column - 1 - _WIDTH // 2, len(whole) - _WIDTH))
    shown = whole[first : first + _WIDTH]
    before, after = "…" * (first > 0), "…" * (first + _WIDTH < len(whole))
    pad = re.sub(r"[^\t]", " ", before + shown[: column - 1 - first])
    return f"{before}{shown}{after}\n{pad}^"


def token_position(text: str, token: Token) -> dict[str, Any]:
    """Line, column and excerpt, as a QueryError takes them."""
    line, column = line_and_column(text, start(token))
    return {"line": line, "column": column, "excerpt": excerpt(text, line, column)}
