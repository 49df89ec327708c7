"""What a request sees of two versions: some things at a time, and numbers where they are few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from threading import BoundedSemaphore
from typing import Any

from graph.archive import Archive
from graph.core.instance import Instance
from graph.history import comparison, facts
from graph.history.comparison import ChangeCounts
from graph.history.one_thing import one_thing
from graph.history.pairs import ThingChange
from graph.history.published import SourceVersion
from graph.history.rows import FewRows
from graph.ledger import Events
from loaders.replay.whose import Attribution, attribution
from server.http.problem_details import HttpProblem

_THINGS, _CHANGES = 20, 50  # on a page, and of a thing
_COUNTED = 50_000  # statements; more are not counted while somebody waits
_WAIT = 10.0  # seconds for another comparison


@dataclass(frozen=True, slots=True)
class DiffQuestion:
    """What is asked: versions of a source, one thing only (IRI), things of one form only, and those
    after an IRI."""

    source: str
    old: int
    new: int
    entity: str = ""
    only: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class ComparedVersions:
    """The answer: some of the things with rows; `next` is the last one's IRI where more follow."""

    old: SourceVersion
    new: SourceVersion
    owners: Attribution
    things: list[dict[str, Any]]
    counts: dict[str, Any] | None
    next: str = ""


class Comparer:
    """Compares versions of one instance, one pair at a time: large ones take seconds."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._archive = Archive(instance.archive)
        self._turn = BoundedSemaphore()

    def compare(
        self, events: Events, known: list[SourceVersion], asked: DiffQuestion, *, rows: bool
    ) -> ComparedVersions:
        """Compare two of these versions: with the rows of the first changes of each thing, or with
        all changes of each.

        Raises HttpProblem (503) where others wait for the same.
        """
        by_number = {one.number: one for one in known}
        old, new = by_number[asked.old], by_number[asked.new]
        if not self._turn.acquire(timeout=_WAIT):
            raise HttpProblem(
                503,
                "other comparisons are running",
                hint="Try again in a moment.",
                detail_mn="өөр харьцуулалт хийгдэж байна",
                hint_mn="Түр хүлээгээд дахин оролдоно уу.",
            )
        try:
            owners = attribution(self._instance, events, old, new, run=False)
            answer = _Answer(self._instance, self._archive, old, new, owners, asked, rows)
            return answer.made(counted=_bound(known, asked) <= _COUNTED)
        finally:
            self._turn.release()


def _bound(known: list[SourceVersion], asked: DiffQuestion) -> int:
    """The most statements that can differ: the sum of the patches in between."""
    low, high = sorted((asked.old, asked.new))
    patches = [one.load["patch"] for one in known if low < one.number <= high]
    return sum(one["adds"] + one["deletes"] for one in patches if one)


@dataclass(frozen=True, slots=True)
class _Answer:
    """One comparison."""

    instance: Instance
    archive: Archive
    old: SourceVersion
    new: SourceVersion
    owners: Attribution
    asked: DiffQuestion
    with_rows: bool

    def made(self, *, counted: bool) -> ComparedVersions:
        """The things of the page, and the numbers of all."""
        found = self._after()
        shown = list(islice(found, _THINGS))
        more = next(found, None)
        return ComparedVersions(
            self.old,
            self.new,
            self.owners,
            self._facts(shown),
            self._counts() if counted else None,
            shown[-1].subject if more else "",
        )

    def _things(self) -> Iterator[ThingChange]:
        entity, names = self.asked.entity, self.instance.names
        if entity and self.owners.everywhere:
            one = one_thing(self.archive, self.old, self.new, entity)
            yield from (one,) if one else ()
            return
        # the numbers of its lines, by which each is the agency's or ours, are known to a walk only
        for each in comparison.things(self.archive, names, self.old, self.new):
            if not entity or each.subject == entity:
                yield each

    def _after(self) -> Iterator[ThingChange]:
        after = self.asked.after
        # in the order of the lines, which is that of the bytes of `<iri>`
        rest = (o for o in self._things() if not after or _key(o.subject) > _key(after))
        return comparison.of_form(rest, self.asked.only)

    def _counts(self) -> dict[str, Any]:
        counts = ChangeCounts()
        for one in comparison.of_form(self._things(), self.asked.only):
            counts.add(one)
            for change in one.changes:
                counts.whose[self.owners.of_change(change)] += 1
        return facts.count_facts(counts)

    def _facts(self, shown: list[ThingChange]) -> list[dict[str, Any]]:
        names, owner = self.instance.names, self.owners.of_change
        if not self.with_rows:
            return [facts.thing_facts(one, names, owner=owner) for one in shown]
        rows = FewRows(self.archive, self.old, self.new)
        return [facts.thing_facts(one, names, rows, owner, _CHANGES) for one in shown]


def _key(subject: str) -> bytes:
    return f"<{subject}>".encode()
