"""CKAN's action API: package_search in pages, lists of names, and details of each name.

Pages are sorted by `id`: by default the order follows changes, and a list that is shifted while it
is read loses datasets without a sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import ijson

from graph.core.errors import InputError
from loaders.catalogues.json_forms import ckan
from loaders.catalogues.json_forms.stream import outline
from loaders.catalogues.protocols.rounds import Rounds, by_list, document_of_form, plain_name
from loaders.catalogues.protocols.survey import check_total
from loaders.fetching.model import FetchRequest
from loaders.pipeline.record import Capture

_ROWS = 100
_SEARCH, _RESOURCES, _NAMES = (
    "package_search",
    "current_package_list_with_resources",
    "package_list",
)
_API = "/api/3/action/"


class _Answer(NamedTuple):
    """One answer: its action, the number of all packages where it says it, ids, names."""

    action: str
    total: int | None
    ids: list[str]
    names: list[str]


def first_request(address: str, options: Mapping[str, Any]) -> FetchRequest:
    """`package_search` below the base address of a portal; another action as it is given."""
    parts = urlsplit(address)
    if "/action/" in parts.path and not parts.path.endswith(_SEARCH):
        return FetchRequest(parts.path.rsplit("/", 1)[-1], address)
    path = parts.path if "/action/" in parts.path else parts.path.rstrip("/") + _API + _SEARCH
    found = dict(parse_qsl(parts.query))
    given = {"rows": str(options.get("page_size") or _ROWS), "sort": "id asc", "start": "0"}
    return _request(urlunsplit(parts._replace(path=path, query=urlencode(given | found))))


def _request(address: str, *, detail: bool = False) -> FetchRequest:
    name = urlsplit(address).path.rsplit("/", 1)[-1]
    return FetchRequest(f"{name}.json", address, detail=detail)


def further(
    newest: Sequence[Capture], rounds: Rounds, options: Mapping[str, Any]
) -> Iterable[FetchRequest]:
    """The next page of each list, or the packages that a list only names.

    Raises InputError for an answer without success, and for a list that is not whole.
    """
    found = [one for capture in newest for one in _following(capture, rounds)]
    if not found:
        check(rounds.answers, options)
    return found


def _following(capture: Capture, rounds: Rounds) -> Iterator[FetchRequest]:
    answer = _answer(capture)
    parts = urlsplit(capture.url)
    given = dict(parse_qsl(parts.query))
    if answer.action == _NAMES or (answer.names and not answer.ids):
        base = capture.url.partition("/action/")[0] + "/action/package_show?"
        yield from (_request(base + urlencode({"id": n}), detail=True) for n in answer.names)
    elif answer.action == _RESOURCES and answer.ids:
        offset = int(given.get("offset", 0)) + len(answer.ids)
        limit = given.get("limit", str(len(answer.ids)))
        query = urlencode(given | {"limit": limit, "offset": str(offset)})
        yield _request(urlunsplit(parts._replace(query=query)))
    elif answer.total is not None:
        start = int(given.get("start", 0)) + len(answer.ids)
        if start < answer.total:
            _refuse_empty(answer, capture)
            query = urlencode(given | {"start": str(start)})
            yield _request(urlunsplit(parts._replace(query=query)))


def _refuse_empty(answer: _Answer, capture: Capture) -> None:
    if not answer.ids:
        raise InputError(
            f"an empty page, but the list has {answer.total:,} packages",
            where=f"{plain_name(capture)} {capture.url}",
            hint="Nothing was changed. Load again.",
        )


def _answer(capture: Capture) -> _Answer:
    """What one answer holds; only ids are kept of its packages."""
    document = document_of_form(capture, "ckan")
    data = document.data
    listed = ckan.listing(data)
    prefix = f"{listed}.id" if listed else "id"
    found = outline(document, listed, (prefix,))
    ckan.check_success(capture.name, found)
    ids = [text for text, _ in found.texts[prefix]]
    names = [] if ids else [one for one in ijson.items(data, listed) if isinstance(one, str)]
    result = found.members.get("result")
    total = result.get("count") if isinstance(result, Mapping) else None
    action = urlsplit(capture.url).path.rsplit("/", 1)[-1]
    return _Answer(action, total if isinstance(total, int) else None, ids, names)


def check(captures: Sequence[Capture], options: Mapping[str, Any]) -> None:
    """Raise InputError where a list says that it has more packages than came, or changed while it
    was read: then packages may have moved between pages."""
    if options.get("check_total", True) is False:
        return
    for pages in by_list(captures, "start", "offset"):
        _check_list(pages)


def _check_list(captures: Sequence[Capture]) -> None:
    answers = list(map(_answer, captures))
    totals = {answer.total for answer in answers if answer.total is not None}
    if len(totals) > 1:
        numbers = ", ".join(f"{one:,}" for one in sorted(totals))
        raise InputError(
            f"the list changed while it was read: it had {numbers} packages",
            where=captures[-1].url,
            hint="Nothing was changed. Load again.",
        )
    ids = {name for answer in answers for name in answer.ids}
    for total in totals:
        check_total(total, len(ids), captures[-1].url)
