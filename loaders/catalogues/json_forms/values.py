"""JSON values as RDF terms. What does not fit its property stays text: the rules report it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from loaders.catalogues.model.terms import mend, named_node
from vocab.namespaces import EU_ACCESS_RIGHT, EU_FREQUENCY, EU_LANGUAGE, MEDIA_TYPE, XSD
from vocab.terms import Object

Convert = Callable[[str], Object]
"""From the text of a JSON value to a term."""

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_DATES = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"), XSD.dateTime),
    (re.compile(r"\d{4}-\d\d-\d\d"), XSD.date),
    (re.compile(r"\d{4}-\d\d"), XSD.gYearMonth),
    (re.compile(r"\d{4}"), XSD.gYear),
)
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_ADDRESS = re.compile(r"(https?|ftp)://[^/\s].*", re.I | re.S)
_MEDIA = re.compile(r"[A-Za-z]+/[A-Za-z0-9.+-]+")
_MAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_DURATION = re.compile(r"-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")
# XML 1.0 has no form for these, and exports are RDF/XML too; JSON may also escape half a pair
_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff￾￿]")

_RIGHTS: Mapping[str, Object] = {
    "public": EU_ACCESS_RIGHT.PUBLIC,
    "restricted public": EU_ACCESS_RIGHT.RESTRICTED,
    "non-public": EU_ACCESS_RIGHT.NON_PUBLIC,
}
_FREQUENCIES: Mapping[str, Object] = {
    "R/PT1S": EU_FREQUENCY.CONT,
    "R/PT1H": EU_FREQUENCY.HOURLY,
    "R/P1D": EU_FREQUENCY.DAILY,
    "R/P1W": EU_FREQUENCY.WEEKLY,
    "R/P7D": EU_FREQUENCY.WEEKLY,
    "R/P2W": EU_FREQUENCY.BIWEEKLY,
    "R/P1M": EU_FREQUENCY.MONTHLY,
    "R/P2M": EU_FREQUENCY.BIMONTHLY,
    "R/P3M": EU_FREQUENCY.QUARTERLY,
    "R/P6M": EU_FREQUENCY.ANNUAL_2,
    "R/P1Y": EU_FREQUENCY.ANNUAL,
    "R/P2Y": EU_FREQUENCY.BIENNIAL,
    "R/P3Y": EU_FREQUENCY.TRIENNIAL,
    "irregular": EU_FREQUENCY.IRREG,
}
_LANGUAGES: Mapping[str, Object] = {
    "mn": EU_LANGUAGE.MON,
    "en": EU_LANGUAGE.ENG,
    "es": EU_LANGUAGE.SPA,
    "fr": EU_LANGUAGE.FRA,
    "de": EU_LANGUAGE.DEU,
    "ru": EU_LANGUAGE.RUS,
    "zh": EU_LANGUAGE.ZHO,
}


def clean(value: object) -> str:
    """A JSON value as text, without characters that RDF/XML cannot have."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _NOT_IN_TEXT.sub("", str(value))


def text(value: str) -> Object:
    """Plain text."""
    return ox.Literal(value)


def iri(value: str) -> ox.NamedNode | None:
    """The IRI that a text is as it stands, or None."""
    return named_node(value) if _IRI.fullmatch(value) else None


def mended_iri(value: str) -> ox.NamedNode | None:
    """The IRI of a web address with characters that no IRI has, percent-encoded, or None."""
    stripped = value.strip()
    if not _ADDRESS.fullmatch(stripped):
        return None
    return named_node(mend(stripped))


def node(value: str) -> Object:
    """An IRI, or text where it is none."""
    return iri(value) or ox.Literal(value)


def date(value: str) -> Object:
    """A date, date and time, month or year; text where it is none."""
    kind = next((kind for form, kind in _DATES if form.fullmatch(value)), XSD.string)
    return ox.Literal(value, datatype=kind)


def media_type(value: str) -> Object:
    """The IANA IRI of a media type."""
    return MEDIA_TYPE[value] if _MEDIA.fullmatch(value) else node(value)


def mail(value: str) -> Object:
    """A mail address as a `mailto:` IRI."""
    return ox.NamedNode(f"mailto:{value}") if _is_mail(value) else node(value)


def _is_mail(value: str) -> bool:
    return bool(_MAIL.fullmatch(value)) and iri(f"mailto:{value}") is not None and ":" not in value


def size(value: str) -> Object:
    """A number of bytes."""
    whole = value.removesuffix(".0")
    is_number = whole.isascii() and whole.isdecimal()
    return ox.Literal(whole, datatype=XSD.nonNegativeInteger) if is_number else text(value)


def decimal(value: str) -> Object:
    """A number."""
    return ox.Literal(value, datatype=XSD.decimal) if _DECIMAL.fullmatch(value) else text(value)


def duration(value: str) -> Object:
    """A duration of ISO 8601."""
    return ox.Literal(value, datatype=XSD.duration) if _DURATION.fullmatch(value) else text(value)


def coded(table: Mapping[str, Object]) -> Convert:
    """Converter by a table of known texts; others stay as they are."""
    return lambda value: table.get(value) or node(value)


access_rights = coded(_RIGHTS)
frequency = coded(_FREQUENCIES)


def language(value: str) -> Object:
    """The EU's IRI of a language, from its tag."""
    return _LANGUAGES.get(re.split("[-_]", value)[0].lower()) or node(value)


def tag(value: str) -> str | None:
    """A well-formed language tag: `pt_BR` → `pt-br`; None where it is none."""
    written = value.strip().replace("_", "-")
    return written.lower() if LANGUAGE_TAG.fullmatch(written) else None


def each(value: Any) -> Iterator[tuple[str, Any]]:
    """The values of a member, each with the rest of its JSON Pointer; null, "" and {} are none."""
    if isinstance(value, list):
        yield from ((f"/{n}", item) for n, item in enumerate(value) if item not in (None, "", {}))
    elif value not in (None, "", {}):
        yield "", value
