"""data.json (Project Open Data 1.1, DCAT-US 3) as DCAT, so that it can be validated as DCAT.

Each object becomes a node with the IRI `{base}#` and its JSON Pointer, which is also its position
in the file. Values are not repaired: a text has no language tag unless the file gives one, an
invalid date stays text, a theme that is a word stays a word. The rules report these.
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
"""Property, converter, and the class that an IRI has by being the value of this member."""


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
"""Member → property, class of the object, its fields."""


def triples(document: dict[str, Any], base: str) -> Triples:
    """The document as DCAT; `base` is an absolute IRI without fragment."""
    return _resource(document, base, "", DCAT.Catalog, _COMMON)


def pointer(iri: str, base: str) -> str:
    """The JSON Pointer of a node from `triples`; "" for other IRIs and for the whole document."""
    return iri.removeprefix(base + "#") if iri.startswith(base + "#") else ""


def _resource(
    value: Any, base: str, path: str, kind: ox.NamedNode, fields: dict[str, DcatUsField]
) -> Triples:
    node = ox.NamedNode(f"{base}#{path}")
    yield ox.Triple(node, RDF.type, kind)
    if not isinstance(value, dict):
        return
    for name, (predicate, convert, stub) in fields.items():
        for _, item in _each(value.get(name)):
            term = convert(_scalar(item))
            yield ox.Triple(node, predicate, term)
            if stub and isinstance(term, ox.NamedNode):
                yield ox.Triple(term, RDF.type, stub)
    for name, (predicate, part_class, part_fields) in _PARTS.items():
        for step, item in _each(value.get(name)):
            part = f"{path}/{name}{step}"
            yield ox.Triple(node, predicate, ox.NamedNode(f"{base}#{part}"))
            yield from _resource(item, base, part, part_class, part_fields)
    yield from _coverage(value, node, path, base)


def _each(value: Any) -> Iterator[tuple[str, Any]]:
    """The values of a member, each with the rest of its JSON Pointer; null and "" are no values."""
    if isinstance(value, list):
        yield from ((f"/{n}", item) for n, item in enumerate(value) if item not in (None, ""))
    elif value not in (None, ""):
        yield "", value


def _scalar(value: Any) -> Any:
    """The text of a value that DCAT-US 3 writes as an object."""
    if isinstance(value, dict):
        keys = ("@id", "@value", "schemaIdentifier", "prefLabel", "notation", "title")
        return next((value[key] for key in keys if key in value), "")
    return value


def _coverage(value: dict[str, Any], node: ox.NamedNode, path: str, base: str) -> Triples:
    for step, item in _each(value.get("spatial")):
        location = ox.NamedNode(f"{base}#{path}/spatial{step}")
        yield ox.Triple(node, DCT.spatial, location)
        yield ox.Triple(location, RDF.type, DCT.Location)
        if isinstance(item, str):
            yield ox.Triple(location, RDFS.label, _text(item))
    for step, item in _each(value.get("temporal")):
        period = ox.NamedNode(f"{base}#{path}/temporal{step}")
        yield ox.Triple(node, DCT.temporal, period)
        yield ox.Triple(period, RDF.type, DCT.PeriodOfTime)
        for predicate, day in zip((DCAT.startDate, DCAT.endDate), _period_ends(item), strict=True):
            if day:
                yield ox.Triple(period, predicate, _date(day))


def _period_ends(value: Any) -> tuple[str, str]:
    """Start and end of a period, given as `2020-01-01/2021-01-01` or as an object."""
    if isinstance(value, dict):
        return str(value.get("startDate") or ""), str(value.get("endDate") or "")
    first, _, last = str(value).partition("/")
    return first, last
