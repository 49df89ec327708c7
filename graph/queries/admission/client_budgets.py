"""What each client has used of late: leaky buckets in the board's shared memory.

A client is an opaque key, made by the server; here it is a number of 64 bits. Its line holds

- `used`: seconds of query time, less one for every second that has passed. Over the operator's
  budget its queries are turned away until it has leaked enough;
- `long`: the same, of queries longer than a look-up alone. One query after the other never fills
  it; several at a time do, and then the client's queries are run one at a time, for a while.

The table has room for some thousand clients; the one longest unseen makes room for a new one.
"""

from __future__ import annotations

import time
from struct import Struct
from typing import NamedTuple

from graph.queries.admission.scoreboard import CLIENTS, Scoreboard

_LINE = Struct("=Qdddd")
_KEY, _UNTIL = Struct("=Q"), Struct("=d")
_WAYS = 4
_ROWS = 1024
SIZE = _ROWS * _WAYS * _LINE.size

LONG = 0.02  # seconds; shorter ones are look-ups
_CROWD = 2.0  # seconds of long queries beyond one at a time
_WHILE = 60.0  # seconds for which a client is then held to one at a time
_SMALL = 0.02  # seconds of use that a process keeps to itself before it writes them down
_MOST_KEPT = 10_000


class ClientBudget(NamedTuple):
    """One client: key, when its figures were true, the figures, until when it is strict."""

    key: int
    at: float = 0.0
    used: float = 0.0
    long: float = 0.0
    strict_until: float = 0.0

    def now(self, now: float) -> ClientBudget:
        """The same, leaked until now."""
        passed = max(0.0, now - self.at)
        used, long = max(0.0, self.used - passed), max(0.0, self.long - passed)
        return self._replace(at=now, used=used, long=long)


class ClientBudgets:
    """The table of clients on a board."""

    def __init__(self, board: Scoreboard) -> None:
        self._board = board
        self._kept: dict[int, float] = {}

    def strict(self, key: int) -> bool:
        """Whether a client's queries are to run one at a time."""
        for place in _places(key):
            if _KEY.unpack_from(self._board.memory, place)[0] == key:
                until: float = _UNTIL.unpack_from(self._board.memory, place + 4 * 8)[0]
                return until > time.monotonic()
        return False

    def at_ease(self, key: int, budget: float) -> bool:
        """Whether a client may ask without waiting for its turn, and has some of its budget left
        (0: it has none)."""
        return not self.strict(key) and (not budget or self.used(key) <= budget)

    def used(self, key: int) -> float:
        """Seconds of query time that count against a client's budget now."""
        line = self._read(key)
        return line.now(time.monotonic()).used if line else 0.0

    def charge(self, key: int, seconds: float) -> None:
        """A client's query took so long."""
        total = self._kept.get(key, 0.0) + seconds
        if total < _SMALL and len(self._kept) < _MOST_KEPT:
            self._kept[key] = total
            return
        self._kept.pop(key, None)
        self._write(key, total, seconds if seconds > LONG else 0.0)

    def hold(self, key: int) -> None:
        """Run a client's queries one at a time for a while."""
        self._write(key, 0.0, 0.0, strict=True)

    def _read(self, key: int) -> ClientBudget | None:
        for place in _places(key):
            line = ClientBudget(*_LINE.unpack_from(self._board.memory, place))
            if line.key == key:
                return line
        return None

    def _write(self, key: int, used: float, long: float, *, strict: bool = False) -> None:
        now = time.monotonic()
        with self._board.locked():
            place, line = self._line(key)
            line = line.now(now)
            line = line._replace(used=line.used + used, long=line.long + long)
            if strict or line.long > _CROWD:
                line = line._replace(strict_until=now + _WHILE)
            _LINE.pack_into(self._board.memory, place, *line)

    def _line(self, key: int) -> tuple[int, ClientBudget]:
        lines = [(p, ClientBudget(*_LINE.unpack_from(self._board.memory, p))) for p in _places(key)]
        known = next((found for found in lines if found[1].key == key), None)
        return known or (min(lines, key=lambda found: found[1].at)[0], ClientBudget(key))


def _places(key: int) -> range:
    first = CLIENTS + key % _ROWS * _WAYS * _LINE.size
    return range(first, first + _WAYS * _LINE.size, _LINE.size)
