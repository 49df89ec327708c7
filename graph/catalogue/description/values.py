"""The values of the export: what a strict reader would refuse is restated, or left out.

The graph keeps what a source says; these forms are for harvesters, which drop a record, or a whole
page, for one bad value (docs/being-harvested.md).
"""

from __future__ import annotations

import re
from datetime import date

import pyoxigraph as ox

from graph.catalogue.description.prefixes import PREFIXES
from vocab.literals import with_profile_datatype
from vocab.namespaces import DCAT, DCT, FOAF, MEDIA_TYPE, XSD
from vocab.terms import Object

# RFC 3987, and what XML and Turtle readers refuse inside an IRI
_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|\\^`\x7f]+')
# not a Char of XML 1.0 (§2.2): no RDF/XML document can hold it, not even escaped
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
_DAY = r"(\d{4})-(\d\d)-(\d\d)"
_ZONE = r"(?:Z|[+-]\d\d:\d\d)?"
_DATES = {
    XSD.dateTime: re.compile(rf"{_DAY}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?{_ZONE}"),
    XSD.date: re.compile(_DAY + _ZONE),
    XSD.gYearMonth: re.compile(r"(\d{4})-(\d\d)"),
    XSD.gYear: re.compile(r"(\d{4})"),
}
_DATED = frozenset({DCT.issued, DCT.modified, DCT.created, DCAT.startDate, DCAT.endDate})
_TEXTS = frozenset({DCT.title, DCT.description, DCAT.keyword, DCT.identifier})
ADDRESSES = frozenset(
    {
        *(DCAT.accessURL, DCAT.downloadURL, DCAT.endpointURL, DCAT.endpointDescription),
        *(DCAT.landingPage, FOAF.page, FOAF.homepage),
    }
)
# a harvester would ask its own machine, or its own network
_INSIDE = re.compile(
    r"[a-z]+://(?:[^/@]*@)?(?:localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|169\.254\.|\[::1\])", re.I
)


def is_iri(text: str) -> bool:
    """Whether a text is an absolute IRI that every syntax can hold.

    Not one like `dct:title`: a prefixed name that was never expanded, which JSON-LD would expand.
    """
    return _IRI.fullmatch(text) is not None and text.partition(":")[0] not in PREFIXES


def restated(predicate: ox.NamedNode, value: Object) -> Object | None:
    """The value as it is exported; None where no reader could use it."""
    if isinstance(value, ox.NamedNode):
        return value if _is_usable(predicate, value.value) else None
    if predicate in _DATED:
        return _dated(value.value.strip())
    if predicate in ADDRESSES:
        address = value.value.strip()
        return ox.NamedNode(address) if _is_usable(predicate, address) else None
    if predicate == DCAT.byteSize:
        return _size(value.value)
    if predicate == DCAT.mediaType and _MEDIA_TYPE.fullmatch(value.value):
        return MEDIA_TYPE[value.value]
    return _text(predicate, value)


def _is_usable(predicate: ox.NamedNode, iri: str) -> bool:
    inside = predicate in ADDRESSES and _INSIDE.match(iri) is not None
    return is_iri(iri) and predicate not in _TEXTS and not inside


def _text(predicate: ox.NamedNode, value: ox.Literal) -> ox.Literal | None:
    if _NOT_XML.search(value.value):
        clean = _NOT_XML.sub("", value.value)
        value = (
            ox.Literal(clean, language=value.language)
            if value.language
            else ox.Literal(clean, datatype=value.datatype)
        )
    if predicate in _TEXTS and not value.value.strip():
        return None
    with_datatype = with_profile_datatype(predicate, value)
    assert isinstance(with_datatype, ox.Literal)
    return with_datatype


def _dated(text: str) -> ox.Literal | None:
    """A date with the datatype of its form; None where it is no date of the calendar."""
    for datatype, form in _DATES.items():
        if match := form.fullmatch(text):
            return ox.Literal(text, datatype=datatype) if _exists(*match.groups()) else None
    return None


def _exists(year: str, month: str = "1", day: str = "1") -> bool:
    try:
        return bool(date(int(year), int(month), int(day)))
    except ValueError:
        return False


def _size(text: str) -> ox.Literal | None:
    whole, _, rest = text.strip().partition(".")
    if not (whole.isascii() and whole.isdigit()) or rest.strip("0"):
        return None
    return ox.Literal(whole, datatype=XSD.nonNegativeInteger)
