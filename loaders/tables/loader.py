"""`loader = "table"`: any table that a description explains, as a Data Cube or as records.

Records: the head of the table (critical: the dataset, the structure), each label at its first cell,
each figure at its cell, or each row; at the end the period that the table covers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from graph.core import toml_schema
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Mapped, Record, Rejected
from loaders.tables.description.options import TableOptions
from loaders.tables.mapping import observations
from loaders.tables.mapping.cube import CubeRecords
from loaders.tables.mapping.dataset import TableDataset
from loaders.tables.mapping.layout import layout
from loaders.tables.mapping.places import Places

OPTIONS = TableOptions


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """The records of all files of a table.

    Raises InputError for a file whose sheet, heads or columns are not those of the description.
    """
    described = _described(context)
    first = layout(captures[0], described.options)
    head = {"stated": described.statements(captures)}
    yield Record(captures[0], first.head_locator, "table", head, critical=True)
    if described.cube is None:
        return
    for capture in captures:
        yield from described.cube.records(capture)
    if key := described.cube.coverage():
        covered = {"stated": described.coverage(key)}
        yield Record(captures[0], first.head_locator, "coverage", covered)


def _described(context: LoaderContext) -> TableDataset:
    source = context.source
    options = toml_schema.parse(TableOptions, source.options, source.path, ("options",))
    iri = context.names.dataset(source.id, options.dataset.id)
    cube = CubeRecords(options, context.names, iri, Places(context.others))
    return TableDataset(iri, options, context, cube if options.becomes == "cube" else None)


def statements(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The statements of one record.

    Raises Rejected for a row or a figure that cannot be mapped.
    """
    return _KINDS[record.kind](record, context)


def _stated(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    yield from record.data["stated"]


def _broken(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    raise Rejected(f"{record.location}: {record.data['problem']}")


def _observation(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    return observations.statements(record, record.data["observation"], record.data["cube"])


_KINDS: dict[str, Callable[[Record, LoaderContext], Iterator[Mapped]]] = {
    "table": _stated,
    "category": _stated,
    "coverage": _stated,
    "broken": _broken,
    "observation": _observation,
}
