"""The structure of a cube (DSD), its unit, its code lists and their concepts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import pyoxigraph as ox

from graph.core import iris
from loaders.formats.catalogue import PropertyObject, about, in_languages
from loaders.formats.mapping import integer, typed
from loaders.pipeline.record import INFERRED, STATED, Statement
from vocab.namespaces import (
    DCT,
    QB,
    RDF,
    SDMX_ATTRIBUTE,
    SDMX_CODE,
    SDMX_MEASURE,
    SKOS,
    STAT,
    XSD,
)


def data_set(cube: str, dataset: str) -> Iterator[Statement]:
    """The qb:DataSet that is made of a dataset."""
    pairs: list[PropertyObject] = [
        (RDF.type, QB.DataSet),
        (DCT.isFormatOf, ox.NamedNode(dataset)),
        (QB.structure, ox.NamedNode(f"{cube}#dsd")),
    ]
    return about(ox.NamedNode(cube), pairs, "cube")


def unit_of_cube(
    cube: str, unit: str, multiplier: int, labels: Mapping[str, str]
) -> Iterator[Statement]:
    """The unit of all figures of a cube, and the power of ten that they are multiplied with."""
    node = ox.NamedNode(iris.concept("unit", unit))
    measured: list[PropertyObject] = [
        (SDMX_ATTRIBUTE.unitMeasure, node),
        (SDMX_ATTRIBUTE.unitMult, SDMX_CODE[f"unitMult-{multiplier}"]),
    ]
    yield from about(ox.NamedNode(cube), measured, "unit-of-table", INFERRED)
    named = [(RDF.type, SKOS.Concept), *in_languages(SKOS.prefLabel, labels)]
    yield from about(node, named, "unit-of-table")


def definition(
    cube: str,
    dimensions: Sequence[ox.NamedNode],
    additive_over: Collection[ox.NamedNode] = (),
    attributes: Sequence[ox.NamedNode] = (),
    own: Collection[ox.NamedNode] = (),
) -> Iterator[Statement]:
    """The data structure definition: dimensions in order, the measure, three attributes, and
    further `attributes` of observations. `own` are those of unit and multiplier that each
    observation has for itself, and not the cube."""
    dsd = ox.NamedNode(f"{cube}#dsd")
    yield Statement(dsd, RDF.type, QB.DataStructureDefinition, "cube-structure")
    components = _components(dimensions, additive_over, attributes, own)
    for number, pairs in enumerate(components, start=1):
        component = ox.NamedNode(f"{cube}#c{number}")
        yield Statement(dsd, QB.component, component, "cube-structure")
        described: list[PropertyObject] = [(RDF.type, QB.ComponentSpecification), *pairs]
        yield from about(component, described, "cube-structure")


def _components(
    dimensions: Sequence[ox.NamedNode],
    additive_over: Collection[ox.NamedNode],
    attributes: Sequence[ox.NamedNode],
    own: Collection[ox.NamedNode],
) -> list[list[PropertyObject]]:
    added = [(STAT.additiveOver, one) for one in dimensions if one in additive_over]
    required = (QB.componentRequired, typed("true", XSD.boolean))
    whole = (QB.componentAttachment, QB.DataSet)
    each = (QB.componentAttachment, QB.Observation)
    ordered: list[list[PropertyObject]] = [
        [(QB.dimension, one), (QB.order, integer(number))]
        for number, one in enumerate(dimensions, start=1)
    ]
    further: list[list[PropertyObject]] = [[(QB.attribute, one), each] for one in attributes]
    units: list[list[PropertyObject]] = [
        [(QB.attribute, one), each if one in own else whole, required]
        for one in (SDMX_ATTRIBUTE.unitMeasure, SDMX_ATTRIBUTE.unitMult)
    ]
    return [
        *ordered,
        [(QB.measure, SDMX_MEASURE.obsValue), *added],
        *units,
        [(QB.attribute, SDMX_ATTRIBUTE.obsStatus), each],
        *further,
    ]


def coded_dimension(property: ox.NamedNode, scheme: str) -> Iterator[Statement]:
    """A dimension that the table defines itself, with its code list (the IRI of a scheme)."""
    pairs: list[PropertyObject] = [
        (RDF.type, QB.DimensionProperty),
        (RDF.type, QB.CodedProperty),
        (QB.codeList, ox.NamedNode(scheme)),
    ]
    yield from about(property, pairs, "dimension")
    yield Statement(ox.NamedNode(scheme), RDF.type, SKOS.ConceptScheme, "dimension")


def concept(
    node: ox.NamedNode, scheme: str, whole: ox.NamedNode | None, layer: str = STATED
) -> Iterator[Statement]:
    """A concept of a code list; `whole` is the total that it is part of, or that it is."""
    list_ = ox.NamedNode(scheme)
    pairs: list[PropertyObject] = [(RDF.type, SKOS.Concept), (SKOS.inScheme, list_)]
    if whole is None or node == whole:
        pairs.append((SKOS.topConceptOf, list_))
    yield from about(node, pairs, "category", layer)
    if whole is not None and node != whole:
        yield Statement(node, SKOS.broader, whole, "part-of-total", INFERRED)
