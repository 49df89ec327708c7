"""A portal as large as the real one, harvested while others query and load: 6,613 datasets."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from graph import snapshots
from graph.archive import Archive
from graph.audit.verify import verify
from graph.core.instance import Instance
from graph.ledger import Ledger, events, manifests
from loaders.pipeline.load import load
from tests.server_processes import Server
from tests.servers import Portal, allow, answering, described
from tests.test_fetch_going_on import loading

pytestmark = [pytest.mark.ci, pytest.mark.slow]

DATASETS = 6_613
PAGES = 67
LONGEST_LINE = 60_000  # bytes of an event
MAX_GROWTH = 40 << 20  # bytes that 6,000 answers may add to the process that fetches them
ASK = "/sparql?query=" + quote("ASK { ?s <http://purl.org/dc/terms/title> ?o }")
COUNT = "SELECT (COUNT(DISTINCT ?d) AS ?n) { ?d a <http://www.w3.org/ns/dcat#Dataset> }"


def memory(process: subprocess.Popen[str]) -> int:
    """Bytes of memory that a process has now."""
    status = Path(f"/proc/{process.pid}/status").read_text("ascii")
    (line,) = (one for one in status.splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) << 10


def longest_line(instance: Instance) -> int:
    return max(len(events.encode(one)) for one in Ledger(instance))


def wait_for(portal: Portal, answers: int, process: subprocess.Popen[str]) -> None:
    while portal.answered < answers:
        assert process.poll() is None
        time.sleep(0.01)


def test_a_large_portal_beside_queries_and_another_load(instance: Instance, tmp_path: Path) -> None:
    other = described(
        tmp_path, "other", 'loader = "rdf"\nfiles = ["one.ttl"]\nmedia_type = "text/turtle"'
    )
    text = '<id/1> <http://purl.org/dc/terms/title> "{}"@mn .'
    (tmp_path / "one.ttl").write_text(text.format("Нэг"))
    load(instance, other)
    portal = Portal(DATASETS, size=100)
    with answering(portal) as agency, Server(instance) as server:
        allow(instance, agency)
        source = portal.source(tmp_path, agency)
        process = loading(instance, source)
        wait_for(portal, PAGES + 300, process)
        before = memory(process)
        loaded = 0
        while portal.answered < DATASETS:
            (tmp_path / "one.ttl").write_text(text.format(f"Нэг {loaded}"))
            assert load(instance, other, wait=30).status == "published"
            loaded += 1
            response, body = server.get(ASK)
            assert (response.status, body) == (200, b'{"head":{},"boolean":true}')
            assert process.poll() is None
        assert memory(process) - before < MAX_GROWTH
        assert process.communicate(timeout=300)[0] == "published\n"
        assert loaded > 1
        number = snapshots.current(instance)
        assert number is not None
        count = server.get("/sparql?query=" + quote(COUNT))[1]
        assert int(json.loads(count)["results"]["bindings"][0]["n"]["value"]) >= DATASETS
        assert longest_line(instance) < LONGEST_LINE
        assert load(instance, source).status == "same"
    assert snapshots.current(instance) == number
    event = Ledger(instance)[-1]
    assert (event["type"], event["outcome"]) == ("Fetch", "same")
    assert event["counts"]["unchanged"] == DATASETS + PAGES
    assert len(events.encode(event)) < 500
    assert len(manifests.responses(event, Archive(instance.archive))) == DATASETS + PAGES
    assert [*verify(instance)] == []
