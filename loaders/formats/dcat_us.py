"""data.json (Project Open Data 1.1, DCAT-US 3) as DCAT, so that DCAT's rules can be asked of it.

Every object becomes a node named `{base}#` and its JSON Pointer, which is also its place in the
file. Values are taken as they are: a text has no language unless the file gives one, a date that
is none stays text, a theme that is a word stays a word. The rules say what is wrong with that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pyoxigraph as ox

from vocab.namespaces import (
    DCAT,
    DCT,
    EU_ACCESS_RIGHT,
    EU_FREQUENCY,
    EU_LANGUAGE,
    FOAF,
    MEDIA_TYPE,
    RDF,
    RDFS,
    VCARD,
    XSD,
)
from vocab.terms import Object, Triples

_RIGHTS = {
    "public": EU_ACCESS_RIGHT.PUBLIC,
    "restricted public": EU_ACCESS_RIGHT.RESTRICTED,
    "non-public": EU_ACCESS_RIGHT.NON_PUBLIC,
}
_FREQUENCIES = {
    "R/P1D": EU_FREQUENCY.DAILY,
    "R/P1W": EU_FREQUENCY.WEEKLY,
    "R/P7D": EU_FREQUENCY.WEEKLY,
    "R/P1M": EU_FREQUENCY.MONTHLY,
    "R/P3M": EU_FREQUENCY.QUARTERLY,
    "R/P6M": EU_FREQUENCY.ANNUAL_2,
    "R/P1Y": EU_FREQUENCY.ANNUAL,
    "irregular": EU_FREQUENCY.IRREG,
}
_LANGUAGES = {"mn": EU_LANGUAGE.MON, "en": EU_LANGUAGE.ENG, "es": EU_LANGUAGE.SPA}
_DATES = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"), XSD.dateTime),
    (re.compile(r"\d{4}-\d\d-\d\d"), XSD.date),
    (re.compile(r"\d{4}-\d\d"), XSD.gYearMonth),
    (re.compile(r"\d{4}"), XSD.gYear),
)
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_MEDIA = re.compile(r"[A-Za-z]+/[A-Za-z0-9.+-]+")


def is_data_json(document: Any) -> bool:
    """Whether a JSON document lists datasets the way data.json does."""
    return isinstance(document, dict) and isinstance(document.get("dataset"), list)


def _text(value: Any) -> Object:
    return ox.Literal(str(value))


def _node(value: Any) -> Object:
    text = str(value)
    return ox.NamedNode(text) if _IRI.fullmatch(text) else ox.Literal(text)


def _date(value: Any) -> Object:
    text = str(value)
    kind = next((kind for form, kind in _DATES if form.fullmatch(text)), XSD.string)
    return ox.Literal(text, datatype=kind)


def _media(value: Any) -> Object:
    return MEDIA_TYPE[str(value)] if _MEDIA.fullmatch(str(value)) else _node(value)


def _size(value: Any) -> Object:
    text = str(value)
    return ox.Literal(text, datatype=XSD.nonNegativeInteger) if text.isdecimal() else _text(value)


def _coded(table: dict[str, ox.NamedNode]) -> Callable[[Any], Object]:
    return lambda value: table.get(str(value)) or _node(value)


def _language(value: Any) -> Object:
    return _LANGUAGES.get(str(value).split("-")[0].lower()) or _node(value)


Convert = Callable[[Any], Object]
DcatUsField = tuple[ox.NamedNode, Convert, ox.NamedNode | None]
"""Property, conversion, and the type that data.json gives an IRI by naming it there."""


_COMMON: dict[str, DcatUsField] = {
    "title": (DCT.title, _text, None),
    "description": (DCT.description, _text, None),
    "identifier": (DCT.identifier, _text, None),
    "issued": (DCT.issued, _date, None),
    "modified": (DCT.modified, _date, None),
    "license": (DCT.license, _node, DCT.LicenseDocument),
    "language": (DCT.language, _language, DCT.LinguisticSystem),
    "conformsTo": (DCT.conformsTo, _node, DCT.Standard),
}
_DATASET: dict[str, DcatUsField] = _COMMON | {
    "keyword": (DCAT.keyword, _text, None),
    "theme": (DCAT.theme, _node, None),
    "accessLevel": (DCT.accessRights, _coded(_RIGHTS), None),
    "accrualPeriodicity": (DCT.accrualPeriodicity, _coded(_FREQUENCIES), None),
    "landingPage": (DCAT.landingPage, _node, FOAF.Document),
    "references": (FOAF.page, _node, FOAF.Document),
}
_DISTRIBUTION: dict[str, DcatUsField] = _COMMON | {
    "accessURL": (DCAT.accessURL, _node, None),
    "downloadURL": (DCAT.downloadURL, _node, None),
    "mediaType": (DCAT.mediaType, _media, DCT.MediaType),
    "format": (DCT["format"], _node, DCT.MediaTypeOrExtent),
    "byteSize": (DCAT.byteSize, _size, None),
}
_SERVICE: dict[str, DcatUsField] = _COMMON | {
    "endpointURL": (DCAT.endpointURL, _node, None),
    "endpointDescription": (DCAT.endpointDescription, _node, None),
    "keyword": (DCAT.keyword, _text, None),
}
_AGENT: dict[str, DcatUsField] = {
    "name": (FOAF.name, _text, None),
    "identifier": (DCT.identifier, _text, None),
}
_CONTACT: dict[str, DcatUsField] = {
    "fn": (VCARD.fn, _text, None),
    "hasEmail": (VCARD.hasEmail, _node, None),
}

_PARTS: dict[str, tuple[ox.NamedNode, ox.NamedNode, dict[str, DcatUsField]]] = {
    "dataset": (DCAT.dataset, DCAT.Dataset, _DATASET),
    "service": (DCAT.service, DCAT.DataService, _SERVICE),
    "distribution": (DCAT.distribution, DCAT.Distribution, _DISTRIBUTION),
    "publisher": (DCT.publisher, FOAF.Agent, _AGENT),
    "contactPoint": (DCAT.contactPoint, VCARD.Kind, _CONTACT),
}
"""Member → the property that links it, its class, its fields."""


def triples(document: dict[str, Any], base: str) -> Triples:
    """The document as DCAT; `base` is an absolute IRI without fragment."""
    return _object(document, base, "", DCAT.Catalog, _COMMON)


def pointer(iri: str, base: str) -> str:
    """The JSON Pointer of a node made by `triples`, "" for others and for the whole document."""
    return iri.removeprefix(base + "#") if iri.startswith(base + "#") else ""


def _object(
    value: Any, base: str, place: str, kind: ox.NamedNode, fields: dict[str, DcatUsField]
) -> Triples:
    node = ox.NamedNode(f"{base}#{place}")
    yield ox.Triple(node, RDF.type, kind)
    if not isinstance(value, dict):
        return
    for name, (predicate, convert, stub) in fields.items():
        for _, item in _each(value.get(name)):
            term = convert(_plain(item))
            yield ox.Triple(node, predicate, term)
            if stub and isinstance(term, ox.NamedNode):
                yield ox.Triple(term, RDF.type, stub)
    for name, (predicate, part, inner) in _PARTS.items():
        for step, item in _each(value.get(name)):
            below = f"{place}/{name}{step}"
            yield ox.Triple(node, predicate, ox.NamedNode(f"{base}#{below}"))
            yield from _object(item, base, below, part, inner)
    yield from _coverage(value, node, place, base)


def _each(value: Any) -> Iterator[tuple[str, Any]]:
    """The values of a member, with the rest of their JSON Pointer; null and "" are none."""
    if isinstance(value, list):
        yield from ((f"/{n}", item) for n, item in enumerate(value) if item not in (None, ""))
    elif value not in (None, ""):
        yield "", value


def _plain(value: Any) -> Any:
    """The text of a value that DCAT-US 3 writes as an object."""
    if isinstance(value, dict):
        keys = ("@id", "@value", "schemaIdentifier", "prefLabel", "notation", "title")
        return next((value[key] for key in keys if key in value), "")
    return value


def _coverage(value: dict[str, Any], node: ox.NamedNode, place: str, base: str) -> Triples:
    for step, item in _each(value.get("spatial")):
        spot = ox.NamedNode(f"{base}#{place}/spatial{step}")
        yield ox.Triple(node, DCT.spatial, spot)
        yield ox.Triple(spot, RDF.type, DCT.Location)
        if isinstance(item, str):
            yield ox.Triple(spot, RDFS.label, _text(item))
    for step, item in _each(value.get("temporal")):
        span = ox.NamedNode(f"{base}#{place}/temporal{step}")
        yield ox.Triple(node, DCT.temporal, span)
        yield ox.Triple(span, RDF.type, DCT.PeriodOfTime)
        for predicate, day in zip((DCAT.startDate, DCAT.endDate), _ends(item), strict=True):
            if day:
                yield ox.Triple(span, predicate, _date(day))


def _ends(value: Any) -> tuple[str, str]:
    """Begin and end of a period: `2020-01-01/2021-01-01`, or an object."""
    if isinstance(value, dict):
        return str(value.get("startDate") or ""), str(value.get("endDate") or "")
    first, _, last = str(value).partition("/")
    return first, last
