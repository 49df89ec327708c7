"""Administrative units: places, and the concepts of each code system that point at them.

`aimags.csv`, `soums.csv` and `nso-codes.csv` are mapped by the tables below; the code systems and
what happened to units come as Turtle beside them. A place is one thing for ever and carries no
code; a concept belongs to one scheme and has the place as `foaf:focus`; parents are `skos:broader`
inside a scheme (docs/names.md).
Every code of another system is associated with the land agency's (XKOS), one correspondence each.
Where a place is, is what GeoNames says: one point, which is no centre and no border.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import pyoxigraph as ox

from graph.core import iris
from graph.core.errors import InputError
from loaders.formats import rdf
from loaders.formats.csv import rows
from loaders.formats.mapping import Field, apply, code, constant, iri, one_of, text, year
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Record, Rejected, Statement
from vocab.namespaces import ADMS, CORE, DCT, FOAF, GEO, PLACE, RDF, RDFS, SKOS, XKOS
from vocab.terms import Object

COLUMNS = {
    "aimags": "au1 type name_mn name_en iso3166_2 name_iso nso_acode nso_old nso_old_region agaar"
    " postcode geonames geonames_admin1 name_geonames latitude longitude",
    "soums": "au2 au1 type name_mn geonames name_geonames latitude longitude",
    "nso-codes": "scheme key level notation parent name_mn name_en place valid_from status"
    " note_mn note_en",
}
"""The tables this source consists of; all must be there."""

_KINDS = {
    "aimag": PLACE.Aimag,
    "capital": PLACE.Capital,
    "soum": PLACE.Soum,
    "district": PLACE.District,
}
_UNIT = (
    Field(RDF.type, "type", one_of(_KINDS), "place"),
    Field(RDF.type, "type", constant(DCT.Location), "place"),
    Field(RDFS.label, "name_mn", text("mn"), "place"),
    Field(RDFS.label, "name_en", text("en"), "place"),
)


def _concept(scheme: str) -> Callable[[str], str]:
    return lambda notation: iris.concept(scheme, notation)


def _matching(pattern: str) -> Callable[[Any], Object]:
    def convert(value: Any) -> Object:
        if not re.fullmatch(pattern, str(value), re.ASCII):
            raise ValueError(f"“{value}” is no code like {pattern}")
        return code(value)

    return convert


@dataclass(frozen=True, slots=True)
class Code:
    """A column that holds codes of a scheme; `key` is the column of the unit's own code."""

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
        upward = (
            Field(SKOS.broader, self.broader, iri(_concept(self.scheme)), "code")
            if self.broader
            else Field(SKOS.topConceptOf, self.column, constant(scheme), "code")
        )
        return (
            Field(RDF.type, self.column, constant(SKOS.Concept), "code"),
            Field(SKOS.inScheme, self.column, constant(scheme), "code"),
            Field(SKOS.notation, self.column, _matching(self.pattern), "code"),
            Field(FOAF.focus, self.key, iri(iris.place), "code"),
            Field(SKOS.prefLabel, self.mn, text("mn"), "code"),
            Field(SKOS.prefLabel, self.en, text("en"), "code"),
            upward,
        )


_BOTH = ("name_mn", "name_en")
_CODES = {
    "aimags": (
        Code("au", "au1", r"\d{3}", "au1", *_BOTH),
        Code("iso3166-2", "iso3166_2", r"MN-\d{1,3}", "au1", "name_mn", "name_iso"),
        Code("nso-acode", "nso_acode", r"\d{2}", "au1", *_BOTH),
        Code("nso-old", "nso_old", r"\d{3}", "au1", *_BOTH, "nso_old_region"),
        Code("agaar", "agaar", r"\d{2}", "au1", *_BOTH),
        Code("postcode", "postcode", r"\d{5}", "au1", *_BOTH),
        Code("geonames", "geonames", r"\d+", "au1", en="name_geonames"),
        Code("geonames-admin1", "geonames_admin1", r"\d+", "au1", en="name_geonames"),
    ),
    "soums": (
        Code("au", "au2", r"\d{5}", "au2", "name_mn", broader="au1"),
        Code("geonames", "geonames", r"\d+", "au2", en="name_geonames"),
    ),
}
_KEY = {"aimags": "au1", "soums": "au2"}
_SEE = (Field(RDFS.seeAlso, "geonames", iri("https://sws.geonames.org/{}/".format), "code"),)

_NSO = (
    Field(RDF.type, "key", constant(SKOS.Concept), "nso-code"),
    Field(SKOS.inScheme, "scheme", iri(iris.scheme), "nso-code"),
    Field(SKOS.notation, "notation", _matching(r"\d+"), "nso-code"),
    Field(SKOS.prefLabel, "name_mn", text("mn"), "nso-code"),
    Field(SKOS.prefLabel, "name_en", text("en"), "nso-code"),
    Field(FOAF.focus, "place", iri(iris.place), "nso-code"),
    Field(CORE.validFrom, "valid_from", year, "nso-code"),
    Field(ADMS.status, "status", iri(_concept("verification")), "nso-code"),
    Field(SKOS.note, "note_mn", text("mn"), "nso-code"),
    Field(SKOS.note, "note_en", text("en"), "nso-code"),
)

Tables = Mapping[str, Sequence[Record]]


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """One record per row (`row=7`) and per subject of the Turtle files.

    Raises InputError for a missing table, a doubled code, and a row that names a unit or code
    that is in no table.
    """
    turtle = [capture for capture in captures if rdf.is_rdf(capture)]
    tables = {c.name: list(_rows(c)) for c in captures if c not in turtle}
    by_kind = {rows[0].kind: rows for rows in tables.values() if rows}
    for missing in sorted(COLUMNS.keys() - by_kind.keys()):
        raise InputError(f"the table {missing}.csv is missing or empty", where=context.source.id)
    _check(by_kind)
    yield from rdf.records(turtle, context)
    for kind in COLUMNS:
        yield from by_kind[kind]


