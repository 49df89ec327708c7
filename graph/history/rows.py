"""The rows of changed lines: the records of the captures from which they were made.

Either for few lines, each looked up in the archived row map, or for all of a version at once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from graph import evidence
from graph.archive import Archive, intact
from graph.core.errors import IntegrityError
from graph.evidence.positions import SubjectLines
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
        # of the last subject: most questions are about lines of the same one
        self._lines = lru_cache(maxsize=6)(self._subject_lines)

    def rows(self, one: ChangedLine) -> list[Origin]:
        """See RowFinder. Raises IntegrityError where the version lacks the line, whatever its patch
        says."""
        place = self._place(one) if one.place is None else one.place
        load = self._versions[one.sign].load
        intact.check(self._archive, load["layers"][one.layer]["rows"])
        return evidence.origins(self._archive, load, one.layer, place)

    def _place(self, one: ChangedLine) -> int:
        first, lines = self._lines(one.sign, one.layer, one.subject)
        try:
            return first + lines.index(one.line + b"\n")
        except ValueError as error:
            version = self._versions[one.sign]
            raise IntegrityError(
                f"version {version.number} lacks a line that a patch names",
                where=f"{version.source} {one.layer}",
                hint="`ulzii verify` finds the damaged blob.",
            ) from error

    def _subject_lines(self, sign: str, name: str, subject: bytes) -> SubjectLines:
        iri = subject[1:-1].decode()
        load = self._versions[sign].load
        intact.check(self._archive, load["layers"][name]["lines"])
        return evidence.subject_lines(self._archive, load, name, iri)


class AllRows:
    """Reads a row map when its first line is asked for: for all changed lines, in their order."""

    def __init__(self, archive: Archive, old: SourceVersion, new: SourceVersion) -> None:
        self._archive = archive
        self._versions = {"D": old, "A": new}
        self._maps: dict[tuple[str, str], WholeRowMap] = {}

    def rows(self, one: ChangedLine) -> list[Origin]:
        """See RowFinder; the line must have its place."""
        layer, sign, _, place, _ = one
        assert place is not None
        try:
            return self._maps[sign, layer].origins(place)
        except KeyError:
            digest = self._versions[sign].load["layers"][layer]["rows"]
            intact.check(self._archive, digest)
            made = self._maps[sign, layer] = WholeRowMap(self._archive, digest)
            return made.origins(place)
