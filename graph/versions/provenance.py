"""The provenance graph: the ledger's events as PROV-O. It is computed from the ledger only.

Each event gives statements that never change; the current versions give a few that do. The graph is
public. So of events about a source that is restricted, or was then, or is not published yet, and
about a version that is held, it contains number, kind and time only (the log has no gaps), but no
name, capture, digest or count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import pyoxigraph as ox

from graph.core import iris
from graph.core.iris import Names
from graph.ledger import Event, Events, of_kinds
from graph.ledger.manifests import is_inline
from graph.statements import canonical
from graph.versions import provenance_details
from graph.versions.held import unpublished
from graph.versions.restricted_then import restricted_then
from graph.versions.state import State, public_sources, state
from vocab.namespaces import CORE, DCAT, DCT, FOAF, MEDIA_TYPE, PROV, RDF, SPDX, XSD
from vocab.terms import Object

LineIterator = Iterator[bytes]

GRAPH = "provenance"
FORM = 3
"""The form that new publications give the graph; a Publish event names it, older ones have 1. From
3 on it has no details of events about sources that were restricted then."""
_DIGITS = 12
MOST_SEARCHED = 20_000
"""Events of a log in which one is looked for that tells of a capture."""
FILE = "file"
"""`kind` of a local file among the responses of a Fetch event."""


def _line(subject: str, predicate: ox.NamedNode, value: Object) -> bytes:
    return canonical.line(ox.NamedNode(subject), predicate, value)


def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


def _time(text: str) -> ox.Literal:
    return ox.Literal(text, datatype=XSD.dateTime)


def _activity(names: Names, index: int) -> str:
    return f"{names.event(index)}#activity"


def _checksum(owner: str, digest: str) -> LineIterator:
    part = f"{owner}#checksum"
    yield _line(owner, SPDX.checksum, _node(part))
    yield _line(part, RDF.type, SPDX.Checksum)
    yield _line(part, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
    yield _line(part, SPDX.checksumValue, ox.Literal(digest, datatype=XSD.hexBinary))


def _entry(event: Event, names: Names) -> LineIterator:
    entry, activity = names.event(event["index"]), _activity(names, event["index"])
    yield _line(entry, RDF.type, CORE.LedgerEntry)
    yield _line(entry, CORE.logIndex, ox.Literal(event["index"]))
    yield _line(entry, DCT.type, _node(iris.concept("ledger-event", event["type"])))
    yield _line(entry, FOAF.primaryTopic, _node(activity))
    yield _line(activity, RDF.type, PROV.Activity)
    yield _line(activity, PROV.endedAtTime, _time(event["at"]))


def _fetch(event: Event, names: Names) -> LineIterator:
    activity = _activity(names, event["index"])
    if not is_inline(event):
        yield from _manifest(activity, event["manifest"], names)
        return
    for response in event["responses"]:
        if "sha256" in response:
            capture = names.capture(response["sha256"])
            # a local file was there before it was read; only a response comes into being here
            role = PROV.used if response.get("kind") == FILE else PROV.generated
            yield _line(activity, role, _node(capture))
            yield from _capture(capture, response)


def _manifest(activity: str, digest: str, names: Names) -> LineIterator:
    """Thousands of responses are one collection here; its members stand in the blob."""
    manifest = names.capture(digest)
    yield _line(activity, PROV.generated, _node(manifest))
    yield _line(manifest, RDF.type, PROV.Collection)
    yield from _capture(manifest, {"media_type": "application/json", "sha256": digest})


def _capture(capture: str, response: dict[str, Any]) -> LineIterator:
    yield _line(capture, RDF.type, PROV.Entity)
    yield _line(capture, DCAT.mediaType, MEDIA_TYPE[response["media_type"]])
    yield from _checksum(capture, response["sha256"])
    if "date" in response:
        yield _line(capture, DCT.date, ox.Literal(response["date"], datatype=XSD.date))


def _code(event: Event, names: Names) -> LineIterator:
    plan = names.code(event["kind"], event["name"], event["digest"])
    yield _line(plan, RDF.type, PROV.Plan)
    yield _line(plan, RDF.type, PROV.Entity)
    yield _line(plan, PROV.wasGeneratedBy, _node(_activity(names, event["index"])))
    yield from _checksum(plan, event["digest"])


def _load(event: Event, names: Names) -> LineIterator:
    activity = _activity(names, event["index"])
    version = names.version(event["source"], event["version"])
    yield _line(activity, PROV.wasInformedBy, _node(_activity(names, event["fetch"])))
    yield _line(activity, PROV.used, _node(_plan(event, names)))
    yield _line(version, RDF.type, PROV.Entity)
    yield _line(version, RDF.type, DCAT.Resource)
    yield _line(version, DCAT.version, ox.Literal(str(event["version"])))
    yield _line(version, DCAT.isVersionOf, _node(names.source(event["source"])))
    yield _line(version, PROV.wasGeneratedBy, _node(activity))
    yield _line(version, PROV.generatedAtTime, _time(event["at"]))
    for digest in event["captures"]:
        yield _line(version, PROV.wasDerivedFrom, _node(names.capture(digest)))
    yield from _revision(event, names, version)
    yield from _checksum(version, event["layers"]["stated"]["lines"])


def _plan(event: Event, names: Names) -> str:
    return names.code("mapping", event["source"], event["code"])


def _revision(event: Event, names: Names, version: str) -> LineIterator:
    if event["version"] > 1:
        previous = names.version(event["source"], event["version"] - 1)
        yield _line(version, DCAT.previousVersion, _node(previous))
        yield _line(version, PROV.wasRevisionOf, _node(previous))


def _validate(event: Event, names: Names) -> LineIterator:
    activity = _activity(names, event["index"])
    yield _line(activity, PROV.used, _node(names.version(event["source"], event["version"])))
    yield _line(activity, PROV.used, _node(names.code("shapes", "shapes", event["shapes"])))


def _publish(event: Event, names: Names) -> LineIterator:
    activity = _activity(names, event["index"])
    yield _line(activity, PROV.wasInformedBy, _node(_activity(names, event["validate"])))
    yield _line(activity, PROV.used, _node(names.version(event["source"], event["version"])))


def _approve(event: Event, names: Names) -> LineIterator:
    activity = _activity(names, event["index"])
    yield _line(activity, PROV.wasInformedBy, _node(_activity(names, event["load"])))
    yield _line(activity, CORE.decision, ox.Literal(event["decision"]))


class Shown(NamedTuple):
    """Of what the graph has details: the public sources, without the events that are `held`; and
    in which form."""

    sources: frozenset[str]
    held: frozenset[int]
    form: int


_DETAILS: dict[str, Callable[[Event, Names], LineIterator]] = {
    "Fetch": _fetch,
    "Code": _code,
    "Load": _load,
    "Validate": _validate,
    "Publish": _publish,
    "Approve": _approve,
}


def _event_lines(event: Event, names: Names, shown: Shown) -> LineIterator:
    yield from _entry(event, names)
    details = _DETAILS.get(event["type"])
    if _source(event) not in shown.sources | {""} or event["index"] in shown.held:
        return
    if details:
        yield from details(event, names)
    if shown.form > 1:
        activity = _activity(names, event["index"])
        yield from provenance_details.lines(activity, event, names)


def _source(event: Event) -> str:
    """The source of an event; empty for events that concern no source."""
    of_mapping = event["type"] == "Code" and event["kind"] == "mapping"
    return str(event["name"] if of_mapping else event.get("source", ""))


def _current_lines(published: State, names: Names) -> LineIterator:
    for source in public_sources(published):
        load = published[source]
        owner = names.source(source)
        yield _line(owner, RDF.type, PROV.Entity)
        yield _line(owner, RDF.type, DCAT.Resource)
        for language, title in load["title"].items():
            yield _line(owner, DCT.title, ox.Literal(title, language=language))
        yield _line(owner, DCAT.hasCurrentVersion, _node(names.version(source, load["version"])))


def form(events: Sequence[Event]) -> int:
    """The form of the graph after these events: that of the last publication."""
    last = next((e for e in reversed(events) if e["type"] == "Publish"), {})
    return int(last.get("provenance", 1))


def lines(events: Sequence[Event], names: Names) -> list[bytes]:
    """The whole graph after these events: sorted canonical lines."""
    published = state(events)
    shown = shown_after(events)
    own = (line for event in events for line in _event_lines(event, names, shown))
    return _canonical({*own, *_current_lines(published, names)})


def shown_after(events: Sequence[Event]) -> Shown:
    """What the graph has details of after these events."""
    hidden, form_now = unpublished(events), form(events)
    if form_now > 2:
        hidden |= restricted_then(events, _source)
    return Shown(public_sources(state(events)), hidden, form_now)


def made_by(events: Sequence[Event], names: Names, line: bytes, shown: Shown) -> Iterator[int]:
    """The indexes of the events that a line of the graph tells of; none for a line that is not in
    it. Only events that can have made it are looked at."""
    subject = line.split(b" ", 1)[0][1:-1].decode()
    for event in _candidates(events, names, subject):
        if line in _canonical({*_event_lines(event, names, shown)}):
            yield event["index"]
    source = subject.removeprefix(names.source(""))
    publish = next((e for e in _of_source(events, source) if e["type"] == "Publish"), None)
    if source in shown.sources and publish:
        published = {source: events[publish["load"]]}
        if line in _canonical({*_current_lines(published, names)}):
            yield publish["index"]


def _candidates(events: Sequence[Event], names: Names, subject: str) -> Iterable[Event]:
    own = subject.removeprefix(names.base).partition("#")[0]
    kind, _, rest = own.partition("/")
    if kind == "log" and rest.isdecimal() and len(rest) < _DIGITS:
        return [events[int(rest)]] if int(rest) < len(events) else []
    if own.startswith("id/source/"):
        return _of_source(events, rest.removeprefix("source/").partition("/")[0])
    if kind == "code":
        return of_kinds(events, "Code")
    if kind == "capture" and len(events) <= MOST_SEARCHED:
        return of_kinds(events, "Fetch", "Load", "Validate")
    return []


def _of_source(events: Sequence[Event], source: str) -> Iterator[Event]:
    """The events about a source, the newest first."""
    if isinstance(events, Events):
        return (events[index] for index in reversed(events.places(source=source)))
    return (event for event in reversed(events) if event.get("source") == source)


def change(events: Sequence[Event], since: int, names: Names) -> tuple[list[bytes], list[bytes]]:
    """The statements that the graph gains and loses between the first `since` events and all.

    No source may have changed from public to restricted in between: then statements about older
    events would go too, and the graph is computed from scratch (`Publisher._usable_snapshot`).
    """
    if form(events[:since]) != form(events):
        whole, whole_before = {*lines(events, names)}, {*lines(events[:since], names)}
        return sorted(whole - whole_before), sorted(whole_before - whole)
    earlier, later = state(events[:since]), state(events)
    before, after = set(_current_lines(earlier, names)), set(_current_lines(later, names))
    shown = shown_after(events)
    # a source that is published for the first time brings the details of its older events, and so
    # does a version that was approved
    new = shown.sources - public_sources(earlier)
    approved = unpublished(events[:since]) - shown.held
    changed = (e for i, e in enumerate(events) if i >= since or _source(e) in new or i in approved)
    own = {line for event in changed for line in _event_lines(event, names, shown)}
    return _canonical(own | (after - before)), _canonical(before - after)


def _canonical(lines: set[bytes]) -> list[bytes]:
    return sorted(set(canonical.normalise(sorted(lines))))