def _rows(capture: Capture) -> Iterator[Record]:
    kind = PurePosixPath(capture.name).stem
    if kind not in COLUMNS:
        raise InputError(
            "not a table of this source", where=capture.name, hint=f"They are {', '.join(COLUMNS)}."
        )
    for number, cells in rows(capture, COLUMNS[kind].split(), require_final_newline=True):
        yield Record(capture, f"row={number}", kind, cells)


def _check(tables: Tables) -> None:
    aimags = _unique(tables["aimags"], "au1")
    places = aimags | _unique(tables["soums"], "au2") | {"mn"}
    for column in ("iso3166_2", "nso_acode", "nso_old", "agaar", "postcode", "geonames"):
        _unique(tables["aimags"], column)
    _known(tables["soums"], "au1", aimags)
    _known(tables["nso-codes"], "place", places)
    for scheme in ("nso-old", "nso-2025"):
        own = [r for r in tables["nso-codes"] if r.data["scheme"] == scheme]
        _known(own, "parent", _unique(own, "key"))


def _unique(table: Iterable[Record], column: str) -> set[str]:
    seen: set[str] = set()
    for record in table:
        if record.data[column] in seen:
            raise _wrong(record, column, "stands in an earlier row too")
        seen.add(record.data[column])
    return seen


def _known(table: Iterable[Record], column: str, known: set[str]) -> None:
    for record in table:
        if record.data[column] and record.data[column] not in known:
            raise _wrong(record, column, "is in no table")


def _wrong(record: Record, column: str, what: str) -> InputError:
    row = record.locator.removeprefix("row=")
    return InputError(
        f"“{record.data[column]}” {what}",
        where=f"{record.capture.name} row {row} column {column}",
        hint="Every unit is named once, by its land-agency code.",
    )


def statements(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """A unit with its codes, a code of the statistics office, or a subject of the Turtle files.

    Raises Rejected for an empty name or kind, and for a code that does not look like one.
    """
    if record.kind not in COLUMNS:
        return rdf.statements(record, context)
    return _nso_code(record) if record.kind == "nso-codes" else _unit(record)


def _unit(record: Record) -> Iterator[Statement]:
    for column in ("type", "name_mn"):
        if not record.data[column].strip():
            raise Rejected(f"{record.location} {column}: empty; a unit needs a kind and a name")
    place = ox.NamedNode(iris.place(record.data[_KEY[record.kind]]))
    yield from apply(_UNIT, place, record)
    for system in _CODES[record.kind]:
        if notation := record.data[system.column]:
            concept = ox.NamedNode(iris.concept(system.scheme, notation))
            see = _SEE if system.scheme == "geonames" else ()
            yield from apply(system.fields + see, concept, record)
            yield from _association(system.scheme, record.data[system.key], concept)
    if record.data["geonames"] and (record.data["latitude"] or record.data["longitude"]):
        yield from _point(place, record)


def _point(place: ox.NamedNode, record: Record) -> Iterator[Statement]:
    """Where GeoNames puts a place, as a part of it that names its source."""
    point = ox.NamedNode(f"{place.value}#geonames")
    yield Statement(place, GEO.hasGeometry, point, "place")
    yield Statement(point, RDF.type, GEO.Geometry, "place")
    yield Statement(point, GEO.asWKT, _wkt(record), "place")
    entry = ox.NamedNode(f"https://sws.geonames.org/{record.data['geonames']}/")
    yield Statement(point, DCT.source, entry, "place")


def _wkt(record: Record) -> ox.Literal:
    for column, most in (("latitude", 90), ("longitude", 180)):
        text = record.data[column]
        if not re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII) or abs(float(text)) > most:
            raise Rejected(f"{record.location} {column}: “{text}” is no number of degrees")
    text = f"POINT({record.data['longitude']} {record.data['latitude']})"
    return ox.Literal(text, datatype=GEO.wktLiteral)


def _association(scheme: str, unit: str, concept: ox.NamedNode) -> Iterator[Statement]:
    """The land agency's code of a unit and another system's; the country has none."""
    if scheme == "au" or unit in ("", "mn"):
        return
    whole = ox.NamedNode(f"{iris.scheme(scheme)}/from/au")
    part = ox.NamedNode(f"{whole.value}/{iris.segment(unit)}")
    yield Statement(whole, XKOS.madeOf, part, "correspondence")
    yield Statement(part, RDF.type, XKOS.ConceptAssociation, "correspondence")
    yield Statement(
        part, XKOS.sourceConcept, ox.NamedNode(iris.concept("au", unit)), "correspondence"
    )
    yield Statement(part, XKOS.targetConcept, concept, "correspondence")


def _nso_code(record: Record) -> Iterator[Statement]:
    scheme = record.data["scheme"]
    concept = ox.NamedNode(iris.concept(scheme, record.data["key"]))
    upward = (
        Field(SKOS.broader, "parent", iri(_concept(scheme)), "nso-code")
        if record.data["parent"]
        else Field(SKOS.topConceptOf, "scheme", iri(iris.scheme), "nso-code")
    )
    yield from apply((*_NSO, upward), concept, record)
    yield from _association(scheme, record.data["place"], concept)
    if record.data["level"]:
        level = ox.NamedNode(iris.concept(scheme, f"level-{record.data['level']}"))
        yield Statement(level, SKOS.member, concept, "level")
