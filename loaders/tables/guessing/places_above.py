"""The aimag that only stands above a table of its soums: «Архангай аймгийн малын тоо»."""

from __future__ import annotations

import re
from collections.abc import Sequence

from loaders.tables.description.columns import TITLE
from loaders.tables.guessing.known_places import place_names
from loaders.tables.guessing.model import GuessedColumn
from loaders.tables.mapping.places import plain

_PATTERN = r"([\w-]+) айм(?:аг|гийн)"


def around(columns: Sequence[GuessedColumn], texts: Sequence[str]) -> GuessedColumn | None:
    """The aimag of the soums of a column, which is told that they are within it; None where there
    is no such column, another one says it, or none or several stand above the table."""
    soums = [one for one in columns if one.keys.get("level") == "soum"]
    if len(soums) != 1 or soums[0].keys.get("within") or any(one.name == TITLE for one in columns):
        return None
    named = {name for text in texts for name in re.findall(_PATTERN, " ".join(text.split()))}
    if len(named) != 1 or plain(name := named.pop()) not in place_names()["aimag"]:
        return None
    soums[0].keys["within"] = TITLE
    keys: dict[str, object] = {"role": "context", "kind": "area", "level": "aimag"}
    return GuessedColumn(TITLE, {**keys, "pattern": _PATTERN}, f"above the table stands “{name}”")
