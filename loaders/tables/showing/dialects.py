"""How a capture is to be read, and what of it is hidden, as the description of its source said when
it was loaded."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from graph.archive import Archive
from graph.core import toml_schema
from graph.core.errors import UlziiError
from graph.trace.records.capture_text import CaptureText
from loaders.pipeline.record import Capture
from loaders.tables.csvw import reading
from loaders.tables.description.file import FileOptions
from loaders.tables.grids import Dialect
from loaders.tables.grids.heads import folded


class ShownForm(NamedTuple):
    """How a file is read, and the names of the columns that its description ignores."""

    dialect: Dialect
    ignored: frozenset[str] = frozenset()


def form(archive: Archive, capture: CaptureText) -> ShownForm | None:
    """The form of a capture; None where its source does not describe a table."""
    if not capture.description:
        return None
    return _described(archive, capture.description, capture.metadata, capture.name)


@lru_cache(maxsize=256)  # what is archived never changes
def _described(archive: Archive, description: str, metadata: str, name: str) -> ShownForm | None:
    said = tomllib.loads(archive.read(description).decode("utf-8-sig"))
    if said.get("loader") != "table":
        return None
    options = dict(said.get("options", {}))
    if metadata:
        becomes = str(options.get("becomes", "cube"))
        options |= _of_metadata(archive, metadata, name, becomes)
    file = options.get("file", {})
    dialect = toml_schema.parse(FileOptions, file, Path(name), ("options", "file")).dialect()
    return ShownForm(dialect, _ignored(options.get("columns", [])))


def _ignored(columns: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(folded(one["name"]) for one in columns if one.get("role") == "ignore")


def _of_metadata(archive: Archive, metadata: str, name: str, becomes: str) -> dict[str, Any]:
    """What CSVW metadata say of the file; nothing where they are not readable."""
    try:
        read = Capture(metadata, "", "", "", archive.read(metadata))
        return reading.options(read, becomes, name)
    except UlziiError:
        return {}
