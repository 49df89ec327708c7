"""The records of a table that came in files, of which several may have a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from graph.core.errors import InputError
from loaders.formats.cubes.observations import DimensionCode, observation_node
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, LoadFinding, Mapped, Record
from loaders.systems.nso.options import ExportDescription
from loaders.systems.nso.retrievals import FileSelection, key_of
from loaders.tables import loader as tables
from loaders.tables.description.options import TableOptions
from loaders.tables.mapping.cube import CubeRecords
from loaders.tables.mapping.observation_cells import ObservationCell

HEAD, REVISED, WITHDRAWN = "export-table", "export-revised", "export-withdrawn"
_FINDINGS = {REVISED: "cell-revised", WITHDRAWN: "cell-withdrawn"}
_ROW = re.compile(r"row=(\d+)|cell=(\d+)")


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file of a table, as it is described; `retrieved` is its date, where it is known."""

    capture: Capture
    described: ExportDescription
    options: TableOptions
    retrieved: str

    def records(self, cube: CubeRecords) -> Iterator[Record]:
        """Its records. Raises InputError where it is not as described."""
        with reading(self.capture):
            yield from cube.records(self.capture)


@contextmanager
def reading(capture: Capture) -> Iterator[None]:
    """While the block runs, what is wrong with a kept file says that it is one."""
    try:
        yield
    except InputError as error:
        if capture.kept:
            raise InputError(error.message, where=error.where, hint=_KEPT % capture.kept) from error
        raise


_KEPT = (
    "It came at %s and is kept for cells that later files do not have. Describe the table so that"
    " both can be read, or let these cells go with “accumulates = false”."
)


@dataclass(slots=True)
class ExportedTable:
    """A table with its files, the newest first."""

    id: str
    described: ExportDescription
    cube: CubeRecords
    files: Sequence[TableFile]
    is_listed: bool
    coverage: str = ""
    _figures: dict[str, tuple[str, str]] = field(default_factory=dict)
    _asked: list[FileSelection] = field(default_factory=list)

    def records(self) -> Iterator[Record]:
        """The records of all files."""
        main = next((one for one in self.files if not one.described.of), self.files[0])
        self.cube.options = main.options
        yield Record(main.capture, "row=1", HEAD, {"table": self}, critical=True)
        for file in self._counting():
            self.cube.options = file.options
            self._asked.append(FileSelection())
            for record in file.records(self.cube):
                is_cell = record.kind == "observation"
                yield self._counted(record, file.retrieved) if is_cell else record
        self.coverage = self.cube.coverage()
        if self.coverage:
            yield Record(main.capture, "row=1", "export-coverage", {"table": self})

    def _counting(self) -> Sequence[TableFile]:
        """Where rows are told apart by their order alone, two files have no row in common."""
        return self.files[:1] if self.described.row_is_key else self.files

    def _counted(self, record: Record, when: str) -> Record:
        """The record, or one of a cell that a later retrieval has otherwise, or not any more."""
        made: ObservationCell = record.data["observation"]
        if self.described.row_is_key:
            made = self._with_row(record, made)
            record = record._replace(data={**record.data, "observation": made})
        if len(self._counting()) == 1:
            return record
        key, text = key_of(made), made.cell.text.strip()
        *newer, own = self._asked
        own.add(key)
        node = observation_node(self.cube.cube, made.key).value
        if node not in self._figures and any(one.has(key) for one in newer):
            return self._left_out(record, WITHDRAWN, f"{when}: {text}")
        figure, later = self._figures.setdefault(node, (text, when))
        if _same(figure, text):
            return record
        return self._left_out(record, REVISED, f"{when}: {text}; {later}: {figure}")

    def _left_out(self, record: Record, kind: str, detail: str) -> Record:
        return record._replace(kind=kind, data={"table": self, "detail": detail})

    def _with_row(self, record: Record, made: ObservationCell) -> ObservationCell:
        match = _ROW.match(record.locator)
        key = f"row-{(match[1] or match[2]) if match else record.locator}"
        code = DimensionCode(key, ox.NamedNode(f"{self.cube.cube}/row/{key}"))
        return replace(made, key=((self.row_dimension, code), *made.key))

    @property
    def row_dimension(self) -> ox.NamedNode:
        """The dimension that tells rows apart by their order."""
        return ox.NamedNode(f"{self.cube.cube}#row")


_ZEROS = re.compile(r"\.0+$")


def _same(one: str, other: str) -> bool:
    """Whether two texts are the same figure: 950 and 950.0 are, in files of two programs."""
    return one == other or _ZEROS.sub("", one) == _ZEROS.sub("", other)


def statements(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The statements of a record of a cell or label, and what is found about it.

    Raises Rejected for a cell that is no figure.
    """
    if record.kind not in _FINDINGS:
        yield from tables.statements(record, context)
        return
    node = ox.NamedNode(record.data["table"].cube.dataset)
    kind, detail = _FINDINGS[record.kind], record.data["detail"]
    yield LoadFinding(kind, node, record.location, detail=detail)
