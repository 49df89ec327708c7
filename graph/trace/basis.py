"""What computed values and findings rest on, down to the records of the primary sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path

from graph.archive import Archive
from graph.statements.layer import FINDINGS, NAMES
from graph.statements.rowmap import Origin
from graph.trace import lookups, reports
from graph.trace.model import DerivedFrom, FindingBasis, TracedRecord
from graph.trace.publications import Publications, PublishedVersion
from graph.versions import held
from vocab.namespaces import CORE, DQV, OA, PROV, QB, RDF

DEEPEST = 6
MOST_PARTS = 30  # of one value
MOST_LINES = 40  # about one thing
MOST_RECORDS = 5  # of one thing
_DERIVED = f" {PROV.wasDerivedFrom} ".encode()
_OBSERVATION = f" {QB.observation} ".encode()
_ABOUT, _ANNOTATED = f" {CORE.about} ".encode(), f" {DQV.hasQualityAnnotation} ".encode()
_TYPE = f" {RDF.type} ".encode()
_RULE = f" {CORE.rule} ".encode()
Records = Callable[
    [PublishedVersion, Sequence[Origin], bytes, frozenset[str] | None], Iterator[TracedRecord]
]


class BasisReader:
    """Follows `prov:wasDerivedFrom`, and what findings are about, inside a version."""

    def __init__(
        self, archive: Archive, cache: Path, publications: Publications, records: Records
    ) -> None:
        self._archive = archive
        self._cache = cache
        self._publications = publications
        self._records = records

    def derived_from(
        self, version: PublishedVersion, iri: str, readable: frozenset[str] | None
    ) -> tuple[DerivedFrom, ...]:
        """What a thing says it was computed from, recursively; nothing where it says nothing."""
        lines = self._lines(version, iri, NAMES)
        return self._parts(version, lines, readable, {iri}, 0)

    def finding(
        self, version: PublishedVersion, line: bytes, readable: frozenset[str] | None
    ) -> FindingBasis:
        """What the finding rests on that a line of the findings layer belongs to."""
        iri = self._finding_of(version, line)
        lines = [text for *_, text in self._lines(version, iri, (FINDINGS,))]
        about = [*dict.fromkeys(_object(text) for text in lines if _ABOUT in text)]
        seen = {iri}
        things = (self._thing(version, one, readable, seen, 1) for one in about[:MOST_PARTS])
        results = self._results(version, about)
        return FindingBasis(iri, results, tuple(things), tuple(_made_by(results, lines)))

    def _results(
        self, version: PublishedVersion, about: Sequence[str]
    ) -> tuple[dict[str, object], ...]:
        validate = self._publications.events[held.validation_index(version.load)]
        found = (
            result
            for iri in about[:MOST_PARTS]
            for result in reports.about(self._archive, validate["report"], iri, MOST_PARTS)
        )
        return tuple(islice(reports.different(found), MOST_PARTS))

    def _finding_of(self, version: PublishedVersion, line: bytes) -> str:
        """The finding: what the subject is annotated with, or what has it as its body, or it."""
        if _ANNOTATED in line:
            return _object(line)
        subject = line.split(b" ", 1)[0][1:-1].decode()
        lines = version.load["layers"][FINDINGS]["lines"]
        body = lookups.ending(self._archive, lines, f" {OA.hasBody} <{subject}> .".encode())
        return body.split(b" ", 1)[0][1:-1].decode() if body else subject

    def _lines(
        self, version: PublishedVersion, iri: str, names: Sequence[str]
    ) -> list[tuple[str, int, bytes]]:
        """The lines about a thing: layer, number, line."""
        found: list[tuple[str, int, bytes]] = []
        place = (self._archive, self._cache, version.load)
        for name in names:
            of_one = lookups.of_subject(*place, name, iri, MOST_LINES)
            found += [(name, number, line) for number, line in of_one]
        return found

    def _parts(
        self,
        version: PublishedVersion,
        lines: Sequence[tuple[str, int, bytes]],
        readable: frozenset[str] | None,
        seen: set[str],
        depth: int,
    ) -> tuple[DerivedFrom, ...]:
        followed = (_DERIVED, _OBSERVATION) if depth else (_DERIVED,)
        wanted = [_object(text) for *_, text in lines if any(one in text for one in followed)]
        fresh = [one for one in dict.fromkeys(wanted) if one not in seen][:MOST_PARTS]
        seen.update(fresh)
        if depth >= DEEPEST:
            return ()
        return tuple(self._thing(version, one, readable, seen, depth + 1) for one in fresh)

    def _thing(
        self,
        version: PublishedVersion,
        iri: str,
        readable: frozenset[str] | None,
        seen: set[str],
        depth: int,
    ) -> DerivedFrom:
        lines = self._lines(version, iri, NAMES)
        values = [one for one in lines if _TYPE not in one[2]]
        return DerivedFrom(
            iri,
            tuple(line.decode() for *_, line in values),
            tuple(self._records_of(version, values, readable)),
            self._parts(version, lines, readable, seen, depth),
        )

    def _records_of(
        self,
        version: PublishedVersion,
        lines: Sequence[tuple[str, int, bytes]],
        readable: frozenset[str] | None,
    ) -> Iterator[TracedRecord]:
        """The records that lines were made from, each once, with the first rule that used it."""
        found: dict[tuple[str, str], tuple[Origin, bytes]] = {}
        for name, of_layer in groupby(lines, key=lambda one: one[0]):
            some = [*of_layer]
            numbers = [number for _, number, _ in some]
            origins = lookups.origins_of(self._archive, version.load, name, numbers)
            for (*_, line), of_line in zip(some, origins, strict=True):
                for origin in of_line:
                    found.setdefault((origin.capture, origin.locator), (origin, line))
        for origin, line in [*found.values()][:MOST_RECORDS]:
            yield from self._records(version, [origin], line, readable)


def _made_by(
    results: Sequence[dict[str, object]], lines: Sequence[bytes]
) -> Iterator[dict[str, object]]:
    """The results of the rule that a finding names in its lines."""
    rules = {_object(line) for line in lines if _RULE in line}
    return (one for one in results if one["rule"] in rules)


def _object(line: bytes) -> str:
    return line.split(b" ", 2)[2][:-2].decode().strip("<>")
