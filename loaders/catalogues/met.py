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

MetInRecord = Counter[str]
"""How often each kind was met in a record."""

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
        met.update(self._naming(record))
        for kind, count in met.items():
            if count:
                yield LoadFinding(kind, subject, self._place(record.place), count)
        for node in record.nodes:
            yield from self._of_node(node, subject)
        if self._is_first:
            self._is_first = False
            yield from self._of_source(record)

    def _naming(self, record: NamedRecord) -> MetInRecord:
        met: MetInRecord = Counter()
        if record.kind in kinds.LADDER:
            met["record-stale"] += self._is_stale(record)
            # of others a shape says it; here their names show it
            is_named_here = self._spool.is_anonymous(record.node)
            shares = is_named_here and keys.shares_identifier(self._spool, record.node)
            met["identifier-shared"] += shares
            met["stated-twice"] += keys.times_stated(self._spool, record.node) > 1
        if record.kind == kinds.CATALOG:
            listed = (v for p, v in self._spool.properties(record.node) if p == str(DCAT.dataset))
            met["dataset-not-described"] += sum(not self._spool.is_described(v) for v in listed)
        return met

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
