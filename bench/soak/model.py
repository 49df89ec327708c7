"""A source of which every answer can be worked out from the version alone.

Thing `n` has a value that says when it last changed: version `v` changes every twentieth thing.
Snapshots are named by the ledger's size; which version each holds is written down as it is
published.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

from bench.data.synthetic import Line, iri

THINGS = 400
_EVERY = 20
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
KIND = "https://bench.example/def/Thing"
VALUE = "https://bench.example/def/value"
GROUP = "https://bench.example/def/group"
GROUPS = 8
_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
STATEMENTS = 3 * THINGS


def changed(thing: int, version: int) -> int:
    """The version in which a thing changed last, 0 if never."""
    return version - (thing + version) % _EVERY if version > (thing + version) % _EVERY else 0


def value(thing: int, version: int) -> int:
    """A thing's value in a version."""
    return 1000 * changed(thing, version) + thing


def total(group: int, version: int) -> int:
    """The sum of a group's values."""
    return sum(value(n, version) for n in range(group, THINGS, GROUPS))


def lines(version: int) -> list[Line]:
    """All statements of a version."""
    return list(_lines(version))


def _lines(version: int) -> Iterator[Line]:
    for n in range(THINGS):
        said = (
            f"{_TYPE} <{KIND}>",
            f'<{VALUE}> "{value(n, version)}"^^<{_INTEGER}>',
            f'<{GROUP}> "{n % GROUPS}"^^<{_INTEGER}>',
        )
        for text in said:
            yield Line(f"<{iri(n)}> {text} .".encode(), n)


class Versions:
    """Which version a snapshot holds."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._changed = threading.Condition()
        self.latest = ""

    def note(self, snapshot: str, version: int) -> None:
        """A snapshot was published."""
        with self._changed:
            self._known[snapshot] = version
            self.latest = snapshot
            self._changed.notify_all()

    def of(self, snapshot: str, patience: float = 20.0) -> int:
        """The version of a snapshot; one that was just published may take a moment.

        Raises KeyError for one that never was.
        """
        with self._changed:
            self._changed.wait_for(lambda: snapshot in self._known, patience)
            return self._known[snapshot]
