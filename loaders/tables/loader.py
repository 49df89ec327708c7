"""`loader = "table"`: any table that a description explains, as a Data Cube or as records.

Records: the head of the table (critical: the dataset, the structure), each label at its first cell,
each figure at its cell, or each row; at the end the period that the table covers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

import pyoxigraph as ox

from graph.core import toml_schema
from graph.core.errors import ConfigError
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, LoadFinding, Mapped, Record, Rejected
from loaders.pipeline.source import Source
from loaders.tables.csvw import reading
from loaders.tables.description.options import TableOptions
from loaders.tables.mapping import hidden_sheets, observations
from loaders.tables.mapping.cube import CubeRecords
from loaders.tables.mapping.dataset import TableDataset
from loaders.tables.mapping.known_labels import KnownLabels
from loaders.tables.mapping.layout import layout
from loaders.tables.mapping.places import Places
from loaders.tables.mapping.things import ThingRecords

OPTIONS = TableOptions


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """The records of all files of a table.

    Raises InputError for a file whose sheet, heads or columns are not those of the description.
    """
    described, captures = _described(captures, context)
    first = layout(captures[0], described.options)
    dialect = described.options.file.dialect()
    hidden = hidden_sheets.findings(captures, dialect, described.iri)
    head = {"stated": chain(described.statements(captures), hidden)}
    yield Record(captures[0], first.head_locator, "table", head, critical=True)
    made = described.cube or _things(described)
    for capture in captures:
        yield from made.records(capture)
    if described.cube and (key := described.cube.coverage()):
        covered = {"stated": described.coverage(key)}
        yield Record(captures[0], first.head_locator, "coverage", covered)


def _described(
    captures: Sequence[Capture], context: LoaderContext
) -> tuple[TableDataset, Sequence[Capture]]:
    """The dataset as the description and CSVW metadata say, and the files without the metadata."""
    source = context.source
    options = toml_schema.parse(TableOptions, source.options, source.path, ("options",))
    if options.csvw:
        options, captures = _with_metadata(options, captures, source)
    if not options.dataset.id:
        named = options.dataset.model_copy(update={"id": source.id})
        options = options.model_copy(update={"dataset": named})
    iri = context.names.dataset(source.id, options.dataset.id)
    known = KnownLabels(context.previous)
    cube = CubeRecords(options, context.names, iri, Places(context.others), known)
    made = TableDataset(iri, options, context, cube if options.becomes == "cube" else None)
    return made, captures


def _with_metadata(
    options: TableOptions, captures: Sequence[Capture], source: Source
) -> tuple[TableOptions, Sequence[Capture]]:
    """Raises ConfigError where the metadata are not among the files, or nothing else is."""
    metadata = [one for one in captures if one.name == options.csvw]
    tables = [one for one in captures if one.name != options.csvw]
    if not metadata or not tables:
        raise ConfigError(
            f"{'no table' if metadata else f'“{options.csvw}”'} is among the files",
            where=f"{source.path} files",
            hint="“files” names the metadata and the tables that it describes.",
        )
    said = reading.options(metadata[0], options.becomes, tables[0].name)
    both = {key: one for key, one in source.options.items() if key != "csvw"} | said
    return toml_schema.parse(TableOptions, both, source.path, ("options",)), tables


def _things(described: TableDataset) -> ThingRecords:
    context = described.context
    return ThingRecords(described.options, context.names, context.source.id, described.iri)


def statements(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The statements of one record.

    Raises Rejected for a row or a figure that cannot be mapped.
    """
    return _KINDS[record.kind](record, context)


def _stated(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    yield from record.data["stated"]


def _broken(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    raise Rejected(f"{record.location}: {record.data['problem']}", record.data.get("finding"))


def _remark(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    about = ox.NamedNode(record.data["dataset"])
    detail = record.data["label"]
    yield LoadFinding(record.data["remark"], about, record.location, detail=detail)


def _observation(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    return observations.statements(record, record.data["observation"], record.data["cube"])


def _thing(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    made: ThingRecords = record.data["of"]
    return made.statements(record)


_KINDS: dict[str, Callable[[Record, LoaderContext], Iterator[Mapped]]] = {
    "table": _stated,
    "category": _stated,
    "coverage": _stated,
    "broken": _broken,
    "remark": _remark,
    "observation": _observation,
    "thing": _thing,
}
