"""What each client used recently: leaky buckets in the scoreboard's memory.

A client is an opaque key, made by the server; here it is a number of 64 bits. Its row holds

- `used`: seconds of query time, less one for every second that has passed. Over the operator's
  budget its queries are refused until enough has leaked;
- `long`: the same, of queries longer than a look-up. One query after the other never fills it;
  several at a time do, and then the client's queries are serialized for a while: they run one at
  a time, and wait for a slot before they reach a worker.

The table has rows for some thousand clients; a new one replaces the one longest unseen.
"""

from __future__ import annotations

import math
import time
from struct import Struct
from typing import NamedTuple

from graph.core.errors import QueryThrottled
from graph.queries.admission.scoreboard import CLIENTS, Scoreboard

_ROW = Struct("=Qdddd")
_KEY, _UNTIL = Struct("=Q"), Struct("=d")
_ASSOCIATIVITY = 4  # rows in which a client may be; which ones follows from its number
_SETS = 1024  # sets of rows: 4096 clients at one time
SIZE = _SETS * _ASSOCIATIVITY * _ROW.size

LONG = 0.02  # seconds; shorter queries are look-ups
_MAX_LONG = 2.0  # seconds of long queries beyond one at a time
_SERIALIZED = 60.0  # seconds for which a client is then serialized
_WRITE_ABOVE = 0.02  # seconds of use that a process collects before it writes them down
_MAX_COLLECTED = 10_000


class ClientBudget(NamedTuple):
    """A client's row: key, when the figures were written, the figures in seconds, and until when
    the client is serialized (both times by the monotonic clock)."""

    key: int
    at: float = 0.0
    used: float = 0.0
    long: float = 0.0
    serialized_until: float = 0.0

    def leaked(self, now: float) -> ClientBudget:
        """The row with what has leaked until now subtracted."""
        passed = max(0.0, now - self.at)
        used, long = max(0.0, self.used - passed), max(0.0, self.long - passed)
        return self._replace(at=now, used=used, long=long)


class ClientBudgets:
    """The table of clients in a scoreboard, shared by all web processes."""

    def __init__(self, scoreboard: Scoreboard) -> None:
        self._scoreboard = scoreboard
        self._collected: dict[int, float] = {}

    def is_serialized(self, client_number: int) -> bool:
        """Whether a client's queries run one at a time for now. 0, the server itself, never is."""
        if not client_number:
            return False
        memory = self._scoreboard.memory
        for offset in _offsets(client_number):
            if _KEY.unpack_from(memory, offset)[0] == client_number:
                until: float = _UNTIL.unpack_from(memory, offset + 4 * 8)[0]
                return until > time.monotonic()
        return False

    def may_run_now(self, client_number: int, budget: float) -> bool:
        """Whether a client's query may go to a worker at once: it need not wait for a slot, and is
        not over the budget (0: there is none)."""
        over_budget = self._over_budget(client_number, budget)
        return not over_budget and not self.is_serialized(client_number)

    def check_budget(self, client_number: int, budget: float) -> None:
        """Raise QueryThrottled when a client has used more than the budget (0: there is none)."""
        if over := self._over_budget(client_number, budget):
            raise QueryThrottled(
                f"this client's queries took more than {budget:g} seconds of the last minute",
                retry=math.ceil(over),
                hint="Send fewer queries, or narrow them.",
                message_mn=f"энэ хэрэглэгчийн асуулгууд сүүлийн минутад {budget:g} секундээс"
                " удаан ажилласан",
                hint_mn="Цөөн, эсвэл илүү нарийн асуулга илгээнэ үү.",
            )

    def _over_budget(self, client_number: int, budget: float) -> float:
        return max(0.0, self.used(client_number) - budget) if budget and client_number else 0.0

    def used(self, client_number: int) -> float:
        """The seconds of query time that count against a client's budget now."""
        row = self._read(client_number)
        return row.leaked(time.monotonic()).used if row else 0.0

    def charge(self, client_number: int, seconds: float) -> None:
        """Count a query of a client. 0, the server itself, is not counted."""
        if not client_number:
            return
        # Small amounts are collected first, so that look-ups seldom take the lock.
        total = self._collected.get(client_number, 0.0) + seconds
        if total < _WRITE_ABOVE and len(self._collected) < _MAX_COLLECTED:
            self._collected[client_number] = total
            return
        self._collected.pop(client_number, None)
        self._write(client_number, total, seconds if seconds > LONG else 0.0)

    def serialize(self, client_number: int) -> None:
        """Run a client's queries one at a time for a while."""
        self._write(client_number, 0.0, 0.0, serialize=True)

    def _read(self, client_number: int) -> ClientBudget | None:
        for offset in _offsets(client_number):
            row = self._at(offset)
            if row.key == client_number:
                return row
        return None

    def _at(self, offset: int) -> ClientBudget:
        return ClientBudget._make(_ROW.unpack_from(self._scoreboard.memory, offset))

    def _write(
        self, client_number: int, used: float, long: float, *, serialize: bool = False
    ) -> None:
        now = time.monotonic()
        with self._scoreboard.locked():
            offset, row = self._row(client_number)
            row = row.leaked(now)
            row = row._replace(used=row.used + used, long=row.long + long)
            if serialize or row.long > _MAX_LONG:
                row = row._replace(serialized_until=now + _SERIALIZED)
            _ROW.pack_into(self._scoreboard.memory, offset, *row)

    def _row(self, client_number: int) -> tuple[int, ClientBudget]:
        """A client's offset and row; a fresh one in place of the oldest for a new client."""
        rows = [(offset, self._at(offset)) for offset in _offsets(client_number)]
        known = next(((offset, row) for offset, row in rows if row.key == client_number), None)
        return known or (min(rows, key=lambda pair: pair[1].at)[0], ClientBudget(client_number))


def _offsets(client_number: int) -> range:
    """The offsets in the scoreboard's memory at which a client's row may be."""
    first = CLIENTS + client_number % _SETS * _ASSOCIATIVITY * _ROW.size
    return range(first, first + _ASSOCIATIVITY * _ROW.size, _ROW.size)
