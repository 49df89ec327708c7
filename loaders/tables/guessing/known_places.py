"""The names of places by which a column of areas is known."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from loaders.tables.mapping.places import plain

_UNITS = Path(__file__).parents[2] / "bundled" / "admin-units"


@cache
def place_names() -> dict[str, frozenset[str]]:
    """The names of aimags and of soums that come with Ulzii."""
    files = {"aimag": "aimags.csv", "soum": "soums.csv"}
    return {level: frozenset(_names(name)) for level, name in files.items()}


def _names(name: str) -> Sequence[str]:
    with (_UNITS / name).open(encoding="utf-8", newline="") as file:
        return [
            plain(row[column])
            for row in csv.DictReader(file)
            for column in ("name_mn", "name_en")
            if row.get(column)
        ]
