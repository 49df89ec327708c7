"""Many clients at one pool: slow-query slots, budgets, cancelling."""

from __future__ import annotations

import re
import socket
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from graph.core.errors import QueryCancelled, QueryThrottled, QueryTimeout, QueueFull
from graph.core.instance import Instance
from graph.queries import Pool, Query, QueryAnswer, QueryLimits
from graph.queries.admission.client_budgets import SIZE, ClientBudgets
from graph.queries.admission.scoreboard import ExitReason, Scoreboard, number_of
from graph.queries.admission.slow_query_slots import SlowQuerySlot
from graph.queries.pool.dispatch import SLOW_AFTER
from graph.queries.pool.in_flight import InFlight, query_timeout
from tests.pool_workers import FOR_EVER, endless, wait_until, workers
from tests.pools import LOOK_UP, ready, slow, stand_still

pytestmark = pytest.mark.slow

SECONDS = endless("a", "b", "c", rows=120)  # about half a second


@pytest.fixture
def three(small: Instance) -> Iterator[Pool]:
    """A fresh pool of three workers."""
    with Pool.start(small, workers=3, limits=QueryLimits(timeout=25.0, waiting=4)) as running:
        yield ready(running)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as threads:
        yield threads


def ask(pool: Pool, text: str, client: str, timeout: float = 25.0) -> QueryAnswer:
    return pool.run(Query(text), timeout=timeout, client=client)


def errors(asked: list[Future[QueryAnswer]]) -> list[type]:
    return [type(f.exception()) for f in asked]


def test_one_client_runs_one_slow_query_at_a_time(three: Pool, threads: ThreadPoolExecutor) -> None:
    asked = [threads.submit(ask, three, FOR_EVER, "hostile", 3.0) for _ in range(4)]
    wait_until(lambda: len(slow(three)) == 1)
    stand_still(three)
    time.sleep(2 * SLOW_AFTER)
    assert len(three._state.scoreboard.running()) == 1
    assert errors(asked) == [QueryTimeout] * 4


@pytest.mark.parametrize(
    ("ran", "behind_own", "said"),
    [
        (7.0, False, r"the query ran for 7\.0 s and was not finished in time"),
        (0.0, False, r"the query waited 10\.\d s behind queries of others"),
        (0.3, True, r"after it had run for 0\.3 s, the query waited 9\.\d s behind another query"),
    ],
)
def test_a_timeout_says_whether_the_query_ran_or_waited(
    ran: float, behind_own: bool, said: str
) -> None:
    began = time.monotonic() - 10
    late = InFlight(LOOK_UP, "SELECT", "someone", 1, "1", started_at=began, deadline=began + 10)
    error = query_timeout(late, ran, behind_own=behind_own)
    assert re.match(said, str(error))
    assert re.search(r"асуулга .*\d\.\d секунд", error.message_mn)
    assert error.hint_mn


def test_a_timeout_names_what_may_have_taken_so_long() -> None:
    began = time.monotonic() - 10
    query = LOOK_UP._replace(text="SELECT * { ?a ?p ?b . ?c ?q ?d }")
    error = query_timeout(InFlight(query, "SELECT", "", 0, "1", began, began + 9), 8.0)
    assert error.hint.startswith("No variable connects the patterns with ?a and those with ?c")
    assert error.hint_mn.startswith("?a-тай болон ?c-тай хэв")


def test_who_waits_for_the_own_slot_is_told_so(three: Pool, threads: ThreadPoolExecutor) -> None:
    first = threads.submit(ask, three, FOR_EVER, "patient", 3.0)
    wait_until(lambda: len(slow(three)) == 1)
    stand_still(three)
    with pytest.raises(QueryTimeout, match="behind another query of yours"):
        ask(three, FOR_EVER, "patient", 1.0)
    assert isinstance(first.exception(), QueryTimeout)


def test_who_got_the_own_slot_too_late_is_told_so(three: Pool, threads: ThreadPoolExecutor) -> None:
    first = threads.submit(ask, three, FOR_EVER, "patient", 4.0)
    wait_until(lambda: len(slow(three)) == 1)
    second = threads.submit(ask, three, FOR_EVER, "patient", 4.0)
    assert isinstance(first.exception(), QueryTimeout)
    assert "behind another query of yours" in str(second.exception())


