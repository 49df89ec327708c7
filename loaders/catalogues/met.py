"""What was met in a record, as findings of its dataset: while reading, naming and mapping."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from graph.core.privacy import mask_personal_data
from loaders.catalogues.naming import keys, kinds
from loaders.catalogues.naming.records import NamedRecord
from loaders.catalogues.naming.spool import Spool, SpooledPlace
from loaders.catalogues.personal import PersonalData
from loaders.pipeline.record import Capture, LoadFinding
from vocab.namespaces import DCAT


class MetInRecord:
    """How often each kind was met in a record, and what stood there first."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.details: dict[str, str] = {}

    def add(self, kind: str, count: int = 1, detail: str = "") -> None:
        """Something was met."""
        self.counts[kind] += count
        if detail:
            self.details.setdefault(kind, detail)


_MAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]++@[\w-]+(?:\.[\w-]+)+")
_MOST_DETAIL = 200  # characters


class Met:
    """Makes the findings of records."""

    def __init__(
        self, spool: Spool, captures: Sequence[Capture], personal: PersonalData, source: str
    ) -> None:
        self._spool = spool
        self._captures = captures
        self._personal = personal
        self._source = ox.NamedNode(source)
        self._is_first = True

    def findings(self, record: NamedRecord, met: MetInRecord) -> Iterator[LoadFinding]:
        """The findings of a record; the first record has those of the source too."""
        is_resource = record.kind in kinds.LADDER
        subject = ox.NamedNode(record.iri[1:-1]) if is_resource else self._source
        self._naming(record, met)
        for kind, count in met.counts.items():
            if count:
                detail = met.details.get(kind, "")
                yield LoadFinding(kind, subject, self._place(record.place), count, detail)
        for node in record.nodes:
            yield from self._of_node(node, subject)
        if self._is_first:
            self._is_first = False
            yield from self._of_source(record)

    def _naming(self, record: NamedRecord, met: MetInRecord) -> None:
        if record.kind in kinds.LADDER:
            met.add("record-stale", self._is_stale(record))
            # of others a shape says it; here their names show it
            is_named_here = self._spool.is_anonymous(record.node)
            shares = is_named_here and keys.shares_identifier(self._spool, record.node)
            met.add("identifier-shared", shares)
            met.add("stated-twice", keys.times_stated(self._spool, record.node) > 1)
        if record.kind == kinds.CATALOG:
            listed = (v for p, v in self._spool.properties(record.node) if p == str(DCAT.dataset))
            missing = [value for value in listed if not self._spool.is_described(value)]
            met.add("dataset-not-described", len(missing), missing[0][1:-1] if missing else "")

    def _is_stale(self, record: NamedRecord) -> bool:
        """Whether it could not be read, or fetched, this time."""
        return record.is_stale or self._captures[record.place.capture].stale

    def _of_node(self, node: str, subject: ox.NamedNode) -> Iterator[LoadFinding]:
        place = self._spool.place(node)
        for withheld in self._personal.findings(node):
            yield LoadFinding(
                withheld.kind, subject, self._place(place), detail=withheld.predicate[1:-1]
            )
        for problem in self._spool.problems(node):
            detail = _without_personal_data(problem.detail)
            yield LoadFinding(problem.kind, subject, self._place(problem.place), detail=detail)

    def _of_source(self, record: NamedRecord) -> Iterator[LoadFinding]:
        for problem in self._spool.problems_of_source():
            detail = _without_personal_data(problem.detail)
            yield LoadFinding(problem.kind, self._source, self._place(problem.place), detail=detail)
        if next(self._spool.resources(kinds.DATASET), None) is None:
            yield LoadFinding("holds-no-dataset", self._source, self._place(record.place))

    def _place(self, place: SpooledPlace) -> str:
        name = self._captures[place.capture].name
        return f"{name}#{place.locator}" if place.locator else name


def _without_personal_data(text: str) -> str:
    return mask_personal_data(_MAIL.sub("…", text))[:_MOST_DETAIL]
