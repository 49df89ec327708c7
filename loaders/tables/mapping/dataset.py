"""What a described table is in the catalogue: the agency's dataset with its files, and its cube."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from graph.core import iris
from loaders.formats import catalogue
from loaders.formats.catalogue import PropertyObject, about, in_languages
from loaders.formats.cubes import metadata, periods, structure
from loaders.formats.mapping import code, language_text, typed
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import INFERRED, Capture, Statement
from loaders.tables.description.columns import ColumnDescription
from loaders.tables.description.options import TableOptions
from loaders.tables.mapping.cube import CubeRecords
from loaders.tables.mapping.observation_cells import UNIT_TEXT
from vocab.namespaces import (
    DCAT,
    DCT,
    EU_FREQUENCY,
    EU_THEME,
    MEDIA_TYPE,
    PROV,
    QB,
    RDF,
    RDFS,
    SDMX_ATTRIBUTE,
    XSD,
)


@dataclass(frozen=True, slots=True)
class TableDataset:
    """A dataset with what its description says; `cube` is None where it becomes records."""

    iri: str
    options: TableOptions
    context: LoaderContext
    cube: CubeRecords | None

    @property
    def node(self) -> ox.NamedNode:
        """The dcat:Dataset."""
        return ox.NamedNode(self.iri)

    def statements(self, captures: Sequence[Capture]) -> Iterator[Statement]:
        """All that is said of the dataset and of the structure of its cube."""
        return catalogue.entry(
            self.context.names,
            self.node,
            self._all(captures),
            described=self.options.described,
            parts=[ox.NamedNode(self.cube.cube)] if self.cube else (),
        )

    def _all(self, captures: Sequence[Capture]) -> Iterator[Statement]:
        yield from about(self.node, self._stated(), "dataset")
        yield from about(self.node, self._inferred(), "table-default", INFERRED)
        yield from self._publisher()
        yield from self._rights()
        for capture in captures:
            yield from self._file(capture)
        if self.cube:
            yield from self._cube(self.cube, captures)

    def _stated(self) -> list[PropertyObject]:
        source, described = self.context.source, self.options.dataset
        return [
            (RDF.type, DCAT.Dataset),
            (DCT.identifier, code(f"{source.id}:{described.id}")),
            *in_languages(DCT.title, source.title),
            *in_languages(DCT.description, described.description),
            *([(DCT.publisher, self._agent())] if source.publisher else []),
            *([(DCAT.landingPage, ox.NamedNode(described.page))] if described.page else []),
        ]

    def _inferred(self) -> Iterator[PropertyObject]:
        """Properties from the source's TOML: they are Ulzii's statements, not the agency's."""
        source, described = self.context.source, self.options.dataset
        if not described.description:
            yield from in_languages(DCT.description, source.title)
        yield DCT.language, metadata.LANGUAGES[self.options.lang]
        yield DCT.spatial, ox.NamedNode(iris.place("mn"))
        if described.theme:
            yield DCAT.theme, EU_THEME[described.theme]
        if described.resolution:
            yield DCAT.temporalResolution, typed(described.resolution, XSD.duration)
        if source.frequency:
            yield DCT.accrualPeriodicity, EU_FREQUENCY[source.frequency]

    def _agent(self) -> ox.NamedNode:
        return ox.NamedNode(iris.organisation(self.context.source.publisher))

    def _publisher(self) -> Iterator[Statement]:
        if self.options.publisher and self.context.source.publisher:
            yield from catalogue.agent(self._agent(), self.options.publisher)

    def _terms(self) -> list[PropertyObject]:
        source, rights = self.context.source, self.options.dataset.rights
        if source.licence:
            return [(DCT.license, ox.NamedNode(source.licence))]
        return [(DCT.rights, ox.NamedNode(iris.concept("rights", rights)))] if rights else []

    def _rights(self) -> Iterator[Statement]:
        if key := self.options.dataset.rights:
            yield from metadata.rights(key, self.options.rights[key].model_dump())

    def _file(self, capture: Capture) -> Iterator[Statement]:
        """The agency's file, where it has an address."""
        if not capture.url.startswith(("http://", "https://")):
            return
        file = ox.NamedNode(self.context.names.distribution(self.iri, capture.name))
        pairs: list[PropertyObject] = [
            (RDF.type, DCAT.Distribution),
            (DCAT.accessURL, ox.NamedNode(capture.url)),
            (DCAT.downloadURL, ox.NamedNode(capture.url)),
            (DCAT.mediaType, MEDIA_TYPE[capture.media_type]),
            *self._terms(),
        ]
        yield Statement(self.node, DCAT.distribution, file, "distribution")
        yield from about(file, pairs, "distribution")

    def _cube(self, cube: CubeRecords, captures: Sequence[Capture]) -> Iterator[Statement]:
        names, described = self.context.names, self.options.dataset
        file = ox.NamedNode(names.distribution(self.iri, "cube"))
        yield Statement(self.node, DCT.hasFormat, ox.NamedNode(cube.cube), "dataset")
        yield Statement(self.node, DCAT.distribution, file, "dataset")
        yield from metadata.distribution(names, self.iri, self._terms())
        yield from structure.data_set(cube.cube, self.iri)
        for capture in captures:
            derived = ox.NamedNode(names.capture(capture.digest))
            yield Statement(ox.NamedNode(cube.cube), PROV.wasDerivedFrom, derived, "cube")
        if described.unit:
            labels = self.options.units[described.unit]
            yield from structure.unit_of_cube(
                cube.cube, described.unit, described.multiplier, labels
            )
        yield from self._structure(cube)

    def _structure(self, cube: CubeRecords) -> Iterator[Statement]:
        axes = cube.axes()
        dimensions = [axis.property for _, axis in axes]
        added = {axis.property for name, axis in axes if name in self.options.dataset.additive_over}
        attributes = list(self._attributes(cube))
        further = [node for node, _ in attributes]
        yield from structure.definition(cube.cube, dimensions, added, further, self._own())
        for label, axis in axes:
            yield from axis.structure(label)
        for node, column in attributes:
            yield Statement(node, RDF.type, QB.AttributeProperty, "attribute")
            name = language_text(column.name, self.options.lang)
            yield Statement(node, RDFS.label, name, "attribute")
        yield from cube.units()

    def _own(self) -> list[ox.NamedNode]:
        """What each figure has for itself, since all columns say it and nothing the whole table."""
        measures = [one for one in self.options.columns if one.role == "measure"]
        said: list[tuple[ox.NamedNode, list[object]]] = [
            (SDMX_ATTRIBUTE.unitMeasure, [one.unit or None for one in measures]),
            (SDMX_ATTRIBUTE.unitMult, [one.multiplier for one in measures]),
        ]
        if any(one.role == "unit" for one in self.options.columns):
            return [name for name, _ in said]
        whole = bool(self.options.dataset.unit)
        return [] if whole else [name for name, values in said if None not in values]

    def _attributes(self, cube: CubeRecords) -> Iterator[tuple[ox.NamedNode, ColumnDescription]]:
        for column in self.options.columns:
            if column.role == "attribute":
                yield ox.NamedNode(f"{cube.cube}#{column.key}"), column
            elif column.role == "unit":
                yield ox.NamedNode(f"{cube.cube}#{column.key or UNIT_TEXT}"), column

    def coverage(self, key: str) -> Iterator[Statement]:
        """The period from the first to the last that the table has."""
        span = ox.NamedNode(iris.period(key))
        yield Statement(self.node, DCT.temporal, span, "periods-of-table", INFERRED)
        yield from periods.period(key)
