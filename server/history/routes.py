"""`/history?source=…`, `/history?entity=…` and `/diff?source=…&from=1&to=2`.

What a restricted source said is shown to those whose token may read it; to all others it does not
exist.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from graph.history import facts
from graph.history.published import SourceVersion, versions, visible
from graph.history.timeline import BlamedLine, Moment, blame, timeline
from graph.ledger import Events
from graph.snapshots import published_events
from server.auth import bearer
from server.auth.tokens import TokenStore
from server.core.charging import charged
from server.core.context import AppContext
from server.history.comparing import ComparedVersions, Comparer
from server.history.names import findings_last, iri_of, named, readers, spoken, to_ask
from server.history.question import entity, question
from server.history.rdf import changed_quads, described_versions
from server.http import negotiation
from server.http.negotiation import HTML, Offer
from server.http.problem_details import HttpProblem
from server.resources.nameless import readable
from server.sparql.labels import Labels
from server.sparql.service_description import serialize
from server.trace.examples import examples

_JSON = Offer("application/json", "json")
_QUADS = Offer("application/n-quads", "nq")
_GRAPHS = tuple(
    Offer(media_type, name)
    for media_type, name in (
        ("text/turtle", "ttl"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "jsonld"),
        ("application/rdf+xml", "rdf"),
    )
)
_MOMENTS = 200  # of a time line, and changes of each
_ON_PAGE = 40  # changes of each moment on a page, and statements: with names they are long


def blueprint(context: AppContext) -> Blueprint:
    """The URLs of versions, time lines and differences."""
    part = Blueprint("history", __name__)
    past = _Past(context)

    @part.get("/history")
    @charged(context)
    def history() -> Response:
        if iri := entity(context.instance.names):
            return _fresh(past.of_thing(iri))
        return _fresh(past.of_source(request.args.get("source", "")))

    @part.get("/diff")
    @charged(context)
    def diff() -> Response:
        return _fresh(past.difference())

    return part


class _Past:
    """Answers about one instance."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._instance = context.instance
        self._tokens = TokenStore(context.instance)
        self._comparer = Comparer(context.instance)

    def _events(self) -> Events:
        return published_events.events_of(self._instance, published_events.size(self._instance))

    def _readable(self) -> frozenset[str]:
        token = bearer.token_of(request.headers.get("Authorization", ""), self._tokens)
        return token.readable if token else frozenset()

    def _sources(self, events: Events) -> dict[str, list[SourceVersion]]:
        names = dict.fromkeys(item["source"] for item in events.find("Publish"))
        readable = self._readable()
        seen = {name: visible(versions(events, name), readable) for name in names}
        return {name: known for name, known in seen.items() if known}

    def of_source(self, source: str) -> Response:
        """The versions of a source; without one, what can be asked."""
        events, names = self._events(), self._instance.names
        if not source:
            return self._start(events, asks_difference=False)
        found = self._known(events, source)
        offer = _offer(_JSON, *_GRAPHS)
        if offer == HTML:
            listed = list(reversed(found))
            return _page(
                "history.html", source=source, versions=listed, entity="",
                labels=self._labels([names.source(source)]),
            )  # fmt: skip
        if offer == _JSON:
            return _json([facts.version_facts(one, names) for one in found])
        triples = described_versions(found, names)
        return Response(serialize(triples, offer.name), content_type=offer.content_type)

    def _start(self, events: Events, *, asks_difference: bool) -> Response:
        """What can be asked: sources with their last change, and things with a history; as data
        the newest version of each source."""
        offer, known = _offer(_JSON, *_GRAPHS), self._sources(events)
        if offer == HTML:
            return _page(
                "history.html", source="", entity="", versions=[],
                asks_difference=asks_difference, sources=to_ask(known),
                examples=examples(self._instance),
            )  # fmt: skip
        names, newest = self._instance.names, [one[-1] for one in known.values()]
        if offer == _JSON:
            return _json(
                [
                    {"source": names.source(v.source), **facts.version_facts(v, names)}
                    for v in newest
                ]
            )
        triples = (triple for one in newest for triple in described_versions([one], names))
        return Response(serialize(triples, offer.name), content_type=offer.content_type)

    def _told(self, brought: Sequence[BlamedLine]) -> Iterator[str]:
        """What the statements about a thing name: properties, things, sources."""
        for one in brought:
            yield from (one.predicate, iri_of(one.value))
            yield self._instance.names.source(one.version.source)

    def _labels(self, iris: Iterable[str]) -> Labels:
        """Names of what a page speaks of; of restricted things the pages have none."""
        return readable(self._context, filter(None, iris))

    def of_thing(self, entity: str) -> Response:
        """The time line of a thing, and the version that brought each statement."""
        events = self._events()
        moments = timeline(self._instance, events, entity, self._sources(events))
        offer = _offer(_JSON)
        brought = blame(moments)
        if offer == HTML:
            listed = [self._moment(readers(one), _ON_PAGE) for one in moments[-_MOMENTS:]]
            shown = findings_last(brought)[:_ON_PAGE]
            return _page(
                "history.html", entity=entity, source="", versions=[],
                moments=list(reversed(listed)), brought=shown, all_brought=len(brought),
                labels=self._labels([entity, *self._told(shown), *named(listed)]),
            )  # fmt: skip
        listed = [self._moment(one, _MOMENTS) for one in moments[-_MOMENTS:]]
        lines = [
            {"source": one.version.source, "version": one.version.number, "layer": one.layer,
             "predicate": one.predicate, "object": one.value, "published": one.version.at}
            for one in brought
        ]  # fmt: skip
        return _json({"entity": entity, "moments": listed, "brought": lines})

    def _moment(self, one: Moment, most: int) -> dict[str, Any]:
        version, names = one.version, self._instance.names
        return {
            "source": version.source,
            "version": version.number,
            "published": version.at,
            "load": names.event(version.load["index"]),
            **facts.thing_facts(one.change, names, most=most),
        }

    def _known(self, events: Events, source: str) -> list[SourceVersion]:
        found = visible(versions(events, source), self._readable())
        if not found:
            raise HttpProblem(
                404,
                "nothing of a source of this name is published",
                detail_mn="ийм нэртэй эх сурвалжийн юу ч нийтлэгдээгүй",
            )
        return found

    def difference(self) -> Response:
        """What changed between two versions; without a source, what can be asked."""
        if not request.args.get("source"):
            return self._start(self._events(), asks_difference=True)
        events = self._events()
        known = self._known(events, request.args.get("source", ""))
        asked = question(known, self._instance.names)
        offer = _offer(_JSON, _QUADS)
        made = self._comparer.compare(events, known, asked, rows=offer != _QUADS)
        following = _query(after=made.next) if made.next else ""
        if offer == HTML:
            subjects = [one["subject"] for one in made.things]
            source = self._instance.names.source(asked.source)
            shown = self._labels([source, *subjects, *named(made.things)])
            return _page("diff.html", made=made, asked=asked, following=following, labels=shown)
        if offer == _QUADS:
            body = "".join(changed_quads(made, self._instance.names)).encode()
            return Response(body, content_type=offer.content_type, headers=_next(following))
        return _json(self._compared(made, following))

    def _compared(self, made: ComparedVersions, following: str) -> dict[str, Any]:
        names, owners = self._instance.names, made.owners
        return {
            "source": made.new.source,
            "old": facts.version_facts(made.old, names),
            "new": facts.version_facts(made.new, names),
            "whose": {
                "everywhere": owners.everywhere,
                "how": owners.how,
                "reason": owners.reason,
            },
            "counts": made.counts,
            "checked": facts.CHECKED,
            "things": made.things,
            "next": f"/diff?{following}" if following else None,
        }


