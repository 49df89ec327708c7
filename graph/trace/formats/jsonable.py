"""A trace as a JSON object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graph.core.iris import Names
from graph.trace.model import (
    Agency,
    DerivedFrom,
    FindingBasis,
    Responsible,
    Seen,
    Stating,
    Trace,
    TracedRecord,
    TracedStatement,
)
from graph.trace.publications import PublishedVersion

_OF_RESPONSE = (
    *("url", "final", "redirects", "method", "sent", "status", "media_type", "charset"),
    *("etag", "last_modified", "name", "date", "bytes", "stale", "kept"),
)
"""What is told of how a capture came; headers of requests are left out."""


def trace(one: Trace, names: Names) -> dict[str, Any]:
    """The whole trace."""
    return {
        "asked": one.asked,
        "stated": one.is_stated,
        "statements": [statement(each, names) for each in one.statements],
        "leftOut": one.left_out,
    }


def statement(one: TracedStatement, names: Names) -> dict[str, Any]:
    """A statement with those who state it."""
    found: dict[str, Any] = {"id": one.iri, "statement": one.line, "status": one.status}
    if one.instead:
        found["instead"] = list(one.instead)
    if one.graph:
        found["graph"] = one.graph
    if one.event:
        found["event"] = {"id": names.event(one.event["index"]), **_event(one.event)}
    return found | {"statedBy": [stating(each, names) for each in one.statings]}


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    return {"index": event["index"], "type": event["type"], "at": event["at"]}


def stating(one: Stating, names: Names) -> dict[str, Any]:
    """What one source states."""
    load = one.version.load
    found = {
        "source": names.source(one.version.source),
        "title": load["title"],
        "agency": _responsible(one.responsible) if one.responsible else None,
        "version": names.version(one.version.source, one.version.number),
        "isCurrent": one.is_current,
        "layer": one.layer,
        "graph": names.graph(one.version.source, one.layer),
        "position": {
            "line": one.position + 1,
            "of": one.total,
            "lines": load["layers"][one.layer]["lines"],
        },
        "checked": ["lines", "rows"] if one.is_compared else ["lines"],
        "seen": [_seen(each, names) for each in one.seen],
        "records": [record(each, names) for each in one.records],
        "recordsLeftOut": one.records_total - len(one.records),
        "mapping": {
            "loader": one.loader,
            "code": names.code("mapping", one.version.source, load["code"]),
            "settings": one.settings,
            "environment": load["environment"],
            "rules": {rule: dict(texts) for rule, texts in one.rules.items()},
        },
        "fetch": {"id": names.event(load["fetch"]), **_event(one.fetch)},
        "validation": _validation(one),
        "events": {kind: names.event(index) for kind, index in one.events.items()},
    }
    if one.derived_from:
        found["derivedFrom"] = [derived(each, names) for each in one.derived_from]
    if one.finding:
        found["finding"] = finding(one.finding, names)
    return found


def _seen(one: Seen, names: Names) -> dict[str, Any]:
    return {"first": _version(one.first, names), "last": one.last and _version(one.last, names)}


def _version(one: PublishedVersion, names: Names) -> dict[str, str]:
    return {"version": names.version(one.source, one.number), "published": one.publish["at"]}


def _validation(one: Stating) -> dict[str, Any]:
    event = one.checked.event
    return {
        "shapes": event["shapes"],
        "report": event["report"],
        "counts": event["counts"],
        "searched": one.checked.is_searched,
        "resultsAboutSubject": list(one.checked.results),
    } | ({"madeBy": list(one.finding.made_by)} if one.finding else {})


def record(one: TracedRecord, names: Names) -> dict[str, Any]:
    """A record, with how its capture came."""
    found = {
        "capture": names.capture(one.capture, one.locator),
        "sha256": one.capture,
        "locator": one.locator,
        "rule": one.rule,
        "captures": one.access,
        "record": one.view.to_json(),
    }
    if one.response:
        response = {key: one.response[key] for key in _OF_RESPONSE if key in one.response}
        found["response"] = {"local": one.is_local, **response}
    return found


def derived(one: DerivedFrom, names: Names) -> dict[str, Any]:
    """What a value was computed from."""
    return {
        "id": one.iri,
        "statements": list(one.lines),
        "records": [record(each, names) for each in one.records],
        "derivedFrom": [derived(each, names) for each in one.parts],
    }


def finding(one: FindingBasis, names: Names) -> dict[str, Any]:
    """What a finding rests on."""
    return {
        "id": one.iri,
        "results": list(one.results),
        "about": [derived(each, names) for each in one.about],
    }


def _responsible(one: Responsible) -> dict[str, Any]:
    return {
        "statedBy": [_agency(each) for each in one.stated_by],
        "publishedBy": [_agency(each) for each in one.published_by],
        "dataset": one.dataset,
    }


def _agency(one: Agency) -> dict[str, Any]:
    return {"id": one.iri, "name": dict(one.names)}


def _of_part(one: DerivedFrom) -> Iterator[TracedRecord]:
    yield from one.records
    for part in one.parts:
        yield from _of_part(part)
