"""What the provenance graph tells of loads since its form 2: which source a run asked and how it
ended, how many records and statements a load made, with which software, and what was found.

Numbers only, no texts of sources and no names of persons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pyoxigraph as ox

from graph.core.iris import Names
from graph.ledger import Event
from graph.statements import canonical
from graph.statements.layer import FINDINGS, INFERRED, STATED
from vocab.namespaces import CORE, DQV, PROV, RDF, RDFS
from vocab.terms import Object

LineIterator = Iterator[bytes]


def _line(subject: str, predicate: ox.NamedNode, value: Object) -> bytes:
    return canonical.line(ox.NamedNode(subject), predicate, value)


def _numbers(
    subject: str, names: Mapping[str, ox.NamedNode], counts: Mapping[str, int]
) -> LineIterator:
    """The counts that are there; a version that a write or a retirement made may have fewer."""
    for key in names.keys() & counts.keys():
        yield _line(subject, names[key], ox.Literal(int(counts[key])))


_RECORDS = {
    "records": CORE.recordCount,
    "rejected": CORE.rejectedCount,
    "skipped": CORE.skippedCount,
}
_CHANGES = {"adds": CORE.addedStatements, "deletes": CORE.deletedStatements}
_RESULTS = {"Warning": CORE.warningCount, "Info": CORE.infoCount}
_LAYERS = {
    STATED: CORE.statedStatements,
    INFERRED: CORE.inferredStatements,
    FINDINGS: CORE.findingStatements,
}


def _fetch(activity: str, event: Event, names: Names) -> LineIterator:
    yield _line(activity, PROV.used, ox.NamedNode(names.source(event["source"])))
    yield _line(activity, CORE.outcome, ox.Literal(event["outcome"]))


def _load(activity: str, event: Event, names: Names) -> LineIterator:
    version = names.version(event["source"], event["version"])
    yield from _numbers(activity, _RECORDS, event["counts"])
    if event["counts"].get("rejected"):
        yield _line(activity, PROV.generated, ox.NamedNode(names.capture(event["rejects"])))
    for name, number in sorted(event["environment"].items()):
        yield _line(activity, CORE.environment, ox.Literal(f"{name} {number}"))
    sizes = {name: layer["statements"] for name, layer in event["layers"].items()}
    yield from _numbers(version, _LAYERS, sizes)
    # a first version has no patch: all its statements are new
    changes = event["patch"] or {"adds": sum(sizes.values()), "deletes": 0}
    yield from _numbers(version, _CHANGES, changes)


def _validate(activity: str, event: Event, names: Names) -> LineIterator:
    report = names.capture(event["report"])
    yield _line(activity, PROV.generated, ox.NamedNode(report))
    yield _line(report, RDF.type, PROV.Entity)
    yield _line(report, RDF.type, DQV.QualityMetadata)
    yield from _numbers(activity, _RESULTS, event["counts"])
    version = names.version(event["source"], event["version"])
    yield _line(version, DQV.hasQualityMetadata, ox.NamedNode(report))
    yield _line(version, RDFS.seeAlso, ox.NamedNode(names.report(event["source"])))


def _quarantine(activity: str, event: Event, names: Names) -> LineIterator:
    yield _line(activity, PROV.used, ox.NamedNode(names.source(event["source"])))


_DETAILS: dict[str, Callable[[str, Event, Names], LineIterator]] = {
    "Fetch": _fetch,
    "Load": _load,
    "Validate": _validate,
    "Quarantine": _quarantine,
}


def lines(activity: str, event: Event, names: Names) -> LineIterator:
    """The lines of form 2 about an event, whose activity has this IRI."""
    details = _DETAILS.get(event["type"])
    if details:
        yield from details(activity, event, names)
