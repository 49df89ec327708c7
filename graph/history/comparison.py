"""Two versions of a source compared: what changed, thing by thing, and in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from graph.archive import Archive
from graph.core.iris import Names
from graph.history import walk
from graph.history.pairs import KINDS, ThingChange, thing
from graph.history.published import SourceVersion


@dataclass(slots=True)
class ChangeCounts:
    """What changed in numbers: things, statements by kind of change, by property, by whose it is.

    `schema_only` and `value_only` are numbers of things.
    """

    things: int = 0
    schema_only: int = 0
    value_only: int = 0
    kinds: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(KINDS, 0)))
    properties: Counter[str] = field(default_factory=Counter)
    whose: Counter[str] = field(default_factory=Counter)

    def add(self, one: ThingChange) -> None:
        """Count the changes of a thing."""
        self.things += 1
        schema = sum(change.is_of_schema for change in one.changes)
        self.schema_only += schema == len(one.changes)
        self.value_only += schema == 0
        for change in one.changes:
            self.kinds[change.kind] += 1
            self.properties[change.predicate] += 1


def things(
    archive: Archive,
    names: Names,
    old: SourceVersion,
    new: SourceVersion,
    *,
    places: bool = False,
) -> Iterator[ThingChange]:
    """The changes from one version to another, thing by thing, in the order of their IRIs.

    With `places` each line has its number in its version (`AllRows` needs it). Raises
    IntegrityError where a blob is missing or damaged.
    """
    groups = walk.grouped(archive, names, old, new, places=places)
    return map(thing, groups)


def of_form(changes: Iterable[ThingChange], form: str) -> Iterator[ThingChange]:
    """Of these things those where only the schema changed (`schema`), only values (`values`), or
    all (empty)."""
    for one in changes:
        of_schema = [change.is_of_schema for change in one.changes]
        if not form or (all(of_schema) if form == "schema" else not any(of_schema)):
            yield one
