"""Words for a total: a row or code of that name sums up others."""

from __future__ import annotations

from loaders.tables.values.letters import fold

_TOTALS = frozenset(
    ("нийт", "бүгд", "нийт дүн", "бүгд дүн", "улсын дүн", "дүн", "total", "all", "grand total")
)


def is_total(text: str) -> bool:
    """Whether a text is nothing but such a word."""
    return fold(text).lower() in _TOTALS
