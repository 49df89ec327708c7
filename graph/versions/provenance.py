"""The provenance graph: the ledger's events as PROV-O. It is computed from the ledger only.

Each event gives statements that never change; the current versions give a few that do. The graph is
public. So of events about a source that is restricted, or not published yet, it contains number,
kind and time only (the log has no gaps), but no name, capture, digest or count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyoxigraph as ox

from graph.core import iris
from graph.core.iris import Names
from graph.ledger import Event
from graph.statements import canonical
from graph.versions.state import State, public_sources, state
from vocab.namespaces import CORE, DCAT, DCT, FOAF, MEDIA_TYPE, PROV, RDF, SPDX, XSD
from vocab.terms import Object

LineIterator = Iterator[bytes]

GRAPH = "provenance"
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


def _entry(item: Event, names: Names) -> LineIterator:
    entry, activity = names.event(item["index"]), _activity(names, item["index"])
    yield _line(entry, RDF.type, CORE.LedgerEntry)
    yield _line(entry, CORE.logIndex, ox.Literal(item["index"]))
    yield _line(entry, DCT.type, _node(iris.concept("ledger-event", item["type"])))
    yield _line(entry, FOAF.primaryTopic, _node(activity))
    yield _line(activity, RDF.type, PROV.Activity)
    yield _line(activity, PROV.endedAtTime, _time(item["at"]))


def _fetch(item: Event, names: Names) -> LineIterator:
    activity = _activity(names, item["index"])
    for response in item["responses"]:
        if "sha256" in response:
            capture = names.capture(response["sha256"])
            # a local file was there before it was read; only a response comes into being here
            role = PROV.used if response.get("kind") == FILE else PROV.generated
            yield _line(activity, role, _node(capture))
            yield from _capture(capture, response)


def _capture(capture: str, response: dict[str, Any]) -> LineIterator:
    yield _line(capture, RDF.type, PROV.Entity)
    yield _line(capture, DCAT.mediaType, MEDIA_TYPE[response["media_type"]])
    yield from _checksum(capture, response["sha256"])
    if "date" in response:
        yield _line(capture, DCT.date, ox.Literal(response["date"], datatype=XSD.date))


def _code(item: Event, names: Names) -> LineIterator:
    plan = names.code(item["kind"], item["name"], item["digest"])
    yield _line(plan, RDF.type, PROV.Plan)
    yield _line(plan, RDF.type, PROV.Entity)
    yield _line(plan, PROV.wasGeneratedBy, _node(_activity(names, item["index"])))
    yield from _checksum(plan, item["digest"])


def _load(item: Event, names: Names) -> LineIterator:
    activity = _activity(names, item["index"])
    version = names.version(item["source"], item["version"])
    yield _line(activity, PROV.wasInformedBy, _node(_activity(names, item["fetch"])))
    yield _line(activity, PROV.used, _node(_plan(item, names)))
    yield _line(version, RDF.type, PROV.Entity)
    yield _line(version, RDF.type, DCAT.Resource)
    yield _line(version, DCAT.version, ox.Literal(str(item["version"])))
    yield _line(version, DCAT.isVersionOf, _node(names.source(item["source"])))
    yield _line(version, PROV.wasGeneratedBy, _node(activity))
    yield _line(version, PROV.generatedAtTime, _time(item["at"]))
    for digest in item["captures"]:
        yield _line(version, PROV.wasDerivedFrom, _node(names.capture(digest)))
    yield from _revision(item, names, version)
    yield from _checksum(version, item["layers"]["stated"]["lines"])


def _plan(item: Event, names: Names) -> str:
    return names.code("mapping", item["source"], item["code"])


def _revision(item: Event, names: Names, version: str) -> LineIterator:
    if item["version"] > 1:
        previous = names.version(item["source"], item["version"] - 1)
        yield _line(version, DCAT.previousVersion, _node(previous))
        yield _line(version, PROV.wasRevisionOf, _node(previous))


def _validate(item: Event, names: Names) -> LineIterator:
    activity = _activity(names, item["index"])
    yield _line(activity, PROV.used, _node(names.version(item["source"], item["version"])))
    yield _line(activity, PROV.used, _node(names.code("shapes", "shapes", item["shapes"])))


def _publish(item: Event, names: Names) -> LineIterator:
    activity = _activity(names, item["index"])
    yield _line(activity, PROV.wasInformedBy, _node(_activity(names, item["validate"])))
    yield _line(activity, PROV.used, _node(names.version(item["source"], item["version"])))


_DETAILS: dict[str, Callable[[Event, Names], LineIterator]] = {
    "Fetch": _fetch,
    "Code": _code,
    "Load": _load,
    "Validate": _validate,
    "Publish": _publish,
}


def _event_lines(item: Event, names: Names, public: frozenset[str]) -> LineIterator:
    yield from _entry(item, names)
    details = _DETAILS.get(item["type"])
    if details and _source(item) in public | {""}:
        yield from details(item, names)


def _source(item: Event) -> str:
    """The source of an event; empty for events that concern no source."""
    of_mapping = item["type"] == "Code" and item["kind"] == "mapping"
    return str(item["name"] if of_mapping else item.get("source", ""))


def _current_lines(published: State, names: Names) -> LineIterator:
    for source in public_sources(published):
        load = published[source]
        owner = names.source(source)
        yield _line(owner, RDF.type, PROV.Entity)
        yield _line(owner, RDF.type, DCAT.Resource)
        for language, title in load["title"].items():
            yield _line(owner, DCT.title, ox.Literal(title, language=language))
        yield _line(owner, DCAT.hasCurrentVersion, _node(names.version(source, load["version"])))


def lines(events: Sequence[Event], names: Names) -> list[bytes]:
    """The whole graph after these events: sorted canonical lines."""
    published = state(events)
    own = (line for item in events for line in _event_lines(item, names, public_sources(published)))
    return _canonical({*own, *_current_lines(published, names)})


def change(events: Sequence[Event], since: int, names: Names) -> tuple[list[bytes], list[bytes]]:
    """The statements that the graph gains and loses between the first `since` events and all.

    No source may have changed from public to restricted in between: then statements about older
    events would go too, and the graph is computed from scratch (`Publisher._usable_snapshot`).
    """
    earlier, later = state(events[:since]), state(events)
    before, after = set(_current_lines(earlier, names)), set(_current_lines(later, names))
    public, new = public_sources(later), public_sources(later) - public_sources(earlier)
    # a source that is published for the first time brings the details of its older events
    changed = (e for i, e in enumerate(events) if i >= since or _source(e) in new)
    own = {line for item in changed for line in _event_lines(item, names, public)}
    return _canonical(own | (after - before)), _canonical(before - after)


def _canonical(lines: set[bytes]) -> list[bytes]:
    return sorted(set(canonical.normalise(sorted(lines))))
