"""Datasets of opendata.gov.mn, from its search and detail answers (POST, JSON).

The portal answers POST only, so a live run is described in the source's TOML, one table per
request; what the fetcher needs of each is its name, its address, and the body it sends:

    files = []
    [[options.requests]]
    name = "search-1.json"
    url = "https://opendata.gov.mn/api/v1/front/search"
    json = { page = { page = 1, page_size = 20, sort = "created_at DESC" } }
    [[options.requests]]
    name = "detail-6686.json"
    url = "https://opendata.gov.mn/api/v1/front/detail/view"
    json = { id = 6686 }

`/front/search` also takes org_reg_num, data_uuid, frequency_uuid, start_term, end_term and query.
Every page of a search belongs to the run; details may be missing, then the row of the search says
what it can.

Records: a search page (the portal's API), and one per dataset.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from loaders.formats import catalogue
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture, Record, Rejected, Skipped, Statement
from loaders.systems.opendata_mn import answers, dataset


def records(captures: Sequence[Capture], context: LoaderContext) -> Iterator[Record]:
    """Records of all answers.

    Raises InputError when an answer is broken, the portal reports an error, or the list is short.
    """
    return answers.records(answers.sort(captures))


def statements(record: Record, context: LoaderContext) -> Iterator[Statement]:
    """The statements of one record.

    Raises Rejected for a row without id or name, a value of the wrong form, or an id seen before;
    Skipped for a detail that no search page lists.
    """
    return _KINDS[record.kind](record, context)


def _portal(record: Record, context: LoaderContext) -> Iterator[Statement]:
    described = context.source.options["service"]
    return catalogue.service(
        context.names,
        described["key"],
        titles=described["title"],
        endpoint=described["endpoint"],
    )


def _duplicate(record: Record, context: LoaderContext) -> Iterator[Statement]:
    first, key = record.data["first"], record.data["id"]
    raise Rejected(
        f"{record.location}: dataset {key} a second time, after {first}; fetch all again"
    )


def _nameless(record: Record, context: LoaderContext) -> Iterator[Statement]:
    raise Rejected(f"{record.location}: no id, so the dataset cannot be named; ask the portal")


def _unlisted(record: Record, context: LoaderContext) -> Iterator[Statement]:
    raise Skipped(f"not-listed: no search page lists dataset {record.data['id'] or '(no id)'}")


_KINDS: dict[str, Callable[[Record, LoaderContext], Iterator[Statement]]] = {
    "portal": _portal,
    "dataset": dataset.statements,
    "duplicate": _duplicate,
    "nameless": _nameless,
    "unlisted": _unlisted,
}
