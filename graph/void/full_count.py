"""The numbers of a whole graph, in two passes over its sorted lines.

The first pass learns the classes of every thing, the second counts. Memory: some 75 bytes for
every thing that has a class, and what `graph.void.distinct` holds.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path

from graph.void.counts import (
    WHOLE,
    Classes,
    Tally,
    add_subjects,
    add_triples,
    add_uses,
    of_property,
)
from graph.void.distinct import Distinct
from vocab.namespaces import RDF, XSD

LineSource = Callable[[], Iterable[bytes]]
"""What opens the sorted canonical lines of a graph, with their line feeds, as often as it is
called."""

_TYPED = f"> {RDF.type} <".encode()  # between a subject and a class; a literal is none
_AT_ONCE = 5000  # lines that are looked through for it
_OPEN, _CLOSE, _QUOTE = b'<>"'
_STRING = XSD.string.value
_TAGGED = RDF.langString.value
_SHRINK = 100_000  # properties of subjects after which memory is looked at


def tally(lines: LineSource, scratch: Path) -> Tally:
    """Count a graph."""
    known = _Known.of(lines())
    with Distinct(scratch) as distinct:
        counted = _Counted()
        counted.lines(lines(), known.number, distinct)
        return counted.tally(known.classes, *distinct.count())


def union(graphs: Iterable[LineSource]) -> LineSource:
    """The sorted lines of several graphs, each once."""
    opened = list(graphs)
    return lambda: (line for line, _ in groupby(heapq.merge(*(lines() for lines in opened))))


@dataclass(slots=True)
class _Known:
    """The classes of things: `number` by the hash of a thing, `classes` by that number."""

    number: dict[int, int] = field(default_factory=dict)
    classes: list[Classes] = field(default_factory=lambda: [()])

    @classmethod
    def of(cls, lines: Iterable[bytes]) -> _Known:
        """Read the classes of all subjects."""
        known, numbers = cls(), dict[Classes, int]()
        for subject, found in groupby(_types(lines), key=lambda pair: pair[0]):
            classes = tuple(_iri(name) for _, name in found)
            number = numbers.setdefault(classes, len(numbers) + 1)
            if number == len(known.classes):
                known.classes.append(classes)
            known.number[hash(subject)] = number
        return known


def _types(lines: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Subjects and their classes. Most lines are of no interest, so many are looked through at
    once."""
    source = iter(lines)
    while text := b"".join(islice(source, _AT_ONCE)):
        found = text.find(_TYPED)
        while found >= 0:
            subject = text[text.rfind(b"\n", 0, found) + 1 : found + 1]
            end = text.index(b"\n", found)
            if b" " not in subject:  # else a literal says so
                yield subject, text[found + len(_TYPED) - 1 : end - 2]
            found = text.find(_TYPED, end)


@dataclass(slots=True)
class _Used:
    """What is said with one property of the things of some classes: how many of them use it, the
    triples by number of the object's classes or its datatype, and what takes the objects' hashes.
    """

    take: Callable[[int], None]
    subjects: int = 0
    triples: defaultdict[int | str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass(slots=True)
class _Counted:
    """Counts by number of the subject's classes, and then by property as it is written."""

    subjects: Counter[int] = field(default_factory=Counter)
    uses: defaultdict[int, dict[bytes, _Used]] = field(default_factory=lambda: defaultdict(dict))

    def lines(self, lines: Iterable[bytes], number: dict[int, int], distinct: Distinct) -> None:
        """Count sorted lines. One plain loop: it runs for every statement of a large load."""
        subject = name = b""
        classes, seen = number.get, 0
        for line in lines:
            about, predicate, value = line.split(b" ", 2)
            if about != subject:
                subject, name = about, b""
                of_subject = classes(hash(subject), 0)
                self.subjects[of_subject] += 1
                uses = self.uses[of_subject]
            if predicate != name:
                name = predicate
                used = uses.get(name)
                if used is None:
                    used = uses[name] = _Used(distinct.taker(name))
                used.subjects += 1
                take, triples = used.take, used.triples
                seen += 1
                if seen > _SHRINK:
                    distinct.shrink()
                    seen = 0
            if value[0] == _OPEN:
                code = hash(value[:-3])
                triples[classes(code, 0)] += 1
            else:
                code = hash(value)
                triples[_datatype(value)] += 1
            take(code)

    def tally(self, classes: list[Classes], objects: dict[bytes, int], all_objects: int) -> Tally:
        """The counts by IRIs."""
        made: Tally = Counter()
        for number, subjects in self.subjects.items():
            add_subjects(made, classes[number], subjects)
        for number, uses in self.uses.items():
            for name, used in uses.items():
                add_uses(made, classes[number], _iri(name), used.subjects)
                for value, triples in used.triples.items():
                    values = value if isinstance(value, str) else classes[value]
                    add_triples(made, classes[number], _iri(name), values, triples)
        for name, different in objects.items():
            made[of_property(_iri(name)), "distinctObjects"] = different
        made[WHOLE, "distinctObjects"] = all_objects
        return made


def _datatype(value: bytes) -> str:
    """The datatype of a literal at the end of a line."""
    end = value[-4]
    if end == _QUOTE:
        return _STRING
    return value[value.rindex(b"<") + 1 : -4].decode() if end == _CLOSE else _TAGGED


def _iri(term: bytes) -> str:
    return term[1:-1].decode()
