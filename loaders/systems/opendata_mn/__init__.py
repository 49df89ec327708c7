"""Datasets of opendata.gov.mn, from the responses of its search and detail API (POST, JSON).

The portal accepts only POST, so a live run is described in the source's TOML by its first request,
with its name, its URL and its JSON body:

    files = []
    [[options.requests]]
    name = "search.json"
    url = "https://opendata.gov.mn/api/v1/front/search"
    json = { page = { page = 1, page_size = 100, sort = "created_at DESC" } }

The other pages follow from the first (`harvest.py`), and with `details = true` in `[options]` the
details of every dataset, one request each. `/front/search` also takes org_reg_num, data_uuid,
frequency_uuid, start_term, end_term and query. A run needs every page of a search. Details may be
missing; then a dataset is mapped from its row in the search, and one whose detail was not answered
this time from the last answer (finding `record-stale`).

Records: one per search page (for the portal's API), and one per dataset.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pyoxigraph as ox

from loaders.formats import catalogue
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, LoadFinding, Mapped, Record, Rejected, Skipped
from loaders.systems.opendata_mn import dataset, responses
from loaders.systems.opendata_mn.harvest import detail_problem, requests
from loaders.systems.opendata_mn.options import OpendataOptions

__all__ = ["OPTIONS", "detail_problem", "records", "requests", "statements"]

OPTIONS = OpendataOptions


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """The records of all responses.

    Raises InputError for an invalid response, for an error of the portal, and for an incomplete
    list.
    """
    return responses.records(responses.classify(captures))


def statements(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    """The statements of one record, and findings.

    Raises Rejected for a row without id or name, an invalid value, or a repeated id, and Skipped
    for a detail that no search page lists.
    """
    return _KINDS[record.kind](record, context)


def _portal(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    described = context.source.options["service"]
    return catalogue.service(
        context.names,
        described["key"],
        titles=described["title"],
        endpoint=described["endpoint"],
    )


def _duplicate(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    first, key = record.data["first"], record.data["id"]
    node = ox.NamedNode(context.names.dataset(context.source.id, key))
    raise Rejected(
        f"{record.location}: dataset {key} appears again, after {first}; fetch all again",
        LoadFinding("page-repeated", node, record.location, detail=f"first: {first}"),
    )


def _nameless(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    raise Rejected(f"{record.location}: no id, so the dataset cannot get an IRI; ask the portal")


def _unlisted(record: Record, context: LoaderContext) -> Iterator[Mapped]:
    raise Skipped(f"not-listed: no search page lists dataset {record.data['id'] or '(no id)'}")


_KINDS: dict[str, Callable[[Record, LoaderContext], Iterator[Mapped]]] = {
    "portal": _portal,
    "dataset": dataset.statements,
    "duplicate": _duplicate,
    "nameless": _nameless,
    "unlisted": _unlisted,
}
