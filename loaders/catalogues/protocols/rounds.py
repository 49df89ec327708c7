"""Rounds of requests: the answers so far, and names that say in which round each was requested.

A loader is asked again and again what to request, with all answers so far, and remembers nothing.
Names like `page-3/catalog.ttl` let it look only at the answers that came last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urljoin, urlsplit

from graph.core.errors import InputError
from loaders.catalogues.model import ReceivedDocument
from loaders.catalogues.reading.read import received
from loaders.catalogues.reading.readers import REFUSALS, refuse
from loaders.catalogues.reading.sniff import sniff
from loaders.fetching.model import FetchRequest
from loaders.pipeline.record import Capture

_PAGE, _DETAIL = "page", "dataset"
_NAME = re.compile(rf"({_PAGE}|{_DETAIL})-(\d+)(?:\.\d+)?/")
_MAX_ROUNDS = 20_000


@dataclass(frozen=True, slots=True)
class Rounds:
    """All answers of a run, in order."""

    answers: Sequence[Capture]

    @property
    def last(self) -> int:
        """The number of the last round; the first is 1."""
        return max(map(round_of, self.answers), default=1)

    @property
    def depth(self) -> int:
        """The number of rounds in which details were requested."""
        return len({round_of(one) for one in self.answers if is_detail(one)})

    def of(self, number: int) -> list[Capture]:
        """The answers of one round."""
        return [one for one in self.answers if round_of(one) == number]

    def newest(self) -> list[Capture]:
        """The answers of the last round, without those that an earlier one has given already: a
        server that ignores the number of the page would be asked for ever."""
        last = self.last
        earlier = {one.digest for one in self.answers if round_of(one) < last}
        return [one for one in self.of(last) if one.digest not in earlier]

    def addresses(self) -> set[str]:
        """The addresses that were requested, and those after redirects."""
        return {address for one in self.answers for address in (one.url, one.address)}

    def named(self, requests: Iterable[FetchRequest]) -> list[FetchRequest]:
        """Requests of the next round, each once, with names that say so.

        Raises InputError where there seems to be no end.
        """
        found = list({one.key: one for one in requests}.values())
        number = self.last + 1
        if found and number > _MAX_ROUNDS:
            raise InputError(
                f"more than {_MAX_ROUNDS:,} pages, each with a next one",
                where=self.answers[-1].url,
                hint="The links to next pages have no end. Ask the publisher.",
            )
        only = len(found) == 1
        return [
            replace(one, name=f"{_kind(one)}-{number}{'' if only else f'.{n}'}/{one.name}")
            for n, one in enumerate(found, 1)
        ]


def _kind(request: FetchRequest) -> str:
    return _DETAIL if request.detail else _PAGE


def round_of(capture: Capture) -> int:
    """The round in which an answer was requested."""
    match = _NAME.match(capture.name)
    return int(match[2]) if match else 1


def plain_name(capture: Capture) -> str:
    """The name of an answer without that of its round."""
    return _NAME.sub("", capture.name, count=1)


def is_detail(capture: Capture) -> bool:
    """Whether an answer describes one dataset that a list names."""
    match = _NAME.match(capture.name)
    return bool(match and match[1] == _DETAIL)


def on_same_host(address: str, capture: Capture) -> str:
    """The address of a next page, relative to that of a page.

    Raises InputError where it is on another host: there a catalogue has no pages, and a page that
    is published under a wrong host, as behind a proxy, cannot be told from an attack.
    """
    absolute = urljoin(capture.address, address.strip())
    if is_same_host(absolute, capture):
        return absolute
    raise InputError(
        f"the next page is on another host: {absolute}",
        where=capture.name,
        hint="Ask the publisher to correct the link, or state all pages in “files”.",
    )


def is_same_host(address: str, capture: Capture) -> bool:
    """Whether an http(s) address has the host that a page was requested from or came from."""
    parts = urlsplit(address)
    hosts = {urlsplit(one).hostname for one in (capture.url, capture.address)}
    return parts.scheme in {"http", "https"} and parts.hostname in hosts


def by_list(captures: Iterable[Capture], *paging: str) -> list[list[Capture]]:
    """Answers of the same list together: a source may have several addresses. `paging` are the
    parameters that differ from page to page, in lower case."""
    lists: dict[tuple[str, ...], list[Capture]] = {}
    for one in captures:
        parts = urlsplit(one.url)
        given = (pair for pair in parse_qsl(parts.query) if pair[0].lower() not in paging)
        key = (parts.netloc, parts.path, *sorted(f"{name}={value}" for name, value in given))
        lists.setdefault(key, []).append(one)
    return list(lists.values())


def document_of_form(capture: Capture, form: str) -> ReceivedDocument:
    """An answer as a document in UTF-8.

    Raises InputError where it has another form than the protocol gives, such as a web page.
    """
    document, _ = received(capture, capture.address, "")
    found = sniff(document)
    if found in REFUSALS:
        refuse(found, document)
    if found != form:
        raise InputError(
            f"this is {found}, and no answer of {form}",
            where=capture.name,
            hint="Check the address, and protocol in [options].",
        )
    return document
