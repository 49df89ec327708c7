"""Dereferencing IRIs: every IRI of the instance redirects (303) to a document about its resource.

The format is negotiated by Accept. The URL of a document (`/id/place/065.ttl`) and `?format=`
override it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Base

from graph.queries import QueryAnswer, ResourceDocument
from server.cache.lru import Lru
from server.core.context import AppContext
from server.datasets import described
from server.http import negotiation
from server.http.negotiation import CSV, HTML, Offer
from server.http.problem_details import HttpProblem
from server.http.response_headers import make_resumable
from server.pages.datasets import captured as dataset_files
from server.pages.datasets import csv as dataset_csv
from server.pages.datasets import page as dataset_page
from server.pages.datasets import statements as dataset_statements
from server.resources import (
    around,
    croissant,
    file_columns,
    page,
    schema_org,
    signposting,
    tombstone,
)
from server.resources.file_columns import FileColumn
from server.sparql import internal_queries, tables

_EXTENSIONS = {
    offer.name for offer in (*negotiation.OFFERS["graph"], CSV) if offer.name not in {"json", "xml"}
}


_DATASET_VIEWS = {"statements": dataset_statements.page, "files": dataset_files.page}
"""Pages of a dataset besides its own, by the parameter `view`."""
_PAGE = re.compile(r"[1-9][0-9]{0,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ResourceRequest:
    """A resource, its local path as minted, and the format in the URL (empty: none)."""

    iri: str
    path: str
    format: str


def blueprint(context: AppContext) -> Blueprint:
    """The URLs of all resources."""
    part = Blueprint("things", __name__)

    @part.get("/<path:_>")
    def document_or_redirect(_: str) -> Base:
        return show(context)

    return part


def show(context: AppContext) -> Base:
    """The response to a GET of any resource or document."""
    if gone := _gone(context, raw_path()):
        return gone
    if found := _croissant(context, raw_path()) or _table(context, raw_path()):
        return found
    resource = resolve(context, raw_path())
    offer = _offer(resource.format)
    if not resource.format:
        # The IRI names the resource itself; only a document about it can be sent.
        given = request.args.items(multi=True)
        response = redirect(context.urls.redirected(resource.path, offer.name, given), 303)
        response.vary.add("Accept")
        return response
    return document(context, resource, offer)


def _gone(context: AppContext, path: str) -> Response | None:
    """The tombstone of a dataset, at its IRI and at its documents; None where it is none."""
    stem, extension = split_extension(path)
    for name, form in ((path, request.args.get("format", "")), (stem, extension)):
        if gone := tombstone.find(context.instance, context.urls.iris(name)):
            answer = tombstone.response(context, gone, _offer(form))
            answer.vary.add("Accept")
            return answer
    return None


def _croissant(context: AppContext, path: str) -> Response | None:
    """A dataset that is a table, in Croissant; None for other documents."""
    stem, dot, extension = path.partition(f".{croissant.EXTENSION}")
    for iri in context.urls.iris(stem) if dot and not extension else ():
        dataset = described.find(context.instance, iri)
        if dataset is not None and croissant.is_table(dataset):
            body = croissant.document(dataset, context, context.urls.local(iri))
            response = Response(body, content_type=croissant.MEDIA_TYPE)
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.add_etag()
            response.make_conditional(request)
            return response
    return None


def _table(context: AppContext, path: str) -> Response | None:
    """The table of a dataset, or all its observations, as CSV; None for other documents."""
    for extension, write in dataset_csv.WRITERS.items():
        stem, dot, rest = path.partition(f".{extension}")
        for iri in context.urls.iris(stem) if dot and not rest else ():
            if described.find(context.instance, iri) is not None:
                return write(context, iri)
    return None


def _offer(form: str) -> Offer:
    """The media type of a document, by name (empty: by Accept). Raises HttpProblem (406)."""
    offer = negotiation.for_document(request.headers.get("Accept", ""), form)
    if offer is None:
        raise HttpProblem(
            406,
            "the document is not available in this format",
            hint=f"Available: {', '.join(sorted(_EXTENSIONS))}.",
            detail_mn="баримт ийм хэлбэрээр алга",
        )
    return offer


def raw_path() -> str:
    """The path as requested, not decoded, because `%2F` is part of a segment."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.path
    return str(raw).partition("?")[0]


def resolve(context: AppContext, path: str) -> ResourceRequest:
    """The resource that a path names.

    `/id/x.ttl` is a document of `/id/x`, unless only a resource named `x.ttl` exists. Raises
    HttpProblem 404 if there is no such resource.
    """
    stem, extension = split_extension(path)
    requested = request.args.get("format", "")
    readings = [(path, requested)]
    if extension:
        readings.insert(0, (stem, requested or extension))
    for name, form in readings:
        iris = context.urls.iris(name)
        if described.find(context.instance, iris[0]):  # no worker has to be asked
            return ResourceRequest(iris[0], context.urls.local(iris[0]), form)
        if iri := around.known(context, iris, page=_is_page(context, iris[0], form)):
            return ResourceRequest(iri, context.urls.local(iri), form)
    iri = context.urls.iris(path)[0]
    raise HttpProblem(
        404,
        "no statement describes this resource",
        hint=f"A thing at this address would have the identifier {iri}",
        detail_mn="ийм хаягтай зүйлийн тухай мэдүүлэг алга",
        hint_mn=f"Энэ хаягт зүйл байсан бол танигч нь {iri} байх байсан",
    )


