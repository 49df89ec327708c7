"""What changed of one thing between two versions, looked up without comparing the whole."""

from __future__ import annotations

from graph import evidence
from graph.archive import Archive
from graph.history.pairs import ThingChange, thing
from graph.history.published import SourceVersion
from graph.history.walk import ChangedLine, numbered_difference
from graph.statements.layer import NAMES


def one_thing(
    archive: Archive, old: SourceVersion, new: SourceVersion, subject: str
) -> ThingChange | None:
    """The changes of a subject (an IRI); None where it has none.

    The lines have their places, and no number among the changes of their layer (-1). Raises
    IntegrityError where a blob is missing or damaged.
    """
    changed = [one for name in NAMES for one in _of_layer(archive, old, new, name, subject)]
    return thing(changed) if changed else None


def _of_layer(
    archive: Archive, old: SourceVersion, new: SourceVersion, name: str, subject: str
) -> list[ChangedLine]:
    if old.load["layers"][name]["lines"] == new.load["layers"][name]["lines"]:
        return []
    before, after = (evidence.subject_lines(archive, one.load, name, subject) for one in (old, new))
    first = {"D": before.first, "A": after.first}
    return [
        ChangedLine(name, sign, -1, first[sign] + place, line[:-1])
        for sign, place, line in numbered_difference(before.lines, after.lines)
    ]