def test_two_of_one_client_are_answered_one_after_the_other(
    three: Pool, threads: ThreadPoolExecutor
) -> None:
    asked = [threads.submit(ask, three, SECONDS, "eager") for _ in range(3)]
    answers = {f.result().read() for f in asked}
    assert len(answers) == 1
    assert b'"1728000"' in answers.pop()


def test_a_worker_is_left_for_what_is_quick(three: Pool, threads: ThreadPoolExecutor) -> None:
    """Three clients with endless queries; look-ups of a fourth hardly notice."""
    asked = [threads.submit(ask, three, FOR_EVER, f"hostile {n}", 2.5) for n in range(3)]
    wait_until(lambda: len(slow(three)) == 2)
    times = []
    for _ in range(40):
        begun = time.monotonic()
        three.run(LOOK_UP, client="innocent")
        times.append(time.monotonic() - begun)
    stand_still(three)
    assert statistics.median(times) < 0.5
    assert errors(asked) == [QueryTimeout] * 3


def test_a_crowd_of_one_client_is_turned_away_as_its_own_fault(
    three: Pool, threads: ThreadPoolExecutor
) -> None:
    asked = [threads.submit(ask, three, FOR_EVER, "hostile", 2.5) for _ in range(9)]
    wait_until(lambda: any(f.done() for f in asked))
    assert QueryTimeout not in errors([f for f in asked if f.done()])  # at once, not in the end
    wait_until(lambda: len(slow(three)) == 1)
    stand_still(three)
    assert three.run(LOOK_UP, client="innocent").read()
    told = errors(asked)
    assert set(told) == {QueryTimeout, QueryThrottled}
    assert told.count(QueryTimeout) >= 5  # one runs, four wait


def test_whoever_was_held_is_answered_once_the_slow_one_is_done(
    three: Pool, threads: ThreadPoolExecutor
) -> None:
    asked = [threads.submit(ask, three, FOR_EVER, "mixed", 1.5) for _ in range(2)]
    wait_until(lambda: len(slow(three)) == 1)
    stand_still(three)
    assert ask(three, LOOK_UP.text, "mixed", 10.0).read()
    assert errors(asked) == [QueryTimeout] * 2


def test_many_long_queries_at_once_hold_a_client_back(three: Pool) -> None:
    budgets = three._state.budgets
    budgets.charge(7, 1.0)
    assert not budgets.is_serialized(7)
    budgets.charge(7, 1.5)
    assert budgets.is_serialized(7)
    for _ in range(400):
        budgets.charge(8, 0.01)  # look-ups never do
    assert not budgets.is_serialized(8)
    assert not budgets.is_serialized(9)


# --- budgets ---


def test_a_budget_turns_away_and_says_when_to_come_back(
    small: Instance, threads: ThreadPoolExecutor
) -> None:
    with Pool.start(small, workers=2, limits=QueryLimits(timeout=20.0, budget=0.5)) as pool:
        asked = threads.submit(ask, ready(pool), FOR_EVER, "spender", 1.0)
        wait_until(lambda: bool(pool._state.scoreboard.running()))
        stand_still(pool)
        assert errors([asked]) == [QueryTimeout]
        pool._state.budgets.charge(number_of("spender"), 2.0)
        with pytest.raises(QueryThrottled) as caught:
            pool.run(LOOK_UP, client="spender")
        assert 1 <= caught.value.retry <= 4
        assert pool.run(LOOK_UP, client="other").read()
        assert pool.run(LOOK_UP).read()  # the server itself


def test_what_was_used_leaks(three: Pool) -> None:
    found = three._state.budgets
    found.charge(5, 1.0)
    before = found.used(5)
    time.sleep(0.2)
    assert 0.5 < found.used(5) < before - 0.15


def test_all_processes_see_the_same_clients(three: Pool) -> None:
    with_other = ClientBudgets(Scoreboard(three.folder, three.workers, SIZE))
    three._state.budgets.charge(11, 30.0)
    assert with_other.used(11) > 29
    assert with_other.is_serialized(11)


def test_the_table_of_clients_forgets_the_one_longest_unseen(three: Pool) -> None:
    found = three._state.budgets
    for n in range(5):  # all in the same row of four
        found.charge(3 + n * 1024, 5.0)
    assert found.used(3) == 0.0
    assert all(found.used(3 + n * 1024) > 4 for n in range(1, 5))


# --- slow-query slots ---


