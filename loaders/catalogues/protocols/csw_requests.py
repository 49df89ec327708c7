"""CSW 2.0.2: GetRecords by POST, in pages, sorted, with DCAT as output schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from xml.sax.saxutils import quoteattr

from graph.core.errors import InputError
from loaders.catalogues.envelopes import csw
from loaders.catalogues.envelopes.xml_parts import EnvelopePayload, items, well_formed
from loaders.catalogues.protocols.rounds import Rounds, by_list, document_of_form
from loaders.fetching.model import FetchRequest
from loaders.pipeline.record import Capture
from vocab.namespaces import DCAT

_ROWS = 50
_REQUEST = """<?xml version="1.0" encoding="UTF-8"?>
<csw:GetRecords xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"
    xmlns:ogc="http://www.opengis.net/ogc" xmlns:gmd="http://www.isotc211.org/2005/gmd"
    service="CSW" version="2.0.2" resultType="results" outputFormat="application/xml"
    outputSchema={schema} startPosition="{start}" maxRecords="{rows}">
  <csw:Query typeNames={types}>
    <csw:ElementSetName>full</csw:ElementSetName>
    <ogc:SortBy>
      <ogc:SortProperty>
        <ogc:PropertyName>{sort}</ogc:PropertyName><ogc:SortOrder>ASC</ogc:SortOrder>
      </ogc:SortProperty>
    </ogc:SortBy>
  </csw:Query>
</csw:GetRecords>
"""


def first_request(address: str, options: Mapping[str, Any]) -> FetchRequest:
    """The first page."""
    return _page(address, options, 1)


def _page(address: str, options: Mapping[str, Any], start: int) -> FetchRequest:
    types = str(options.get("type_names") or "csw:Record")
    body = _REQUEST.format(
        schema=quoteattr(str(options.get("output_schema") or DCAT)),
        types=quoteattr(types),
        start=start,
        rows=int(options.get("page_size") or _ROWS),
        # the name that CSW requires of every server, but for the records of ISO
        sort="Identifier" if types.startswith("gmd:") else "dc:identifier",
    )
    return FetchRequest(
        "GetRecords.xml", address, content=body, headers={"Content-Type": "application/xml"}
    )


def _next(address: str, options: Mapping[str, Any], start: int) -> FetchRequest:
    """A later page: by POST, or by GET where the address is a request itself."""
    parts = urlsplit(address)
    given = parse_qsl(parts.query)
    if not any(key.lower() == "request" for key, _ in given):
        return _page(address, options, start)
    kept = [pair for pair in given if pair[0].lower() != "startposition"]
    query = urlencode([*kept, ("startPosition", str(start))])
    return FetchRequest("GetRecords.xml", urlunsplit(parts._replace(query=query)))


def further(
    newest: Sequence[Capture], rounds: Rounds, options: Mapping[str, Any]
) -> Iterable[FetchRequest]:
    """The next page of an answer to a request of ours.

    Raises InputError for an exception report, and for a list that is not whole.
    """
    found = []
    for capture in newest:
        page = _page_of(capture)
        if page.records and 0 < page.next <= (page.total or 0):
            found.append(_next(capture.url, options, page.next))
    if not found:
        check(rounds.answers, options)
    return found


@dataclass(slots=True)
class _Page:
    """What a page says: the number of all records, the number of the next one, its own records."""

    total: int | None = None
    next: int = 0
    records: set[str] = field(default_factory=set)


def _page_of(capture: Capture) -> _Page:
    document = document_of_form(capture, "csw")
    found = _Page()
    for item in items(well_formed(document)[0].data, csw.is_payload):
        if isinstance(item, EnvelopePayload):
            csw.refuse_other(item, document)
            found.records |= csw.record_names(item)
            continue
        csw.check_exception(item, capture.name)
        if item.path[-1] == "SearchResults":
            numbers = {k: int(v) for k, v in item.attributes.items() if v.strip().isdecimal()}
            found.total = numbers.get("numberOfRecordsMatched")
            found.next = numbers.get("nextRecord", 0)
    return found


def check(captures: Sequence[Capture], options: Mapping[str, Any]) -> None:
    """Raise InputError where more records match than came, or their number changed meanwhile."""
    if options.get("check_total", True):
        for pages in by_list(captures, "startposition"):
            _check_list(pages)


def _check_list(captures: Sequence[Capture]) -> None:
    pages = list(map(_page_of, captures))
    totals = {page.total for page in pages if page.total is not None}
    if not totals:
        return
    came = len(set[str]().union(*(page.records for page in pages)))
    if len(totals) > 1 or came < max(totals):
        numbers = " or ".join(f"{one:,}" for one in sorted(totals))
        raise InputError(
            f"{numbers} records match, but {came:,} different ones came",
            where=captures[-1].url,
            hint="The list changed, or a page is missing: load again. "
            "If its total is always wrong: check_total = false in [options].",
        )
