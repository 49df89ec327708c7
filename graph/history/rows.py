"""The rows of changed lines: the records of the captures from which they were made.

Either for few lines, each looked up in the archived row map, or for all of a version at once.
"""

from __future__ import annotations

from typing import Protocol

from graph import evidence
from graph.archive import Archive
from graph.history.published import SourceVersion
from graph.history.walk import ChangedLine
from graph.history.whole_rows import WholeRowMap
from graph.statements.rowmap import Origin


class RowFinder(Protocol):
    """Finds the rows of the changed lines of two versions."""

    def rows(self, one: ChangedLine) -> list[Origin]:
        """The records that a line was made from, each with the rule that made it."""


class FewRows:
    """Looks each line up: some milliseconds a line, however large the versions are."""

    def __init__(self, archive: Archive, old: SourceVersion, new: SourceVersion) -> None:
        self._archive = archive
        self._versions = {"D": old, "A": new}

    def rows(self, one: ChangedLine) -> list[Origin]:
        """See RowFinder. Raises IntegrityError where the lines of the version lack it."""
        load, place = self._versions[one.sign].load, one.place
        if place is None:
            place = evidence.position(self._archive, load, one.layer, one.line)
        assert place is not None, "the patch of a version names a line that it does not have"
        return evidence.origins(self._archive, load, one.layer, place)


class AllRows:
    """Reads a row map when its first line is asked for: for all changed lines, in their order."""

    def __init__(self, archive: Archive, old: SourceVersion, new: SourceVersion) -> None:
        self._archive = archive
        self._versions = {"D": old, "A": new}
        self._maps: dict[tuple[str, str], WholeRowMap] = {}

    def rows(self, one: ChangedLine) -> list[Origin]:
        """See RowFinder; the line must have its place."""
        key = one.sign, one.layer
        if key not in self._maps:
            digest = self._versions[one.sign].load["layers"][one.layer]["rows"]
            self._maps[key] = WholeRowMap(self._archive, digest)
        assert one.place is not None
        return self._maps[key].origins(one.place)
