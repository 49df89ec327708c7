"""Tables that somebody took from the office's site as files: the site's own CSV exports, tables
with one figure a row, workbooks.

    "Aimag","Sex","2000-IV","2001-I"          Indicator,Year,value
    "Ulaanbaatar","Total","74.4","73.4"       "Average monthly wages",1992,1449.0

Each file is one retrieval of one selection of its table. The cells of all of them accumulate, in
one load and from load to load: where several retrievals have a cell, the last one counts; a cell
that a later selection does not ask for is not withdrawn (`retrievals.py`). The date of a retrieval
is in the file's name, or in `[dates]` of the source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatch
from typing import Any

from graph.core.errors import InputError
from loaders.formats.pxweb.listing.rows import dataset
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Record
from loaders.systems.nso import retrievals
from loaders.systems.nso.exported_table import HEAD, ExportedTable, TableFile, reading
from loaders.systems.nso.options import ExportDescription, NsoOptions
from loaders.tables.description.columns import ColumnDescription
from loaders.tables.description.options import TableOptions
from loaders.tables.grids import table
from loaders.tables.mapping.cube import CubeRecords
from loaders.tables.mapping.known_labels import KnownLabels
from loaders.tables.mapping.places import Places

__all__ = ["HEAD", "kept", "records"]


def records(
    captures: Iterable[Capture], source: NsoOptions, context: LoaderContext, listed: set[str]
) -> Iterator[Record]:
    """The records of all files of all tables.

    Raises InputError for a file of no described table, and for columns that are not described.
    """
    places, known = Places(context.others), KnownLabels(context.previous)
    for name, same in _by_table(captures, source).items():
        files = _newest_first(same, source, context.source.dates)
        iri = dataset(context.names, context.source.id, name)
        cube = CubeRecords(files[0].options, context.names, iri, places, known)
        made = ExportedTable(name, source.exports[name], cube, files, name in listed)
        yield from made.records()


def kept(
    earlier: Sequence[Capture], now: Sequence[Capture], source: NsoOptions, context: LoaderContext
) -> Iterator[Capture]:
    """Those of earlier files that have cells which no newer one asked for."""
    came = {one.digest for one in now}
    known = [one for one in earlier if _described_as(one, source) and one.digest not in came]
    for name, same in _by_table([*now, *known], source).items():
        if not source.exports[name].accumulates:
            continue
        newer: list[retrievals.FileSelection] = []
        for file in _newest_first(same, source, context.source.dates):
            cube = CubeRecords(file.options, context.names, f"{context.names.base}x", Places(None))
            with reading(file.capture):
                asked = retrievals.selection(cube, file.capture)
            is_covered = any(one.covers(asked) for one in newer)
            if file.capture.kept and not is_covered and not (newer and file.described.row_is_key):
                yield file.capture
            newer.append(asked)


def _by_table(captures: Iterable[Capture], source: NsoOptions) -> dict[str, list[Capture]]:
    files: dict[str, list[Capture]] = {}
    for capture in captures:
        described = _described_as(capture, source)
        if not described:
            raise InputError(
                "this is no table of the source",
                where=capture.name,
                hint="Describe it under [options.exports] in the source's TOML.",
            )
        files.setdefault(source.exports[described].of or described, []).append(capture)
    return files


def _described_as(capture: Capture, source: NsoOptions) -> str:
    names = (name for name, one in source.exports.items() if fnmatch(capture.name, one.files))
    return next(names, "")


def _newest_first(
    captures: Iterable[Capture], source: NsoOptions, dates: Mapping[str, str]
) -> list[TableFile]:
    ordered = sorted(captures, key=lambda one: retrievals.age(one, dates), reverse=True)
    return [_file(one, source, retrievals.retrieved(one, dates)) for one in ordered]


def _file(capture: Capture, source: NsoOptions, retrieved: str) -> TableFile:
    described = source.exports[_described_as(capture, source)]
    with reading(capture):
        options = _options(source, described, capture)
    return TableFile(capture, described, options, retrieved)


def _options(source: NsoOptions, described: ExportDescription, capture: Capture) -> TableOptions:
    """The description of one file: columns that are no dimensions are its periods."""
    shared: dict[str, Any] = {
        "becomes": "cube",
        "described": source.described,
        "lang": described.lang,
        "numbers": described.numbers,
        "codes": described.codes,
        "places": described.places,
        "translations": source.translations if described.lang == "en" else {},
        "file": described.file,
        "units": {described.unit: source.units[described.unit]},
        "rights": {},
        "dataset": {
            "id": "table",
            "unit": described.unit,
            "multiplier": described.multiplier,
            "additive_over": described.additive_over,
        },
        "columns": [*(described.columns or _columns(described, capture))],
    }
    return TableOptions.model_validate(shared)


def _columns(
    described: ExportDescription, capture: Capture
) -> Iterator[ColumnDescription | dict[str, Any]]:
    yield from described.dimensions
    if described.value:
        yield {"name": described.value, "role": "measure"}
        return
    heads = table(capture, described.file.dialect()).heads[len(described.dimensions) :]
    if not heads:
        where = f"{capture.name} row 1"
        raise InputError("no column has figures", where=where, hint="Is this the whole file?")
    yield {"name": heads[0], "to": heads[-1], "role": "measure", "heads": [{"kind": "period"}]}
