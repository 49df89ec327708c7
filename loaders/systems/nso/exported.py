"""What a table from files is in the catalogue: its cube, and its dataset where no list has it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import pyoxigraph as ox

from graph.core import iris
from loaders.formats import catalogue
from loaders.formats.catalogue import PropertyObject, about, in_languages
from loaders.formats.cubes import metadata, periods, structure
from loaders.formats.mapping import code, language_text
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, Mapped, Record, Statement
from loaders.systems.nso.exported_table import ExportedTable
from loaders.tables.mapping import hidden_sheets
from vocab.namespaces import (
    ADMS,
    DCAT,
    DCT,
    EU_THEME,
    PROV,
    QB,
    RDF,
    RDFS,
    SKOS,
)

_ROWS = {"en": "row of the file", "mn": "файлын мөр"}


def head(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The dataset and the structure of its cube."""
    made: ExportedTable = record.data["table"]
    node = ox.NamedNode(made.cube.dataset)
    stated = chain(
        [] if made.is_listed else _dataset(node, made, context),
        _said_of_dataset(node, made),
        _cube(made, context),
    )
    described = context.source.options["described"]
    parts = [ox.NamedNode(made.cube.cube)]
    yield from catalogue.entry(context.names, node, stated, described=described, parts=parts)
    for file in made.files:
        dialect = file.options.file.dialect()
        yield from hidden_sheets.findings([file.capture], dialect, made.cube.dataset)


def coverage(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The period from the first to the last of all files."""
    made: ExportedTable = record.data["table"]
    node, span = ox.NamedNode(made.cube.dataset), ox.NamedNode(iris.period(made.coverage))
    yield Statement(node, DCT.temporal, span, "periods-of-table", INFERRED)
    yield from periods.period(made.coverage)


def _dataset(
    node: ox.NamedNode, made: ExportedTable, context: LoaderContext
) -> Iterator[Statement]:
    """A table that no list has."""
    publisher = ox.NamedNode(iris.organisation(context.source.publisher))
    identifier = ox.NamedNode(f"{node.value}#agency-id")
    pairs: list[PropertyObject] = [
        (RDF.type, DCAT.Dataset),
        (DCT.identifier, code(f"{context.source.id}:{made.id}")),
        (ADMS.identifier, identifier),
        (DCT.publisher, publisher),
    ]
    yield from about(node, pairs, "dataset")
    named: list[PropertyObject] = [
        (RDF.type, ADMS.Identifier),
        (SKOS.notation, code(made.id)),
        (ADMS.schemaAgency, code(context.source.options["agency"])),
    ]
    yield from about(identifier, named, "agency-id")
    inferred: list[PropertyObject] = [  # a file says no title: it is the description's
        *in_languages(DCT.title, made.described.title),
        *in_languages(DCT.description, made.described.title),
        (DCT.spatial, ox.NamedNode(iris.place("mn"))),
    ]
    yield from about(node, inferred, "table-default", INFERRED)
    yield from catalogue.agent(publisher, context.source.options["publisher"])


def _said_of_dataset(node: ox.NamedNode, made: ExportedTable) -> Iterator[Statement]:
    language = metadata.LANGUAGES[made.described.lang]
    yield Statement(node, DCT.language, language, "answer-language", INFERRED)
    if theme := made.described.theme:
        yield Statement(node, DCAT.theme, EU_THEME[theme], "table-default", INFERRED)
    yield Statement(node, DCT.hasFormat, ox.NamedNode(made.cube.cube), "dataset")


def _cube(made: ExportedTable, context: LoaderContext) -> Iterator[Statement]:
    names, cube, described = context.names, made.cube, made.described
    file = ox.NamedNode(names.distribution(cube.dataset, "cube"))
    yield Statement(ox.NamedNode(cube.dataset), DCAT.distribution, file, "distribution")
    terms: PropertyObject = (DCT.rights, ox.NamedNode(iris.concept("rights", described.rights)))
    yield from metadata.distribution(names, cube.dataset, [terms])
    stated = context.source.options["rights"][described.rights]
    yield from metadata.rights(described.rights, stated)
    yield from structure.data_set(cube.cube, cube.dataset)
    for file_ in made.files:
        derived = ox.NamedNode(names.capture(file_.capture.digest))
        yield Statement(ox.NamedNode(cube.cube), PROV.wasDerivedFrom, derived, "cube")
    unit = context.source.options["units"][described.unit]
    yield from structure.unit_of_cube(cube.cube, described.unit, described.multiplier, unit)
    yield from _structure(made)


def _structure(made: ExportedTable) -> Iterator[Statement]:
    cube, axes = made.cube, made.cube.axes()
    properties = [axis.property for _, axis in axes]
    added = {axis.property for name, axis in axes if name in made.described.additive_over}
    if made.described.row_is_key:
        properties.insert(0, made.row_dimension)
        yield Statement(made.row_dimension, RDF.type, QB.DimensionProperty, "dimension")
        labels = in_languages(RDFS.label, _ROWS)
        yield from about(made.row_dimension, labels, "dimension")
    attributes = [one for one in cube.options.columns if one.role == "attribute"]
    nodes = {one.key: ox.NamedNode(f"{cube.cube}#{one.key}") for one in attributes}
    yield from structure.definition(cube.cube, properties, added, list(nodes.values()))
    for column in attributes:
        yield Statement(nodes[column.key], RDF.type, QB.AttributeProperty, "attribute")
        name = language_text(column.name, made.described.lang)
        yield Statement(nodes[column.key], RDFS.label, name, "attribute")
    for label, axis in axes:
        yield from axis.structure(label)
