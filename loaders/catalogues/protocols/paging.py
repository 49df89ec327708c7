"""What to request of a catalogue: first, and next from the answers so far.

What an answer is tells its content; only where the address of a source is not yet an answer (the
base of an API, an endpoint) does `protocol` in `[options]` say how it is asked.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, cast

from loaders.catalogues.protocols.rounds import Rounds
from loaders.catalogues.reading.api_forms import api_form
from loaders.catalogues.reading.read import received
from loaders.fetching.model import FetchRequest
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture
from loaders.pipeline.source import Source

_RDF = "linked_pages"
_MODULES = {
    "ckan": "ckan_api",
    "oai-pmh": "oai_requests",
    "csw": "csw_requests",
    "sparql": "sparql_requests",
}
"""Protocol, or form of an answer → the module here that words its requests; others are RDF."""

_CKAN_SEARCH = "/action/package_search"
"""An address that says what it is: the list is asked for in the order of ids from the start."""


class RequestWording(Protocol):
    """What a module of a protocol offers."""

    def first_request(self, address: str, options: Mapping[str, Any]) -> FetchRequest:
        """The first request for an address among a source's files."""

    def further(
        self, newest: Sequence[Capture], rounds: Rounds, options: Mapping[str, Any]
    ) -> Iterable[FetchRequest]:
        """The requests that follow from the answers of the last round.

        Raises InputError for an answer that is an error, and where a list is not whole.
        """


def first_request(source: Source, address: str) -> FetchRequest:
    """The first request for an address of a source."""
    is_search = address.partition("?")[0].endswith(_CKAN_SEARCH)
    protocol = _stated(source.options) or ("ckan" if is_search else "")
    return _wording(protocol).first_request(address, source.options)


def requests(context: LoaderContext, answers: Sequence[Capture]) -> list[FetchRequest]:
    """The requests that follow from the answers so far; none when all came.

    Raises InputError for an answer that is an error, and where a list is not whole.
    """
    rounds, options = Rounds(answers), context.source.options
    by_protocol: dict[str, list[Capture]] = {}
    for capture in rounds.newest():
        by_protocol.setdefault(protocol_of(capture, options), []).append(capture)
    return rounds.named(
        request
        for protocol, newest in by_protocol.items()
        for request in _wording(protocol).further(newest, rounds, options)
    )


def check(captures: Sequence[Capture], options: Mapping[str, Any]) -> None:
    """Raise InputError where the answers of a protocol say that a list is not whole."""
    by_protocol: dict[str, list[Capture]] = {}
    for capture in captures:
        by_protocol.setdefault(protocol_of(capture, options), []).append(capture)
    for protocol, answers in by_protocol.items():
        if wording_check := getattr(_wording(protocol), "check", None):
            wording_check(answers, options)


def protocol_of(capture: Capture, options: Mapping[str, Any]) -> str:
    """The protocol that an answer belongs to: as stated, else by its content."""
    return _stated(options) or api_form(received(capture, capture.address, "")[0]) or ""


def _stated(options: Mapping[str, Any]) -> str:
    return str(options.get("protocol", ""))


def _wording(protocol: str) -> RequestWording:
    name = f"loaders.catalogues.protocols.{_MODULES.get(protocol, _RDF)}"
    return cast(RequestWording, importlib.import_module(name))
