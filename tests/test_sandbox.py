"""The sandbox of the workers: no network, and a limit of rows."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from graph.core.errors import QueryError, QueryTooLarge
from graph.core.instance import Instance
from graph.queries import FORMATS, Pool, Query, QueryLimits, inspect
from server.app import create_app

pytestmark = pytest.mark.slow

CALL = "SELECT * { SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }"
PROBE = """
import sys
import pyoxigraph
from graph.core import sandbox
walls = {"none": lambda: True, "namespace": sandbox.unshare_network,
         "filter": sandbox.forbid_network}
if not walls[sys.argv[1]]():
    raise SystemExit(77)
try:
    list(pyoxigraph.Store().query(sys.argv[2]))
except Exception as error:
    print(error)
"""


class Listener:
    """Counts who connects, and turns them away."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.calls = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                self._socket.accept()[0].close()
            except OSError:
                return
            self.calls += 1

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


def probe(wall: str, port: int) -> str:
    command = [sys.executable, "-c", PROBE, wall, CALL % port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    if done.returncode == 77:
        pytest.skip(f"this system allows no {wall}")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_without_a_wall_a_query_reaches_other_services(listener: Listener) -> None:
    """Or the tests below would show nothing."""
    probe("none", listener.port)
    assert listener.calls


@pytest.mark.parametrize("wall", ["namespace", "filter"])
def test_behind_a_wall_it_reaches_nobody(listener: Listener, wall: str) -> None:
    assert probe(wall, listener.port).strip()  # the engine's error
    assert not listener.calls


def test_a_query_that_slips_the_look_at_its_tokens_reaches_nobody(
    small: Instance, listener: Listener
) -> None:
    with Pool.start(small, workers=1, limits=QueryLimits(timeout=10.0)) as pool:
        pool.run(Query("ASK {}"))
        if pool.network_sandbox() == "none":
            pytest.skip("this system allows no wall")
        with pytest.raises(QueryError) as caught:
            pool.run(Query(CALL % listener.port), info=inspect("ASK {}", 100))
        assert "SERVICE is disabled" not in str(caught.value)
        time.sleep(0.1)
        assert not listener.calls
        health = create_app(small, pool).test_client().get("/healthz").data
        assert json.loads(health)["wall"] == pool.network_sandbox() in {"namespace", "filter"}


# --- rows ---


@pytest.fixture(scope="module")
def five(small: Instance) -> Iterator[Pool]:
    """A pool whose results have at most five rows."""
    with Pool.start(small, workers=1, limits=QueryLimits(timeout=10.0, rows=5)) as pool:
        yield pool


def rows(number: int) -> str:
    values = '(1 UNDEF) (<x:y> "ө"@mn) ' * number
    return f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {values} }} }}"


@pytest.mark.parametrize("name", [f.name for f in FORMATS if f.engine and f.kind == "results"])
def test_a_result_within_the_rows_is_the_same_as_ever(five: Pool, pool: Pool, name: str) -> None:
    for text in (rows(2), "SELECT * {}", "SELECT ?z ?a { }", "ASK {}"):
        asked = Query(text, name)
        assert five.run(asked).read() == pool.run(asked).read()


@pytest.mark.parametrize(
    "text",
    [
        rows(3),
        "CONSTRUCT { ?a <x:p> ?b } { VALUES ?a { <x:a> <x:b> <x:c> } VALUES ?b { 1 2 } }",
    ],
)
def test_a_result_with_more_rows_is_refused_and_not_cut(five: Pool, text: str) -> None:
    with pytest.raises(QueryTooLarge, match="over 5 rows"):
        five.run(Query(text))
    limited = text + " LIMIT 5"
    assert five.run(Query(limited)).read()


def test_limits_are_announced(small: Instance, five: Pool) -> None:
    client = create_app(small, five).test_client()
    answer = client.get("/sparql", query_string={"query": "ASK {}"}, headers={"Accept": "*/*"})
    told = answer.headers["Ulzii-Limits"]
    sizes = "result=268435456, memory=1073741824, query=100000, values=1048576"
    assert told == f"timeout=10, {sizes}, rows=5"
    described = client.get("/sparql", headers={"Accept": "application/n-triples"})
    assert b"core#queryRowLimit" in described.data
