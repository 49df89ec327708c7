"""OAI-PMH 2.0: which format is RDF, then ListRecords with resumption tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from graph.core.errors import InputError
from loaders.catalogues.envelopes import oai_pmh
from loaders.catalogues.envelopes.xml_parts import EnvelopePayload, items, well_formed
from loaders.catalogues.protocols.rounds import Rounds, by_list, document_of_form
from loaders.catalogues.protocols.survey import check_total
from loaders.fetching.model import FetchRequest
from loaders.pipeline.record import Capture

_RDF_FORMAT = re.compile(r"dcat|rdf", re.I)
_RDF_NAMESPACES = ("http://www.w3.org/ns/dcat#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#")


@dataclass(slots=True)
class _Answer:
    """What an answer says beside its records."""

    formats: list[dict[str, str]] = field(default_factory=list)
    identifiers: set[str] = field(default_factory=set)
    token: str | None = None
    total: int | None = None


def first_request(address: str, options: Mapping[str, Any]) -> FetchRequest:
    """ListMetadataFormats, or ListRecords where the description names the format."""
    base, _, query = address.partition("?")
    if "verb=" in query:
        return FetchRequest("oai.xml", address)
    if prefix := options.get("metadata_prefix"):
        return _list(base, {"metadataPrefix": str(prefix)} | _set(options))
    return _request(base, {"verb": "ListMetadataFormats"})


def _request(base: str, arguments: Mapping[str, str]) -> FetchRequest:
    return FetchRequest(f"{arguments['verb']}.xml", f"{base}?{urlencode(arguments)}")


def _list(base: str, arguments: Mapping[str, str]) -> FetchRequest:
    return _request(base, {"verb": "ListRecords", **arguments})


def _set(options: Mapping[str, Any]) -> dict[str, str]:
    return {"set": str(options["set"])} if options.get("set") else {}


def further(
    newest: Sequence[Capture], rounds: Rounds, options: Mapping[str, Any]
) -> Iterable[FetchRequest]:
    """The list in the format that is RDF, then what resumption tokens stand for.

    Raises InputError for errors of the protocol, where no format is RDF, and for a list that is
    not whole.
    """
    found = [one for capture in newest for one in _following(capture, rounds, options)]
    if not found:
        check(rounds.answers, options)
    return found


def _following(
    capture: Capture, rounds: Rounds, options: Mapping[str, Any]
) -> Iterator[FetchRequest]:
    answer = _answer(capture)
    base = capture.url.partition("?")[0]
    if answer.formats:
        yield _list(base, {"metadataPrefix": _format(answer, capture)} | _set(options))
    elif answer.token:
        request = _list(base, {"resumptionToken": answer.token})
        if request.url in rounds.addresses():
            raise InputError(
                "the same resumption token again: the list has no end",
                where=capture.url,
                hint="Ask the publisher of the server.",
            )
        yield request


def _format(answer: _Answer, capture: Capture) -> str:
    """The prefix of the format that is DCAT or other RDF, DCAT-AP before others."""
    fitting = [
        one["metadataPrefix"]
        for one in answer.formats
        if _RDF_FORMAT.search(one.get("metadataPrefix", ""))
        or one.get("metadataNamespace") in _RDF_NAMESPACES
    ]
    if fitting:
        return min(fitting, key=lambda prefix: ("dcat" not in prefix.lower(), prefix))
    names = ", ".join(one.get("metadataPrefix", "?") for one in answer.formats)
    raise InputError(
        f"none of the formats is RDF: {names}",
        where=capture.url,
        hint="If one of them is: metadata_prefix in [options].",
    )


def _answer(capture: Capture) -> _Answer:
    document = document_of_form(capture, "oai-pmh")
    found, formats = _Answer(), dict[str, str]()
    for item in items(well_formed(document)[0].data, oai_pmh.is_payload):
        if isinstance(item, EnvelopePayload):
            oai_pmh.refuse_other(item, capture.name)
            continue
        oai_pmh.check_error(item, capture.name)
        name, parent = item.path[-1], item.path[-2:-1]
        if parent == ("metadataFormat",):
            formats[name] = item.text
        elif name == "metadataFormat":
            found.formats.append(formats)
            formats = {}
        elif name == "identifier" and parent == ("header",):
            found.identifiers.add(item.text)
        elif name == "resumptionToken":
            size = item.attributes.get("completeListSize", "")
            found.token = item.text
            found.total = int(size) if size.isascii() and size.isdecimal() else None
    return found


def check(captures: Sequence[Capture], options: Mapping[str, Any]) -> None:
    """Raise InputError where a list is longer than what came, or its end is missing."""
    for answers in by_list(captures, "verb", "metadataprefix", "set", "resumptiontoken"):
        _check_list(answers, options)


def _check_list(captures: Sequence[Capture], options: Mapping[str, Any]) -> None:
    answers = list(map(_answer, captures))
    known = {dict(parse_qsl(one.url.partition("?")[2])).get("resumptionToken") for one in captures}
    for capture, answer in zip(captures, answers, strict=True):
        if answer.token and answer.token not in known:
            raise InputError(
                "the list goes on with a resumption token, and its next part was not read",
                where=capture.name,
                hint="Harvest it from its address.",
            )
    totals = [answer.total for answer in answers if answer.total is not None]
    if totals and options.get("check_total", True):
        came = set[str]().union(*(answer.identifiers for answer in answers))
        check_total(max(totals), len(came), captures[-1].url)
