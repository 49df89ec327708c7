"""Reading by a dialect, and guessing one from the first part of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from graph.core.errors import ConfigError, InputError
from loaders.pipeline.record import Capture
from loaders.tables import workbooks
from loaders.tables.cells.model import Dialect, Guess, Reason, Row, Sheet
from loaders.tables.grids import (
    delimited,
    delimiters,
    encodings,
    fixed,
    json_rows,
    json_stream,
    structure,
    text,
)

HEAD = 1 << 20  # bytes that are looked at for guesses
_HEAD_LINES = 2000
_MOST_NAMES = 5  # of sheets

Reader = Callable[[Capture, Dialect], Iterator[Sheet]]

READERS: dict[str, Reader] = {
    "delimited": delimited.sheets,
    "fixed": fixed.sheets,
    "json": json_rows.sheets,
    "workbook": workbooks.sheets,
}


def read(capture: Capture, dialect: Dialect) -> Iterator[Sheet]:
    """The sheets of a file, read as the dialect says; rows are read when they are asked for.

    Raises ConfigError for a dialect that cannot be used, InputError with file, row and column for
    what is not as the dialect says.
    """
    try:
        reader = READERS[dialect.form]
    except KeyError as error:
        raise ConfigError(
            f"there is no form “{dialect.form}”", hint=f"Choose one of: {', '.join(READERS)}."
        ) from error
    return reader(capture, dialect)


def detect(capture: Capture) -> Guess:
    """A dialect from the first part of the file, with the reason for each guess.

    Raises InputError for a file that cannot be read at all.
    """
    form, reasons = _form(capture)
    chosen, why = _sheet(capture, form)
    if why:
        form = replace(form, sheet=chosen.sheet.name if chosen else "")
        reasons["sheet"] = why
    if chosen is None:
        return Guess(form, reasons)
    keyed = form.form == "json" and json_stream.kind(capture, form) != "lists"
    found = structure.detect(chosen.rows, chosen.sheet.merged, form, chosen.whole, keyed)
    return Guess(found[0], {**reasons, **found[1]})


_OTHERS = {
    b"%PDF": "a PDF document",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
    b"<HTML": "a web page",
    b"<?xml": "an XML document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"{\\rtf": "an RTF document",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x1f\x8b": "a compressed file (gzip)",
}
"""How files begin that people send in the place of a table."""


class _Chosen(NamedTuple):
    """The sheet of the table, and its first rows; `whole` where there are no others."""

    sheet: Sheet
    rows: list[Row]
    whole: bool


def _form(capture: Capture) -> tuple[Dialect, dict[str, Reason]]:
    """What the first bytes tell: the form, and encoding and delimiter of text."""
    with capture.open() as stream:
        head = stream.read(HEAD)
    for mark, name in ((workbooks.ZIP, "a ZIP archive"), (workbooks.OLE, "an OLE document")):
        if head.startswith(mark):
            return Dialect("workbook"), {"form": Reason("workbook", f"begins as {name}")}
    if kind := next((kind for mark, kind in _OTHERS.items() if head.lstrip().startswith(mark)), ""):
        raise InputError(
            f"this is {kind}, not a table",
            where=capture.name,
            hint="Ask the agency for the table as XLSX, ODS or CSV.",
        )
    encoding = encodings.detect(head, whole=len(head) < HEAD)
    dialect = Dialect(encoding=encoding.value)
    reasons = {"encoding": encoding}
    if head.decode(encoding.value, "ignore").lstrip("\ufeff \t\r\n")[:1] in {"[", "{"}:
        path = json_stream.detect(capture, dialect)
        form = Reason("json", f"begins with “{head.strip()[:1].decode('ascii', 'replace')}”")
        return replace(dialect, form="json", path=path.value), {
            **reasons,
            "form": form,
            "path": path,
        }
    return _text(_lines(capture, dialect), dialect, reasons)


def _text(
    lines: list[str], dialect: Dialect, reasons: dict[str, Reason]
) -> tuple[Dialect, dict[str, Reason]]:
    """Delimited text; of fixed width where no delimiter divides the rows."""
    found, why = delimiters.detect(lines, dialect)
    if delimiters.share(lines, found) < 1 and (widths := fixed.detect(lines)):
        numbers = tuple(map(int, widths.value.split(",")))
        form = Reason("fixed", "no delimiter divides all rows; spaces do", sure=False)
        return replace(dialect, form="fixed", widths=numbers), {
            **reasons,
            "form": form,
            "widths": widths,
        }
    return found, {"form": Reason("delimited", "text"), **reasons, **why}


def _sheet(capture: Capture, dialect: Dialect) -> tuple[_Chosen | None, Reason | None]:
    """The first sheet that is not hidden and has a table, and why it was chosen."""
    names: list[str] = []
    hidden: list[str] = []
    chosen: _Chosen | None = None
    for sheet in read(capture, dialect):
        (hidden if sheet.hidden else names).append(sheet.name)
        if chosen is None and not sheet.hidden:
            rows, whole = structure.sample(structure.dense(sheet.rows), structure.ROWS)
            if sum(not row.blank for row in rows) > 1:
                chosen = _Chosen(sheet, rows, whole)
    if dialect.form != "workbook":
        return chosen, None
    why = f"the first with a table of {len(names)} sheets that are shown"
    if hidden:
        why += f"; hidden: {', '.join(f'“{name}”' for name in hidden)}"
    taken = chosen.sheet.name if chosen else ""
    if others := [f"“{name}”" for name in names if name != taken]:
        why += f"; for {', '.join(others[:_MOST_NAMES])} copy this with another id and sheet"
    return chosen, Reason(taken, why, len(names) == 1)


def _lines(capture: Capture, dialect: Dialect) -> list[str]:
    """The first lines of a text. Where they cannot be decoded, what comes before."""
    found: list[str] = []
    size = 0
    with text.lines(capture, dialect.encoding, errors=text.MARK) as lines:
        for line in lines:
            found.append(line)
            size += len(line)
            if size > HEAD or len(found) == _HEAD_LINES:
                break
    return found


def has_named_members(capture: Capture, dialect: Dialect) -> bool:
    """Whether the columns are members of JSON objects, which have no order."""
    named = {"objects", "keyed", "columns"}
    return dialect.form == "json" and json_stream.kind(capture, dialect) in named
