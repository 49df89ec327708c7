"""The forms a catalogue takes outside: datatypes as profiles demand them, tags in BCP 47 case.

The store keeps one form of each literal (integers are xsd:integer, tags lower case). Whoever shows
a catalogue to others, or holds it against a profile's shapes, restates it with this table.
"""

from __future__ import annotations

import pyoxigraph as ox

from vocab.namespaces import DCAT, SPDX, XSD
from vocab.terms import Term

RESTATED = {
    DCAT.byteSize: XSD.nonNegativeInteger,
    DCAT.spatialResolutionInMeters: XSD.decimal,
    DCAT.temporalResolution: XSD.duration,
    SPDX.checksumValue: XSD.hexBinary,
}
"""Property → the datatype DCAT-AP 3.0.1 demands of its values."""

_FROM = {
    XSD.nonNegativeInteger: {XSD.integer},
    XSD.decimal: {XSD.integer},
    XSD.duration: {XSD.dayTimeDuration, XSD.yearMonthDuration},
    XSD.hexBinary: {XSD.string},
}
"""Datatype demanded → datatypes whose values it also has; other values stay as they are."""


def restated(predicate: ox.NamedNode, value: Term) -> Term:
    """The value with the datatype its property demands, where the same text is a value of it."""
    demanded = RESTATED.get(predicate)
    if demanded is None or not isinstance(value, ox.Literal):
        return value
    if value.datatype not in _FROM[demanded] or not _fits(value.value, demanded):
        return value
    return ox.Literal(value.value, datatype=demanded)


def _fits(text: str, datatype: ox.NamedNode) -> bool:
    if datatype == XSD.nonNegativeInteger:
        return not text.startswith("-")
    if datatype == XSD.hexBinary:
        return len(text) % 2 == 0 and all(c in "0123456789abcdefABCDEF" for c in text)
    return True


def bcp47(tag: str) -> str:
    """A language tag in the case RFC 5646 §2.1.1 recommends: `mn-mong-mn` → `mn-Mong-MN`.

    What follows a singleton (extensions, private use) stays in lower case.
    """
    first, *rest = tag.lower().split("-")
    cased, single = [first], len(first) == 1
    for part in rest:
        cased.append(part if single else _cased(part))
        single = single or len(part) == 1
    return "-".join(cased)


def _cased(part: str) -> str:
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part