def split_extension(path: str) -> tuple[str, str]:
    """A path without a document's extension, and the extension; empty if it has none."""
    stem, _, extension = path.rpartition(".")
    return (stem, extension) if extension in _EXTENSIONS else (path, "")


def _is_page(context: AppContext, iri: str, form: str) -> bool:
    """Whether the page of a thing is asked for; datasets and graphs have pages of their own."""
    offer = negotiation.for_document(request.headers.get("Accept", ""), form) if form else None
    is_own = page.is_graph(context, iri) or described.find(context.instance, iri) is not None
    return offer == HTML and not is_own


def document(context: AppContext, resource: ResourceRequest, offer: Offer) -> Response:
    """A resource's document in one format."""
    if offer == HTML:
        return _page(context, resource)
    if offer == CSV:
        rows = statements(context, resource.iri, "nt")
        as_csv = Response(tables.csv(rows), content_type=CSV.content_type)
        as_csv.call_on_close(rows.close)
        return as_csv
    answer = statements(context, resource.iri, offer.name)
    response = Response(
        answer.blocks(),
        content_type=offer.content_type,
        headers={
            "Content-Length": str(answer.length),
            "Access-Control-Allow-Origin": "*",
        },
    )
    response.call_on_close(answer.close)
    if answer.snapshot:
        response.headers["Ulzii-Snapshot"] = answer.snapshot
        response.set_etag(f"{answer.snapshot}-{offer.name}")
        # a download of gigabytes must be resumable
        make_resumable(response, answer.length)
    return response


def _columns(context: AppContext, dataset: described.DescribedDataset) -> list[FileColumn]:
    if not dataset.distributions:
        return []
    key = (str(context.instance.root), context.pool.snapshot(), dataset.entry.iri)
    found = _COLUMNS.get(key)
    if found is None:
        of_files = file_columns.of_files(context.pool, dataset.entry.iri)
        found = [column for columns in of_files.values() for column in columns]
        _COLUMNS.put(key, found, _BYTES_OF_COLUMN * (len(found) + 1))
    return found


_COLUMNS = Lru[tuple[str, str, str], list[FileColumn]](4 << 20)
_BYTES_OF_COLUMN = 500  # roughly


def _dataset_queries(dataset: described.DescribedDataset | None) -> list[str]:
    """The queries of the page of a dataset that it alone decides."""
    if dataset is None or request.args.get("view", "") in _DATASET_VIEWS:
        return []
    iris = [dataset.entry.iri] if dataset.distributions else []
    columns = internal_queries.texts_of("resources/file_columns", iris)
    return [*columns, *dataset_page.queries(dataset)]


def _page(context: AppContext, resource: ResourceRequest) -> Response:
    """A resource's page; a dataset's also tells machines what it is and where its metadata are."""
    dataset = described.find(context.instance, resource.iri)
    with internal_queries.joined(_dataset_queries(dataset)):
        return _page_of(context, resource, dataset)


def _page_of(
    context: AppContext, resource: ResourceRequest, dataset: described.DescribedDataset | None
) -> Response:
    data = ""
    if dataset is not None:
        columns = _columns(context, dataset)
        data = schema_org.dataset(dataset, context.instance, context.urls, resource.path, columns)
    elif resource.iri == context.instance.names.catalog:
        data = schema_org.catalogue(context.instance, context.urls)
    if dataset is None:
        body = page.resource_page(context, resource.iri, resource.path, data)
    elif view := _DATASET_VIEWS.get(request.args.get("view", "")):
        body = view(context, dataset, resource.path)
    else:
        body = dataset_page.page(context, dataset, resource.path, data)
    response = Response(body)
    if dataset is not None:
        response.headers["Link"] = signposting.links(dataset, context.urls, resource.path)
    return response


def statements(context: AppContext, iri: str, form: str, limit: int = 0) -> QueryAnswer:
    """The statements of a document; for a named graph, the statements in it."""
    if page.is_graph(context, iri):
        return internal_queries.construct(context.pool, "resources/graph", [iri], form)
    part = request.args.get("part", ResourceDocument.DESCRIPTION)
    number = request.args.get("page", "1")
    if part not in (ResourceDocument.DESCRIPTION, *ResourceDocument.LISTS) or not _PAGE.fullmatch(
        number
    ):
        raise _no_page(part, number)
    answer = context.pool.run(ResourceDocument(iri, form, limit, part=part, page=int(number)))
    if part in ResourceDocument.LISTS and answer.total <= (int(number) - 1) * ResourceDocument.PAGE:
        answer.close()
        raise _no_page(part, number)
    return answer


def _no_page(part: str, number: str) -> HttpProblem:
    return HttpProblem(
        404,
        f"the resource has no page {number} of “{part}”",
        hint="Its document without parameters counts its observations and findings.",
        detail_mn=f"үүний “{part}” жагсаалтад {number}-р хуудас алга",
        hint_mn="Ажиглалт, илрүүлсэн зөрүүнийх нь тоо параметргүй баримтад нь бий.",
    )
