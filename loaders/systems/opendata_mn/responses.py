"""The portal's responses: the envelope, search pages and details, and whether all are there.

    {"code": 200, "result": {"details": {"total_rows": 26, "total_pages": 2, "items": [{"id": 6686,
        "name": …, "org": {"reg_num": …, "name": …}, "frequency": {"name": …}, "term": …,
        "files": [{"id": 18132, "ext": "json", "size": 440, "path": …}]}]}, "org_list": […]}}
    {"code": 200, "result": {"id": 6686, "name": …, "description": "<p>…", …}}

An incomplete list is refused as a whole: harvesters would take missing datasets for deleted ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.core.errors import InputError
from loaders.formats import json_strict
from loaders.formats.json_strict import error_at, pointer
from loaders.pipeline.record import Capture, Record


@dataclass(frozen=True, slots=True)
class PortalResponse:
    """One response: the value of its `result`."""

    capture: Capture
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PortalResponses:
    """All responses of one run: the search pages, and the captures of details by dataset.

    A detail is read again when its record is made, so that thousands do not stay in memory.
    `repeated` are the details of datasets that another one describes already.
    """

    searches: tuple[PortalResponse, ...]
    details: Mapping[str, Capture]
    repeated: Sequence[tuple[str, Capture]]


def classify(captures: Sequence[Capture]) -> PortalResponses:
    """The responses as search pages and details, by their content; checked for completeness.

    Raises InputError for an invalid response, for an error of the portal, and for an incomplete
    list.
    """
    searches: list[PortalResponse] = []
    details: dict[str, Capture] = {}
    repeated: list[tuple[str, Capture]] = []
    for response in map(read, captures):
        if isinstance(response.result.get("details"), Mapping):
            searches.append(response)
            continue
        if "id" not in response.result:
            raise error_at(response.capture, "neither a search page nor a dataset", "result")
        key = number(response.result)
        if key in details:
            repeated.append((key, response.capture))
        details.setdefault(key, response.capture)
    check_complete(searches, captures)
    return PortalResponses(tuple(searches), details, repeated)


def read(capture: Capture) -> PortalResponse:
    """A response of the portal.

    Raises InputError for one that is invalid, and for an error of the portal.
    """
    return PortalResponse(capture, _result(capture))


def _result(capture: Capture) -> Mapping[str, Any]:
    data = json_strict.read(capture)
    if not isinstance(data, Mapping) or "code" not in data:
        raise error_at(capture, "not a response of this portal: it has no “code”")
    if data["code"] != 200:
        message = f"the portal responds {data['code']}: {data.get('message') or 'no message'}"
        raise error_at(capture, message, "code")
    result = data.get("result")
    if not isinstance(result, Mapping):
        raise error_at(capture, "the response has no result", "result")
    return result


def check_complete(searches: Sequence[PortalResponse], captures: Sequence[Capture]) -> None:
    """Raise InputError unless the search pages are all there and list as many datasets as the
    portal announces, each counted once: where pages overlap, another dataset is on none."""
    if not searches:
        where = captures[0].name if captures else ""
        raise InputError("no search page", where=where, hint="Fetch …/front/search first.")
    first = searches[0]
    total = count(first, "total_rows")
    for page in searches:
        if count(page, "total_rows") != total:
            message = f"{count(page, 'total_rows')} rows, but {total} in {first.capture.name}"
            raise error_at(page.capture, message, *_DETAILS, "total_rows", hint=_CHANGED)
        if count(page, "total_pages") != len(searches):
            message = f"{count(page, 'total_pages')} pages announced, {len(searches)} received"
            raise error_at(page.capture, message, *_DETAILS, "total_pages", hint=_INCOMPLETE)
    _check_rows(searches, total)
    if not total:
        raise error_at(
            first.capture, "the portal lists no dataset", *_DETAILS, "items", hint=_INCOMPLETE
        )


def _check_rows(searches: Sequence[PortalResponse], total: int) -> None:
    """As many different datasets as announced: rows that came twice make up for no missing one."""
    ids = [number(row) for page in searches for row in items(page)]
    different = len(set(filter(None, ids))) + ids.count("")
    if different == total:
        return
    message = f"{total} rows announced, {len(ids)} received"
    if different != len(ids):
        twice = next(one for one in ids if one and ids.count(one) > 1)
        message += f", of them {different} different ones: {twice} came more than once"
    raise error_at(searches[-1].capture, message, *_DETAILS, "items", hint=_INCOMPLETE)


DETAIL = "/result"
"""The locator of the dataset in a detail."""
_DETAILS = ("result", "details")
_CHANGED = "The list changed while it was fetched. Fetch it again."
_INCOMPLETE = "Fetch every page again. Missing datasets would look like deleted ones."


def count(page: PortalResponse, key: str) -> int:
    """A count of a search page: `total_rows` or `total_pages`."""
    value = page.result["details"].get(key)
    if type(value) is not int or value < 0:
        raise error_at(page.capture, f"“{value}” is not a count", *_DETAILS, key)
    return value


def items(page: PortalResponse) -> Sequence[Any]:
    """The rows of a search page."""
    rows = page.result["details"].get("items")
    if not isinstance(rows, list):
        raise error_at(page.capture, "no list of datasets", *_DETAILS, "items")
    return rows


def number(row: Any) -> str:
    """The id of a dataset on the portal, as text; empty without a valid one."""
    value = row.get("id") if isinstance(row, Mapping) else None
    written = str(value) if type(value) in (int, str) else ""  # bool is a subclass of int
    return written if written.isascii() and written.isdecimal() else ""


def records(responses: PortalResponses) -> Iterator[Record]:
    """One record per dataset: its detail, or its row if there is no detail.

    Repeated rows and details, and details that no page lists, are records too: `statements` rejects
    or skips them, so that they are counted.
    """
    for key, capture in responses.repeated:
        first = responses.details[key].name
        yield Record(capture, DETAIL, "duplicate", {"id": key, "first": first})
    listed: dict[str, str] = {}
    for page in responses.searches:
        yield Record(page.capture, pointer(*_DETAILS), "portal", {})
        for position, row in enumerate(items(page)):
            yield _record(page, position, row, responses.details, listed)
    for key, capture in responses.details.items():
        if key not in listed:
            yield Record(capture, DETAIL, "unlisted", {"id": key})


def _record(
    page: PortalResponse,
    position: int,
    row: Any,
    details: Mapping[str, Capture],
    listed: dict[str, str],
) -> Record:
    key, locator = number(row), pointer(*_DETAILS, "items", position)
    if not key:
        return Record(page.capture, locator, "nameless", {})
    if key in listed:
        return Record(page.capture, locator, "duplicate", {"id": key, "first": listed[key]})
    listed[key] = f"{page.capture.name}#{locator}"
    if detail := details.get(key):
        return Record(detail, DETAIL, "dataset", read(detail).result)
    return Record(page.capture, locator, "dataset", row)
