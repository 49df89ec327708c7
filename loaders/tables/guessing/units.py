"""The units of a table's figures, as its heads or the text above it say them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from loaders.tables.guessing.columns import GuessedColumn
from loaders.tables.values import Unit, split_head


class KnownUnit(NamedTuple):
    """A unit's key in the scheme of units, and its names."""

    key: str
    mn: str
    en: str


KNOWN: Mapping[str, KnownUnit] = {
    "MNT": KnownUnit("togrog", "төгрөг", "togrog"),
    "USD": KnownUnit("us-dollar", "ам.доллар", "US dollar"),
    "P1": KnownUnit("percent", "хувь", "percent"),
    "HEA": KnownUnit("head", "толгой мал", "head of livestock"),
    "IE": KnownUnit("person", "хүн", "person"),
    "HAR": KnownUnit("hectare", "гектар", "hectare"),
    "TNE": KnownUnit("tonne", "тонн", "tonne"),
    "KGM": KnownUnit("kilogram", "килограмм", "kilogram"),
    "LTR": KnownUnit("litre", "литр", "litre"),
    "KMT": KnownUnit("kilometre", "километр", "kilometre"),
    "KMK": KnownUnit("square-kilometre", "км²", "square kilometre"),
    "MTK": KnownUnit("square-metre", "м²", "square metre"),
}


class GuessedUnits(NamedTuple):
    """The unit of all figures, if there is one, and all units that are named."""

    dataset: Mapping[str, object]
    why: str
    units: Mapping[str, KnownUnit]


def units(columns: Sequence[GuessedColumn], title: str) -> GuessedUnits:
    """What the whole table says; units that differ are written into their columns."""
    measures = [one for one in columns if one.keys["role"] == "measure"]
    said = [split_head(one.name)[1] or split_head(title)[1] for one in measures]
    if len({(one.code, one.power) if one else None for one in said}) == 1:
        first = said[0]
        why = f"“{first.text}”" if first else ""
        return GuessedUnits(_keys(first), why, _named(said))
    for column, unit in zip(measures, said, strict=True):
        column.keys.update(_keys(unit))
    return GuessedUnits({}, "", _named(said))


def _keys(unit: Unit | None) -> dict[str, object]:
    """The keys `unit` and `multiplier` of a unit, as far as it is known."""
    if unit is None:
        return {}
    known = {"unit": KNOWN[unit.code].key} if unit.code in KNOWN else {}
    return {**known, **({"multiplier": unit.power} if unit.power else {})}


def _named(said: Sequence[Unit | None]) -> dict[str, KnownUnit]:
    known = [KNOWN[one.code] for one in said if one and one.code in KNOWN]
    return {one.key: one for one in known}
