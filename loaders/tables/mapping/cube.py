"""A described table as a cube: one observation a figure, one concept a label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from graph.core import iris
from graph.core.iris import Names
from loaders.formats.cubes import periods
from loaders.formats.cubes.observations import DimensionCode
from loaders.formats.cubes.translations import Translations
from loaders.pipeline.record import Capture, LoadFinding, Record, Statement
from loaders.tables.description.columns import (
    TITLE,
    ColumnDescription,
    DimensionValues,
    HeadDimension,
    section_level,
)
from loaders.tables.description.options import TableOptions
from loaders.tables.grids import Cell, Row
from loaders.tables.mapping.axes import (
    AreaAxis,
    ConceptAxis,
    LabelCodes,
    LabelTerm,
    PeriodAxis,
    TableAxis,
)
from loaders.tables.mapping.known_labels import KnownLabels
from loaders.tables.mapping.layout import SEPARATOR, Layout, MeasureColumn, layout
from loaders.tables.mapping.observation_cells import (
    UNIT_TEXT,
    attributes_of,
    broken_label,
    observation,
    text_of,
)
from loaders.tables.mapping.places import PlaceConcept, Places
from loaders.tables.mapping.remarks import remark
from loaders.tables.mapping.row_units import RowUnits, UnitTerm
from loaders.tables.mapping.years import year_in
from loaders.tables.values.missing import MARKS

INDICATOR = HeadDimension(kind="concept", key="indicator")
"""The dimension that tells several measures apart: one observation has one measure."""


@dataclass(slots=True)
class CubeRecords:
    """The records of all files of a cube. Axes are shared, so a label has one term in all files."""

    options: TableOptions
    names: Names
    dataset: str
    places: Places
    known: KnownLabels = field(default_factory=lambda: KnownLabels(None))
    _axes: dict[tuple[str, str, str, int], TableAxis] = field(default_factory=dict)
    _forms: dict[int, int] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _stated: set[tuple[str, str]] = field(default_factory=set)
    _terms: dict[tuple[int, str, str, int], LabelTerm] = field(default_factory=dict)
    _indents: dict[str, int] = field(default_factory=dict)
    _units: RowUnits = field(init=False)

    def __post_init__(self) -> None:
        self._units = RowUnits(self.options, f"{self.cube}/{UNIT_TEXT}")

    @property
    def marks(self) -> Mapping[str, str]:
        """What stands in the place of figures; files of one cube may differ."""
        return {**MARKS, **self.options.missing} if self.options.missing else MARKS

    @property
    def cube(self) -> str:
        """The IRI of the qb:DataSet."""
        return self.names.cube(self.dataset)

    def axes(self) -> list[tuple[str, TableAxis]]:
        """The dimensions in the order of keys, each with its head: columns, then heads of runs."""
        found: dict[ox.NamedNode, tuple[str, TableAxis]] = {}
        for column in self.options.columns:
            if column.role == "dimension":
                axis = self._axis(column, column.name)
                found[axis.property] = (column.name, axis)
        for head in self.head_dimensions():
            axis = self._axis(head, head.key)
            found[axis.property] = (head.key or head.kind, axis)
        return list(found.values())

    def head_dimensions(self) -> list[HeadDimension]:
        """The dimensions that heads say: of runs, or which of several measures it is."""
        measures = [one for one in self.options.columns if one.role == "measure"]
        for column in measures:
            if column.heads:
                return list(column.heads)
        return [INDICATOR] if len(measures) > 1 else []

    def _axis(self, values: DimensionValues, name: str) -> TableAxis:
        key = (values.kind, values.key, name, self._form())
        if key not in self._axes:
            self._axes[key] = self._new_axis(values)
        return self._axes[key]

    def _form(self) -> int:
        """A number of the described language and codes: files of one cube may differ."""
        form = self._forms.get(id(self.options))
        if form is None:
            said = repr((self.options.lang, self.options.codes))
            form = self._forms[id(self.options)] = self._numbers.setdefault(
                said, len(self._numbers)
            )
        return form

    def _new_axis(self, values: DimensionValues) -> TableAxis:
        if values.kind == "period":
            return PeriodAxis(values)
        name = values.key or "area"
        keys = self.options.codes.get(name, {})
        codes = LabelCodes(
            f"{self.cube}/{name}",
            self.options.lang,
            keys,
            values.total,
            self._indents,
            Translations(self.options.translations),
        )
        if values.kind == "area":
            around = self._column(values.within)
            return AreaAxis(values, self.places, codes, around.total if around else "")
        places = self.options.places.get(name, {})
        return ConceptAxis(ox.NamedNode(f"{self.cube}#{name}"), codes, values.scheme, places)

    def _column(self, name: str) -> ColumnDescription | None:
        named = (one for one in self.options.columns if name and one.name == name)
        return next(named, None)

    def units(self) -> Iterator[Statement]:
        """The units that columns and rows have for themselves."""
        return self._units.structure()

    def records(self, capture: Capture) -> Iterator[Record]:
        """The records of one file."""
        found = layout(capture, self.options)
        for row in found.table.rows:
            if row.remark:
                yield remark(capture, row, self.dataset)
            if row.problem:
                yield Record(capture, row.locator, "broken", {"problem": row.problem})
            else:
                yield from self._row(row, found)
        self.known.check(capture.name)

    def _row(self, row: Row, found: Layout) -> Iterator[Record]:
        shared: list[tuple[TableAxis, LabelTerm]] = []
        for column in self.options.columns:
            if column.role == "dimension":
                cell = found.cell(row, column)
                axis = self._axis(column, column.name)
                term = self._term_of_row(axis, column, row, found)
                yield from self._new_term(found.capture, cell or row.cells[0], term, column)
                shared.append((axis, term))
        unit = self._unit(row, found)
        if unit is not None:
            yield from self._new_unit(unit, found.capture, row)
        attributes = attributes_of(self.options.columns, row, found, unit)
        dimensions = self.head_dimensions()
        for measure in found.measures:
            heads = list(self._heads(measure, dimensions, row, found))
            for (_, term), described in zip(heads, dimensions, strict=True):
                head = found.table.head_cells[measure.position]
                yield from self._new_term(found.capture, head, term, described)
            made = observation([*shared, *heads], row.cells[measure.position], measure, attributes)
            locator = self._locator(row, measure, found)
            yield Record(found.capture, locator, "observation", {"observation": made, "cube": self})

    def _term_of_row(
        self, axis: TableAxis, column: ColumnDescription, row: Row, found: Layout
    ) -> LabelTerm:
        cell = found.cell(row, column)
        label = self._label(cell, column) or self._total_around(column, row, found)
        if not label and section_level(column) is not None:
            label = column.total  # above the first group stand the figures of all
        joined = [*found.joined(row, column)]
        parts = [(cell, label), *((one, text_of(one)) for one in joined)]
        if broken := next((one for part in parts if (one := broken_label(*part))), None):
            return broken
        if joined:
            label = SEPARATOR.join(filter(None, (text for _, text in parts)))
        year = self._year(column, row, found)
        return self._term(axis, label, self._within(column, row, found), year)

    def _total_around(self, column: ColumnDescription, row: Row, found: Layout) -> str:
        """The label of the whole, where it stands in the column that the places are within."""
        around = self._column(column.within)
        if around is None or not around.total:
            return ""
        text = text_of(found.cell(row, around))
        return text if text == around.total else ""

    def _year(self, values: DimensionValues, row: Row, found: Layout) -> int:
        """The year of a period that is written without one; 0 where none is declared."""
        if values.kind != "period" or not values.year:
            return 0
        if values.year == TITLE:
            return found.title_year
        column = self._column(values.year)
        return year_in(text_of(found.cell(row, column)) if column else values.year)

    def _unit(self, row: Row, found: Layout) -> UnitTerm | None:
        units = (one for one in self.options.columns if one.role == "unit")
        column = next(units, None)
        return self._units.term(text_of(found.cell(row, column))) if column else None

    def _new_unit(self, unit: UnitTerm, capture: Capture, row: Row) -> Iterator[Record]:
        key = unit.node.value, self.options.lang
        if unit.stated and key not in self._stated:
            self._stated.add(key)
            yield Record(capture, row.locator, "category", {"stated": unit.stated})

    def _label(self, cell: Cell | None, column: ColumnDescription) -> str:
        """The text of a cell without blanks around it; with them where [options.codes] names it so:
        in some tables only blanks tell a region from the town of its name."""
        codes = self.options.codes.get(column.key or "area", {})
        label = cell.text if cell is not None and cell.text in codes else text_of(cell)
        if cell is not None and cell.text[:1].isspace() and label:
            self._indents[label] = len(cell.text) - len(cell.text.lstrip())
        return label

    def _term(
        self, axis: TableAxis, label: str, within: PlaceConcept | None, year: int = 0
    ) -> LabelTerm:
        """The term of a label, made once: a table has few labels and many cells."""
        key = (id(axis), label, within.key if within else "", year)
        if key not in self._terms:
            self._terms[key] = axis.term(label, within, year)
        return self._terms[key]

    def _heads(
        self, measure: MeasureColumn, dimensions: Sequence[HeadDimension], row: Row, found: Layout
    ) -> Iterator[tuple[TableAxis, LabelTerm]]:
        labels = measure.labels or ((measure.column.name,) if dimensions else ())
        for head, label in zip(dimensions, labels, strict=True):
            axis = self._axis(head, head.key)
            yield axis, self._term(axis, label, None, self._year(head, row, found))

    def _within(self, column: ColumnDescription, row: Row, found: Layout) -> PlaceConcept | None:
        """The place that the row names around an area."""
        if (other := self._column(column.within)) is None:
            return None
        label = text_of(found.cell(row, other))
        outer = self._within(other, row, found)
        return self._term(self._axis(other, other.name), label, outer).place if label else None

    def _new_term(
        self, capture: Capture, cell: Cell, term: LabelTerm, column: DimensionValues
    ) -> Iterator[Record]:
        """The record of a term's first cell; of a table in two languages, one in each."""
        if term.code is None or (term.code.node.value, self.options.lang) in self._stated:
            return
        self._stated.add((term.code.node.value, self.options.lang))
        if not term.stated:
            return
        record = Record(capture, cell.locator, "category", {"stated": term.stated})
        drift = self._drift(term.code, term.label, column, record.location)
        yield record._replace(data={"stated": (*term.stated, *drift)})

    def _drift(
        self, code: DimensionCode, label: str, column: DimensionValues, place: str
    ) -> Iterator[LoadFinding]:
        """What is to be known of a label that the published version has not, and no one named."""
        name = column.key
        if column.kind != "concept" or label in self.options.codes.get(name, {}):
            return
        if self.known.is_new(f"{self.cube}/{name}", code.node.value):
            if column.new_labels == "refuse":
                self.known.refuse(name, label)
            yield LoadFinding("label-new", ox.NamedNode(self.dataset), place, detail=f"“{label}”")

    def coverage(self) -> str:
        """The key of the period from the first to the last of all; empty where there is none."""
        prefix = iris.period("")
        keys = [one.removeprefix(prefix) for one, _ in self._stated if one.startswith(prefix)]
        return periods.span(keys) if keys else ""

    def _locator(self, row: Row, measure: MeasureColumn, found: Layout) -> str:
        """The row, where it has one figure and rows have an address; else the cell."""
        cell = row.cells[measure.position]
        return row.locator if len(found.measures) == 1 and not found.table.name else cell.locator
