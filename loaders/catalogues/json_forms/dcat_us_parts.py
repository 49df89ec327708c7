"""Members of data.json whose form is not that of the property: periods, places, columns, themes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from loaders.catalogues.json_forms import values
from loaders.catalogues.json_forms.dcat_us_members import MEMBERS
from loaders.catalogues.json_forms.nodes import JsonNodes, Member, MemberTable, Place, Special
from loaders.catalogues.model import ReadItem
from loaders.formats.json_strict import pointer
from vocab.namespaces import (
    ADMS,
    CSVW,
    DCAT,
    DCT,
    GEO,
    LOCN,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
)

_IDENTIFIER_KEYS = ("@value", "notation", "schemaIdentifier", "@id")
_GEOJSON_KEYS = {"type", "coordinates"}

_COLUMN: MemberTable = {
    "title": Member(CSVW.name, values.text),
    "description": Member(DCT.description, values.text),
    "type": Member(CSVW.datatype, values.text),
    "id": Member(DCT.identifier, values.text),
    "units": Member(SCHEMA.unitText, values.text),
}
_CONCEPT: MemberTable = {
    "id": Member(SKOS.notation, values.text),
    "label": Member(SKOS.prefLabel, values.text),
    "description": Member(SKOS.definition, values.text),
}


def spatial(writer: JsonNodes, at: Place, value: Any) -> Iterator[ReadItem]:
    """Places: a name becomes a label, GeoJSON a geometry; other objects are read as they are."""
    for step, item in values.each(value):
        path = f"{at.path}/spatial{step}"
        if isinstance(item, Mapping) and not item.keys() >= _GEOJSON_KEYS:
            yield from writer.value(Member(DCT.spatial, values.node, DCT.Location), item, at, path)
        elif isinstance(item, str) and values.iri(item):
            yield writer.triple(at, DCT.spatial, values.node(item))
        else:
            place = Place(writer.name(path), path)
            yield writer.triple(at, DCT.spatial, place.node)
            yield writer.triple(place, RDF.type, DCT.Location)
            yield from _place(writer, place, item)


def _place(writer: JsonNodes, place: Place, value: Any) -> Iterator[ReadItem]:
    if isinstance(value, Mapping):
        written = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
        geometry = ox.Literal(values.clean(written), datatype=GEO.geoJSONLiteral)
        yield writer.triple(place, LOCN.geometry, geometry)
    else:
        yield from writer.value(Member(RDFS.label, values.text), value, place, place.path)


def temporal(writer: JsonNodes, at: Place, value: Any) -> Iterator[ReadItem]:
    """Periods, written `2020-01-01/2021-01-01` or as objects; other text becomes a label."""
    for step, item in values.each(value):
        path = f"{at.path}/temporal{step}"
        if isinstance(item, Mapping):
            row = Member(DCT.temporal, values.node, DCT.PeriodOfTime)
            yield from writer.value(row, item, at, path)
        else:
            period = Place(writer.name(path), path)
            yield writer.triple(at, DCT.temporal, period.node)
            yield writer.triple(period, RDF.type, DCT.PeriodOfTime)
            yield from _period(writer, period, values.clean(item))


def _period(writer: JsonNodes, period: Place, written: str) -> Iterator[ReadItem]:
    start, slash, end = written.partition("/")
    if not slash:
        yield writer.triple(period, RDFS.label, ox.Literal(written))
        return
    for predicate, day in ((DCAT.startDate, start.strip()), (DCAT.endDate, end.strip())):
        if day not in {"", ".."}:
            yield writer.triple(period, predicate, values.date(day))


def identifier(writer: JsonNodes, at: Place, value: Any) -> Iterator[ReadItem]:
    """Identifiers as text; DCAT-US 3 may write an object, which is an adms:Identifier too."""
    for step, item in values.each(value):
        if not isinstance(item, Mapping):
            yield writer.triple(at, DCT.identifier, ox.Literal(values.clean(item)))
            continue
        text = next((item[key] for key in _IDENTIFIER_KEYS if item.get(key)), None)
        if text is not None:
            yield writer.triple(at, DCT.identifier, ox.Literal(values.clean(text)))
        row = Member(ADMS.identifier, values.node, ADMS.Identifier)
        rest = {key: one for key, one in item.items() if key not in {"@id", "schemaIdentifier"}}
        if rest.keys() - {"@type", "@value"}:
            yield from writer.value(row, rest, at, f"{at.path}/identifier{step}")


def columns(writer: JsonNodes, at: Place, value: Any) -> Iterator[ReadItem]:
    """`field` of Argentina's profile: the columns of a table, in the terms of CSV on the Web."""
    path = f"{at.path}/field"
    schema = Place(writer.name(path), path)
    yield writer.triple(at, CSVW.tableSchema, schema.node)
    yield writer.triple(schema, RDF.type, CSVW.Schema)
    column = Member(CSVW.column, values.text, CSVW.Column)
    for step, item in values.each(value):
        yield from writer.using(_COLUMN).value(column, item, schema, path + step)


def taxonomy(writer: JsonNodes, at: Place, value: Any) -> Iterator[ReadItem]:
    """`themeTaxonomy`: the address of a scheme, or in Argentina's profile its themes."""
    themes = [(step, one) for step, one in values.each(value) if _is_theme(one)]
    row = Member(DCAT.themeTaxonomy, values.node, SKOS.ConceptScheme)
    for step, item in values.each(value):
        if not _is_theme(item):
            yield from writer.value(row, item, at, f"{at.path}/themeTaxonomy{step}")
    if themes:
        scheme = Place(writer.name(f"{at.path}/themeTaxonomy"), f"{at.path}/themeTaxonomy")
        yield writer.triple(at, DCAT.themeTaxonomy, scheme.node)
        yield writer.triple(scheme, RDF.type, SKOS.ConceptScheme)
        concept = Member(SKOS.hasTopConcept, values.text, SKOS.Concept)
        for step, item in themes:
            yield from writer.using(_CONCEPT).value(concept, item, scheme, scheme.path + step)


def _is_theme(value: Any) -> bool:
    return isinstance(value, Mapping) and "id" in value and "@id" not in value


def _field(writer: JsonNodes, at: Place, value: Any) -> Iterator[ReadItem]:
    if isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        yield from columns(writer, at, value)
    elif any(values.each(value)):
        yield writer.problem("field-unknown", at, at.path + pointer("field"), "field")


SPECIAL: Mapping[str, Special] = {
    "spatial": spatial,
    "temporal": temporal,
    "identifier": identifier,
    "field": _field,
    "themeTaxonomy": taxonomy,
}
"""Member → what writes it. The others are in MEMBERS."""
assert not SPECIAL.keys() & MEMBERS.keys()
