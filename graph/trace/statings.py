"""What is known of one source's statement: its records, checks, events, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from graph import evidence
from graph.archive import Archive
from graph.core.instance import Instance
from graph.ledger import Event, Events, manifests
from graph.statements.layer import FINDINGS, STATED
from graph.statements.rowmap import Origin
from graph.trace import access, lookups, reports, rule_texts
from graph.trace.agencies import AgencyReader
from graph.trace.basis import BasisReader
from graph.trace.model import Checked, Seen, Stating, TracedRecord
from graph.trace.publications import (
    Publications,
    PublishedVersion,
    described_by,
    description,
)
from graph.trace.records import capture_text, masking, reading
from graph.trace.records.capture_text import DescribedBy
from graph.trace.records.reading import TableReader
from graph.trace.records.view import RecordView
from graph.versions import held

MOST_RECORDS = 20
MOST_RESULTS = 10
Found = tuple[PublishedVersion, str, int]
Versions = Mapping[str, list[PublishedVersion]]


class StatingReader:
    """Reads statings from archive and ledger."""

    def __init__(
        self,
        instance: Instance,
        archive: Archive,
        publications: Publications,
        tables: TableReader | None = None,
    ) -> None:
        self._tables = tables
        self._instance = instance
        self._names = instance.names
        self._archive = archive
        self._publications = publications
        self._agencies = AgencyReader(archive, instance.cache, publications)
        self._basis = BasisReader(archive, instance.cache, publications, self.records)

    def read(
        self, line: bytes, found: Found, versions: Versions, readable: frozenset[str] | None
    ) -> Stating:
        """All of a line in a layer of a version; `readable` is None for the operator."""
        version, name, number = found
        load, subject = version.load, _subject(line)
        origins = lookups.origins(self._archive, load, name, number)
        of_source = versions[version.source]
        code = self._publications.mapping_of(load)
        validate = self._publications.events[held.validation_index(load)]
        newest = self._publications.current(version.source)
        return Stating(
            version=version,
            layer=name,
            position=number,
            total=load["layers"][name]["statements"],
            is_current=version == newest,
            seen=tuple(self._seen(line, name, of_source)),
            records=tuple(self.records(version, origins[:MOST_RECORDS], line, readable)),
            records_total=len(origins),
            loader=str(description(self._archive, code).get("loader", "")),
            fetch=self._publications.events[load["fetch"]],
            code=code,
            checked=self._checked(validate, subject),
            events=self._events(version, code, validate),
            rules=rule_texts.of(self._archive, code, {one.rule for one in origins}),
            derived_from=self._basis.derived_from(version, subject, readable),
            finding=self._basis.finding(version, line, readable) if name == FINDINGS else None,
            responsible=self._agencies.of(version, subject, readable) if name == STATED else None,
        )

    def brief(
        self, line: bytes, found: Found, origins: Sequence[Origin], readable: frozenset[str] | None
    ) -> Stating:
        """The same in short, for one of many: who states it, and where its records are."""
        version, name, number = found
        load = version.load
        validate = self._publications.events[held.validation_index(load)]
        return Stating(
            version=version,
            layer=name,
            position=number,
            total=load["layers"][name]["statements"],
            is_current=version == self._publications.current(version.source),
            seen=(),
            records=tuple(self._places(version, origins[:MOST_RECORDS])),
            records_total=len(origins),
            loader="",
            fetch=self._publications.events[load["fetch"]],
            code=None,
            checked=Checked(validate),
            events={},
        )

    def _places(
        self, version: PublishedVersion, origins: Sequence[Origin]
    ) -> Iterator[TracedRecord]:
        """Records without what they show."""
        said = access.of_source(self._archive, self._publications, version.source)
        responses = self._responses(version.load)
        for origin in origins:
            response = responses.get(origin.capture, {})
            yield TracedRecord(*origin, response=response, view=RecordView(), access=said)

    def _checked(self, validate: Event, subject: str) -> Checked:
        report = validate["report"]
        if not any(validate["counts"].values()):
            return Checked(validate)
        found = reports.about(self._archive, report, subject, MOST_RESULTS)
        return Checked(validate, found, reports.is_searched(self._archive, report))

    def _events(
        self, version: PublishedVersion, code: Event | None, validate: Event
    ) -> dict[str, int]:
        load, publish = version.load, version.publish
        shapes = self._publications.codes.get(("shapes", "shapes", validate["shapes"]))
        events = {"Fetch": load["fetch"]}
        events |= {"Code": code["index"]} if code else {}
        events |= {"Code (shapes)": shapes["index"]} if shapes else {}
        events |= {"Load": load["index"], "Validate": validate["index"]}
        approvals = publish.get("approvals")
        events |= {"Approve": approvals[-1]} if approvals else {}
        return events | {"Publish": publish["index"]}

    def records(
        self,
        version: PublishedVersion,
        origins: Sequence[Origin],
        line: bytes,
        readable: frozenset[str] | None,
    ) -> Iterator[TracedRecord]:
        """The records of origins; what they show is for the operator, and for others where the
        source's description says so."""
        said = access.of_source(self._archive, self._publications, version.source)
        responses = self._responses(version.load)
        known = frozenset({_value(line)})
        for origin in origins:
            response = responses.get(origin.capture, {})
            view = self._view(version, origin, response, said, readable)
            shown = masking.masked(view, known)
            yield TracedRecord(*origin, response=response, view=shown, access=said)

    def _view(
        self,
        version: PublishedVersion,
        origin: Origin,
        response: Mapping[str, Any],
        said: str,
        readable: frozenset[str] | None,
    ) -> RecordView:
        if not response:
            return RecordView(note="made by Ulzii itself: a validation report")
        if readable is not None and said == access.PRIVATE:
            return RecordView(note="the captures of this source are private")
        capture = capture_text.of_response(
            response,
            self._names.harvested(version.source),
            self._described(version.load),
            is_public=said == access.PUBLIC,
        )
        return reading.read(
            self._archive, self._instance.cache, capture, origin.locator, self._tables
        )

    def _described(self, load: Event) -> DescribedBy:
        code = self._publications.mapping_of(load)
        return described_by(self._archive, code, lambda: self._responses(load).values())

    def _responses(self, load: Event) -> dict[str, Mapping[str, Any]]:
        fetch = self._publications.events[load["fetch"]]
        listed = manifests.responses(fetch, self._archive)
        return {one["sha256"]: one for one in listed if "sha256" in one}

    def _seen(
        self,
        line: bytes,
        name: str,
        of_source: Sequence[PublishedVersion],
    ) -> Iterator[Seen]:
        """The spans of versions in which a line stood in a layer, the oldest first."""
        changing = self._changing(of_source[0].source, _subject(line))
        first: PublishedVersion | None = None
        before: PublishedVersion | None = None
        for one in of_source:
            stands = self._stands(line, name, one, before, changing, was=first is not None)
            if stands and first is None:
                first = one
            elif not stands and first is not None and before is not None:
                yield Seen(first, before)
                first = None
            before = one
        if first is not None:
            yield Seen(first, None)

    def _changing(self, source: str, subject: str) -> Set[int]:
        """The Load events of a source whose patch may change a subject."""
        events = self._publications.events
        if not isinstance(events, Events):  # of a part of a log: each patch is looked at
            return {*range(len(events))}
        found = evidence.touched(self._instance, events, source, subject)
        return {load["index"] for load in found.changed}

    def _stands(
        self,
        line: bytes,
        name: str,
        version: PublishedVersion,
        before: PublishedVersion | None,
        changing: Set[int],
        *,
        was: bool,
    ) -> bool:
        """Whether a line stands in a version; it is looked up where its patch touches the
        subject, or is not from the version before."""
        follows = before is not None and before.number + 1 == version.number
        if version.load["patch"] and follows and version.load["index"] not in changing:
            return was
        place = (self._archive, self._instance.cache, version.load, name)
        return lookups.position(*place, line) is not None


def _subject(line: bytes) -> str:
    return line.split(b" ", 1)[0][1:-1].decode()


def _value(line: bytes) -> str:
    """The text of a statement's object."""
    value = line.split(b" ", 2)[2][:-2].decode()
    return value[1:].rpartition('"')[0] if value.startswith('"') else value.strip("<>")