def _offer(*offers: Offer) -> Offer:
    """The format, by `?format=`, else by Accept. Raises HttpProblem (406)."""
    name, known = request.args.get("format", ""), (HTML, *offers)
    if name:
        offer = next((one for one in known if name in {one.name, one.media_type}), None)
    else:
        offer = negotiation.best(request.headers.get("Accept", ""), known)
    if offer is None:
        available = ", ".join(one.name for one in known)
        raise HttpProblem(
            406,
            "it is not available in this format",
            hint=available,
            detail_mn="ийм хэлбэрээр алга",
        )
    return offer


def _query(**changed: str) -> str:
    """The query string of this request with other values; empty ones are left out."""
    kept = {k: v for k, v in request.args.items() if k != "lang"}
    return urlencode({k: v for k, v in (kept | changed).items() if v})


def _page(template: str, **values: Any) -> Response:
    given = {"query": _query, "as_data": _as_data, "spoken": spoken}
    return Response(render_template(template, **given, **values))


def _as_data(form: str) -> str:
    """The address of the same page in a format."""
    return f"{request.path}?{_query(format=form)}"


def _json(value: Any) -> Response:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(body, content_type=_JSON.content_type)


def _next(following: str) -> dict[str, str]:
    return {"Link": f'</diff?{following}>; rel="next"'} if following else {}


def _fresh(response: Response) -> Response:
    """It depends on the token and on the ledger: it may be kept, and must be asked for again."""
    response.vary.update(("Accept", "Authorization"))
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
