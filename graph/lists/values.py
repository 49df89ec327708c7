"""The values of facets in addresses: short keys for things with known names."""

from __future__ import annotations

import hashlib

from graph.core.iris import ID, RULE, SCHEME
from vocab.namespaces import (
    CV,
    DCAT,
    DCT,
    ELI,
    EU_FILE_TYPE,
    EU_FREQUENCY,
    EU_LICENCE,
    EU_THEME,
    MEDIA_TYPE,
    ORG,
    OWL,
    PLACE,
    SERVICE,
    SH,
    SKOS,
)

NOT_STATED = "none"
"""The key of the value that things without one count under; its term is empty."""
_LONGEST = 150  # characters of a key

_STARTS = {
    "publisher": (f"{ID}org/",),
    "theme": (str(EU_THEME),),
    "place": (f"{ID}place/",),
    "format": (str(EU_FILE_TYPE), str(MEDIA_TYPE)),
    "frequency": (str(EU_FREQUENCY),),
    "licence": (str(EU_LICENCE),),
    "within": (f"{ID}place/",),
    "class": (f"{SCHEME}information-holder/",),
    "level": (str(PLACE), str(DCT)),
    "type": (str(SERVICE), str(ELI), str(CV), str(DCAT), str(ORG)),
    "status": (f"{SCHEME}centre-status/", SCHEME),
    "scheme": (SCHEME, str(OWL), str(SKOS)),
    "severity": (str(SH),),
    "rule": (RULE,),
}
"""What the IRIs of each facet often begin with, which their keys leave out."""


def key_of(facet: str, term: str, base: str) -> str:
    """The key of a term: without a known beginning; a literal in quotation marks.

    Facets without IRIs (`data`, `year`) have their values for keys. `base` begins the instance's
    own IRIs.
    """
    if not term:
        return NOT_STATED
    if facet in {"data", "year"}:
        return term
    if not term.startswith("<"):
        return _short(f'"{term}"')
    iri = term[1:-1]
    starts = (*_STARTS.get(facet, ()), f"{base}id/source/", f"{base}id/dataset/")
    for start in starts:
        rest = iri.removeprefix(start)
        if rest != iri and rest and rest != NOT_STATED:
            return _short(rest)
    return _short(iri)


def _short(key: str) -> str:
    if len(key) <= _LONGEST:
        return key
    return f"sha256-{hashlib.sha256(key.encode()).hexdigest()[:24]}"
