"""Units and multipliers: `сая төгрөг`, `мянган толгой`, `хувь`, in heads and beside numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from loaders.tables.values.letters import fold
from loaders.tables.values.numbers import number


class Unit(NamedTuple):
    """A unit as it was written, the power of ten before it, and its code.

    `power` is 3 for “мянган”, 6 for “сая” (sdmx-attribute:unitMult). `code` is that of UN/CEFACT
    Recommendation 20 or ISO 4217 where the word is known, else empty.
    """

    text: str
    power: int
    code: str


class Quantity(NamedTuple):
    """A number with its unit; the number is as written, not multiplied."""

    number: Decimal
    unit: Unit

    @property
    def scaled(self) -> Decimal:
        """The number in whole units, exact."""
        sign, digits, exponent = self.number.as_tuple()
        assert isinstance(exponent, int)  # a number is finite
        return Decimal((sign, digits, exponent + self.unit.power))  # scaleb rounds to 28 digits


_POWERS: Mapping[str, int] = {
    r"мянган|мянга|мян\.?|thousands?|thous\.?": 3,
    r"сая|сая\.|millions?|mln\.?|mill?\.": 6,
    r"тэрбум|тэрб\.?|billions?|bln\.?": 9,
    r"их наяд|трлн\.?|trillions?|trln\.?": 12,
}
# Mongolian nouns take suffixes of case: төгрөгөөр, хувиар, толгойгоор
_CODES: Mapping[str, str] = {
    r"₮|төг\.?|төгрөг\w*|mnt|tugriks?|tugrugs?|togrogs?|tog\.?": "MNT",
    r"ам\.? ?доллар\w*|америк доллар\w*|usd|us dollars?|\$": "USD",
    r"евро\w*|eur|euros?|€": "EUR",
    r"юань\w*|cny|yuan": "CNY",
    r"%|хув[ьи]\w*|per ?cents?|percentages?": "P1",
    r"‰|промилл\w*": "NX",
    r"толгой\w*|heads?": "HEA",
    r"хүн\w*|иргэн\w*|persons?|people": "IE",
    r"ш|ширхэг\w*|тоо|pcs|pieces?|units?": "C62",
    r"өрх\w*|households?": "C62",
    r"кг|килограмм?\w*|kg|kilograms?": "KGM",
    r"гр?|грамм?\w*|g|grams?": "GRM",
    r"тн|т|тонн?\w*|tonnes?|tons?|t": "TNE",
    r"л|литр\w*|l|lit(?:re|er)s?": "LTR",
    r"га|гектар\w*|ha|hectares?": "HAR",
    r"км2|км²|кв\.? ?км|km2|km²|sq\.? ?km": "KMK",
    r"м2|м²|м\.?кв|кв\.? ?м\w*|m2|m²|sq\.? ?m": "MTK",
    r"м3|м³|куб\.? ?м\w*|m3|m³": "MTQ",
    r"км|километр?\w*|km|kilomet(?:re|er)s?": "KMT",
    r"м|метр\w*|m|met(?:re|er)s?": "MTR",
    r"мм|mm": "MMT",
    r"кВт\.?ц\w*|kwh": "KWH",
    r"мВт\.?ц\w*|mwh": "MWH",
    r"мг/м3|мг/м³|mg/m3|mg/m³": "GP",
    r"мкг/м3|мкг/м³|µg/m3|μg/m3|µg/m³|μg/m³": "GQ",
    r"°c|хэм|градус\w*": "CEL",
    r"сар|months?": "MON",
    r"жил|нас|years?": "ANN",
    r"өдөр|хоног|days?": "DAY",
    r"цаг|hours?": "HUR",
}

_POWER = re.compile(
    "|".join(rf"(?P<p{power}>{text})" for text, power in _POWERS.items()), re.IGNORECASE
)
_CODED = [(re.compile(text, re.IGNORECASE), code) for text, code in _CODES.items()]
_PARENTHESES = re.compile(r"(?P<name>.+?)\s*[(\[]\s*(?P<unit>[^()\[\]]+?)\s*[)\]]")
_AFTER_COMMA = re.compile(r"(?P<name>.+),\s*(?P<unit>[^,]+)")
_NUMBER = re.compile(r"\(?[+\-−–]?(?:[.,]?\d[\d\s.,'’]*\d|[.,]?\d)\)?")
_WHOLE_HEADS = {"MNT", "USD", "EUR", "CNY", "P1", "NX"}  # other words may name a column


def unit(text: str) -> Unit | None:
    """The unit that a text is, all of it; None for any other text."""
    bare = fold(text)
    match = _POWER.match(bare)
    rest = bare
    power = 0
    if match and (match[0].endswith(".") or bare[match.end() :][:1] in {"", *" .,-/"}):
        power = int((match.lastgroup or "p0")[1:])
        rest = bare[match.end() :].strip(" .-,")
    if power and not rest:
        return Unit(text.strip(), power, "")
    code = next((code for pattern, code in _CODED if pattern.fullmatch(rest)), None)
    return None if code is None else Unit(text.strip(), power, code)


def split_head(text: str) -> tuple[str, Unit | None]:
    """The name and the unit of a head: “Орлого, сая төгрөг” → (“Орлого”, Unit(…, 6, "MNT")).

    A unit stands in brackets, or after the last comma; a head without one is returned whole.
    """
    for pattern in (_PARENTHESES, _AFTER_COMMA):
        match = pattern.fullmatch(text.strip())
        if match and (found := unit(match["unit"])):
            return match["name"].strip(), found
    whole = unit(text)
    return text, whole if whole and (whole.power or whole.code in _WHOLE_HEADS) else None


def quantity(text: str, locale: str, *, parentheses: bool = False) -> Quantity:
    """A number with the unit before or after it: `60.0 тэрбум төгрөг`, `₮ 5,000`, `12%`.

    Without a unit, its `text` is empty. Raises ValueError for what is no number, or has other words
    beside it; KeyError for an unknown locale.
    """
    bare = text.strip()
    match = _NUMBER.search(bare)
    if not match:
        raise ValueError(f"“{bare[:60]}” is not a number with a unit")
    written = f"{bare[: match.start()]} {bare[match.end() :]}".strip()
    found = unit(written) if written else Unit("", 0, "")
    if found is None:
        raise ValueError(f"“{written[:60]}” in “{bare[:60]}” is no known unit")
    return Quantity(number(match[0], locale, parentheses=parentheses), found)
