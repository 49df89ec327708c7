"""The mapping tables of units and codes: which column becomes which property."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from graph.core import iris
from loaders.formats.mapping import Converter, Field, code, constant, iri, one_of, text, year
from vocab.namespaces import ADMS, CORE, DCT, FOAF, PLACE, RDF, RDFS, SKOS
from vocab.terms import Object

_KINDS = {
    "aimag": PLACE.Aimag,
    "capital": PLACE.Capital,
    "soum": PLACE.Soum,
    "district": PLACE.District,
}
UNIT = (
    Field(RDF.type, "type", one_of(_KINDS), "place"),
    Field(RDF.type, "type", constant(DCT.Location), "place"),
    Field(RDFS.label, "name_mn", text("mn"), "place"),
    Field(RDFS.label, "name_en", text("en"), "place"),
)


def concept(scheme: str) -> Callable[[str], str]:
    """A function from notations to the IRIs of their concepts."""
    return lambda notation: iris.concept(scheme, notation)


def _code_like(pattern: str) -> Converter:
    """Converter to codes that match a regular expression as a whole."""

    def convert(value: Any) -> Object:
        # ASCII: otherwise \d matches the digits of every script
        if not re.fullmatch(pattern, str(value), re.ASCII):
            raise ValueError(f"“{value}” is not a code like {pattern}")
        return code(value)

    return convert


@dataclass(frozen=True, slots=True)
class CodeColumn:
    """A column with codes of a scheme.

    `pattern` is the form of a code, `key` the column with the unit's own code. `mn` and `en` are
    the columns of its labels, `broader` the column with the code above it; codes without one are
    top concepts.
    """

    scheme: str
    column: str
    pattern: str
    key: str
    mn: str = ""
    en: str = ""
    broader: str = ""

    @property
    def fields(self) -> tuple[Field, ...]:
        """The mapping of this column to a concept."""
        scheme = ox.NamedNode(iris.scheme(self.scheme))
        parent = (
            Field(SKOS.broader, self.broader, iri(concept(self.scheme)), "code")
            if self.broader
            else Field(SKOS.topConceptOf, self.column, constant(scheme), "code")
        )
        return (
            Field(RDF.type, self.column, constant(SKOS.Concept), "code"),
            Field(SKOS.inScheme, self.column, constant(scheme), "code"),
            Field(SKOS.notation, self.column, _code_like(self.pattern), "code"),
            Field(FOAF.focus, self.key, iri(iris.place), "code"),
            Field(SKOS.prefLabel, self.mn, text("mn"), "code"),
            Field(SKOS.prefLabel, self.en, text("en"), "code"),
            parent,
        )


_NAMES: dict[str, str] = {"mn": "name_mn", "en": "name_en"}
_OLD_REGION = "nso_old_region"
CODES = {
    "aimags": (
        CodeColumn("au", "au1", r"\d{3}", "au1", **_NAMES),
        CodeColumn("iso3166-2", "iso3166_2", r"MN-\d{1,3}", "au1", mn="name_mn", en="name_iso"),
        CodeColumn("nso-acode", "nso_acode", r"\d{2}", "au1", **_NAMES),
        CodeColumn("nso-old", "nso_old", r"\d{3}", "au1", **_NAMES, broader=_OLD_REGION),
        CodeColumn("agaar", "agaar", r"\d{2}", "au1", **_NAMES),
        CodeColumn("postcode", "postcode", r"\d{5}", "au1", **_NAMES),
        CodeColumn("geonames", "geonames", r"\d+", "au1", en="name_geonames"),
        CodeColumn("geonames-admin1", "geonames_admin1", r"\d+", "au1", en="name_geonames"),
    ),
    "soums": (
        CodeColumn("au", "au2", r"\d{5}", "au2", mn="name_mn", broader="au1"),
        CodeColumn("geonames", "geonames", r"\d+", "au2", en="name_geonames"),
    ),
}
GEONAMES_PAGE = (
    Field(RDFS.seeAlso, "geonames", iri("https://sws.geonames.org/{}/".format), "code"),
)

NSO_CODE = (
    Field(RDF.type, "key", constant(SKOS.Concept), "nso-code"),
    Field(SKOS.inScheme, "scheme", iri(iris.scheme), "nso-code"),
    Field(SKOS.notation, "notation", _code_like(r"\d+"), "nso-code"),
    Field(SKOS.prefLabel, "name_mn", text("mn"), "nso-code"),
    Field(SKOS.prefLabel, "name_en", text("en"), "nso-code"),
    Field(FOAF.focus, "place", iri(iris.place), "nso-code"),
    Field(CORE.validFrom, "valid_from", year, "nso-code"),
    Field(ADMS.status, "status", iri(concept("verification")), "nso-code"),
    Field(SKOS.note, "note_mn", text("mn"), "nso-code"),
    Field(SKOS.note, "note_en", text("en"), "nso-code"),
)
