"""Records of described tables as people read them: the row under its heads, the cell marked.

For traces and pages of captures (`graph.trace.records`), which take `read_record` from above.
"""

from __future__ import annotations

from pathlib import Path

from graph.archive import Archive
from graph.trace.records.capture_text import CaptureText
from graph.trace.records.view import RecordView


def read_record(
    archive: Archive, cache: Path, capture: CaptureText, locator: str
) -> RecordView | None:
    """See `loaders.tables.showing.record.read_record`."""
    # what reads tables takes a fifth of the time in which a server starts
    from loaders.tables.showing import record

    return record.read_record(archive, cache, capture, locator)
