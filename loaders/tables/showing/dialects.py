"""How a capture is to be read, as the description of its source said when it was loaded."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from graph.archive import Archive
from graph.core import toml_schema
from graph.core.errors import UlziiError
from graph.trace.records.capture_text import CaptureText
from loaders.pipeline.record import Capture
from loaders.tables.csvw import reading
from loaders.tables.description.file import FileOptions
from loaders.tables.grids import Dialect


def dialect(archive: Archive, capture: CaptureText) -> Dialect | None:
    """The dialect of a capture; None where its source does not describe a table."""
    if not capture.description:
        return None
    return _described(archive, capture.description, capture.metadata, capture.name)


@lru_cache(maxsize=256)  # what is archived never changes
def _described(archive: Archive, description: str, metadata: str, name: str) -> Dialect | None:
    said = tomllib.loads(archive.read(description).decode("utf-8-sig"))
    if said.get("loader") != "table":
        return None
    file = dict(said.get("options", {}).get("file", {}))
    if metadata:
        file |= _of_metadata(archive, metadata, name)
    return toml_schema.parse(FileOptions, file, Path(name), ("options", "file")).dialect()


def _of_metadata(archive: Archive, metadata: str, name: str) -> dict[str, Any]:
    """What CSVW metadata say of the file; nothing where they are not readable."""
    try:
        read = Capture(metadata, "", "", "", archive.read(metadata))
        return dict(reading.options(read, "records", name)["file"])
    except UlziiError:
        return {}
