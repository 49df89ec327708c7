"""Sheets of workbooks that are hidden from readers: they are named, and not read by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from loaders.pipeline.record import Capture, LoadFinding
from loaders.tables.grids import Dialect, read


def findings(captures: Iterable[Capture], dialect: Dialect, dataset: str) -> Iterator[LoadFinding]:
    """One finding for each workbook with hidden sheets; it says whether one of them is read."""
    if dialect.form != "workbook":
        return
    for capture in captures:
        hidden = [one.name for one in read(capture, Dialect(form="workbook")) if one.hidden]
        if hidden:
            named = ", ".join(f"“{name}”" for name in hidden)
            is_read = f"; “{dialect.sheet}” is read" if dialect.sheet in hidden else ""
            about = ox.NamedNode(dataset)
            yield LoadFinding("sheet-hidden", about, capture.name, len(hidden), named + is_read)
