"""The National Statistics Office: its list of tables, and the tables that are described.

Captures are told apart by what they are: an index of tables (`index.py`), files of tables
(`exports.py`), and answers of PX-Web (`loaders/formats/pxweb`). Each listed table is a dataset; one
that is described in the source's TOML, under `[options.tables.…]` or `[options.exports.…]`, has a
cube besides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from graph.core import toml_schema
from loaders.fetching.model import FetchRequest
from loaders.formats import pxweb
from loaders.formats.pxweb.listing import tree
from loaders.formats.pxweb.options import PxWebOptions
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Mapped, Record
from loaders.systems.nso import exported, exported_table, exports, index
from loaders.systems.nso.options import NsoOptions

__all__ = ["OPTIONS", "kept", "records", "requests", "statements"]

OPTIONS = NsoOptions


def requests(context: LoaderContext, answers: Sequence[Capture]) -> Iterator[FetchRequest]:
    """What follows from the answers of PX-Web. Raises InputError for one that cannot be read."""
    return pxweb.requests(_for_pxweb(context), answers)


def kept(
    context: LoaderContext, earlier: Sequence[Capture], now: Sequence[Capture]
) -> Iterator[Capture]:
    """The files and answers of earlier retrievals with cells that those of now did not ask for.

    Raises InputError for what cannot be read.
    """
    source = context.source
    options = toml_schema.parse(NsoOptions, source.options, source.path, ("options",))
    _, files, answers = _told_apart(now)
    _, earlier_files, earlier_answers = _told_apart(earlier)
    yield from exports.kept(earlier_files, files, options, context)
    yield from pxweb.kept(_for_pxweb(context), earlier_answers, answers)


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """The records of the list, then those of the tables.

    Raises InputError for an index, an answer or a file that is broken.
    """
    source = context.source
    options = toml_schema.parse(NsoOptions, source.options, source.path, ("options",))
    indexes, files, answers = _told_apart(captures)
    listed = [row for one in indexes for row in index.rows(one)]
    yield from pxweb.records(answers, _for_pxweb(context), listed)
    known = {row.id for row in listed} | set(tree.names(pxweb.root(context), answers))
    yield from exports.records(files, options, context, known)


def _for_pxweb(context: LoaderContext) -> LoaderContext:
    """The context without the options that PX-Web does not know."""
    own = NsoOptions.model_fields.keys() - PxWebOptions.model_fields.keys()
    options = {key: one for key, one in context.source.options.items() if key not in own}
    return replace(context, source=replace(context.source, options=options))


def _told_apart(
    captures: Iterable[Capture],
) -> tuple[list[Capture], list[Capture], list[Capture]]:
    """Indexes, files of tables, and answers of PX-Web."""
    indexes: list[Capture] = []
    files: list[Capture] = []
    answers: list[Capture] = []
    for capture in captures:
        if _is_file(capture):
            files.append(capture)
        else:
            (indexes if index.is_index(capture) else answers).append(capture)
    return indexes, files, answers


def statements(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The statements of one record, and what is found about it.

    Raises Rejected for a cell that cannot be mapped.
    """
    return _KINDS.get(record.kind, _other)(record, context)


def _other(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    if _is_file(record.capture):
        return exported_table.statements(record, context)
    return pxweb.statements(record, context)


def _is_file(capture: Capture) -> bool:
    return capture.name.lower().endswith(_FILES)


_FILES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsb", ".xls", ".ods")


_KINDS: dict[str, Callable[[Record, LoaderContext], Iterator[Mapped]]] = {
    exports.HEAD: exported.head,
    "export-coverage": exported.coverage,
}
