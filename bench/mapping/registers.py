"""A loader of a synthetic register: eight statements a row, in the mapping tables that loaders use.

`morph.py` has the same mapping in RML.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from loaders.formats.csv import rows
from loaders.formats.mapping import Field, code, date, decimal, integer, iri, text
from loaders.formats.mapping_table import MappingTable
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Mapped, Record
from vocab.namespaces import DCT

STATEMENTS = 8  # of each row
BASE = "https://bench.example/"
COLUMNS = ("id", "name_mn", "name_en", "population", "area", "founded", "code", "aimag")


def _own(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{BASE}def/{name}")


FIELDS = (
    Field(DCT.identifier, "id", code, "identifier"),
    Field(DCT.title, "name_mn", text("mn"), "title-mn"),
    Field(DCT.title, "name_en", text("en"), "title-en"),
    Field(_own("population"), "population", integer, "population"),
    Field(_own("area"), "area", decimal, "area"),
    Field(DCT.issued, "founded", date, "founded"),
    Field(_own("code"), "code", code, "code"),
    Field(_own("aimag"), "aimag", iri(lambda key: f"{BASE}id/place/{key}"), "aimag"),
)
_TABLE = MappingTable(FIELDS)


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """One record per row."""
    for capture in captures:
        for number, cells in rows(capture, COLUMNS):
            yield Record(capture, f"row={number}", "register", cells)


def statements(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The statements of a row."""
    yield _TABLE.about(ox.NamedNode(f"{BASE}id/register/{record.data['id']}"), record)


def write(path: Path, rows: int) -> None:
    """Write the register as CSV."""
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(COLUMNS) + "\n")
        file.writelines(map(_row, range(rows)))


def _row(n: int) -> str:
    return (
        f"{n:07},Сум дүүрэг {n},Soum number {n},{n * 7919 % 100_000},{n * 31 % 10_000}.{n % 9 + 1},"
        f"{1920 + n % 100}-{n % 12 + 1:02}-{n % 28 + 1:02},{n * 13 % 361:05},{n % 21 + 1:03}\n"
    )
