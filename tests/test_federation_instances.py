"""SERVICE between two instances of ours over HTTP: values go along in blocks, and how many rows may
come back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graph.core import instance as instances
from graph.core.errors import ServiceFailed
from graph.core.instance import Instance
from graph.federation import Federation, Service
from graph.federation.narrowing import BLOCK, MOST_VALUES
from graph.ledger import create
from graph.queries import Pool
from tests.federated import rows
from tests.server_processes import Server

pytestmark = pytest.mark.slow

HERE, THERE, LOCAL = 600, 11_000, 2_500
Publish = Callable[..., object]


def _instance(folder: Path, publish: Publish, statements: str) -> Instance:
    made = instances.create(folder, "https://example.mn/")
    create(made)
    instances.write_config(made)
    publish(made, 1, f"GRAPH <urn:g> {{ {statements} }}")
    return made


@pytest.fixture
def remote(tmp_path: Path, republish: Publish) -> Iterator[Server]:
    """An instance that knows the people of 11,000 things, being served."""
    people = " ".join(f"<urn:t{n}> <urn:people> {n} ." for n in range(THERE))
    with Server(_instance(tmp_path / "there", republish, people)) as server:
        yield server


@pytest.fixture
def local(tmp_path: Path, republish: Publish, remote: Server) -> Iterator[Pool]:
    """A pool over another instance, which knows some of these things, and may ask the first."""
    known = "".join(f"<urn:t{n}> <urn:few> {n} . " for n in range(HERE))
    known += "".join(f"<urn:t{n}> <urn:many> {n} . " for n in range(LOCAL))
    service = Service(url(remote), private=True)
    with Pool.start(
        _instance(tmp_path / "here", republish, known), workers=1, federation=Federation([service])
    ) as pool:
        yield pool


def url(remote: Server) -> str:
    return f"{remote.address.geturl().rstrip('/')}/sparql"


def asked(remote: Server) -> int:
    """How many queries the remote instance has answered so far."""
    text = remote.get("/metrics")[1].decode()
    found = re.findall(r"^ulzii_queries_total\{[^}]*\} (\S+)", text, re.MULTILINE)
    return sum(int(float(number)) for number in found)


def query(remote: Server, here: str, there: str) -> str:
    return f"SELECT ?s ?n {{ {here} SERVICE <{url(remote)}> {{ {there} }} }}"


def test_values_go_along_in_blocks_and_come_back_whole(local: Pool, remote: Server) -> None:
    before = asked(remote)
    found = rows(local, query(remote, "?s <urn:few> ?x .", "?s <urn:people> ?n"))
    assert sorted(found) == sorted([f"<urn:t{n}>", str(n)] for n in range(HERE))
    assert asked(remote) - before == -(-HERE // BLOCK)


def test_nobody_is_asked_for_nothing(local: Pool, remote: Server) -> None:
    before = asked(remote)
    assert rows(local, query(remote, "?s <urn:none> ?x .", "?s <urn:people> ?n")) == []
    assert asked(remote) == before


def test_more_rows_than_one_call_may_bring_are_an_error(local: Pool, remote: Server) -> None:
    assert LOCAL > MOST_VALUES
    with pytest.raises(
        ServiceFailed, match="11,000 solutions; 10,000 are allowed"
    ):  # too many here to be sent along
        rows(local, query(remote, "?s <urn:many> ?x .", "?s <urn:people> ?n"))
    narrow = "?s <urn:people> ?n FILTER(?n < 5)"
    assert len(rows(local, query(remote, "?s <urn:many> ?x .", narrow))) == 5
    assert len(rows(local, query(remote, "?s <urn:many> ?x . FILTER(?x < 5)", "?s ?p ?n"))) == 5


def test_a_filter_that_fails_there_leaves_nothing(local: Pool, remote: Server) -> None:
    broken = query(remote, "?s <urn:few> ?x .", "?s <urn:people> ?n FILTER(<urn:f>(?n))")
    assert rows(local, broken) == []  # an unknown function is an error of the filter alone
