"""A column that says the unit of each row: its texts, and labels that only the unit tells apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from loaders.formats.cubes.keys import key_of
from loaders.tables.guessing.model import GuessedColumn, TableColumn
from loaders.tables.values import fold, unit

_HEAD = re.compile(r"(?i)нэгж|\bunits?\b")
_ENOUGH = 0.6


def as_unit(column: TableColumn) -> GuessedColumn | None:
    """The column as one of units: its head says so, or what stands in it; None for any other."""
    labels = column.labels
    known = [one for one in labels if unit(one)]
    is_named = bool(_HEAD.search(fold(column.name)))
    if not labels or len(known) < _ENOUGH * len(labels) * (not is_named):
        return None
    if not known and (len(labels) * 2 > len(column.filled) or not is_named):
        return None  # «Засаг захиргааны нэгж» is a place
    why = f"{len(known)} of {len(labels)} texts are known units"
    return GuessedColumn(column.name, {"role": "unit", "key": key_of(fold(column.name))}, why)


def join_to_labels(found: Sequence[GuessedColumn], seen: Sequence[TableColumn]) -> None:
    """Put the unit behind the label where rows differ by their unit alone: «Үйлдвэрлэл / тонн»."""
    texts = {column.name: column.texts for column in seen}
    units = next((one for one in found if one.keys.get("role") == "unit"), None)
    own = [one for one in found if one.keys.get("role") == "dimension" and one.name in texts]
    concepts = [one for one in own if one.keys.get("kind", "concept") == "concept"]
    if units is None or not concepts:
        return
    rows = [*zip(*(texts[one.name] for one in own), strict=True)]
    with_units = {*zip(rows, texts[units.name], strict=True)}
    if len(set(rows)) < len(with_units):
        concepts[-1].keys["join"] = [units.name]
        concepts[-1].reasons["join"] = "only the unit tells some rows apart"
        concepts[-1].codes = {}


def labels_of(found: Sequence[GuessedColumn], seen: Sequence[TableColumn]) -> Mapping[str, int]:
    """The texts of the column of units, each with the number of its rows."""
    names = {one.name for one in found if one.keys.get("role") == "unit"}
    filled = [text for column in seen if column.name in names for text in column.filled]
    return {text: filled.count(text) for text in dict.fromkeys(filled)}
