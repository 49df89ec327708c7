"""A source whose every query result can be calculated from the version number.

The value of thing `n` says in which version it last changed: version `v` changes every twentieth
thing. Snapshots are named by the size of the ledger; the version that each holds is recorded when
it is published.
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
        properties = (
            f"{_TYPE} <{KIND}>",
            f'<{VALUE}> "{value(n, version)}"^^<{_INTEGER}>',
            f'<{GROUP}> "{n % GROUPS}"^^<{_INTEGER}>',
        )
        for text in properties:
            yield Line(f"<{iri(n)}> {text} .".encode(), n)


class Versions:
    """The version that each snapshot holds."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._changed = threading.Condition()
        self.latest = ""

    def record(self, snapshot: str, version: int) -> None:
        """Record that a snapshot was published."""
        with self._changed:
            self._known[snapshot] = version
            self.latest = snapshot
            self._changed.notify_all()

    def version_of(self, snapshot: str, timeout: float = 20.0) -> int:
        """The version of a snapshot; waits for one that is just being published.

        Raises KeyError if it is not recorded in time.
        """
        with self._changed:
            self._changed.wait_for(lambda: snapshot in self._known, timeout)
            return self._known[snapshot]
