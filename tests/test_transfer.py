"""An answer that is being sent when a process is killed: whole, or broken for all to see."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from graph.core.instance import Instance
from tests import parts
from tests.server_processes import Server, _command, descendants

pytestmark = pytest.mark.slow

# 24 MB, more than the sockets hold: the sender waits for the reader.
LARGE = (
    f"SELECT (STR({'9' * 3000}) AS ?t) "
    f"{{ VALUES ?a {{ {'1 ' * 100} }} VALUES ?b {{ {'1 ' * 80} }} }}"
)
WAYS = [{}, {"TE": "trailers"}]  # the short way past gunicorn's parser, and the ordinary one


@contextlib.contextmanager
def started(
    server: Server, headers: dict[str, str]
) -> Iterator[tuple[http.client.HTTPResponse, int]]:
    """A response of which a little was read, and its length by Content-Length."""
    connection = server.connect()
    connection.request("GET", "/sparql?format=csv&query=" + quote(LARGE), headers=headers)
    with contextlib.closing(connection), connection.getresponse() as response:
        assert response.status == 200
        assert len(response.read(1000)) == 1000
        yield response, int(response.headers["Content-Length"])


def processes(server: Server, supervised: bool) -> set[int]:
    """Query workers, or web processes."""
    below = descendants(server.process.pid)
    supervisor = next(p for p in below if "supervisor" in _command(p))
    workers = descendants(supervisor)
    return workers if supervised else below - workers - {supervisor}


@pytest.mark.parametrize("headers", parts.each(2, WAYS))
def test_a_killed_query_worker_costs_nothing_of_an_answer_on_its_way(
    small: Instance, headers: dict[str, str]
) -> None:
    with Server(small) as server, started(server, headers) as (response, length):
        for pid in processes(server, supervised=True):
            os.kill(pid, signal.SIGKILL)
        assert 1000 + len(response.read()) == length


@pytest.mark.parametrize("headers", parts.each(2, WAYS))
def test_a_killed_web_process_breaks_the_transfer(small: Instance, headers: dict[str, str]) -> None:
    with Server(small) as server, started(server, headers) as (response, length):
        for pid in processes(server, supervised=False):
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)
        with pytest.raises((http.client.IncompleteRead, ConnectionError)) as caught:
            response.read()
        if isinstance(caught.value, http.client.IncompleteRead):
            assert 1000 + len(caught.value.partial) < length