def test_a_slot_is_one_clients_and_the_pools(three: Pool) -> None:
    one, two, three_ = (SlowQuerySlot(three.folder, client, 2) for client in (1, 1, 2))
    assert one.acquire()
    assert not two.acquire()
    assert not two.has_client_slot
    assert three_.acquire()
    fourth = SlowQuerySlot(three.folder, 3, 2)
    assert not fourth.acquire()
    assert fourth.has_client_slot
    one.release()
    assert fourth.acquire()
    for slot in (two, three_, fourth):
        slot.release()


# --- cancelling ---


def for_ever(pool: Pool, threads: ThreadPoolExecutor) -> Future[QueryAnswer]:
    """A query of client a that runs until it is cancelled by the name “for ever”."""
    asked = threads.submit(pool.run, Query(FOR_EVER), client="a", query_id="for ever")
    wait_until(lambda: bool(slow(pool)))
    stand_still(pool)
    return asked


def cancelled(asked: Future[QueryAnswer], begun: float) -> bool:
    with pytest.raises(QueryCancelled):
        asked.result(10.0)
    return time.monotonic() - begun < 5.0


@pytest.mark.parametrize("wait", [0.0, 0.6])
def test_a_running_query_is_cancelled_by_its_name(
    three: Pool, threads: ThreadPoolExecutor, wait: float
) -> None:
    wait_until(lambda: not three._state.scoreboard.running())  # those of the test before
    asked = threads.submit(three.run, Query(FOR_EVER), client="a", query_id="a name nobody guesses")
    wait_until(lambda: bool(three._state.scoreboard.running()))
    [run] = three._state.scoreboard.running()
    time.sleep(wait)
    begun = time.monotonic()
    assert not three.cancel("another")
    assert three.cancel("a name nobody guesses")
    assert cancelled(asked, begun)
    wait_until(lambda: not three._state.scoreboard.running())
    wait_until(lambda: run.pid not in workers(three) and len(workers(three)) == 3)
    assert not three.cancel("a name nobody guesses")


def test_a_waiting_query_is_cancelled_by_its_name(three: Pool, threads: ThreadPoolExecutor) -> None:
    three._state.budgets.serialize(number_of("a"))
    running = for_ever(three, threads)
    asked = threads.submit(three.run, LOOK_UP, client="a", query_id="waiting")
    wait_until(lambda: three.cancel("waiting"))
    begun = time.monotonic()
    assert cancelled(asked, begun)
    assert not running.done()
    assert three.cancel("for ever")


@pytest.mark.parametrize("held", [False, True])
def test_hanging_up_cancels(three: Pool, threads: ThreadPoolExecutor, held: bool) -> None:
    """Running, or (held) still waiting behind another one of the same client."""
    other = for_ever(three, threads) if held else None
    if held:
        three._state.budgets.serialize(number_of("a"))
    ours, theirs = socket.socketpair()
    with ours:
        asked = threads.submit(three.run, Query(FOR_EVER), client="a", connection_fd=ours.fileno())
        time.sleep(0.15)
        begun = time.monotonic()
        theirs.close()
        assert cancelled(asked, begun)
    wait_until(lambda: len(three._state.scoreboard.running()) == int(held))
    assert other is None or not other.done()
    assert three.cancel("for ever") == held


def test_a_connection_that_stays_open_changes_nothing(three: Pool) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send(b"the next request")
        assert three.run(Query(SECONDS), connection_fd=ours.fileno()).read()


# --- what the scoreboard says ---


def test_deaths_are_counted_by_reason(three: Pool, threads: ThreadPoolExecutor) -> None:
    with pytest.raises(QueryTimeout):
        three.run(Query(FOR_EVER), timeout=0.3)
    wait_until(lambda: three._state.scoreboard.deaths()[ExitReason.HUNG_UP] == 1)
    assert sum(three._state.scoreboard.deaths().values()) == 1


def test_a_full_queue_is_everybodys(small: Instance, threads: ThreadPoolExecutor) -> None:
    limits = QueryLimits(timeout=1.5, queue=2)
    with Pool.start(small, workers=1, limits=limits) as one:
        ready(one)
        asked = [threads.submit(ask, one, FOR_EVER, f"client {n}", 1.5) for n in range(12)]
        wait_until(lambda: bool(slow(one)))
        stand_still(one)
        assert QueueFull in errors(asked)
