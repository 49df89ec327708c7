"""Literals for export: datatypes as DCAT-AP requires them, language tags in BCP 47 case.

The store keeps one form of each literal (integers are xsd:integer, language tags lower case).
Exports, and validation against a profile, convert them with these functions.
"""

from __future__ import annotations

import pyoxigraph as ox

from vocab.namespaces import DCAT, SPDX, XSD
from vocab.terms import Term

PROFILE_DATATYPES = {
    DCAT.byteSize: XSD.nonNegativeInteger,
    DCAT.spatialResolutionInMeters: XSD.decimal,
    DCAT.temporalResolution: XSD.duration,
    SPDX.checksumValue: XSD.hexBinary,
}
"""Property → the datatype that DCAT-AP 3.0.1 requires of its values."""

_CONVERTED_FROM = {
    XSD.nonNegativeInteger: {XSD.integer},
    XSD.decimal: {XSD.integer},
    XSD.duration: {XSD.dayTimeDuration, XSD.yearMonthDuration},
    XSD.hexBinary: {XSD.string},
}
"""Required datatype → the datatypes that are converted to it."""


def with_profile_datatype(predicate: ox.NamedNode, value: Term) -> Term:
    """The value with the datatype its property requires, if the text is valid for it."""
    required = PROFILE_DATATYPES.get(predicate)
    if required is None or not isinstance(value, ox.Literal):
        return value
    if value.datatype not in _CONVERTED_FROM[required] or not _fits(value.value, required):
        return value
    return ox.Literal(value.value, datatype=required)


def _fits(text: str, datatype: ox.NamedNode) -> bool:
    if datatype == XSD.nonNegativeInteger:
        return not text.startswith("-")
    if datatype == XSD.hexBinary:
        return len(text) % 2 == 0 and all(c in "0123456789abcdefABCDEF" for c in text)
    return True


def format_language_tag(tag: str) -> str:
    """A language tag in the case that RFC 5646 §2.1.1 recommends: `mn-mong-mn` → `mn-Mong-MN`.

    Subtags after a singleton (extensions, private use) stay in lower case.
    """
    first, *rest = tag.lower().split("-")
    cased, after_singleton = [first], len(first) == 1
    for part in rest:
        cased.append(part if after_singleton else _cased(part))
        after_singleton = after_singleton or len(part) == 1
    return "-".join(cased)


def _cased(part: str) -> str:
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part
