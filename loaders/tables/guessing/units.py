"""The units of a table's figures, as its heads or the text above it say them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from loaders.tables.guessing.model import GuessedColumn
from loaders.tables.values import Unit, split_head, unit


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
    "EUR": KnownUnit("euro", "евро", "euro"),
    "CNY": KnownUnit("yuan", "юань", "yuan"),
    "MTQ": KnownUnit("cubic-metre", "м³", "cubic metre"),
    "MTR": KnownUnit("metre", "метр", "metre"),
    "GRM": KnownUnit("gram", "грамм", "gram"),
    "KWH": KnownUnit("kilowatt-hour", "кВт.ц", "kilowatt-hour"),
}
COUNTED: Mapping[str, KnownUnit] = {
    r"(?i)өрх|household": KnownUnit("household", "өрх", "household"),
    r"(?i)ширхэг|\bш$|pcs|piece": KnownUnit("piece", "ширхэг", "piece"),
}
"""What Recommendation 20 calls “one”, by its words."""


class GuessedUnits(NamedTuple):
    """The unit of all figures, if there is one, and all units that are named."""

    dataset: Mapping[str, object]
    why: str
    units: Mapping[str, KnownUnit]
    texts: Mapping[str, Mapping[str, object]] = {}
    """Of a column of units: what each text is, nothing where that is not known."""


_AMBIGUOUS = re.compile(
    r"(?i)[тмгtmg]\.?"
)  # «т» is a tonne or a thousand, «м» a metre or a million


def of_rows(texts: Mapping[str, int]) -> GuessedUnits:
    """The units that the texts of a column are. Some letters may be several, so it is left to
    the engineer, as is what no known word names."""
    read = {text: None if _AMBIGUOUS.fullmatch(text) else unit(text) for text in texts}
    known = {text: _keys(found) for text, found in read.items()}
    said = {text: keys if "unit" in keys else {} for text, keys in known.items()}
    return GuessedUnits({}, "", _named([read[text] for text in texts if said[text]]), said)


_SAID = re.compile(r"(?i)^(?:хэмжих нэгж|нэгж|unit)\s?[:：-]?\s?")


def _above(texts: Sequence[str]) -> Unit | None:
    """The unit that stands above a table: behind its title, or alone, «(мян.төг)»."""
    for text in texts:
        bare = _SAID.sub("", text.strip().strip("()[]"))
        if found := split_head(text)[1] or unit(bare):
            return found
    return None


def units(columns: Sequence[GuessedColumn], texts: Sequence[str]) -> GuessedUnits:
    """What the whole table says, `texts` being those above it; units that differ are written into
    their columns."""
    measures = [one for one in columns if one.keys["role"] == "measure"]
    above = _above(texts)
    said = [one.unit or above for one in measures]
    if len({(one.text, one.code, one.power) if one else None for one in said}) == 1:
        first = said[0]
        return GuessedUnits(_keys(first), _why(first) if first else "", _named(said))
    for column, own in zip(measures, said, strict=True):
        keys = {**_keys(own)}
        if "unit" in keys:  # nothing is said for all figures that it could differ from
            keys.setdefault("multiplier", 0)
        column.keys.update(keys)
        column.reasons.update(dict.fromkeys(keys, _why(own)) if own else {})
    return GuessedUnits({}, "", _named(said))


def _why(unit: Unit) -> str:
    nameless = "" if _known(unit) else "; name its unit here, and under [options.units]"
    return f"“{unit.text}”{nameless}"


def _known(unit: Unit) -> KnownUnit | None:
    ones = (known for words, known in COUNTED.items() if re.search(words, unit.text))
    return next(ones, None) if unit.code == "C62" else KNOWN.get(unit.code)


def _keys(unit: Unit | None) -> dict[str, object]:
    """The keys `unit` and `multiplier` of a unit, as far as it is known."""
    if unit is None:
        return {}
    known = _known(unit)
    named: dict[str, object] = {"unit": known.key} if known else {}
    return named | ({"multiplier": unit.power} if unit.power else {})


def _named(said: Sequence[Unit | None]) -> dict[str, KnownUnit]:
    known = [found for one in said if one and (found := _known(one))]
    return {one.key: one for one in known}
