"""Answers that are kept: validators, content codings, one run for all who wait, bounds in bytes."""

from __future__ import annotations

import gzip
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
import zstandard
from flask.testing import FlaskClient

from graph.core.errors import QuerySyntaxError, QueryTimeout, QueueFull
from graph.core.instance import Instance
from graph.queries import Pool, QueryAnswer
from graph.queries.results.spool import INLINE
from graph.snapshots import Snapshot
from server.app import create_app
from server.cache.lru import Lru
from server.cache.single_flight import SingleFlight
from server.http import content_coding
from server.http.problem_details import HttpProblem

pytestmark = pytest.mark.slow

FORM = "application/x-www-form-urlencoded"
ALL = "/sparql?format=csv&query=" + quote("SELECT * { ?s ?p ?o }")
LARGE = "/sparql?format=csv&query=" + quote(
    f"SELECT (STR({'9' * 3000}) AS ?t) ?a {{ VALUES ?a {{ {'1 ' * 500} }} }}"
)


@pytest.fixture(scope="module")
def client(small: Instance, pool: Pool) -> FlaskClient:
    return create_app(small, pool).test_client(use_cookies=False)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The queries that reached the pool."""
    seen: list[object] = []
    run = Pool.run

    def counted(pool: Pool, request: object, **options: object) -> QueryAnswer:
        seen.append(request)
        return run(pool, request, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Pool, "run", counted)
    return seen


# --- the endpoint ---


def test_the_same_question_is_run_once(client: FlaskClient, runs: list[object]) -> None:
    address = ALL + quote(" # once")
    first, again = client.get(address), client.get(address)
    by_post = client.post("/sparql", data=address.partition("?")[2], content_type=FORM)
    assert first.data == again.data
    assert first.headers["ETag"] == again.headers["ETag"]
    assert by_post.data == first.data
    assert len(runs) == 1


def test_a_page_shows_the_answer_that_is_kept(client: FlaskClient, runs: list[object]) -> None:
    """In both languages, and from the second time on without a worker; what may differ is run."""
    address = "/sparql?query=" + quote("SELECT (COUNT(*) AS ?rows) { ?s ?p ?o } # page")
    html = {"Accept": "text/html"}
    first, again = (client.get(f"{address}&lang={tag}", headers=html).text for tag in ("mn", "en"))
    assert len(runs) == 1
    cells = [re.findall("<td.*?</td>", page, re.S) for page in (first, again)]
    assert cells[0] == cells[1] != []
    broken = client.get("/sparql?query=" + quote("SELECT {"), headers=html)
    assert broken.status_code == 400
    del runs[:]
    address = "/sparql?query=" + quote("SELECT (STRUUID() AS ?u) {}")
    assert client.get(address, headers=html).data != client.get(address, headers=html).data
    assert len(runs) == 2


def test_what_may_differ_is_run_each_time(client: FlaskClient, runs: list[object]) -> None:
    address = "/sparql?query=" + quote("SELECT (STRUUID() AS ?u) {}")
    assert client.get(address).data != client.get(address).data
    assert len(runs) == 2


def test_a_publication_ends_it(
    published: Instance, republish: Callable[[Instance, int, str], Snapshot]
) -> None:
    address = "/sparql?query=" + quote("ASK { ?s a <http://e/New> }")
    with Pool.start(published, workers=1) as own:
        client = create_app(published, own).test_client()
        assert client.get(address).json["boolean"] is False  # type: ignore[index]
        republish(published, 2, "<http://e/x> a <http://e/New> .")
        assert client.get(address).json["boolean"] is True  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "decode"),
    [("gzip", gzip.decompress), ("zstd", lambda data: zstandard.decompress(data))],
)
@pytest.mark.parametrize("address", [ALL, LARGE])
def test_codings(
    client: FlaskClient, name: str, decode: Callable[[bytes], bytes], address: str
) -> None:
    plain = client.get(address)
    coded = client.get(address, headers={"Accept-Encoding": name})
    again = client.get(address, headers={"Accept-Encoding": name})
    head = client.head(address, headers={"Accept-Encoding": name})
    assert coded.headers["Content-Encoding"] == name
    assert (len(plain.data) > INLINE) == (address is LARGE)
    assert decode(coded.data) == plain.data
    assert coded.data == again.data
    assert coded.headers["Content-Length"] == str(len(coded.data))
    assert coded.headers["ETag"] != plain.headers["ETag"]
    assert dict(head.headers) == dict(coded.headers)
    assert "Accept-Encoding" in coded.headers["Vary"]


def test_each_coding_has_its_validator(client: FlaskClient, runs: list[object]) -> None:
    address, zipped = ALL + quote(" # tags"), {"Accept-Encoding": "gzip"}
    plain, coded = client.get(address), client.get(address, headers=zipped)
    for response, wanted in ((plain, {}), (coded, zipped), (plain, zipped)):
        known = wanted | {"If-None-Match": response.headers["ETag"]}
        again = client.get(address, headers=known)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == response.headers["ETag"]
        assert again.headers["Access-Control-Allow-Origin"] == "*"
        assert "Accept-Encoding" in again.headers["Vary"]
    wrong = {"If-None-Match": coded.headers["ETag"]}
    assert client.get(address, headers=wrong).status_code == 200
    assert len(runs) == 1  # the first alone


def test_any_validator_needs_an_answer(client: FlaskClient) -> None:
    known = {"If-None-Match": "*"}
    assert client.get(ALL, headers=known).status_code == 304
    assert client.get("/sparql?query=oops", headers=known).status_code == 400


def test_what_is_small_is_sent_as_it_is(client: FlaskClient) -> None:
    address = "/sparql?query=" + quote("ASK { ?s ?p ?o }")
    small = client.get(address, headers={"Accept-Encoding": "gzip, zstd"})
    assert "Content-Encoding" not in small.headers
    forced = client.get(address, headers={"Accept-Encoding": "gzip, identity;q=0"})
    assert gzip.decompress(forced.data) == small.data
    none = client.get(address, headers={"Accept-Encoding": "br, identity;q=0"})
    assert none.status_code == 406
    assert none.headers["Access-Control-Allow-Origin"] == "*"


def test_large_answers_that_are_small_when_coded_hold_no_descriptor(
    small: Instance, pool: Pool
) -> None:
    client = create_app(small, pool).test_client(use_cookies=False)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for number in range(5):
        client.get(f"{LARGE}%23{number}", headers={"Accept-Encoding": "zstd"})
    after = len(list(Path("/proc/self/fd").iterdir()))
    assert after - before <= 5  # the answers as they were, and none for their codings


# --- Accept-Encoding ---


@pytest.mark.parametrize(
    ("header", "best"),
    [
        ("", "identity"),
        ("identity", "identity"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("gzip;q=0.5, identity", "identity"),
        ("gzip;q=0, zstd;q=0", "identity"),
        ("br", "identity"),
        ("*", "zstd"),
        ("*;q=0.5, zstd;q=0", "gzip"),
        ("*;q=0, identity", "identity"),
        ("identity;q=0, *;q=0.1", "zstd"),
        ("gzip;q=much", "identity"),
    ],
)
def test_the_coding_a_client_likes_best(header: str, best: str) -> None:
    assert content_coding.acceptable_codings(header)[0] == best


@pytest.mark.parametrize("header", ["*;q=0", "br, identity;q=0", "identity;q=0"])
def test_no_coding_is_left(header: str) -> None:
    with pytest.raises(HttpProblem, match="no content coding"):
        content_coding.acceptable_codings(header)


# --- one flight ---


def waiting(flights: SingleFlight[int], number: int, seconds: float = 5.0) -> list[object]:
    """What so many threads get that ask for the same, which takes a while."""
    outcomes: list[object] = []

    def ask() -> None:
        try:
            outcomes.append(flights.share("key", seconds, work))
        except Exception as error:
            outcomes.append(error)

    begun = threading.Event()
    done: list[int] = []

    def work(_: float) -> int:
        done.append(1)
        begun.set()
        time.sleep(0.3)
        if seconds == 0.5:
            raise QuerySyntaxError("no")
        return len(done)

    threads = [threading.Thread(target=ask) for _ in range(number)]
    threads[0].start()
    begun.wait()
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 1
    return outcomes


def test_all_who_wait_get_the_same() -> None:
    assert waiting(SingleFlight(), 5) == [1] * 5


def test_an_error_that_lasts_is_shared() -> None:
    assert {type(outcome) for outcome in waiting(SingleFlight(), 4, 0.5)} == {QuerySyntaxError}


def test_nobody_waits_beyond_the_deadline_and_not_too_many_wait() -> None:
    outcomes = waiting(SingleFlight(max_waiting=2), 5, 0.1)
    assert Counter(map(type, outcomes)) == {int: 1, QueryTimeout: 2, QueueFull: 2}
    told = {o.timing for o in outcomes if isinstance(o, QueryTimeout | QueueFull)}
    assert told == {(0.1, 0.0), (0.0, 0.0)}


def test_who_waited_for_one_that_gave_up_tries_itself() -> None:
    flights: SingleFlight[float] = SingleFlight()
    begun = threading.Event()

    def give_up(_: float) -> int:
        begun.set()
        time.sleep(0.2)
        raise QueryTimeout("short of time")

    def hasty() -> None:
        with pytest.raises(QueryTimeout):
            flights.share("key", 0.1, give_up)

    thread = threading.Thread(target=hasty)
    thread.start()
    begun.wait()
    # it gets the time that is left of its own, not its own anew
    assert 0 < flights.share("key", 5.0, lambda left: left) < 4.9
    thread.join()


# --- bounds ---


def test_what_was_used_longest_ago_goes_first() -> None:
    kept: Lru[str, str] = Lru(4 * 1500)
    for name in "abcd":
        kept.put(name, name, 1000)
    assert kept.get("a") == "a"
    kept.put("e", "e", 1000)
    assert [name for name in "abcde" if kept.get(name)] == ["a", "c", "d", "e"]
    assert kept.used <= kept.budget


def test_one_answer_does_not_push_out_all_others() -> None:
    kept: Lru[str, str] = Lru(4 * 1500)
    kept.put("a", "a", 1000)
    kept.put("large", "large", 3000)
    assert (kept.get("a"), kept.get("large")) == ("a", None)
    kept.put("a", "again", 900)
    assert (len(kept), kept.used) == (1, 1400)
    kept.clear()
    assert (len(kept), kept.used) == (0, 0)


# --- pages and documents ---


@pytest.mark.parametrize("path", ["/?lang=mn", "/id/place/066.nt", "/id/place/066.html?lang=mn"])
def test_pages_and_documents_are_coded_too(client: FlaskClient, path: str) -> None:
    plain = client.get(path)
    coded = client.get(path, headers={"Accept-Encoding": "gzip"})
    head = client.head(path, headers={"Accept-Encoding": "gzip"})
    assert coded.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(coded.data) == plain.data
    assert coded.headers["Content-Length"] == head.headers["Content-Length"]
    assert coded.headers["Content-Length"] == str(len(coded.data))
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_a_document_has_a_validator_for_each_coding(client: FlaskClient) -> None:
    path, zipped = "/id/place/066.nt", {"Accept-Encoding": "gzip"}
    plain, coded = client.get(path), client.get(path, headers=zipped)
    assert plain.headers["ETag"] != coded.headers["ETag"]
    for response, wanted in ((plain, {}), (coded, zipped), (plain, zipped)):
        again = client.get(path, headers=wanted | {"If-None-Match": response.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == response.headers["ETag"]
        assert again.headers["Access-Control-Allow-Origin"] == "*"
    wrong = {"If-None-Match": coded.headers["ETag"]}
    assert client.get(path, headers=wrong).status_code == 200


@pytest.mark.parametrize("path", ["/", "/id/place/066.ttl", "/id/place/999", "/healthz", "/sparql"])
def test_scripts_of_any_origin_may_read_it(client: FlaskClient, path: str) -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        headers = client.open(path, method=method).headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert "ETag" in headers["Access-Control-Expose-Headers"]
    preflight = client.options(path).headers
    assert "GET" in preflight["Access-Control-Allow-Methods"]
    assert "If-None-Match" in preflight["Access-Control-Allow-Headers"]
