"""What to request next from the portal: all pages of a search, then the details of its datasets.

The source describes the first page, by its URL and JSON body; the others differ in `page.page`:

    POST …/front/search       {"page": {"page": 2, "page_size": 20, "sort": …}, …}
    POST …/front/detail/view  {"id": 6686}      only with `details = true`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graph.core.errors import InputError
from loaders.fetching.model import FetchRequest
from loaders.pipeline.protocol import LoaderContext
from loaders.pipeline.record import Capture
from loaders.systems.opendata_mn import responses
from loaders.systems.opendata_mn.responses import PortalResponse


def requests(context: LoaderContext, answers: Sequence[Capture]) -> Iterator[FetchRequest]:
    """The other pages of a search whose first page came, and then the details of all datasets.

    Raises InputError for an invalid answer, and for a list that is not whole once all its pages
    came: details of a part of it would be of no use.
    """
    options = context.source.options
    for described in options.get("requests", ()):
        if (first := _first_page(described, answers)) is None:
            continue
        total = responses.count(first, "total_pages")
        yield from (_page(described, number) for number in range(2, total + 1))
        pages = [a for a in answers if a.url == first.capture.url]
        if options.get("details") and len(pages) >= total:
            yield from _details(context, pages)


def detail_problem(context: LoaderContext, answer: Capture) -> str:
    """Why an answer does not describe the dataset it was requested for; empty where it does."""
    try:
        result = responses.read(answer).result
    except InputError as error:
        return error.message
    name = _detail_name(responses.number(result))
    return "" if answer.name == name else "the response describes another dataset, or none"


def _detail_name(key: str) -> str:
    return f"detail-{key}.json"


def _first_page(described: Mapping[str, Any], answers: Sequence[Capture]) -> PortalResponse | None:
    """The answer to a described request, if it is the first page of a search."""
    page = (described.get("json") or {}).get("page")
    if not isinstance(page, Mapping) or page.get("page") != 1:
        return None
    named = (a for a in answers if (a.name, a.url) == (described["name"], described["url"]))
    return next(map(responses.read, named), None)


def _page(described: Mapping[str, Any], number: int) -> FetchRequest:
    body = described["json"]
    return FetchRequest(
        f"{described['name'].removesuffix('.json')}-page-{number}.json",
        described["url"],
        body={**body, "page": {**body["page"], "page": number}},
    )


def _details(context: LoaderContext, pages: Sequence[Capture]) -> Iterator[FetchRequest]:
    searches = [responses.read(page) for page in pages]
    responses.check_complete(searches, pages)
    service = context.source.options["service"]
    for search in searches:
        for row in responses.items(search):
            if key := responses.number(row):
                url = f"{service['endpoint']}{service['detail']}"
                body = {"id": row["id"]}
                yield FetchRequest(_detail_name(key), url, body=body, detail=True)
