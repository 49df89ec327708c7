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

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import unquote

from graph.core.errors import InputError
from loaders.fetching.model import FetchRequest
from loaders.formats.json_strict import pointer
from loaders.formats.pxweb import (
    cells,
    chunks,
    describe,
    jsonstat,
    notes,
    structure,
    table,
    units,
)
from loaders.formats.pxweb.chunks import TableMetadata
from loaders.formats.pxweb.cube import PERIODS, Cube, CubeAxis, build
from loaders.formats.pxweb.jsonstat import JsonStatTable
from loaders.formats.pxweb.listing import entry, tree
from loaders.formats.pxweb.listing import rows as listing
from loaders.formats.pxweb.listing.rows import LISTED, ListedTable
from loaders.formats.pxweb.options import PxWebOptions
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Mapped, Record

__all__ = ["OPTIONS", "records", "requests", "root", "statements"]

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
    yield from chunks.requests(context, others)


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


def _tables(
    captures: Sequence[Capture], context: LoaderContext, listed: Container[str]
) -> Iterator[Record]:
    tables = table.read(context.source)
    limit = chunks.max_cells(context)
    received: dict[str, dict[str, list[JsonStatTable]]] = {}
    described: dict[tuple[str, str], TableMetadata] = {}
    for capture in captures:
        name, lang = _table_of(capture, tables), _language_of(capture)
        parts = received.setdefault(name, {}).setdefault(lang, [])
        if metadata := chunks.read_metadata(capture):
            described[name, lang] = metadata
            continue
        if parts and (name, lang) not in described:
            message = f"{name} appears again in “{lang}”, after {parts[0].capture.name}"
            raise InputError(message, where=capture.name)
        parts.append(jsonstat.parse(capture, limit))
    for name, by_language in received.items():
        whole = {
            lang: chunks.merge(parts, described.get((name, lang)))
            for lang, parts in by_language.items()
        }
        cube = build(tables[name], whole, context)
        yield from _records(replace(cube, is_listed=name in listed))


def _table_of(capture: Capture, tables: Iterable[str]) -> str:
    for text in (unquote(capture.url), capture.name):
        for name in tables:
            if re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text):
                return name
    raise InputError(
        "this is not a table of the source",
        where=capture.name or capture.url,
        hint="Describe the table under [options.tables] in the source's TOML.",
    )


# a path segment, or the end of the file name; never the end of a host name (`1212.mn/`)
_LANGUAGE = re.compile(r"(?:^|(?<=[/#]))(mn|en)(?=/)|(?:^|(?<=[/.#]))(mn|en)(?=\.json$)")


def _language_of(capture: Capture) -> str:
    for text in (capture.url, capture.name):
        if match := _LANGUAGE.search(text):
            return match[0]
    raise InputError(
        "the language is not in the URL or name",
        where=capture.name or capture.url,
        hint="Name the file mn.json or en.json, or fetch it from …/api/v1/mn/….",
    )


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
    role, name = axis.axis.role, axis.axis.id
    data = {"cube": cube, "axis": axis, "lang": lang}
    if role == "concept":
        place = pointer("dimension", name, "label")
        yield Record(response.capture, place, "dimension", data, critical=True)
    if role == "concept" or (role in PERIODS and lang == "en"):
        dimension = response.dimension(name)
        for position, code_ in enumerate(dimension.codes):
            if code_ in dimension.labels:
                place = pointer("dimension", name, "category", "label", code_)
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


_KINDS: dict[str, Callable[[Record, LoaderContext], Iterator[Mapped]]] = {
    "table": _table,
    "dimension": lambda r, c: structure.dimension(r.data["cube"], r.data["axis"], r.data["lang"]),
    "category": lambda r, c: structure.category(
        r.data["cube"], r.data["axis"], r.data["position"], r.data["lang"]
    ),
    "observation": cells.cell,
    notes.NOTE: notes.note,
    notes.UNIT: notes.unit,
    notes.UPDATED: notes.updated,
    LISTED: entry.statements,
}
