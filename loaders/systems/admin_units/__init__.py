"""Administrative units: places, and the concepts of each code system that refer to them.

`aimags.csv`, `soums.csv` and `nso-codes.csv` are mapped by the tables in `fields`. The code systems
and the changes of units come as Turtle beside them.

A place is permanent and has no code. A concept belongs to one scheme, has the place as
`foaf:focus`, and its parent in the scheme as `skos:broader` (docs/names.md). Each code of another
system is associated with the land agency's code (XKOS), in one correspondence per system. The
location of a place is the point in GeoNames, which is neither its centre nor its border.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from graph.core import iris
from loaders.formats import rdf
from loaders.formats.mapping import Field, apply, iri
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Record, Rejected, Statement
from loaders.systems.admin_units import tables
from loaders.systems.admin_units.fields import CODES, GEONAMES_PAGE, NSO_CODE, UNIT, concept
from loaders.systems.admin_units.tables import COLUMNS
from vocab.namespaces import DCT, GEO, RDF, SKOS, XKOS

_KEY_COLUMN = {"aimags": "au1", "soums": "au2"}


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """One record per row (`row=7`), and one per subject of the Turtle files.

    Raises InputError for a missing table, a repeated code, and a row that refers to a unit or code
    that is in no table.
    """
    turtle = [capture for capture in captures if rdf.is_rdf(capture)]
    by_kind = tables.read((c for c in captures if c not in turtle), context.source.id)
    yield from rdf.records(turtle, context)
    for kind in COLUMNS:
        yield from by_kind[kind]


def statements(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The statements of a unit with its codes, of an NSO code, or of a Turtle subject.

    Raises Rejected for an empty name or type, and for a code of the wrong form.
    """
    if record.kind not in COLUMNS:
        return rdf.statements(record, context)
    return _nso_code(record) if record.kind == "nso-codes" else _unit(record)


def _unit(record: Record) -> Iterator[Statement]:
    for column in ("type", "name_mn"):
        if not record.data[column].strip():
            raise Rejected(f"{record.location} {column}: empty; a unit needs a type and a name")
    place = ox.NamedNode(iris.place(record.data[_KEY_COLUMN[record.kind]]))
    yield from apply(UNIT, place, record)
    for system in CODES[record.kind]:
        if notation := record.data[system.column]:
            node = ox.NamedNode(iris.concept(system.scheme, notation))
            page = GEONAMES_PAGE if system.scheme == "geonames" else ()
            yield from apply(system.fields + page, node, record)
            yield from _association(system.scheme, record.data[system.key], node)
    if record.data["geonames"] and (record.data["latitude"] or record.data["longitude"]):
        yield from _point(place, record)


def _point(place: ox.NamedNode, record: Record) -> Iterator[Statement]:
    """The point of a place in GeoNames, as a geometry of its own that names its source."""
    point = ox.NamedNode(f"{place.value}#geonames")
    yield Statement(place, GEO.hasGeometry, point, "place")
    yield Statement(point, RDF.type, GEO.Geometry, "place")
    yield Statement(point, GEO.asWKT, _wkt(record), "place")
    entry = ox.NamedNode(f"https://sws.geonames.org/{record.data['geonames']}/")
    yield Statement(point, DCT.source, entry, "place")


def _wkt(record: Record) -> ox.Literal:
    for column, limit in (("latitude", 90), ("longitude", 180)):
        text = record.data[column]
        if not re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII) or abs(float(text)) > limit:
            raise Rejected(
                f"{record.location} {column}: “{text}” is not a number of degrees up to {limit}"
            )
    text = f"POINT({record.data['longitude']} {record.data['latitude']})"
    return ox.Literal(text, datatype=GEO.wktLiteral)


def _association(scheme: str, unit: str, node: ox.NamedNode) -> Iterator[Statement]:
    """The association of a unit's land-agency code with its code in another system.

    The country has none: it has no land-agency code.
    """
    if scheme == "au" or unit in ("", "mn"):
        return
    correspondence = ox.NamedNode(f"{iris.scheme(scheme)}/from/au")
    part = ox.NamedNode(f"{correspondence.value}/{iris.segment(unit)}")
    au_concept = ox.NamedNode(iris.concept("au", unit))
    yield Statement(correspondence, XKOS.madeOf, part, "correspondence")
    yield Statement(part, RDF.type, XKOS.ConceptAssociation, "correspondence")
    yield Statement(part, XKOS.sourceConcept, au_concept, "correspondence")
    yield Statement(part, XKOS.targetConcept, node, "correspondence")


def _nso_code(record: Record) -> Iterator[Statement]:
    scheme = record.data["scheme"]
    node = ox.NamedNode(iris.concept(scheme, record.data["key"]))
    parent = (
        Field(SKOS.broader, "parent", iri(concept(scheme)), "nso-code")
        if record.data["parent"]
        else Field(SKOS.topConceptOf, "scheme", iri(iris.scheme), "nso-code")
    )
    yield from apply((*NSO_CODE, parent), node, record)
    yield from _association(scheme, record.data["place"], node)
    if record.data["level"]:
        level = ox.NamedNode(iris.concept(scheme, f"level-{record.data['level']}"))
        yield Statement(level, SKOS.member, node, "level")
