"""The cube of a table: its structure (DSD), code lists and periods.

Components are numbered in the order of dimensions in the TOML. IRIs of observations follow it too,
so they do not change when the agency reorders its table.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from graph.core import iris
from loaders.formats.catalogue import PropertyObject, about, in_languages
from loaders.formats.mapping import date, integer, language_text, typed
from loaders.formats.pxweb.cube import Cube, CubeAxis, slug
from loaders.formats.pxweb.jsonstat import JsonStatTable
from loaders.formats.pxweb.table import section
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, Statement
from vocab.namespaces import (
    DCAT,
    DCT,
    QB,
    RDF,
    RDFS,
    SDMX_ATTRIBUTE,
    SDMX_CODE,
    SDMX_MEASURE,
    SKOS,
    STAT,
    XSD,
)


def cube(cube: Cube, context: LoaderContext) -> Iterator[Statement]:
    """The qb:DataSet with its unit and its structure."""
    node, unit = ox.NamedNode(cube.iri), ox.NamedNode(iris.concept("unit", cube.table.unit))
    pairs: list[PropertyObject] = [
        (RDF.type, QB.DataSet),
        (DCT.isFormatOf, ox.NamedNode(cube.dataset)),
        (QB.structure, ox.NamedNode(f"{cube.iri}#dsd")),
    ]
    yield from about(node, pairs, "cube")
    measured: list[PropertyObject] = [
        (SDMX_ATTRIBUTE.unitMeasure, unit),
        (SDMX_ATTRIBUTE.unitMult, SDMX_CODE[f"unitMult-{cube.table.multiplier}"]),
    ]
    yield from about(node, measured, "unit-of-table", INFERRED)
    labels = in_languages(SKOS.prefLabel, section(context.source, "units", cube.table.unit))
    yield from about(unit, [(RDF.type, SKOS.Concept), *labels], "unit-of-table")
    yield from _structure(cube)


def _structure(cube: Cube) -> Iterator[Statement]:
    """The data structure definition: dimensions in order, the measure, three attributes."""
    definition = ox.NamedNode(f"{cube.iri}#dsd")
    yield Statement(definition, RDF.type, QB.DataStructureDefinition, "cube-structure")
    for number, pairs in enumerate(_components(cube), start=1):
        component = ox.NamedNode(f"{cube.iri}#c{number}")
        yield Statement(definition, QB.component, component, "cube-structure")
        described: list[PropertyObject] = [(RDF.type, QB.ComponentSpecification), *pairs]
        yield from about(component, described, "cube-structure")


def _components(cube: Cube) -> list[list[PropertyObject]]:
    added = [(STAT.additiveOver, a.property) for a in cube.axes if _additive(cube, a)]
    required = (QB.componentRequired, typed("true", XSD.boolean))
    whole = (QB.componentAttachment, QB.DataSet)
    dimensions: list[list[PropertyObject]] = [
        [(QB.dimension, axis.property), (QB.order, integer(number))]
        for number, axis in enumerate(cube.axes, start=1)
    ]
    return [
        *dimensions,
        [(QB.measure, SDMX_MEASURE.obsValue), *added],
        [(QB.attribute, SDMX_ATTRIBUTE.unitMeasure), whole, required],
        [(QB.attribute, SDMX_ATTRIBUTE.unitMult), whole, required],
        [(QB.attribute, SDMX_ATTRIBUTE.obsStatus), (QB.componentAttachment, QB.Observation)],
    ]


def _additive(cube: Cube, axis: CubeAxis) -> bool:
    return axis.axis.id in cube.table.additive_over


def dimension(cube: Cube, axis: CubeAxis, lang: str) -> Iterator[Statement]:
    """The label of a dimension that the table defines itself, and its code list."""
    scheme = ox.NamedNode(cube.code_list(axis.axis))
    label = language_text(cube.responses[lang].dimension(axis.axis.id).label, lang)
    yield Statement(axis.property, RDFS.label, label, "dimension-label")
    yield Statement(scheme, DCT.title, label, "dimension-label")
    if lang == "en":
        kinds: list[PropertyObject] = [
            (RDF.type, QB.DimensionProperty),
            (RDF.type, QB.CodedProperty),
        ]
        yield from about(axis.property, [*kinds, (QB.codeList, scheme)], "dimension")
        yield Statement(scheme, RDF.type, SKOS.ConceptScheme, "dimension")


def category(cube: Cube, axis: CubeAxis, position: int, lang: str) -> Iterator[Statement]:
    """A concept of the table's code list, or a year, with its label."""
    term = axis.terms[position]
    if axis.axis.role == "year":
        yield from period(term.node, term.key, term.key)
        return
    if lang == "en":
        yield from _concept(cube, axis, position)
    label = language_text(_label(cube.responses[lang], axis, position), lang)
    yield Statement(term.node, SKOS.prefLabel, label, "category-label")


def _label(response: JsonStatTable, axis: CubeAxis, position: int) -> str:
    dimension = response.dimension(axis.axis.id)
    return dimension.labels[dimension.codes[position]]


def _concept(cube: Cube, axis: CubeAxis, position: int) -> Iterator[Statement]:
    term, scheme = axis.terms[position], ox.NamedNode(cube.code_list(axis.axis))
    pairs: list[PropertyObject] = [(RDF.type, SKOS.Concept), (SKOS.inScheme, scheme)]
    total = slug(axis.axis.total)
    if term.key == total or not total:
        pairs.append((SKOS.topConceptOf, scheme))
    yield from about(term.node, pairs, "category")
    if total and term.key != total:
        whole = ox.NamedNode(f"{scheme.value}/{total}")
        yield Statement(term.node, SKOS.broader, whole, "part-of-total", INFERRED)


def period(node: ox.NamedNode, first: str, last: str) -> Iterator[Statement]:
    """The period from the first day of one year to the last day of another, both inclusive."""
    pairs: list[PropertyObject] = [
        (RDF.type, DCT.PeriodOfTime),
        (DCAT.startDate, date(f"{first}-01-01")),
        (DCAT.endDate, date(f"{last}-12-31")),
    ]
    return about(node, pairs, "period")
