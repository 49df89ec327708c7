"""What a trace tells, from the statement to the bytes and the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.ledger import Event
from graph.trace.publications import PublishedVersion, description_path
from graph.trace.records.view import RecordView

STATED_NOW = "stated"
WITHDRAWN = "withdrawn"
UNKNOWN = "unknown"
ELSEWHERE = "elsewhere"
COMPUTED = "computed"
COUNTED = "counted"
RuleTexts = Mapping[str, str]
"""What a rule of a mapping does: a sentence by language."""
MOST_COMPARED = 5_000_000
"""Statements of a layer whose row map is compared with its hash: half a second, once a process."""


@dataclass(frozen=True, slots=True)
class TracedRecord:
    """A record that a statement was made from: where it is, the rule, and how its capture came.

    `response` is the entry of the capture in its Fetch event, empty for what Ulzii made itself (a
    validation report). `access` is what the source's description says of its captures.
    """

    capture: str
    locator: str
    rule: str
    response: Mapping[str, Any]
    view: RecordView
    access: str

    @property
    def is_local(self) -> bool:
        """Whether the capture is a local file: not fetched over the network."""
        return self.response.get("kind") == "file"


@dataclass(frozen=True, slots=True)
class Seen:
    """Published versions between which a statement stood; `last` is None while it stands."""

    first: PublishedVersion
    last: PublishedVersion | None


@dataclass(frozen=True, slots=True)
class Checked:
    """The validation of a version: its event, and the results about the statement's subject.

    `is_searched` is False where the report is too large to look for them.
    """

    event: Event
    results: tuple[Mapping[str, Any], ...] = ()
    is_searched: bool = True


@dataclass(frozen=True, slots=True)
class DerivedFrom:
    """What a value was computed from: a thing, its statements, and what that was computed from."""

    iri: str
    lines: tuple[str, ...] = ()
    records: tuple[TracedRecord, ...] = ()
    parts: tuple[DerivedFrom, ...] = ()


@dataclass(frozen=True, slots=True)
class Agency:
    """A body: its IRI, and its names by language."""

    iri: str
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who states something, and who publishes it here where that is another; `dataset` names them,
    and is empty where the description of the source does."""

    stated_by: tuple[Agency, ...] = ()
    published_by: tuple[Agency, ...] = ()
    dataset: str = ""


@dataclass(frozen=True, slots=True)
class FindingBasis:
    """What a finding rests on: the results of the validation, and the statements it is about.

    `made_by` are those results that say what this finding says: they are about other subjects.
    """

    iri: str
    results: tuple[Mapping[str, Any], ...]
    about: tuple[DerivedFrom, ...]
    made_by: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stating:
    """One source that states a statement: in which version and layer, at which line (from 0).

    `events` has the index of each event of the version by its kind; `rules` what the rules of its
    `records` do, where the code that made the version says so; `loader` and `description` are
    from the archived description of the source.
    `responsible` is None for what Ulzii concluded. `records_total` may be more than `records`.
    """

    version: PublishedVersion
    layer: str
    position: int
    total: int
    is_current: bool
    seen: tuple[Seen, ...]
    records: tuple[TracedRecord, ...]
    records_total: int
    loader: str
    fetch: Event
    code: Event | None
    checked: Checked
    events: Mapping[str, int]
    rules: Mapping[str, RuleTexts] = field(default_factory=dict)
    derived_from: tuple[DerivedFrom, ...] = ()
    finding: FindingBasis | None = None
    responsible: Responsible | None = None

    @property
    def settings(self) -> str:
        """The file with the description of its source in the archived code; empty without one."""
        return description_path(self.code)

    @property
    def is_compared(self) -> bool:
        """Whether its row map, too, was compared with the hash in the log before it was read."""
        return self.total <= MOST_COMPARED


@dataclass(frozen=True, slots=True)
class TracedStatement:
    """A statement and who states it.

    `status` is STATED_NOW, WITHDRAWN (then `statings` are the last ones), COMPUTED (in the
    provenance graph: `event` made it), COUNTED (it would be in the VoID description, which is made
    anew with each snapshot and not looked up here), ELSEWHERE (not where it was asked for:
    `statings` say where) or UNKNOWN; then `instead` has what is stated of the same subject by the
    same predicate.
    """

    iri: str
    line: str
    status: str
    statings: tuple[Stating, ...] = ()
    event: Event | None = None
    graph: str = ""
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """The answer to a question. `left_out` is the number of statements of an entity that are not in
    it: at least so many, where it is long."""

    asked: str
    statements: tuple[TracedStatement, ...] = field(default=())
    left_out: int = 0

    @property
    def is_stated(self) -> bool:
        """Whether something of what was asked stands now."""
        return any(one.status in {STATED_NOW, COMPUTED} for one in self.statements)
