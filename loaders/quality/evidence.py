"""What scores need beside the graph: what the shapes refuse, and what was published before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pyoxigraph as ox

from graph.archive import Archive
from graph.core.instance import Instance
from graph.export import catalogue
from graph.ledger import Event, Ledger
from graph.statements import layer
from graph.statements.layer import STATED
from graph.versions.state import is_public, public_sources, state
from loaders.link_checks import UrlChecks, place
from shapes.profiles import profile_graph
from shapes.quality.dqv import PreviousValues
from shapes.quality.scored_resource import Evidence
from shapes.results import VIOLATION
from shapes.validate import check
from vocab.namespaces import DCT, DQV, PROV

SOURCE = "quality"
PROFILE = "dcat-ap"


def evidence(instance: Instance, store: ox.Store, now: str) -> Evidence:
    """Everything that is known: asked addresses, refused nodes, identifiers of the version before.

    `now` is RFC 3339 in Ulaanbaatar; what is fresh depends on its day.
    """
    with UrlChecks(place(instance)) as checks:
        addresses = checks.addresses()
    return Evidence(
        today=datetime.fromisoformat(now).date(),
        addresses=addresses,
        violating=violating(store, instance.names.catalog),
        identifiers=identifiers(instance),
    )


def violating(store: ox.Store, root: str) -> frozenset[str]:
    """The focus nodes of the published catalogue that the profile of DCAT-AP refuses."""
    lines = (f"{t.subject} {t.predicate} {t.object} .".encode() for t in catalogue(store, root))
    report = check(profile_graph(PROFILE), lines)
    return frozenset(result.focus for result in report.with_severity(VIOLATION))


def identifiers(instance: Instance) -> dict[str, str] | None:
    """Identifier by dataset in the versions before the published ones.

    None where no source has a second version; a source with one version has nothing to compare.
    """
    before = list(_before(list(Ledger(instance))))
    archive, found = Archive(instance.archive), dict[str, str]()
    for load in before:
        found.update(_identifiers(archive, load, instance.base))
    return found if before else None


def _before(events: list[Event]) -> Iterator[Event]:
    """The Load events of the versions before the published ones."""
    now = {s: load["version"] for s, load in state(events).items() if is_public(load)}
    for item in events:
        if item["type"] != "Load" or item["source"] == SOURCE:
            continue
        if item["version"] == now.get(item["source"], 0) - 1:
            yield item


def _identifiers(archive: Archive, load: Event, base: str) -> Iterator[tuple[str, str]]:
    start = f"<{base}id/dataset/{load['source']}/".encode()
    wanted = str(DCT.identifier).encode()
    for line in layer.read(archive, load["layers"][STATED]["lines"]):
        subject, predicate, _ = line.split(b" ", 2)
        if predicate == wanted and subject.startswith(start):
            for quad in ox.parse(line, ox.RdfFormat.N_TRIPLES):
                yield subject[1:-1].decode(), str(getattr(quad.object, "value", ""))


def earlier(instance: Instance) -> PreviousValues:
    """Value and time of every measurement in the published version of the scores."""
    load = state(list(Ledger(instance))).get(SOURCE)
    if load is None:
        return {}
    values: dict[str, dict[ox.NamedNode, ox.Literal]] = {}
    for line in layer.read(Archive(instance.archive), load["layers"][STATED]["lines"]):
        for quad in ox.parse(line, ox.RdfFormat.N_TRIPLES):
            if isinstance(quad.object, ox.Literal) and isinstance(quad.subject, ox.NamedNode):
                values.setdefault(quad.subject.value, {})[quad.predicate] = quad.object
    return {
        iri: (said[DQV.value], said[PROV.generatedAtTime])
        for iri, said in values.items()
        if DQV.value in said and PROV.generatedAtTime in said
    }


def versions(instance: Instance) -> list[str]:
    """The published versions of all other public sources."""
    published = state(list(Ledger(instance)))
    told = sorted(public_sources(published) - {SOURCE})
    return [instance.names.version(s, published[s]["version"]) for s in told]
