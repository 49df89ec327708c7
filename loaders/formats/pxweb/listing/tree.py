"""The folders of a PX-Web database: what to request next, and the rows of its list of tables.

    GET …/api/v1/en/NSO               [{"id": "Labour, business", "type": "l", "text": …}, …]
    GET …/api/v1/en/NSO/Labour,%20business/Wages
                                      [{"id": "DT_NSO_0400_021V1.px", "type": "t", "text": …,
                                        "updated": "2025-03-05T16:00:00"}, …]

`l` is a folder, `t` a table, `h` a heading. A source names the database in `files`, with `/en/` and
with `/mn/`; each answer leads to the folders in it, and to the tables that the source describes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import unquote

from graph.core.errors import InputError
from graph.core.iris import segment
from loaders.fetching.model import FetchRequest
from loaders.formats.json_strict import error_at, pointer, read
from loaders.formats.pxweb.listing.rows import ListedTable
from loaders.pipeline.record import Capture

_FOLDER, _TABLE, _HEADING = "l", "t", "h"
_DEEPEST = 12  # folders; a server whose folders contain themselves is left here
_EXTENSION = ".px"

Place = tuple[str, tuple[str, ...]]


def is_folder(capture: Capture, root: str) -> bool:
    """Whether an answer is to a request for a folder of the database at `root`."""
    found = _place(capture, root) if root else None
    return found is not None and not (found[1] and found[1][-1].endswith(_EXTENSION))


def requests(
    root: str, answers: Iterable[Capture], described: Container[str]
) -> Iterator[FetchRequest]:
    """The folders that stand in the folders that came, and the described tables.

    `root` is the address of the database, with `{lang}` in it. Raises InputError for an answer that
    is no folder, and for folders that are nested too deep.
    """
    asked: set[str] = set()
    for answer in answers:
        lang, folders = _place(answer, root) or ("", ())
        if len(folders) >= _DEEPEST:
            raise InputError(f"more than {_DEEPEST} folders deep", where=answer.url)
        for _, item in _items(answer):
            name = "/".join([lang, *folders, item["id"]])
            if item["type"] == _TABLE:
                # a table that stands in several folders is fetched from the first
                key, table = f"{lang}/{item['id']}", table_id(item["id"])
                if table not in described or key in asked:
                    continue
                asked.add(key)
            elif item["type"] == _HEADING:
                continue
            yield FetchRequest(name, f"{answer.url.rstrip('/')}/{segment(item['id'])}")


def rows(root: str, answers: Sequence[Capture]) -> Iterator[ListedTable]:
    """The tables of all folders that came, those of one language after those of the other.

    Raises InputError for an answer that is no folder, and where there is no table at all.
    """
    found = False
    for answer in answers:
        lang, folders = _place(answer, root) or ("", ())
        for number, item in _items(answer):
            if item["type"] != _TABLE:
                continue
            found = True
            yield ListedTable(
                answer,
                pointer(number),
                table_id(item["id"]),
                item["id"],
                folders,
                {lang: unicodedata.normalize("NFC", item["text"])},
                updated=item.get("updated") or "",
                has_period=False,
            )
    if answers and not found:
        hint = "Missing tables would look like deleted ones. Fetch again."
        raise InputError("the database lists no table", where=answers[0].url, hint=hint)


def names(root: str, answers: Iterable[Capture]) -> set[str]:
    """The ids of the tables in the folders among some answers."""
    folders = [one for one in answers if is_folder(one, root)]
    return {row.id for row in rows(root, folders)}


def _place(answer: Capture, root: str) -> Place | None:
    """The language of a folder, and the folders that lead to it; None for other addresses."""
    address = answer.url.rstrip("/")
    for lang in ("en", "mn"):
        start = root.format(lang=lang).rstrip("/")
        rest = address.removeprefix(start)
        if address.startswith(start) and (not rest or rest.startswith("/")):
            return lang, tuple(unquote(part) for part in rest.split("/") if part)
    return None


def table_id(file: str) -> str:
    """The id of a table: the name of its file without the extension."""
    return file.removesuffix(_EXTENSION)


def _items(answer: Capture) -> Iterator[tuple[int, dict[str, Any]]]:
    data = read(answer)
    if not isinstance(data, list):
        raise error_at(answer, "a list of folders and tables is expected")
    for number, item in enumerate(data):
        if not isinstance(item, dict) or item.get("type") not in {_FOLDER, _TABLE, _HEADING}:
            raise error_at(answer, "a folder (l), a table (t) or a heading (h) expected", number)
        for key in ("id", "text"):
            if not isinstance(item.get(key), str) or not item[key].strip():
                raise error_at(answer, f"“{key}” is missing", number)
        yield number, item
