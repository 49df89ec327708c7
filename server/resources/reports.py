"""Harvest reports of public sources, at `/id/source/{source}/report`: so that one can write to a
publisher, and link to what is wrong.

Of a version that is held nothing is shown but that it is held and why.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from functools import lru_cache

from flask import Blueprint, Response, render_template, request

from graph.archive import Archive
from graph.lists.kinds import DATASET, FINDING
from graph.reports import rdf
from graph.reports.harvest import (
    HarvestReport,
    ReportedFinding,
    RuleCount,
    newest_load,
    report,
)
from graph.snapshots import published_events
from graph.versions.state import is_public
from server.core.context import AppContext
from server.http import negotiation
from server.http.negotiation import HTML, Offer
from server.http.problem_details import HttpProblem
from server.pages.find import addresses
from server.pages.findings.summary import summaries
from server.resources import page
from server.sparql.labels import labels
from server.sparql.service_description import serialize
from vocab.namespaces import SH

_JSON = Offer("application/json", "json", text=True)
_SHOWN = 20  # rows of each table of the page
_LISTED = 5_000  # findings in the other formats; `all_findings` has all


def blueprint(context: AppContext) -> Blueprint:
    """The reports of all sources, as pages, RDF and JSON."""
    part = Blueprint("reports", __name__)

    @lru_cache(maxsize=16)
    def made(source: str, size: int) -> HarvestReport | None:
        """The report after so many events of the ledger."""
        events = published_events.events_of(context.instance, size)
        load = newest_load(events, source, published=True)
        if load is None or not is_public(load):
            return None
        archive = Archive(context.instance.archive)
        return report(events, archive, context.instance.names, load, _LISTED)

    @part.get("/sources/<source>", defaults={"form": ""}, endpoint="of_source")
    @part.get("/id/source/<source>/report", defaults={"form": ""})
    @part.get("/id/source/<source>/report.<form>")
    def show(source: str, form: str) -> Response:
        found = made(source, published_events.size(context.instance))
        if found is None:
            raise HttpProblem(
                404,
                "no public source of this name is published",
                detail_mn="ийм нэртэй нээлттэй эх сурвалж нийтлэгдээгүй",
            )
        response = _write(context, found, _offer(form))
        response.vary.add("Accept")
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.add_etag()
        response.make_conditional(request)
        return response

    return part


def _offer(form: str) -> Offer:
    name = form or request.args.get("format", "")
    accept = request.headers.get("Accept", "")
    offers = [HTML, _JSON, *(o for o in negotiation.OFFERS["graph"] if o.name not in _NOT_OFFERED)]
    offer = (
        next((one for one in offers if name in {one.name, one.media_type}), None)
        if name
        else negotiation.best(accept, offers)
    )
    if offer is None:
        raise HttpProblem(
            406,
            "the report is not available in this format",
            hint="Available: " + _FORMS,
            detail_mn="тайлан ийм хэлбэрээр алга",
        )
    return offer


_NOT_OFFERED = {"html", "n3", "trig", "nq"}
_FORMS = "html, json, jsonld, nt, rdf, ttl."


def _write(context: AppContext, found: HarvestReport, offer: Offer) -> Response:
    if offer == HTML:
        return Response(_page(context, found))
    if offer == _JSON:
        stands = page.checks_of(context.instance, found.source)
        facts = {"id": _iri(context, found), **found.to_json(), "checks": stands and asdict(stands)}
        body = json.dumps(facts, ensure_ascii=False)
        return Response(body, content_type=offer.content_type)
    triples = rdf.triples(found, context.instance.names)
    return Response(serialize(triples, offer.name), content_type=offer.content_type)


def _page(context: AppContext, found: HarvestReport) -> str:
    first = {one.iri: one for one in _some_of_each_rule(found)}
    said = summaries(context, first)
    return render_template(
        "report.html",
        report=found,
        rules=[(one, *_listed(context, found, one)) for one in found.rules],
        findings=[(one, first[one.iri]) for one in said],
        labels=labels(context, _named(found)),
        shown=_SHOWN,
        iri=_iri(context, found),
        checks=page.checks_of(context.instance, found.source),
        log_entry=f"/log/{found.load}",
        **_lists(context, found),
    )


def _lists(context: AppContext, found: HarvestReport) -> dict[str, str]:
    """Addresses of what the report counts: the datasets and findings of its source."""
    base, source = context.instance.base, f"<{context.instance.names.source(found.source)}>"
    return {
        f"{kind}s_href": addresses.filtered(kind, base, source=source)
        for kind in (DATASET, FINDING)
    }


def _listed(context: AppContext, found: HarvestReport, one: RuleCount) -> tuple[str, str]:
    """Addresses of the findings of a rule and severity in the list, and of the rule's page."""
    terms = {"source": f"<{context.instance.names.source(found.source)}>", "rule": f"<{one.rule}>"}
    if one.severity:
        terms["severity"] = str(SH[one.severity])
    listed = addresses.filtered(FINDING, context.instance.base, **terms)
    return listed, context.urls.page(one.rule)


def _some_of_each_rule(found: HarvestReport) -> list[ReportedFinding]:
    """The first findings of each rule and severity, the gravest first."""
    seen = Counter[tuple[str, str]]()
    shown = []
    for one in sorted(found.findings, key=lambda one: _ORDER.get(one.severity, 0)):
        seen[one.rule, one.severity] += 1
        if seen[one.rule, one.severity] <= _OF_A_RULE:
            shown.append(one)
    return shown[:_SHOWN]


_ORDER = {"Violation": -2, "Warning": -1}
_OF_A_RULE = 3


def _named(found: HarvestReport) -> Iterator[str]:
    """What the page names: rules, and datasets that came, changed or went."""
    yield from (one.rule for one in found.rules)
    for listed in (found.changes.added, found.changes.changed, found.changes.deleted):
        yield from listed[:_SHOWN]


def _iri(context: AppContext, found: HarvestReport) -> str:
    return context.instance.names.report(found.source)
