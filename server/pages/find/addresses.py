"""The addresses of lists: what a query string asks for, and the address of another state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import quote, urlencode

from werkzeug.datastructures import MultiDict

from graph.lists.facets import key_of
from graph.lists.kinds import KINDS, Kind
from graph.lists.query import PAGE, SORTS, ListRequest
from graph.search.normalize import words
from graph.search.query_parser import SearchExpression, parse
from server.http.problem_details import HttpProblem

SEARCH = "/search"
LISTS = {
    "/datasets": "dataset",
    "/organisations": "organisation",
    "/places": "place",
    "/services": "service",
    "/laws": "law",
    "/provisions": "provision",
    "/terms": "term",
    "/findings": "finding",
}
"""The address of each list, and the kind of things on it."""
PATHS = {kind: path for path, kind in LISTS.items()}

_NUMBER = re.compile(r"[1-9][0-9]{0,6}", re.ASCII)
_LONGEST_TEXT = 500  # characters of a search
_LONGEST_KEY = 1_000
_MOST = 1_000  # things on a page of data


@dataclass(frozen=True, slots=True)
class ListAddress:
    """A list as an address names it. `text` is the search as written, empty for none."""

    path: str
    kind: Kind
    text: str
    words: SearchExpression | None
    filters: tuple[tuple[str, str], ...]
    sort: str
    page: int
    unfolded: str
    size: int

    def request(self, language: str) -> ListRequest:
        """What the index is asked for."""
        return ListRequest(
            kind=self.kind,
            words=self.words,
            filters=self.filters,
            sort=self.sort,
            page=self.page,
            language=language,
            unfolded=self.unfolded,
            size=self.size,
        )

    def at(self, **changes: str) -> str:
        """The address of another state of the list: parameters are replaced, or left out (empty).

        Everything but a change of the page leads to the first page.
        """
        state = {**self._state(), **changes}
        if "page" not in changes:
            state.pop("page", None)
        return address(self.path, state)

    def document(self, form: str) -> str:
        """The address of the same page as data."""
        return address(f"{self.path}.{form}", self._state())

    def _state(self) -> dict[str, str]:
        state = {"q": self.text}
        if self.path == SEARCH:
            state["kind"] = self.kind.name
        state.update(self.filters)
        state.update(sort=self.sort, unfold=self.unfolded)
        state["page"] = str(self.page) if self.page > 1 else ""
        state["size"] = str(self.size) if self.size != PAGE else ""
        return state


def address(path: str, parameters: Mapping[str, str]) -> str:
    """A path with a query string of the parameters that are not empty."""
    given = {name: value for name, value in parameters.items() if value}
    return f"{path}?{urlencode(given, quote_via=quote)}" if given else path


def filtered(kind: str, base: str, **terms: str) -> str:
    """The address of a list filtered by terms, by facet; `base` begins the instance's own IRIs."""
    return address(PATHS[kind], {facet: key_of(facet, term, base) for facet, term in terms.items()})


def read(path: str, arguments: MultiDict[str, str], *, sizes: bool) -> ListAddress:
    """What a query string asks for. `sizes`: whether the size of a page may be chosen.

    Raises HttpProblem (400) for values that cannot be meant, QuerySyntaxError (400) for a search
    that has too many words. Unknown parameters are left alone: links bring their own.
    """
    kind = KINDS[LISTS[path]] if path in LISTS else _kind(one(arguments, "kind"))
    text = one(arguments, "q").strip()
    if len(text) > _LONGEST_TEXT:
        _refuse("q", f"at most {_LONGEST_TEXT} characters", f"{_LONGEST_TEXT} хүртэл тэмдэгт")
    filters = ((facet, one(arguments, facet)) for facet in kind.facets)
    return ListAddress(
        path=path,
        kind=kind,
        text=text,
        words=parse(text) if words(text) else None,
        filters=tuple((facet, key[:_LONGEST_KEY]) for facet, key in filters if key),
        sort=chosen(arguments, "sort", SORTS),
        page=number(arguments, "page") or 1,
        unfolded=chosen(arguments, "unfold", kind.facets),
        size=min(number(arguments, "size") or PAGE, _MOST) if sizes else PAGE,
    )


def _kind(name: str) -> Kind:
    if name and name not in KINDS:
        _refuse("kind", f"one of {', '.join(KINDS)}", f"дараахын нэг: {', '.join(KINDS)}")
    return KINDS[name or "dataset"]


def no_page(asked: int, last: int) -> HttpProblem:
    """The problem of a page after the last one."""
    return HttpProblem(
        404,
        f"there is no page {asked}",
        hint=f"The last page is {last}.",
        detail_mn=f"{asked} дугаар хуудас алга",
        hint_mn=f"Сүүлийн хуудас нь {last}.",
    )


def one(arguments: MultiDict[str, str], name: str) -> str:
    """The value of a parameter; empty where it is not given. Raises HttpProblem (400) for two."""
    values = [value for value in arguments.getlist(name) if value]
    if len(values) > 1:
        _refuse(name, "given once", "нэг удаа")
    return values[0] if values else ""


def chosen(arguments: MultiDict[str, str], name: str, among: Iterable[str]) -> str:
    """The value of a parameter that has few. Raises HttpProblem (400) for any other."""
    value = one(arguments, name)
    if value and value not in among:
        _refuse(name, f"one of {', '.join(among)}", f"дараахын нэг: {', '.join(among)}")
    return value


def number(arguments: MultiDict[str, str], name: str) -> int:
    """The number of a parameter; 0 where it is not given. Raises HttpProblem (400)."""
    text = one(arguments, name)
    if text and not _NUMBER.fullmatch(text):
        _refuse(name, "a number from 1", "1-ээс эхэлсэн тоо")
    return int(text or 0)


def _refuse(name: str, expected: str, expected_mn: str) -> NoReturn:
    raise HttpProblem(
        400, f"“{name}” must be {expected}", detail_mn=f"“{name}” ийм байна: {expected_mn}"
    )
