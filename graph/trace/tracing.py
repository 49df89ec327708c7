"""Answers to questions for traces, from ledger and archive alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from graph.archive import Archive
from graph.core.errors import ConfigError
from graph.core.instance import Instance
from graph.ledger import Event
from graph.statements.layer import NAMES
from graph.trace import computed, lookups, publications
from graph.trace.model import (
    COUNTED,
    ELSEWHERE,
    STATED_NOW,
    UNKNOWN,
    WITHDRAWN,
    Stating,
    Trace,
    TracedStatement,
)
from graph.trace.publications import Publications, PublishedVersion
from graph.trace.question import Question
from graph.trace.records.reading import TableReader
from graph.trace.statement_index import StatementIndex
from graph.trace.statings import StatingReader
from graph.versions import provenance
from graph.versions.provenance import Shown

MOST = 100  # statements of an entity
MOST_INSTEAD = 5
Found = tuple[PublishedVersion, str, int]  # version, layer, number of the line


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: one source or all (empty), one version or the published one (None), and which
    restricted sources may be read; None reads all."""

    source: str = ""
    version: int | None = None
    readable: frozenset[str] | None = frozenset()


class Tracer:
    """Traces over the first events of a ledger; `tables` shows records of described tables."""

    def __init__(
        self,
        instance: Instance,
        events: Sequence[Event],
        archive: Archive,
        tables: TableReader | None = None,
    ) -> None:
        self._instance = instance
        self._archive = archive
        self._publications: Publications = publications.read(events)
        self._index = StatementIndex(instance.root / "cache" / "statements")
        self._reader = StatingReader(instance, archive, self._publications, tables)

    def trace(self, question: Question, scope: Scope, asked: str = "") -> Trace:
        """What is known of what is asked, as far as the scope goes.

        Raises ConfigError where there is no such source or version.
        """
        versions = self._visible(scope)
        _check(scope, versions)
        if question.entity:
            return self._entity(question.entity, versions, scope, asked)
        line = question.line or self._line_of(question.digest, versions)
        if not line:
            iri = self._instance.names.statement(question.digest)
            return Trace(asked, (TracedStatement(iri, "", UNKNOWN),))
        return Trace(asked, (self._statement(line, versions, scope),))

    def code(
        self, kind: str, name: str, digest: str, readable: frozenset[str] | None
    ) -> Event | None:
        """The Code event of a registered piece of code, as far as a reader may see it: that of a
        mapping with the versions of its source."""
        found = self._publications.codes.get((kind, name, digest))
        is_hidden = kind == "mapping" and name not in self._publications.visible(readable)
        return None if is_hidden else found

    def _visible(self, scope: Scope) -> Mapping[str, list[PublishedVersion]]:
        seen = self._publications.visible(scope.readable)
        return {s: v for s, v in seen.items() if scope.source in {"", s}}

    def _statement(
        self, line: bytes, versions: Mapping[str, list[PublishedVersion]], scope: Scope
    ) -> TracedStatement:
        found = [*self._found(line, versions, scope)]
        status = STATED_NOW
        if not found and not scope.source and (made := self._computed(line, scope)):
            return made
        if not found and scope.version is None:
            found, status = [*self._found_before(line, versions)], WITHDRAWN
        statings = tuple(self._reader.read(line, one, versions, scope.readable) for one in found)
        if statings:
            return self._traced(line, status, statings)
        if self._instance.names.is_void(line.split(b" ", 1)[0][1:-1].decode()):
            return self._traced(line, COUNTED)
        if (scope.source or scope.version is not None) and (others := self._elsewhere(line, scope)):
            return self._traced(line, ELSEWHERE, others)
        return replace(self._traced(line, UNKNOWN), instead=self._instead(line, versions, scope))

    def _elsewhere(self, line: bytes, scope: Scope) -> tuple[Stating, ...]:
        """Who states a line now, whatever source and version were asked for."""
        anywhere = Scope(readable=scope.readable)
        versions = self._visible(anywhere)
        found = [*self._found(line, versions, anywhere)]
        return tuple(self._reader.read(line, one, versions, scope.readable) for one in found)

    def _instead(
        self, line: bytes, versions: Mapping[str, list[PublishedVersion]], scope: Scope
    ) -> tuple[str, ...]:
        """What is stated of the same subject by the same predicate: 3192 is no 3192.0."""
        subject, predicate, _ = line.split(b" ", 2)
        start, iri = subject + b" " + predicate + b" ", subject[1:-1].decode()
        found: list[str] = []
        for of_source in versions.values():
            for version in self._asked(of_source, scope):
                for name in NAMES:
                    about = lookups.of_subject(
                        self._archive, self._instance.cache, version.load, name, iri, MOST
                    )
                    found += [one.decode() for _, one in about if one.startswith(start)]
        return tuple(dict.fromkeys(found))[:MOST_INSTEAD]

    def _traced(
        self, line: bytes, status: str, statings: tuple[Stating, ...] = ()
    ) -> TracedStatement:
        iri = self._instance.names.statement(hashlib.sha256(line).hexdigest())
        return TracedStatement(iri, line.decode(), status, statings)

    def _found(
        self, line: bytes, versions: Mapping[str, list[PublishedVersion]], scope: Scope
    ) -> Iterator[Found]:
        """Where a line stands: in the asked version of each source, else the published one."""
        for of_source in versions.values():
            for version in self._asked(of_source, scope):
                yield from self._in_version(line, version)

    def _asked(self, of_source: list[PublishedVersion], scope: Scope) -> list[PublishedVersion]:
        if scope.version is not None:
            return [one for one in of_source if one.number == scope.version][-1:]
        newest = of_source[-1]
        return [newest] if newest == self._publications.current(newest.source) else []

    def _in_version(self, line: bytes, version: PublishedVersion) -> Iterator[Found]:
        for name in NAMES:
            place = (self._archive, self._instance.cache, version.load, name)
            number = lookups.position(*place, line)
            if number is not None:
                yield version, name, number

    def _found_before(
        self, line: bytes, versions: Mapping[str, list[PublishedVersion]]
    ) -> Iterator[Found]:
        """The last version of each source that stated it."""
        for of_source in versions.values():
            older = (self._in_version(line, version) for version in reversed(of_source[:-1]))
            yield from next(filter(None, map(list, older)), [])

    def _computed(self, line: bytes, scope: Scope) -> TracedStatement | None:
        made = computed.find(self._publications.events, self._instance.names, line, self._shown)
        if made is None:
            return None
        traced = self._traced(line, computed.COMPUTED)
        return TracedStatement(traced.iri, traced.line, traced.status, (), made.event, made.graph)

    def _line_of(self, digest: str, versions: Mapping[str, list[PublishedVersion]]) -> bytes:
        """The line with a digest: in a published version, else among what patches deleted, else in
        what is computed; empty where it is in none."""
        return next(filter(None, self._lines_with(digest, versions)), b"")

    def _lines_with(
        self, digest: str, versions: Mapping[str, list[PublishedVersion]]
    ) -> Iterator[bytes]:
        newest = [of_source[-1] for of_source in versions.values()]
        for layer in chain.from_iterable(one.load["layers"].values() for one in newest):
            if layer["statements"]:
                yield lookups.with_digest(self._archive, self._index, layer["lines"], digest)
        for version in chain.from_iterable(map(reversed, versions.values())):
            if changes := version.load["patch"]:
                yield lookups.deleted_with_digest(
                    self._archive, self._index, changes["sha256"], digest
                )
        yield self._computed_lines.get(digest, b"")

    @cached_property
    def _shown(self) -> Shown:
        return provenance.shown_after(self._publications.events)

    @cached_property
    def _computed_lines(self) -> dict[str, bytes]:
        return computed.by_digest(self._publications.events, self._instance.names)

    def _entity(
        self, iri: str, versions: Mapping[str, list[PublishedVersion]], scope: Scope, asked: str
    ) -> Trace:
        """The statements about a thing, each with who states it."""
        found: dict[bytes, list[Found]] = {}
        for of_source in versions.values():
            for version in self._asked(of_source, scope):
                for name in NAMES:
                    place = (self._archive, self._instance.cache, version.load, name)
                    for number, line in lookups.of_subject(*place, iri, MOST + 1):
                        found.setdefault(line, []).append((version, name, number))
        if len(found) == 1:
            ((line, places),) = found.items()
            statings = (self._reader.read(line, p, versions, scope.readable) for p in places)
            return Trace(asked, (self._traced(line, STATED_NOW, tuple(statings)),))
        shown = [*found.items()][:MOST]
        statements = (
            self._traced(line, STATED_NOW, tuple(self._briefly(line, places, scope)))
            for line, places in shown
        )
        return Trace(asked, tuple(statements), len(found) - len(shown))

    def _briefly(self, line: bytes, places: Sequence[Found], scope: Scope) -> Iterator[Stating]:
        for version, name, number in places:
            origins = lookups.origins(self._archive, version.load, name, number)
            yield self._reader.brief(line, (version, name, number), origins, scope.readable)


def _check(scope: Scope, versions: Mapping[str, list[PublishedVersion]]) -> None:
    """Raise ConfigError where no published source has the name, or none the version."""
    if scope.source and not versions:
        raise ConfigError(
            f"there is no source “{scope.source}” with a published version",
            hint="`ulzii status` and /sources list the sources.",
        )
    numbers = {one.number for of_source in versions.values() for one in of_source}
    if scope.version is not None and scope.version not in numbers:
        raise ConfigError(
            f"{scope.source or 'no source'} has {'no ' if scope.source else 'a '}published version"
            f" {scope.version}",
            hint="/history and `ulzii history` list the versions.",
        )
