"""The time line of a thing: what each version of each source began or ceased to say of it; and the
blame of a statement: which version brought it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph import evidence
from graph.archive import Archive
from graph.core.instance import Instance
from graph.history.pairs import ThingChange, parts, thing
from graph.history.published import SourceVersion
from graph.history.walk import ChangedLine, numbered_difference
from graph.ledger import Events
from graph.statements.layer import NAMES


@dataclass(frozen=True, slots=True)
class Moment:
    """What a version changed of a thing."""

    version: SourceVersion
    change: ThingChange


@dataclass(frozen=True, slots=True)
class BlamedLine:
    """A line that the newest version has, and the version that brought it: since then every
    version has had it."""

    layer: str
    line: bytes
    version: SourceVersion

    @property
    def predicate(self) -> str:
        """The property, as an IRI."""
        return parts(self.line)[1][1:-1].decode()

    @property
    def value(self) -> str:
        """The object in N-Triples."""
        return parts(self.line)[2].decode()


def timeline(
    instance: Instance,
    events: Events,
    subject: str,
    known: Mapping[str, Sequence[SourceVersion]],
) -> list[Moment]:
    """All that changed of a thing (an IRI) in these versions of sources, oldest first.

    Raises IntegrityError where a blob is missing or damaged.
    """
    moments = [
        moment
        for source, versions in known.items()
        for moment in of_source(instance, events, source, subject, versions)
    ]
    return sorted(moments, key=lambda one: int(one.version.publish["index"]))


def of_source(
    instance: Instance,
    events: Events,
    source: str,
    subject: str,
    versions: Sequence[SourceVersion],
) -> Iterator[Moment]:
    """What changed of a thing in the versions of one source."""
    archive, before = Archive(instance.archive), dict[str, list[bytes]]()
    touched = evidence.touched(instance, events, source, subject)
    wanted = {load["index"] for load in (*touched.first, *touched.changed)}
    last = 0
    for one in versions:
        # read whatever it changed: the first one, and one behind others that may not be shown
        follows, last = one.number == last + 1 and last > 0, one.number
        if follows and one.load["index"] not in wanted:
            continue
        now = {name: _lines(instance, archive, one, name, subject) for name in NAMES}
        changes = [change for name in NAMES for change in _changes(name, before, now)]
        if changes:
            yield Moment(one, thing(changes))
        before = now


def _lines(
    instance: Instance, archive: Archive, one: SourceVersion, name: str, subject: str
) -> list[bytes]:
    """The lines about the subject. Raises IntegrityError where they are not those of the root."""
    if not one.load["layers"][name]["statements"]:
        return []
    evidence.check_subject(archive, instance.cache, one.load, name, subject)
    return evidence.subject_lines(archive, one.load, name, subject).lines


def _changes(
    name: str, before: Mapping[str, list[bytes]], now: Mapping[str, list[bytes]]
) -> Iterator[ChangedLine]:
    different = numbered_difference(before.get(name, []), now[name])
    for number, (sign, _, line) in enumerate(different):
        yield ChangedLine(name, sign, number, None, line[:-1])


def blame(moments: Iterable[Moment]) -> list[BlamedLine]:
    """Of a time line: every line that is stated now, and the version that brought it."""
    brought: dict[tuple[str, str, bytes], SourceVersion] = {}
    for moment in moments:
        for change in moment.change.changes:
            for one in change.lines:
                key = (moment.version.source, one.layer, one.line)
                if one.sign == "A":
                    brought[key] = moment.version
                else:
                    brought.pop(key, None)
    lines = (BlamedLine(layer, line, one) for (_, layer, line), one in brought.items())
    return sorted(lines, key=lambda one: (one.version.source, one.layer, one.line))
