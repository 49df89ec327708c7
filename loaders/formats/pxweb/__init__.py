"""PX-Web tables (json-stat2) as RDF Data Cubes with DCAT metadata.

Captures: one response per table and language. The language is the `mn` or `en` in the URL or name
(`/api/v1/en/…`, `en.json`), the table is the id in either (`DT_NSO_1001_109V1`). What a table needs
besides is in the source's TOML (loaders/formats/pxweb/table.py), so the next table is a few lines
there and no code.

A live source names in `files` the address of the database, or those of its tables, each with
`/mn/` and with `/en/`. Of a database all folders are requested (`listing/tree.py`): every table in
them becomes a dataset, and those that the TOML describes are fetched. A GET gives the metadata of a
table; its values are then requested in chunks (`chunks.py`), which are put together.

Records: `/label` and the labels of dimensions and categories in each language, and `/value/{n}` of
the English response: one observation each, compared with the Mongolian one.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from graph.core.errors import InputError
from loaders.fetching.model import FetchRequest
from loaders.formats.cubes.translations import Translations
from loaders.formats.json_strict import pointer
from loaders.formats.pxweb import (
    cells,
    chunks,
    describe,
    notes,
    received,
    selection,
    structure,
    table,
    units,
)
from loaders.formats.pxweb.cube import PERIODS, Cube, CubeAxis, build
from loaders.formats.pxweb.jsonstat import JsonStatTable
from loaders.formats.pxweb.listing import entry, tree
from loaders.formats.pxweb.listing import rows as listing
from loaders.formats.pxweb.listing.rows import LISTED, ListedTable
from loaders.formats.pxweb.options import PxWebOptions
from loaders.formats.pxweb.received import Retrieval
from loaders.formats.pxweb.table import PxTable
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Mapped, Record
from loaders.tables.mapping.known_labels import KnownLabels

__all__ = ["OPTIONS", "kept", "records", "requests", "root", "statements"]

OPTIONS = PxWebOptions


def requests(context: LoaderContext, answers: Sequence[Capture]) -> Iterator[FetchRequest]:
    """What follows from the answers: the folders and described tables of a database, and the chunks
    of every table whose metadata came.

    Raises InputError for an answer that cannot be read, and for a table of which a single value of
    the first variable has too many cells.
    """
    top = root(context)
    folders, others = _told_apart(answers, top)
    yield from tree.requests(top, folders, table.read(context.source))
    tables, limit = table.read(context.source), chunks.max_cells(context)
    for name, metadata in received.metadata_of(others, tables).items():
        yield from chunks.requests(tables[name], metadata, limit)


def records(
    captures: Sequence[Capture], context: LoaderContext, listed: Sequence[ListedTable] = ()
) -> Iterator[Record]:
    """The records of all tables that are listed, then those of the tables whose values came.

    `listed` are rows of another list than the database's own. Raises InputError for an invalid
    response, for one of no described table, and where the languages of a table do not agree.
    """
    top = root(context)
    folders, answers = _told_apart(captures, top)
    rows = [*listed, *tree.rows(top, folders)]
    yield from listing.records(rows)
    yield from _tables(answers, context, {row.id for row in rows})


def _told_apart(captures: Iterable[Capture], root: str) -> tuple[list[Capture], list[Capture]]:
    """Folders of the database, and answers about tables."""
    folders: list[Capture] = []
    others: list[Capture] = []
    for capture in captures:
        (folders if tree.is_folder(capture, root) else others).append(capture)
    return folders, others


def root(context: LoaderContext) -> str:
    """The address of the database; empty where the source describes no list of tables."""
    return str(context.source.options.get("listing", {}).get("root", ""))


def kept(
    context: LoaderContext, earlier: Sequence[Capture], now: Sequence[Capture]
) -> Iterator[Capture]:
    """The answers of earlier retrievals that have cells which those of now did not ask for.

    Raises InputError for what cannot be read.
    """
    described = table.read(context.source)
    # a retrieval of a whole table leaves nothing of those before
    tables = {name: one for name, one in described.items() if one.select and one.accumulates}
    came = [one for one in _told_apart([*now, *earlier], root(context))[1] if _is_of(one, tables)]
    for of_table in received.retrievals(came, tables, chunks.max_cells(context)):
        cubes = [_cube(one, context) for one in of_table]
        for number, one in enumerate(of_table):
            newer = cubes[:number]
            if one.kept and newer and not _is_covered(cubes[number], newer):
                yield from one.captures


def _is_covered(older: Cube, newer: Sequence[Cube]) -> bool:
    return any(selection.covers(one, older) for one in newer)


def _is_of(capture: Capture, tables: Mapping[str, PxTable]) -> bool:
    try:
        return bool(received.table_of(capture, tables))
    except InputError:
        return False


def _cube(one: Retrieval, context: LoaderContext) -> Cube:
    try:
        responses = one.responses()
        restricted = one.restricted(responses["en"]) if "en" in responses else frozenset()
        return build(one.table, responses, context, restricted)
    except InputError as error:
        if one.kept:
            raise InputError(error.message, where=error.where, hint=_KEPT % one.kept) from error
        raise


_KEPT = (
    "It came at %s and is kept for cells that later retrievals did not ask for. Describe the table"
    " so that both can be read, or let these cells go with “accumulates = false”."
)


def _tables(
    captures: Sequence[Capture], context: LoaderContext, listed: Container[str]
) -> Iterator[Record]:
    tables, limit = table.read(context.source), chunks.max_cells(context)
    known = KnownLabels(context.previous)
    for of_table in received.retrievals(captures, tables, limit):
        newest, *earlier = (replace(_cube(one, context), known=known) for one in of_table)
        is_listed = newest.table.id in listed
        yield from _records(replace(newest, is_listed=is_listed, earlier=tuple(earlier)))
        for number, one in enumerate(earlier):
            yield from _remaining(one, [newest, *earlier[:number]])


def _remaining(older: Cube, newer: Sequence[Cube]) -> Iterator[Record]:
    """What an earlier retrieval has that no newer one asked for."""
    for lang, response in older.responses.items():
        for axis in older.axes:
            wanted = {*selection.new_terms(axis, older, newer)}
            yield from _categories(older, axis, lang, response, wanted)
    english = older.responses["en"]
    for index in selection.remaining(older, newer):
        capture, locator = english.place(index)
        yield Record(capture, locator, "observation", {"cube": older, "index": index})


def _records(cube: Cube) -> Iterator[Record]:
    for lang, response in cube.responses.items():
        data = {"cube": cube, "lang": lang}
        yield Record(response.capture, "/label", "table", data, critical=True)
        for axis in cube.axes:
            yield from _labels(cube, axis, lang, response)
    english = cube.responses["en"]
    yield from notes.records(cube)
    for index in range(len(english.values)):
        capture, locator = english.place(index)
        yield Record(capture, locator, "observation", {"cube": cube, "index": index})


def _labels(cube: Cube, axis: CubeAxis, lang: str, response: JsonStatTable) -> Iterator[Record]:
    """Areas are labelled by the publishers of their scheme; years need one language only."""
    if axis.axis.role == "concept":
        data = {"cube": cube, "axis": axis, "lang": lang}
        place = pointer("dimension", response.dimension(axis.axis.id).id, "label")
        yield Record(response.capture, place, "dimension", data, critical=True)
    yield from _categories(cube, axis, lang, response, range(len(axis.terms)))


def _categories(
    cube: Cube, axis: CubeAxis, lang: str, response: JsonStatTable, wanted: Container[int]
) -> Iterator[Record]:
    role = axis.axis.role
    if role == "concept" or (role in PERIODS and lang == "en"):
        dimension = response.dimension(axis.axis.id)
        data = {"cube": cube, "axis": axis, "lang": lang}
        for position, code_ in enumerate(dimension.codes):
            if position in wanted and code_ in dimension.labels:
                place = pointer("dimension", dimension.id, "category", "label", code_)
                yield Record(response.capture, place, "category", {**data, "position": position})


def statements(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The statements of one record, and what is found about a cell or the unit.

    Raises Rejected for a cell that is not a number, or differs in the Mongolian response.
    """
    return _KINDS[record.kind](record, context)


def _table(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    cube, lang = record.data["cube"], record.data["lang"]
    yield from describe.table(cube, lang, context)
    yield from units.contradictions(cube, lang, record, context)


def _category(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    said = record.data
    yield from structure.category(
        said["cube"],
        said["axis"],
        said["position"],
        said["lang"],
        record.location,
        Translations(context.source.options.get("translations", {})),
    )


_KINDS: dict[str, Callable[[Record, LoaderContext], Iterator[Mapped]]] = {
    "table": _table,
    "dimension": lambda r, c: structure.dimension(r.data["cube"], r.data["axis"], r.data["lang"]),
    "category": _category,
    "observation": cells.cell,
    notes.NOTE: notes.note,
    notes.UNIT: notes.unit,
    notes.UPDATED: notes.updated,
    LISTED: entry.statements,
}
