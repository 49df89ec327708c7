"""Tables that somebody took from the office's site as files: the site's own CSV exports, and tables
with one figure a row.

    "Aimag","Sex","2000-IV","2001-I"          Indicator,Year,value
    "Ulaanbaatar","Total","74.4","73.4"       "Average monthly wages",1992,1449.0

Each file is one retrieval of one selection of its table. The cells of all of them accumulate: where
several retrievals have a cell, the last one counts; a cell that a later selection does not ask for
is not withdrawn. The date of a retrieval is in the file's name, or in `[dates]` of the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from typing import Any

import pyoxigraph as ox

from graph.core.errors import InputError
from loaders.formats.cubes.observations import DimensionCode, observation_node
from loaders.formats.pxweb.listing.rows import dataset
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, LoadFinding, Mapped, Record
from loaders.systems.nso.options import ExportDescription, NsoOptions
from loaders.tables import loader as tables
from loaders.tables.description.options import TableOptions
from loaders.tables.grids import Dialect, table
from loaders.tables.mapping.cube import CubeRecords, ObservationCell
from loaders.tables.mapping.places import Places

HEAD, SUPERSEDED = "export-table", "export-superseded"
_RETRIEVED = re.compile(r"_(\d{4}-\d\d-\d\d)_")
_ROW = re.compile(r"row=(\d+)|cell=(\d+)")


@dataclass(slots=True)
class ExportedTable:
    """A table with its files, the newest first."""

    id: str
    described: ExportDescription
    cube: CubeRecords
    captures: Sequence[Capture]
    is_listed: bool
    coverage: str = ""
    _figures: dict[str, tuple[str, str]] = field(default_factory=dict)

    def records(self, source: NsoOptions, dates: Mapping[str, str]) -> Iterator[Record]:
        """The records of all files."""
        self.cube.options = _options(source, self.id, self.described, self.captures[0])
        yield Record(self.captures[0], "row=1", HEAD, {"table": self}, critical=True)
        for capture in self.captures:
            self.cube.options = _options(source, self.id, self.described, capture)
            when = retrieved(capture, dates)
            for record in self.cube.records(capture):
                yield self._counted(record, when) if record.kind == "observation" else record
        self.coverage = self.cube.coverage()
        if self.coverage:
            yield Record(self.captures[0], "row=1", "export-coverage", {"table": self})

    def _counted(self, record: Record, when: str) -> Record:
        """The record, or one of a superseded cell where a later retrieval has another figure."""
        made: ObservationCell = record.data["observation"]
        if self.described.row_is_key:
            made = self._with_row(record, made)
            record = replace(record, data={**record.data, "observation": made})
        if len(self.captures) == 1:
            return record
        node = observation_node(self.cube.cube, made.key).value
        figure, later = self._figures.setdefault(node, (made.cell.text.strip(), when))
        if figure == made.cell.text.strip():
            return record
        detail = f"{when}: {made.cell.text.strip()}; {later}: {figure}"
        return replace(record, kind=SUPERSEDED, data={"table": self, "detail": detail})

    def _with_row(self, record: Record, made: ObservationCell) -> ObservationCell:
        match = _ROW.match(record.locator)
        key = f"row-{(match[1] or match[2]) if match else record.locator}"
        code = DimensionCode(key, ox.NamedNode(f"{self.cube.cube}/row/{key}"))
        return replace(made, key=((self.row_dimension, code), *made.key))

    @property
    def row_dimension(self) -> ox.NamedNode:
        """The dimension that tells rows apart by their order."""
        return ox.NamedNode(f"{self.cube.cube}#row")


def records(
    captures: Iterable[Capture], source: NsoOptions, context: LoaderContext, listed: set[str]
) -> Iterator[Record]:
    """The records of all files of all tables.

    Raises InputError for a file of no described table, and for columns that are not described.
    """
    files: dict[str, list[Capture]] = {}
    for capture in captures:
        files.setdefault(_table_of(capture, source), []).append(capture)
    places = Places(context.others)
    for name, same in files.items():
        iri = dataset(context.names, context.source.id, name)
        options = _options(source, name, source.exports[name], same[0])
        newest = sorted(same, key=lambda one: retrieved(one, context.source.dates), reverse=True)
        cube = CubeRecords(options, context.names, iri, places)
        made = ExportedTable(name, source.exports[name], cube, newest, name in listed)
        yield from made.records(source, context.source.dates)


def _table_of(capture: Capture, source: NsoOptions) -> str:
    for name, described in source.exports.items():
        if fnmatch(capture.name, described.files):
            return name
    raise InputError(
        "this is no table of the source",
        where=capture.name,
        hint="Describe it under [options.exports] in the source's TOML.",
    )


def retrieved(capture: Capture, dates: Mapping[str, str]) -> str:
    """When a file was taken from the site: `YYYY-MM-DD`, empty where nobody says it."""
    if match := _RETRIEVED.search(capture.name):
        return match[1]
    return next((day for pattern, day in dates.items() if fnmatch(capture.name, pattern)), "")


def _options(
    source: NsoOptions, name: str, described: ExportDescription, capture: Capture
) -> TableOptions:
    """The description of one file: columns that are no dimensions are its periods."""
    shared = {
        "becomes": "cube",
        "described": source.described,
        "lang": described.lang,
        "numbers": described.numbers,
        "codes": described.codes,
        "units": {described.unit: source.units[described.unit]},
        "rights": {},
        "dataset": {
            "id": "table",
            "unit": described.unit,
            "multiplier": described.multiplier,
            "additive_over": described.additive_over,
        },
        "columns": list(_columns(described, capture)),
    }
    return TableOptions.model_validate(shared)


def _columns(described: ExportDescription, capture: Capture) -> Iterator[dict[str, Any]]:
    for column in described.dimensions:
        yield {"role": "dimension", **column}
    if described.value:
        yield {"name": described.value, "role": "measure"}
        return
    heads = table(capture, Dialect()).heads[len(described.dimensions) :]
    if not heads:
        where = f"{capture.name} row 1"
        raise InputError("no column has figures", where=where, hint="Is this the whole file?")
    run = {"name": heads[0], "to": heads[-1], "role": "measure", "heads": [{"kind": "period"}]}
    yield run


def statements(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The statements of a record of a cell or label, and what is found about it.

    Raises Rejected for a cell that is no figure.
    """
    if record.kind != SUPERSEDED:
        yield from tables.statements(record, context)
        return
    node = ox.NamedNode(record.data["table"].cube.dataset)
    yield LoadFinding("cell-revised", node, record.location, detail=record.data["detail"])
