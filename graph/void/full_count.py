"""Count a whole graph, in two passes over its sorted lines.

The first pass collects the classes of all things, the second counts. Memory: some 75 bytes for each
thing that has a class, and what `graph.void.distinct` holds. (`GROUP BY` in the engine would keep
every distinct object of every group in memory.)
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
"""Opens the sorted canonical lines of a graph, with their line feeds; may be called repeatedly."""

_TYPED = f"> {RDF.type} <".encode()  # stands between subject and class IRI
_SEARCH_LINES = 5000  # lines that are searched for it at once
_OPEN, _CLOSE, _QUOTE = b'<>"'
_STRING = XSD.string.value
_TAGGED = RDF.langString.value
_SHRINK_INTERVAL = 100_000  # subjects with a property, after which memory use is checked


def tally(lines: LineSource, scratch: Path | None) -> Tally:
    """Count a graph; temporary files are written below `scratch` (None: the system's)."""
    index = _ClassIndex.of(lines())
    with Distinct(scratch) as distinct:
        counter = _LineCounter()
        counter.count(lines(), index.number, distinct)
        return counter.tally(index.classes, *distinct.count())


def union(graphs: Iterable[LineSource]) -> LineSource:
    """The sorted lines of several graphs; lines in more than one of them once."""
    opened = list(graphs)
    return lambda: (line for line, _ in groupby(heapq.merge(*(lines() for lines in opened))))


@dataclass(slots=True)
class _ClassIndex:
    """The classes of things: hash of a thing → `number` of a set of classes → `classes`.

    Number 0 is of things without classes.
    """

    number: dict[int, int] = field(default_factory=dict)
    classes: list[Classes] = field(default_factory=lambda: [()])

    @classmethod
    def of(cls, lines: Iterable[bytes]) -> _ClassIndex:
        """Collect the classes of all subjects."""
        index, numbers = cls(), dict[Classes, int]()
        for subject, pairs in groupby(_types(lines), key=lambda pair: pair[0]):
            classes = tuple(_iri(name) for _, name in pairs)
            number = numbers.setdefault(classes, len(numbers) + 1)
            if number == len(index.classes):
                index.classes.append(classes)
            index.number[hash(subject)] = number
        return index


def _types(lines: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Pairs of a subject and one of its classes."""
    source = iter(lines)
    # most lines state no class: a search in many lines joined is faster than one in each
    while text := b"".join(islice(source, _SEARCH_LINES)):
        at = text.find(_TYPED)
        while at >= 0:
            subject = text[text.rfind(b"\n", 0, at) + 1 : at + 1]
            end = text.index(b"\n", at)
            if b" " not in subject:  # else the match is inside a literal
                yield subject, text[at + len(_TYPED) - 1 : end - 2]
            at = text.find(_TYPED, end)


@dataclass(slots=True)
class _PropertyUse:
    """The use of one property by things with the same set of classes.

    `subjects` is how many of them use it; `triples` are counted by the number of the object's set
    of classes, or by its datatype; `add_object` takes the hashes of objects.
    """

    add_object: Callable[[int], None]
    subjects: int = 0
    triples: defaultdict[int | str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass(slots=True)
class _LineCounter:
    """Counts by the number of the subject's set of classes, and then by property (`<IRI>`)."""

    subjects: Counter[int] = field(default_factory=Counter)
    uses: defaultdict[int, dict[bytes, _PropertyUse]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def count(self, lines: Iterable[bytes], number: dict[int, int], distinct: Distinct) -> None:
        """Count sorted lines; `number` leads from the hash of a thing to its set of classes."""
        # one loop without helper calls per line: it runs for every statement of a large load
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
                    used = uses[name] = _PropertyUse(distinct.adder(name))
                used.subjects += 1
                add_object, triples = used.add_object, used.triples
                seen += 1
                if seen > _SHRINK_INTERVAL:
                    distinct.shrink()
                    seen = 0
            # Python's `hash` of bytes has a random key per process: objects that collide here do
            # not collide when `ulzii verify` counts again
            if value[0] == _OPEN:
                code = hash(value[:-3])
                triples[classes(code, 0)] += 1
            else:
                code = hash(value)
                triples[_datatype(value)] += 1
            add_object(code)

    def tally(self, classes: list[Classes], objects: dict[bytes, int], all_objects: int) -> Tally:
        """The statistics, by IRIs."""
        result: Tally = Counter()
        for number, subjects in self.subjects.items():
            add_subjects(result, classes[number], subjects)
        for number, uses in self.uses.items():
            for name, used in uses.items():
                add_uses(result, classes[number], _iri(name), used.subjects)
                for value, triples in used.triples.items():
                    values = value if isinstance(value, str) else classes[value]
                    add_triples(result, classes[number], _iri(name), values, triples)
        for name, distinct in objects.items():
            result[of_property(_iri(name)), "distinctObjects"] = distinct
        result[WHOLE, "distinctObjects"] = all_objects
        return result


def _datatype(value: bytes) -> str:
    """The datatype of a literal at the end of a line."""
    end = value[-4]
    if end == _QUOTE:
        return _STRING
    return value[value.rindex(b"<") + 1 : -4].decode() if end == _CLOSE else _TAGGED


def _iri(term: bytes) -> str:
    return term[1:-1].decode()
