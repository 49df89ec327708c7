"""The values of the export: what a strict reader would refuse is restated, or left out.

The graph keeps what a source says; these forms are for harvesters, which drop a record, or a whole
page, for one bad value (docs/being-harvested.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from ipaddress import ip_address

import pyoxigraph as ox

from graph.catalogue.description.prefixes import PREFIXES
from vocab.literals import with_profile_datatype
from vocab.namespaces import DCAT, DCT, FOAF, MEDIA_TYPE, XSD
from vocab.terms import Object

# RFC 3987, and what XML and Turtle readers refuse inside an IRI
_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|\\^`\x7f-\x9f\ufffd-\uffff]+')
# not a Char of XML 1.0 (§2.2): no RDF/XML document can hold it, not even escaped; and what stands
# for a character that could not be read
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffd-\uffff]")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
_DAY = r"(\d{4})-(\d\d)-(\d\d)"
_ZONE = r"(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
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
_HOST = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?(?:\[([^\]]*)\]|([^/?#:]*))", re.I)
_PAST = frozenset({DCT.issued, DCT.modified, DCT.created})
_EASTERNMOST = timezone(timedelta(hours=14))  # where a day begins first


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
    inside = predicate in ADDRESSES and _is_inside(iri)
    return is_iri(iri) and predicate not in _TEXTS and not inside


def _is_inside(address: str) -> bool:
    """Whether a harvester would ask its own machine, or its own network."""
    found = _HOST.match(address)
    host = (found[1] or found[2] or "").lower().rstrip(".") if found else ""
    if host[:1].isdigit() or ":" in host:
        try:
            return not ip_address(host).is_global
        except ValueError:  # a name that begins with a digit
            return False
    return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


def readable(text: str) -> str:
    """A text without the characters that no RDF/XML document can hold, or that were not read."""
    return _NO_TEXT.sub("", text)


def _text(predicate: ox.NamedNode, value: ox.Literal) -> ox.Literal | None:
    if (clean := readable(value.value)) != value.value:
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


def not_after(predicate: ox.NamedNode, values: Iterable[Object], published: str) -> set[Object]:
    """Values without dates of the past that lie after a publication (an xsd:dateTime).

    Some harvesters refuse a dataset that changes in the future.
    """
    if predicate not in _PAST:
        return set(values)
    at = datetime.fromisoformat(published)
    return {v for v in values if not isinstance(v, ox.Literal) or _begin(v.value) <= at}


def _begin(text: str) -> datetime:
    """The first moment that a date of one of these forms may stand for, wherever it was written."""
    day, _, time = text.partition("T")
    if time:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=_EASTERNMOST)
    year, month, number = int(day[:4]), int(day[5:7] or 1), int(day[8:10] or 1)
    return datetime(year, month, number, tzinfo=_EASTERNMOST)


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
