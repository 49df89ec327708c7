"""The cube of a table: its structure (DSD), code lists and periods.

Components are numbered in the order of dimensions in the TOML. IRIs of observations follow it too,
so they do not change when the agency reorders its table.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from loaders.formats.cubes import structure
from loaders.formats.cubes.periods import period
from loaders.formats.cubes.translations import Translations
from loaders.formats.mapping import language_text
from loaders.formats.pxweb.cube import PERIODS, Cube, CubeAxis, slug
from loaders.formats.pxweb.jsonstat import JsonStatTable
from loaders.formats.pxweb.table import section
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import LoadFinding, Mapped, Statement
from vocab.namespaces import DCT, RDFS, SKOS


def cube(cube: Cube, context: LoaderContext) -> Iterator[Statement]:
    """The qb:DataSet with its unit and its structure."""
    table = cube.table
    yield from structure.data_set(cube.iri, cube.dataset)
    labels = section(context.source, "units", table.unit)
    yield from structure.unit_of_cube(cube.iri, table.unit, table.multiplier, labels)
    added = {axis.property for axis in cube.axes if axis.axis.id in table.additive_over}
    yield from structure.definition(cube.iri, [axis.property for axis in cube.axes], added)


def dimension(cube: Cube, axis: CubeAxis, lang: str) -> Iterator[Statement]:
    """The label of a dimension that the table defines itself, and its code list."""
    scheme = ox.NamedNode(cube.code_list(axis.axis))
    label = language_text(cube.responses[lang].dimension(axis.axis.id).label, lang)
    yield Statement(axis.property, RDFS.label, label, "dimension-label")
    yield Statement(scheme, DCT.title, label, "dimension-label")
    if lang == "en":
        yield from structure.coded_dimension(axis.property, scheme.value)


def category(
    cube: Cube, axis: CubeAxis, position: int, lang: str, place: str, translations: Translations
) -> Iterator[Mapped]:
    """A concept of the table's code list, or a year, with its label; ours where the Mongolian
    answer has none; what is found where the published list has it not."""
    term = axis.terms[position]
    if axis.axis.role in PERIODS:
        yield from period(term.key)
        return
    if lang == "en":
        yield from _concept(cube, axis, position)
        if cube.known.is_new(cube.code_list(axis.axis), term.node.value):
            detail = f"“{_label(cube.responses[lang], axis, position).strip()}”"
            yield LoadFinding("label-new", ox.NamedNode(cube.dataset), place, detail=detail)
        if not _has_label(cube, axis, position, "mn"):
            english = _label(cube.responses[lang], axis, position)
            yield from translations.of(term.node, SKOS.prefLabel, english, lang)
    label = language_text(_label(cube.responses[lang], axis, position), lang)
    yield Statement(term.node, SKOS.prefLabel, label, "category-label")


def _has_label(cube: Cube, axis: CubeAxis, position: int, lang: str) -> bool:
    response = cube.responses.get(lang)
    dimension = response.dimension(axis.axis.id) if response else None
    return dimension is not None and dimension.codes[position] in dimension.labels


def _label(response: JsonStatTable, axis: CubeAxis, position: int) -> str:
    dimension = response.dimension(axis.axis.id)
    return dimension.labels[dimension.codes[position]]


def _concept(cube: Cube, axis: CubeAxis, position: int) -> Iterator[Statement]:
    scheme, total = cube.code_list(axis.axis), slug(axis.axis.total)
    whole = ox.NamedNode(f"{scheme}/{total}") if total else None
    return structure.concept(axis.terms[position].node, scheme, whole)
