"""The table of a log's events: where each line stands, of what kind, of which source and when.

It is made from the signed lines themselves when a log is opened, in one pass that also hashes them,
and kept in memory: a table in a file could leave an event out, and nobody would see it. A line is
parsed only when its event is asked for, and compared then with the hash that the root was made of.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import NamedTuple, overload

from graph.archive import Archive
from graph.core.errors import IntegrityError
from graph.ledger import events, faults, merkle, sealing
from graph.ledger.events import FIELDS, Event

# Keys are sorted, so `type` is followed by a few members at most. Within a string a quote is
# written as \", so these bytes stand only where a member begins. What does not fit is parsed.
_TAIL = re.compile(
    rb'"type":"(?P<kind>[A-Za-z]+)"(?:,"validate":[0-9]+)?(?:,"verifier":"[^"\\]*")?'
    rb'(?:,"version":(?P<version>[0-9]+))?(?:,"visibility":"[a-z]+")?\}$'
)
_AT, _SOURCE = b'"at":"', b'"source":"'
_TAIL_BYTES = 400


class EventFacts(NamedTuple):
    """What the table knows of an event; source and version are "" and 0 where it has none."""

    kind: str
    source: str
    version: int
    at: str


def facts_of(line: bytes) -> EventFacts:
    """The facts of a line, without parsing it where its form is the usual one."""
    tail = _TAIL.search(line, max(0, len(line) - _TAIL_BYTES))
    kind = tail["kind"].decode() if tail else ""
    about = "source" in FIELDS.get(kind, ())
    if tail is None or kind not in FIELDS or line.count(_AT) != 1 or about > line.count(_SOURCE):
        return _parsed(line)
    if about and line.count(_SOURCE) > 1:
        return _parsed(line)
    source = _text_behind(line, _SOURCE) if about else ""
    return EventFacts(kind, source, int(tail["version"] or 0), _text_behind(line, _AT))


def _text_behind(line: bytes, key: bytes) -> str:
    start = line.index(key) + len(key)
    return line[start : line.index(b'"', start)].decode()


def _parsed(line: bytes) -> EventFacts:
    try:
        return _facts(events.decode(line))
    except (ValueError, RecursionError, AttributeError):  # named when it is asked for
        return EventFacts("", "", 0, "")


def _facts(item: Event) -> EventFacts:
    version = item.get("version", 0)
    return EventFacts(
        str(item.get("type", "")),
        str(item.get("source", "")),
        version if isinstance(version, int) else 0,
        str(item.get("at", "")),
    )


class EventTable:
    """The events of the signed lines of a log; it only grows (`add`)."""

    def __init__(self, path: Path, archive: Archive) -> None:
        self._path = path
        self._archive = archive
        self._starts = array("Q", [0])  # of each line, and where the next one will begin
        self._hashes = bytearray()
        self._facts: list[EventFacts] = []
        self._places: defaultdict[tuple[str, str], array[int]] = defaultdict(lambda: array("Q"))
        self._known: dict[int, Event] = {}
        self.lost: dict[int, IntegrityError] = {}
        """Sealed events whose bodies could not be read when the log was opened, and why: the log
        itself is whole, but what is published cannot be computed from it."""

    def __len__(self) -> int:
        return len(self._facts)

    @property
    def end(self) -> int:
        """Where the signed lines end in the file."""
        return self._starts[-1]

    def add(self, added: Sequence[tuple[int, bytes, EventFacts]]) -> None:
        """Add lines: the length of each without line feed, its hash and its facts."""
        for length, leaf, facts in added:
            index = len(self._facts)
            self._starts.append(self._starts[-1] + length + 1)
            self._hashes += leaf
            self._facts.append(facts)
            for key in {(facts.kind, facts.source), (facts.kind, ""), ("", facts.source)}:
                self._places[key].append(index)

    def facts(self, index: int) -> EventFacts:
        """Kind, source, version and time of an event."""
        return self._facts[index]

    def leaf(self, index: int) -> bytes:
        """The hash of a line, as a leaf of the tree."""
        return bytes(self._hashes[32 * index : 32 * index + 32])

    def places(self, kind: str, source: str) -> Sequence[int]:
        """The indexes of the events of a kind, of a source, or both; "" is any."""
        if not (kind or source):
            return range(len(self))
        return self._places.get((kind, source), array("Q"))

    def line(self, index: int) -> bytes:
        """A signed line without its line feed.

        Raises IntegrityError where the file was changed since it was read.
        """
        (line,) = self._read(index, index + 1)
        return line

    def _read(self, first: int, last: int) -> list[bytes]:
        start, end = self._starts[first], self._starts[last]
        try:
            with self._path.open("rb") as file:
                file.seek(start)
                data = file.read(end - start)
        except OSError as error:
            raise faults.unreadable(self._path, error) from error
        ends = [n - start for n in self._starts[first : last + 1]]
        lines = [data[a : b - 1] for a, b in pairwise(ends)]
        for index, line in enumerate(lines, first):
            if merkle.leaf_hash(line) != self.leaf(index):
                where = f"{self._path} line {index + 1}"
                raise IntegrityError("a line was changed after it was signed", where=where)
        return lines

    def event(self, index: int) -> Event:
        """The event of a line; parsed once.

        Raises IntegrityError where the line is not the event of its place.
        """
        if index not in self._known:
            self._known[index] = self._decoded(self.line(index), index)
        return self._known[index]

    def _decoded(self, line: bytes, index: int) -> Event:
        return sealing.unsealed(faults.decode(line, index, self._path), self._archive)

    def facts_of(self, line: bytes) -> EventFacts:
        """The facts of a line; of a sealed one those of the event in it.

        Where its body is lost, its kind and time, which the line says, and it is among `lost`.
        """
        if not sealing.is_sealed(line):
            return facts_of(line)
        item = events.decode(line)
        try:
            return _facts(sealing.unsealed(item, self._archive))
        except IntegrityError as error:
            self.lost[item["index"]] = error
            return EventFacts(str(item["kind"]), "", 0, str(item["at"]))

    def even_lost(self, index: int) -> Event:
        """The event of a line; the sealed one itself where its body is lost."""
        if index in self.lost:
            return faults.decode(self.line(index), index, self._path)
        return self.event(index)

    def run(self, first: int, last: int) -> Iterator[Event]:
        """The events from one index to before another, read in blocks."""
        for begin in range(first, last, _BLOCK):
            end = min(begin + _BLOCK, last)
            if any(index not in self._known for index in range(begin, end)):
                for index, line in enumerate(self._read(begin, end), begin):
                    if index not in self._known:
                        self._known[index] = self._decoded(line, index)
            yield from (self._known[index] for index in range(begin, end))


_BLOCK = 256


class Events(Sequence[Event]):
    """The first `size` events of a log: parsed when they are asked for."""

    def __init__(self, table: EventTable, size: int) -> None:
        self._table = table
        self._size = min(size, len(table))

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | Sequence[Event]:
        places = range(self._size)[index]
        if isinstance(places, int):
            return self._table.event(places)
        if places.start == 0 and places.step == 1:
            return Events(self._table, len(places))
        return [self._table.event(place) for place in places]

    def __iter__(self) -> Iterator[Event]:
        return self._table.run(0, self._size)

    def __reversed__(self) -> Iterator[Event]:
        return map(self._table.event, range(self._size - 1, -1, -1))

    def places(self, kind: str = "", source: str = "", version: int = 0) -> Sequence[int]:
        """The indexes of events of a kind, about a source, of a version; what is left out is any.

        In rising order.
        """
        places = self._table.places(kind, source)
        within = places[: bisect_left(places, self._size)]
        if not version:
            return within
        return [place for place in within if self._table.facts(place).version == version]

    def find(self, kind: str = "", source: str = "", version: int = 0) -> Iterator[Event]:
        """The same, as events."""
        return map(self._table.event, self.places(kind, source, version))

    def of_kinds(self, *kinds: str) -> Iterator[Event]:
        """The events of these kinds, in order."""
        places = sorted(chain.from_iterable(self.places(kind) for kind in kinds))
        return map(self._table.event, places)

    @property
    def lost(self) -> dict[int, IntegrityError]:
        """The sealed events whose bodies are lost, and why. Reading one raises that error."""
        return {n: error for n, error in self._table.lost.items() if n < self._size}

    def even_lost(self, index: int) -> Event:
        """An event; the sealed one itself (`kind`, `digest`) where its body is lost."""
        return self._table.even_lost(range(self._size)[index])

    def last(self, kind: str, source: str) -> Event | None:
        """The newest event of a kind about a source."""
        places = self.places(kind, source)
        return self._table.event(places[-1]) if places else None


def of_kinds(items: Iterable[Event], *kinds: str) -> Iterator[Event]:
    """The events of these kinds, in order; others are not parsed where `items` are a log or its
    events."""
    known = getattr(items, "events", items)
    if isinstance(known, Events):
        return known.of_kinds(*kinds)
    return (item for item in items if item["type"] in kinds)
