"""The report of a load, computed from ledger and archive: it is the same whenever it is asked for.

Reasons and places are as the load logged them, without personal data.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, NamedTuple

import pyoxigraph as ox

from graph.archive import Archive
from graph.core.iris import Names
from graph.ledger import Event, manifests
from graph.reports import dataset_changes
from graph.reports.dataset_changes import DatasetChanges
from graph.statements import layer
from graph.statements.layer import FINDINGS
from graph.versions import held
from graph.versions.state import state
from vocab.namespaces import CORE, RDF, RDFS

_TYPE, _FINDING = str(RDF.type).encode(), f"{CORE.Finding} .".encode()
_OCCURRENCES, _RULE, _SEVERITY = (
    str(one).encode() for one in (CORE.occurrences, CORE.rule, CORE.severity)
)
_COUNTED = frozenset({_OCCURRENCES, _RULE, _SEVERITY})
PUBLISHED, HELD, REJECTED, SAME = "published", "held", "rejected", "same"
QUARANTINED, FAILED = "quarantined", "failed"


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest run of a source: when, how it ended, and why it did not end well."""

    at: str
    outcome: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """A record that was not published: file and position, and the reason."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReportedFinding:
    """A finding of the version: its rule, what it is about, and what it says, by language.

    `occurrences` is 1 and `place` empty where the finding does not say them.
    """

    iri: str
    rule: str = ""
    severity: str = ""
    about: tuple[str, ...] = ()
    occurrences: int = 1
    place: str = ""
    comments: Mapping[str, str] = field(default_factory=dict)


class RuleCount(NamedTuple):
    """A rule with the number of its findings of one severity (`Warning`), and of their
    occurrences: a rule gives a remark where it can explain what it warns of elsewhere."""

    rule: str
    severity: str
    findings: int
    occurrences: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestReport:
    """What a load changed, rejected and found; `last_run` may be a later one that changed nothing.

    `counts` has the records by outcome, `rules` those with findings, by severity, the most frequent
    first.
    `findings` may be fewer than these: of a large catalogue they are hundreds of thousands, all of
    them in the graph `all_findings`.
    """

    source: str
    title: Mapping[str, str]
    version: int
    load: int
    at: str
    counts: Mapping[str, int]
    changes: DatasetChanges
    rejected: tuple[RejectedRecord, ...]
    rules: tuple[RuleCount, ...]
    findings: tuple[ReportedFinding, ...]
    all_findings: str
    last_run: LastRun

    @property
    def number_of_findings(self) -> int:
        """How many findings the version has, those that are not listed here included."""
        return sum(one.findings for one in self.rules)

    def to_json(self) -> dict[str, Any]:
        """The report as a JSON object."""
        return {**asdict(self), "rules": [one._asdict() for one in self.rules]}


def report(
    events: Sequence[Event], archive: Archive, names: Names, load: Event, most: int | None = None
) -> HarvestReport:
    """The report of a Load event, with at most so many findings."""
    previous = state(events[: load["index"]]).get(load["source"])
    return HarvestReport(
        source=load["source"],
        title=load["title"],
        version=load["version"],
        load=load["index"],
        at=load["at"],
        counts=load["counts"],
        changes=dataset_changes.between(archive, names, load, previous),
        rejected=tuple(_rejected(events, archive, load)),
        rules=rule_counts(archive, load["layers"][FINDINGS]["lines"]),
        findings=tuple(islice(findings(archive, load), most)),
        all_findings=names.graph(load["source"], FINDINGS),
        last_run=last_run(events, load["source"]),
    )


def newest_load(events: Sequence[Event], source: str, *, published: bool) -> Event | None:
    """The Load event of the published version, or the newest one, which may be held."""
    if published:
        return state(events).get(source)
    loads = (e for e in reversed(events) if e["type"] == "Load" and e["source"] == source)
    return next(loads, None)


def last_run(events: Sequence[Event], source: str) -> LastRun:
    """How the newest run of a source ended, as its events after the last Fetch say."""
    of_source = [e for e in events if e.get("source") == source]
    start = max(n for n, e in enumerate(of_source) if e["type"] == "Fetch")
    fetch, after = of_source[start], of_source[start + 1 :]
    if fetch["outcome"] == "failed":
        return LastRun(fetch["at"], FAILED, tuple(_errors(fetch)))
    kinds = {e["type"]: e for e in after}
    if "Quarantine" in kinds:
        return LastRun(fetch["at"], QUARANTINED, (kinds["Quarantine"]["reason"],))
    if "Publish" in kinds:
        return LastRun(fetch["at"], PUBLISHED)
    if load := kinds.get("Load"):
        decided = kinds.get("Approve", {}).get("decision") == held.REJECT
        outcome = REJECTED if decided else HELD
        return LastRun(fetch["at"], outcome, tuple(held.reasons(load)))
    return LastRun(fetch["at"], SAME)


def quarantined(
    events: Sequence[Event], archive: Archive, source: str
) -> tuple[RejectedRecord, ...]:
    """The records that were rejected in the newest run of a source, if it ended in quarantine."""
    found = (e for e in reversed(events) if e["type"] == "Quarantine" and e["source"] == source)
    event = next(found, None)
    if event is None or last_run(events, source).outcome != QUARANTINED:
        return ()
    said = json.loads(archive.read(event["report"]))
    return tuple(RejectedRecord(**one) for one in said.get("rejected", ()))


def _errors(fetch: Event) -> Iterator[str]:
    if "error" in fetch:
        yield fetch["error"]
    yield from (r["error"] for r in fetch.get("responses", ()) if "error" in r)


def _rejected(events: Sequence[Event], archive: Archive, load: Event) -> Iterator[RejectedRecord]:
    rejects = json.loads(archive.read(load["rejects"]))
    responses = manifests.responses(events[load["fetch"]], archive) if rejects else []
    file_of = {r["sha256"]: r["name"] for r in responses if "sha256" in r}
    for one in rejects:
        name = file_of.get(one["capture"], one["capture"][:16])
        yield RejectedRecord(f"{name}#{one['locator']}", one["reason"])


def rule_counts(archive: Archive, lines: str) -> tuple[RuleCount, ...]:
    """The findings by rule of a findings layer with these lines (a digest of the archive)."""
    numbers: Counter[tuple[str, str]] = Counter()
    occurrences: Counter[tuple[str, str]] = Counter()
    split = (line.split(b" ", 2) for line in layer.read(archive, lines))
    for _, group in groupby(split, key=itemgetter(0)):
        is_finding, said = _counted(group)
        if is_finding and _RULE in said:  # a value that a rule computed names its rule too
            key = _end_of(said[_RULE]), _end_of(said.get(_SEVERITY, b"")).rpartition("#")[2]
            numbers[key] += 1
            occurrences[key] += _times(said.get(_OCCURRENCES))
    counts = (RuleCount(*key, number, occurrences[key]) for key, number in numbers.items())
    return tuple(sorted(counts, key=lambda one: (-one.occurrences, one.rule, one.severity)))


def _counted(group: Iterable[list[bytes]]) -> tuple[bool, dict[bytes, bytes]]:
    """Whether a subject is a finding, and the values that are counted by."""
    is_finding, said = False, dict[bytes, bytes]()
    for _, predicate, value in group:
        if predicate == _TYPE:
            is_finding = is_finding or value == _FINDING
        elif predicate in _COUNTED:
            said[predicate] = value
    return is_finding, said


def _end_of(value: bytes) -> str:
    """The IRI of the object of a line, whose end is ` .`."""
    return value[1:-3].decode()


def _times(value: bytes | None) -> int:
    return int(value.split(b'"', 2)[1]) if value else 1


def findings(archive: Archive, load: Event) -> Iterator[ReportedFinding]:
    """The findings of a version, in the order of their IRIs."""
    lines = layer.read_with_line_feeds(archive, load["layers"][FINDINGS]["lines"])
    for subject, group in groupby(lines, key=lambda line: line.split(b" ", 1)[0]):
        text = b"".join(group)
        if b" %b %b\n" % (_TYPE, _FINDING) in text:
            yield _finding(subject[1:-1].decode(), text)


def _finding(iri: str, text: bytes) -> ReportedFinding:
    values: dict[str, list[Any]] = {}
    for quad in ox.parse(text, ox.RdfFormat.N_TRIPLES):
        values.setdefault(quad.predicate.value, []).append(quad.object)

    def first(predicate: ox.NamedNode, default: str = "") -> str:
        return str(values[predicate.value][0].value) if predicate.value in values else default

    comments = values.get(RDFS.comment.value, ())
    return ReportedFinding(
        iri=iri,
        rule=first(CORE.rule),
        severity=first(CORE.severity).rpartition("#")[2],
        about=tuple(sorted(one.value for one in values.get(CORE.about.value, ()))),
        occurrences=int(first(CORE.occurrences, "1")),
        place=first(CORE.firstOccurrence),
        comments={one.language: one.value for one in comments},
    )
