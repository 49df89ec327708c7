"""`/trace?of=…`, and `/statement/sha256-…`, which every statement's IRI leads to."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Base

from graph.core.errors import ConfigError
from graph.trace.formats import jsonable, rdf
from graph.trace.formats import text as plain
from graph.trace.model import Trace, TracedStatement
from graph.trace.question import parse
from graph.trace.tracing import Scope
from server.core.charging import charged
from server.core.context import AppContext
from server.http import negotiation
from server.http.negotiation import HTML, Offer
from server.http.problem_details import HttpProblem
from server.trace import naming, page
from server.trace.readers import TraceReaders

_OFFERS = (
    HTML,
    Offer("application/json", "json"),
    Offer("text/turtle", "ttl", text=True),
    Offer("application/n-triples", "nt"),
    Offer("application/ld+json", "jsonld"),
    Offer("application/rdf+xml", "rdf"),
    Offer("text/plain", "text", text=True),
)
_PROV = Offer("text/turtle", "prov", text=True)


def blueprint(context: AppContext) -> Blueprint:
    """The URLs of traces."""
    part = Blueprint("trace", __name__)
    readers = TraceReaders(context.instance)

    @part.get("/trace")
    @charged(context)
    def show() -> Response:
        offer, asked = _offer(), _asked()
        if not asked:
            return _of_nobody(Response(page.render(context, Trace(""), None)))
        found = _trace(readers, asked)
        response = _write(context, readers, found, offer)
        response.status_code = 200 if found.is_stated else 404
        return _of_nobody(response)

    @part.get("/statement/<name>")
    def statement(name: str) -> Base:
        query = {"of": name} | {k: v for k in _SCOPE if (v := request.args.get(k, ""))}
        return redirect(f"/trace?{urlencode(query)}", 303)

    return part


_SCOPE = ("source", "v", "format")


def _asked() -> str:
    return next(filter(None, (request.args.get(k, "") for k in ("of", "statement", "entity"))), "")


def _trace(readers: TraceReaders, asked: str) -> Trace:
    number = request.args.get("v", "")
    if number and not number.isdecimal():
        raise HttpProblem(
            400, "“v” is the number of a version", detail_mn="“v” нь хувилбарын дугаар байна"
        )
    scope = Scope(
        request.args.get("source", ""), int(number) if number else None, readers.readable()
    )
    try:
        question = parse(asked, readers.instance.names)
    except ConfigError as error:
        raise HttpProblem(
            400,
            error.message,
            hint=error.hint,
            detail_mn="энэ нь мэдүүлэг ч биш, IRI ч биш",
            hint_mn="Мэдүүлэг (S P O), мэдүүлгийн IRI, эсвэл аливаа зүйлийн IRI өгнө үү.",
        ) from error
    try:
        return readers.tracer().trace(question, scope, asked)
    except ConfigError as error:
        raise HttpProblem(
            404,
            error.message,
            hint=error.hint,
            detail_mn="ийм эх сурвалж эсвэл нийтэлсэн хувилбар алга",
            hint_mn="Эх сурвалжууд /sources, хувилбарууд /history хаягт бий.",
        ) from error


def _offer() -> Offer:
    """The format, by `?format=`, else by Accept. Raises HttpProblem (406)."""
    name = request.args.get("format", "")
    if name:
        named = [one for one in (*_OFFERS, _PROV) if name in {one.name, one.media_type}]
        offer = named[0] if named else None
    else:
        offer = negotiation.best(request.headers.get("Accept", ""), _OFFERS)
    if offer is None:
        raise HttpProblem(
            406, "a trace is not available in this format",
            hint="Available: html, json, ttl, nt, prov, jsonld, rdf, text.",
        detail_mn="мөшгилт ийм хэлбэрээр алга")  # fmt: skip
    return offer


def _write(context: AppContext, readers: TraceReaders, found: Trace, offer: Offer) -> Response:
    names = context.instance.names
    if offer == HTML:
        ordered = page.value_first(found)
        return Response(page.render(context, ordered, _value_of(readers, ordered)))
    if offer.name == "json":
        body = json.dumps(jsonable.trace(found, names), ensure_ascii=False).encode()
    elif offer.name == "text":
        body = "".join(f"{line}\n" for line in plain.lines(found, names)).encode()
    else:
        body = rdf.write(found, names, offer.name)
    return Response(body, content_type=offer.content_type)


def _value_of(readers: TraceReaders, found: Trace) -> TracedStatement | None:
    """The whole trace of the value of a thing, where one of its statements is that."""
    if len(found.statements) < 2 or not naming.is_value(found.statements[0].line):
        return None
    return next(iter(_trace(readers, found.statements[0].line).statements), None)


def _of_nobody(response: Response) -> Response:
    """What is shown depends on the token and on the ledger: it may be kept, and must be asked for
    again."""
    response.vary.update(("Accept", "Authorization"))
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-cache"
    if response.status_code == 200:
        response.add_etag()
        response.make_conditional(request)
    return response
