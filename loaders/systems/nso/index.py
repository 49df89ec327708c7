"""The index of the office's PX-Web tables that the R package mongolstats makes (MIT licence).

    [{"px_path": "Labour, business/Wages", "px_file": "DT_NSO_0400_021V1.px",
      "tbl_id": "DT_NSO_0400_021V1", "tbl_eng_nm": …, "tbl_nm": …, "strt_prd": "2024",
      "end_prd": "1995"}, …]

A row without a known period has neither of the last two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from loaders.formats.json_strict import error_at, pointer, read
from loaders.formats.pxweb.listing.rows import ListedTable
from loaders.pipeline.record import Capture

_MARK = b'"px_path"'
_NEEDED = ("px_path", "px_file", "tbl_id")
_TITLES = {"mn": "tbl_nm", "en": "tbl_eng_nm"}
_START_OF_FILE = 4096  # bytes


def is_index(capture: Capture) -> bool:
    """Whether a capture looks like an index, by its beginning."""
    with capture.open() as file:
        return _MARK in file.read(_START_OF_FILE)


def rows(capture: Capture) -> Iterator[ListedTable]:
    """The rows of the index.

    Raises InputError with a JSON Pointer where it is no list of such rows.
    """
    data = read(capture)
    if not isinstance(data, list) or not data:
        raise error_at(capture, "a list of tables is expected")
    for number, item in enumerate(data):
        yield _row(capture, number, item)


def _row(capture: Capture, number: int, item: Any) -> ListedTable:
    if not isinstance(item, Mapping) or not all(isinstance(v, str) for v in item.values()):
        raise error_at(capture, "a table with texts is expected", number)
    for key in _NEEDED:
        if not item.get(key, "").strip():
            raise error_at(capture, f"“{key}” is missing", number)
    titles = {lang: item[key] for lang, key in _TITLES.items() if item.get(key, "").strip()}
    if not titles:
        raise error_at(capture, "the table has no title", number)
    return ListedTable(
        capture,
        pointer(number),
        item["tbl_id"].strip(),
        item["px_file"].strip(),
        tuple(part for part in item["px_path"].split("/") if part),
        titles,
        item.get("strt_prd", "").strip(),
        item.get("end_prd", "").strip(),
    )
