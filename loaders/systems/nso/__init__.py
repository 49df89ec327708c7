"""The National Statistics Office: its list of tables, and the tables that are described.

Captures are told apart by what they are: an index of tables (`index.py`), and answers of PX-Web
(`loaders/formats/pxweb`). Each listed table is a dataset; one that is described in the source's
TOML, under `[options.tables.…]`, has a cube besides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loaders.formats import pxweb
from loaders.formats.pxweb import requests
from loaders.formats.pxweb.options import PxWebOptions
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Mapped, Record
from loaders.systems.nso import index

__all__ = ["OPTIONS", "records", "requests", "statements"]

OPTIONS = PxWebOptions


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """The records of the list, then those of the tables.

    Raises InputError for an index or an answer that is broken.
    """
    indexes: list[Capture] = []
    answers: list[Capture] = []
    for capture in captures:
        (indexes if index.is_index(capture) else answers).append(capture)
    listed = [row for one in indexes for row in index.rows(one)]
    yield from pxweb.records(answers, context, listed)


def statements(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The statements of one record, and what is found about it.

    Raises Rejected for a cell that cannot be mapped.
    """
    return pxweb.statements(record, context)
