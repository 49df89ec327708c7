"""A request on its way through the pool, and the rules that hold for it whichever way it goes.

There are two ways to a worker: a thread waits for its answer on a connection
(`graph.queries.pool.dispatch`), or an event loop sends a datagram (`graph.queries.pool.datagrams`).
When a request must be finished, what its client is charged and what observers learn of its end is
decided here, for both.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from graph.core.errors import QueryError, QueryTimeout
from graph.queries.admission import client_budgets
from graph.queries.admission.admission_queue import AdmissionQueue
from graph.queries.admission.scoreboard import Scoreboard, number_of
from graph.queries.model.query import PoolRequest, Query, QueryLimits
from graph.queries.patterns.slow_patterns import slow_patterns
from graph.queries.pool.launch import SOCKET
from graph.queries.pool.observers import QueryFinished, QueryObserver
from graph.queries.syntax.bilingual import Bilingual

TICK = 0.05  # seconds between two checks of what became of a request


class InFlight(NamedTuple):
    """A request on its way.

    `client` is the client's opaque key, `client_number` the same as a number (empty and 0 for the
    server itself). `started_at` and `deadline` are times of the monotonic clock.
    """

    request: PoolRequest
    form: str
    client: str
    client_number: int
    snapshot: str
    started_at: float
    deadline: float

    def waited(self, worker_seconds: float) -> float:
        """The seconds since its start in which no worker ran it."""
        # not below 0: a worker that had to be replaced is charged with more than its time
        return max(0.0, time.monotonic() - self.started_at - worker_seconds)


@dataclass(frozen=True, slots=True)
class PoolState:
    """What all requests of a pool share. `slow_slots` is how many slow queries may run at once."""

    folder: Path
    address: str
    limits: QueryLimits
    scoreboard: Scoreboard
    budgets: client_budgets.ClientBudgets
    queue: AdmissionQueue
    slow_slots: int
    observers: list[QueryObserver] = field(default_factory=list)

    @classmethod
    def open(cls, folder: Path, workers: int, limits: QueryLimits) -> PoolState:
        """The state of a pool that was just launched in a folder."""
        scoreboard = Scoreboard(folder, workers, client_budgets.SIZE)
        return cls(
            folder=folder,
            address=str(folder / SOCKET),
            limits=limits,
            scoreboard=scoreboard,
            budgets=client_budgets.ClientBudgets(scoreboard),
            queue=AdmissionQueue(limits),
            slow_slots=max(1, workers - 1),
        )

    def start(
        self,
        request: PoolRequest,
        *,
        form: str,
        client: str,
        snapshot: str,
        timeout: float | None,
    ) -> InFlight:
        """Start a request now: from here on its time runs."""
        now = time.monotonic()
        number = number_of(client) if client else 0
        deadline = self.limits.deadline(now, timeout)
        return InFlight(request, form, client, number, snapshot, now, deadline)

    def notify_start(self) -> None:
        """Tell observers that a request starts to wait."""
        for observer in self.observers:
            observer.on_start()

    @contextmanager
    def charged(self, client: str) -> Iterator[None]:
        """Count the seconds of a block against a client's budget, as those of a query are.

        Raises QueryThrottled where it is used up.
        """
        number = number_of(client) if client else 0
        self.budgets.check_budget(number, self.limits.budget)
        begun = time.monotonic()
        try:
            yield
        finally:
            self.budgets.charge(number, time.monotonic() - begun)

    def finish(
        self,
        in_flight: InFlight,
        *,
        worker_seconds: float,
        length: int = 0,
        error: QueryError | None = None,
        hung_up: bool = False,
    ) -> None:
        """Charge a request's client for the seconds that workers took, and tell observers."""
        self.budgets.charge(in_flight.client_number, worker_seconds)
        finished = QueryFinished(
            request=in_flight.request,
            form=in_flight.form,
            client=in_flight.client,
            error=error,
            hung_up=hung_up,
            worker_seconds=worker_seconds,
            waited=in_flight.waited(worker_seconds),
            length=length,
            snapshot=in_flight.snapshot,
        )
        for observer in self.observers:
            observer.on_finish(finished)


def query_timeout(
    in_flight: InFlight, worker_seconds: float = 0.0, *, behind_own: bool = False
) -> QueryTimeout:
    """The error of a request whose deadline has passed: whether it ran or waited, and behind whom.

    `behind_own`: what it waited for was mostly another slow query of the same client.
    """
    waited = in_flight.waited(worker_seconds)
    if worker_seconds > waited:
        narrow = _slow_hint(in_flight.request)
        return QueryTimeout(
            f"the query ran for {worker_seconds:.1f} s and was not finished in time",
            hint=narrow.en,
            message_mn=f"асуулга {worker_seconds:.1f} секунд ажилласан ч хугацаандаа дууссангүй",
            hint_mn=narrow.mn,
        )
    whom, hint = _BEHIND[behind_own]
    ran = Bilingual("", "")
    if worker_seconds > _BRIEF:
        ran = Bilingual(
            mn=f"{worker_seconds:.1f} секунд ажилласны дараа ",
            en=f"after it had run for {worker_seconds:.1f} s, ",
        )
    return QueryTimeout(
        f"{ran.en}the query waited {waited:.1f} s behind {whom.en}",
        hint=hint.en,
        message_mn=f"{ran.mn}асуулга {whom.mn} дуусахыг {waited:.1f} секунд хүлээсэн",
        hint_mn=hint.mn,
    )


def _slow_hint(request: PoolRequest) -> Bilingual:
    """What may have made a query slow."""
    found = [*slow_patterns(request.text)] if isinstance(request, Query) else []
    found = found or [_NARROW]
    return Bilingual(" ".join(hint.mn for hint in found), " ".join(hint.en for hint in found))


_NARROW = Bilingual(
    mn="Асуулгаа нарийсгана уу: цөөн мөр, илүү тодорхой хэв, дэд асуулгад LIMIT.",
    en="Narrow it: fewer rows, more selective patterns, LIMIT in a subselect.",
)
_BRIEF = 0.05  # seconds of running that are not worth a word
_BEHIND = {
    True: (
        Bilingual(mn="таны өөр нэг асуулга", en="another query of yours"),
        Bilingual(
            mn="Тэр асуулга дуустал хүлээх, эсвэл түүнийг цуцална уу.",
            en="Wait for that query to end, or cancel it.",
        ),
    ),
    False: (
        Bilingual(mn="бусдын асуулга", en="queries of others"),
        Bilingual(
            mn="Ачаалал багатай үед дахин оролдоно уу.", en="Try again when there is less load."
        ),
    ),
}
