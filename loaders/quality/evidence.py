"""The facts that scores need besides the graph: violations, link checks, earlier versions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pyoxigraph as ox

from graph.archive import Archive
from graph.core.instance import Instance
from graph.export import lines
from graph.ledger import Event, Ledger
from graph.statements import layer
from graph.statements.layer import STATED
from graph.versions.state import is_public, public_sources, state
from loaders.link_checks import UrlChecks, store_path
from shapes.profiles.validate import prepared_profile
from shapes.quality.dqv import PreviousValues
from shapes.quality.scored_resource import Evidence
from shapes.results import VIOLATION
from shapes.validate import check
from vocab.namespaces import DCT, DQV, PROV

SOURCE = "quality"
PROFILE = "dcat-ap"
_VALUE, _TIME = str(DQV.value).encode(), str(PROV.generatedAtTime).encode()


def evidence(instance: Instance, store: ox.Store, now: str) -> Evidence:
    """Results of link checks, violating nodes, and identifiers of the previous versions.

    `now` is in RFC 3339, in the zone of Ulaanbaatar; freshness depends on its date.
    """
    with UrlChecks(store_path(instance)) as checks:
        addresses = checks.addresses()
    return Evidence(
        today=datetime.fromisoformat(now).date(),
        addresses=addresses,
        violating=violating(instance),
        identifiers=identifiers(instance),
    )


def violating(instance: Instance) -> frozenset[str]:
    """The focus nodes of the published catalogue that violate the DCAT-AP profile."""
    report = check(prepared_profile(PROFILE), lines(instance))
    return frozenset(result.focus for result in report.with_severity(VIOLATION))


def identifiers(instance: Instance) -> dict[str, str] | None:
    """Dataset → identifier in the versions before the published ones.

    None when no source has a second version: there is nothing to compare.
    """
    previous = list(_previous_versions(list(Ledger(instance))))
    archive = Archive(instance.archive)
    by_dataset: dict[str, str] = {}
    for load in previous:
        by_dataset.update(_identifiers(archive, load, instance.base))
    return by_dataset if previous else None


def _previous_versions(events: list[Event]) -> Iterator[Event]:
    """The Load events of the versions before the published ones."""
    published = {s: load["version"] for s, load in state(events).items() if is_public(load)}
    for one in events:
        if one["type"] != "Publish" or one["source"] == SOURCE:
            continue
        if one["version"] == published.get(one["source"], 0) - 1:
            yield events[one["load"]]


def _identifiers(archive: Archive, load: Event, base: str) -> Iterator[tuple[str, str]]:
    start = f"<{base}id/dataset/{load['source']}/".encode()
    identifier = str(DCT.identifier).encode()
    for line in layer.read(archive, load["layers"][STATED]["lines"]):
        subject, predicate, _ = line.split(b" ", 2)
        if predicate == identifier and subject.startswith(start):
            for quad in ox.parse(line, ox.RdfFormat.N_TRIPLES):
                yield subject[1:-1].decode(), str(getattr(quad.object, "value", ""))


def earlier(instance: Instance) -> PreviousValues:
    """IRI of each measurement in the published scores → its value and time."""
    load = state(list(Ledger(instance))).get(SOURCE)
    if load is None:
        return {}
    found: dict[bytes, dict[str, str]] = {_VALUE: {}, _TIME: {}}
    for line in layer.read(Archive(instance.archive), load["layers"][STATED]["lines"]):
        subject, predicate, value = line.split(b" ", 2)
        if predicate in found and value.startswith(b'"'):
            found[predicate][subject[1:-1].decode()] = value.removesuffix(b" .").decode()
    times = found[_TIME]
    return {iri: (value, times[iri]) for iri, value in found[_VALUE].items() if iri in times}


def versions(instance: Instance) -> list[str]:
    """The IRIs of the published versions of all other public sources."""
    published = state(list(Ledger(instance)))
    sources = sorted(public_sources(published) - {SOURCE})
    return [instance.names.version(s, published[s]["version"]) for s in sources]
