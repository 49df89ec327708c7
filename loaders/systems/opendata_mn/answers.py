"""The portal's answers: the envelope, the pages of a search, the details, and whether all is there.

    {"code": 200, "result": {"details": {"total_rows": 26, "total_pages": 2, "items": [{"id": 6686,
        "name": …, "org": {"reg_num": …, "name": …}, "frequency": {"name": …}, "term": …,
        "files": [{"id": 18132, "ext": "json", "size": 440, "path": …}]}]}, "org_list": […]}}
    {"code": 200, "result": {"id": 6686, "name": …, "description": "<p>…", …}}

A shortened list is refused as a whole: whoever harvests us would take what is missing for deleted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.core.errors import InputError
from loaders.formats.json_strict import error_at, pointer, read
from loaders.pipeline.record import Capture, Record


@dataclass(frozen=True, slots=True)
class PortalAnswer:
    """What stands under `result`."""

    capture: Capture
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PortalAnswers:
    """All answers of one run."""

    searches: tuple[PortalAnswer, ...]
    details: tuple[PortalAnswer, ...]


def sort(captures: Sequence[Capture]) -> PortalAnswers:
    """Search pages and details, told apart by what is in them, and checked for completeness.

    Raises InputError when one is broken, the portal reports an error, or the list is short.
    """
    answers = [PortalAnswer(capture, _result(capture)) for capture in captures]
    searches = tuple(a for a in answers if isinstance(a.result.get("details"), Mapping))
    details = tuple(a for a in answers if a not in searches)
    for detail in details:
        if "id" not in detail.result:
            raise error_at(detail.capture, "neither a search page nor a dataset", "result")
    _complete(searches, answers)
    return PortalAnswers(searches, details)


def _result(capture: Capture) -> Mapping[str, Any]:
    data = read(capture)
    if not isinstance(data, Mapping) or "code" not in data:
        raise error_at(capture, "no answer of this portal: it has no “code”")
    if data["code"] != 200:
        what = f"the portal answers {data['code']}: {data.get('message') or 'no message'}"
        raise error_at(capture, what, "code")
    result = data.get("result")
    if not isinstance(result, Mapping):
        raise error_at(capture, "the answer has no result", "result")
    return result


def _complete(searches: Sequence[PortalAnswer], answers: Sequence[PortalAnswer]) -> None:
    if not searches:
        where = answers[0].capture.name if answers else ""
        raise InputError("no search page", where=where, hint="Fetch …/front/search first.")
    rows = sum(len(items(page)) for page in searches)
    first = searches[0]
    total = _count(first, "total_rows")
    for page in searches:
        if _count(page, "total_rows") != total:
            what = f"{_count(page, 'total_rows')} rows, but {total} in {first.capture.name}"
            raise error_at(page.capture, what, *_DETAILS, "total_rows", hint=_MOVED)
        if _count(page, "total_pages") != len(searches):
            what = f"{_count(page, 'total_pages')} pages announced, {len(searches)} received"
            raise error_at(page.capture, what, *_DETAILS, "total_pages", hint=_SHORT)
    if rows != total:
        what = f"{total} rows announced, {rows} received"
        raise error_at(searches[-1].capture, what, *_DETAILS, "items", hint=_SHORT)
    if not total:
        raise error_at(
            first.capture, "the portal lists no dataset", *_DETAILS, "items", hint=_SHORT
        )


_DETAILS = ("result", "details")
_MOVED = "The list changed while it was read: fetch it again."
_SHORT = "Fetch every page again; a list cut short would look like datasets deleted."


def _count(page: PortalAnswer, key: str) -> int:
    found = page.result["details"].get(key)
    if type(found) is not int or found < 0:
        raise error_at(page.capture, f"“{found}” is no count", *_DETAILS, key)
    return found


def items(page: PortalAnswer) -> Sequence[Any]:
    """The rows of a search page."""
    found = page.result["details"].get("items")
    if not isinstance(found, list):
        raise error_at(page.capture, "no list of datasets", *_DETAILS, "items")
    return found


def number(row: Any) -> str:
    """A dataset's id on the portal as text; empty when there is none."""
    found = row.get("id") if isinstance(row, Mapping) else None
    written = str(found) if type(found) in (int, str) else ""
    return written if written.isascii() and written.isdecimal() else ""


def records(answers: PortalAnswers) -> Iterator[Record]:
    """One record per dataset: its detail, or its row where no detail was received.

    A second row or detail of the same id is a record too, to be rejected and counted, and so is
    a detail that no page lists.
    """
    described: dict[str, PortalAnswer] = {}
    for detail in answers.details:
        key = number(detail.result)
        if key in described:
            first = described[key].capture.name
            yield Record(detail.capture, "/result", "duplicate", {"id": key, "first": first})
        described.setdefault(key, detail)
    listed: dict[str, str] = {}
    for page in answers.searches:
        yield Record(page.capture, pointer(*_DETAILS), "portal", {})
        for position, row in enumerate(items(page)):
            yield _record(page, position, row, described, listed)
    for key, detail in described.items():
        if key not in listed:
            yield Record(detail.capture, "/result", "unlisted", {"id": key})


def _record(
    page: PortalAnswer,
    position: int,
    row: Any,
    described: Mapping[str, PortalAnswer],
    listed: dict[str, str],
) -> Record:
    key, place = number(row), pointer(*_DETAILS, "items", position)
    if not key:
        return Record(page.capture, place, "nameless", {})
    if key in listed:
        return Record(page.capture, place, "duplicate", {"id": key, "first": listed[key]})
    listed[key] = f"{page.capture.name}#{place}"
    if detail := described.get(key):
        return Record(detail.capture, "/result", "dataset", detail.result)
    return Record(page.capture, place, "dataset", row)
