"""Runs of many requests: what follows from answers, what fails, what is not asked again, what goes
on after a kill. The portal is a stand-in of opendata.gov.mn; everything else is real."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graph import snapshots
from graph.archive import Archive
from graph.audit.verify import verify
from graph.core.errors import BusyError, InputError
from graph.core.instance import Instance
from graph.ledger import Ledger, manifests
from graph.publication.writer_lock import hold_writer_lock
from graph.store.embedded import EmbeddedStore
from graph.versions import provenance
from loaders.fetching.folder import run_folder
from loaders.fetching.model import FetchedRun
from loaders.pipeline.load import load
from loaders.pipeline.source import Source, read
from tests import parts
from tests.servers import Answer, AnsweringServer, Asked, Portal, allow, answering, described, of
from tests.test_fetch import bomb

pytestmark = pytest.mark.slow

NUMBER = 12


@pytest.fixture
def portal() -> Portal:
    """Twelve datasets on pages of five."""
    return Portal(NUMBER, size=5)


@pytest.fixture
def server(portal: Portal, instance: Instance) -> Iterator[AnsweringServer]:
    with answering(portal) as running:
        allow(instance, running, attempts=2)
        yield running


@pytest.fixture
def source(portal: Portal, server: AnsweringServer, tmp_path: Path) -> Source:
    return portal.source(tmp_path, server)


def titles(instance: Instance, name: str = "odp") -> set[str]:
    """The titles of datasets that are published."""
    return {text for text in literals(instance, name, "title") if "Өгөгдөл" in text}


def literals(instance: Instance, name: str, ending: str) -> list[str]:
    now = snapshots.current(instance)
    assert now is not None
    store = EmbeddedStore(now.path, read_only=True)
    lines = [line.decode() for line in store.lines(instance.names.graph(name))]
    store.close()
    return [line.split('"')[1] for line in lines if f"/{ending}>" in line.split(" ")[1]]


def findings(instance: Instance, name: str = "odp") -> list[str]:
    """The subjects and rules of findings, as lines."""
    load_event = Ledger(instance).last("Load", name)
    assert load_event is not None
    lines = Archive(instance.archive).read(load_event["layers"]["findings"]["lines"])
    return lines.decode().splitlines()


def last_fetch(instance: Instance, name: str = "odp") -> dict[str, Any]:
    event = Ledger(instance).last("Fetch", name)
    assert event is not None
    return event


def entries(instance: Instance, name: str = "odp") -> list[dict[str, Any]]:
    return manifests.responses(last_fetch(instance, name), Archive(instance.archive))


def all_titles() -> set[str]:
    return {f"Өгөгдөл {n}" for n in range(1, NUMBER + 1)}


# --- what follows from answers -----------------------------------------------------------------


def test_pages_and_details_follow_from_the_first_page(
    instance: Instance, source: Source, server: AnsweringServer
) -> None:
    outcome = load(instance, source)
    assert (outcome.status, outcome.counts["mapped"]) == ("published", NUMBER + 3)
    assert titles(instance) == all_titles()
    assert "Тайлбар 7" in literals(instance, "odp", "description")
    sent = [json.loads(one.body) for one in server.asked]
    assert [body["page"]["page"] for body in sent[:3]] == [1, 2, 3]
    assert [body["id"] for body in sent[3:]] == list(range(1, NUMBER + 1))
    assert {one.method for one in server.asked} == {"POST"}


def test_the_description_in_the_docs_harvests_the_portal(
    instance: Instance, portal: Portal, server: AnsweringServer, tmp_path: Path
) -> None:
    page = (Path(__file__).parent.parent / "docs" / "harvesting.md").read_text("utf-8")
    (text,) = re.findall(r"^```toml opendata\n(.*?)^```", page, re.M | re.S)
    path = tmp_path / "opendata.toml"
    portal.size = 100
    path.write_text(text.replace("https://opendata.gov.mn", server.url).replace("pause = 1", ""))
    assert load(instance, read(path)).counts["mapped"] == NUMBER + 1
    assert titles(instance, "opendata") == all_titles()


def test_without_details_only_the_list_is_requested(
    instance: Instance, portal: Portal, server: AnsweringServer, tmp_path: Path
) -> None:
    source = portal.source(tmp_path, server)
    assert load(instance, replace(source, options={**source.options, "details": False}))
    assert titles(instance) == all_titles()
    assert len(server.asked) == 3


def test_the_manifest_says_what_was_sent(instance: Instance, source: Source) -> None:
    load(instance, source)
    first, *_, last = entries(instance)
    assert (first["method"], last["detail"]) == ("POST", 1)
    assert json.loads(last["sent"]) == {"id": NUMBER}
    assert first["charset"] == "utf-8"


def test_an_unchanged_harvest_makes_no_version_and_one_small_line(
    instance: Instance, source: Source
) -> None:
    load(instance, source)
    size, snapshot = Ledger(instance).size, snapshots.current(instance)
    blobs = len(list(Archive(instance.archive)))
    assert load(instance, source).status == "same"
    ledger = Ledger(instance)
    assert (ledger.size, snapshots.current(instance)) == (size + 1, snapshot)
    assert len(list(Archive(instance.archive))) == blobs
    assert (ledger[-1]["outcome"], ledger[-1]["counts"]["unchanged"]) == ("same", NUMBER + 3)
    assert len(json.dumps(ledger[-1])) < 500
    assert [*verify(instance)] == []


def test_a_changed_order_changes_nothing(
    instance: Instance, source: Source, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(instance, source)
    monkeypatch.setattr(Portal, "order", property(lambda self: list(range(self.datasets, 0, -1))))
    assert load(instance, source).status == "same"
    assert last_fetch(instance)["outcome"] == "changed"


def test_events_with_a_manifest_are_verified_and_described(
    instance: Instance, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifests, "MAX_INLINE", dict.fromkeys(manifests.MAX_INLINE, 0))
    load(instance, source)
    event = last_fetch(instance)
    assert "responses" not in event
    assert [*verify(instance)] == []
    manifest = instance.names.capture(event["manifest"])
    loaded = Ledger(instance).last("Load", "odp")
    assert loaded is not None
    assert loaded["captures"] == [event["manifest"]]
    lines = b"\n".join(provenance.lines(list(Ledger(instance)), instance.names)).decode()
    assert f"<{manifest}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>" in lines
    assert f"wasDerivedFrom> <{manifest}>" in lines
    archive = Archive(instance.archive)
    path = archive.path(manifests.responses(event, archive)[0]["sha256"])
    path.unlink()
    assert [problem.where for problem in verify(instance)] == [str(path)]
    assert load(instance, source).status == "same"  # and it brings the lost bytes back
    assert [*verify(instance)] == []


# --- lists that are not whole ------------------------------------------------------------------


def overlap(portal: Portal) -> None:
    """The second page begins with the last row of the first."""
    result = portal.page(2, 5)
    result["details"]["items"] = [portal.row(5), *result["details"]["items"][:4]]
    portal.pages[2] = of(result)


def duplicate(portal: Portal) -> None:
    portal.pages[2] = of(portal.page(1, 5))


def grow(portal: Portal) -> None:
    result = portal.page(3, 5)
    result["details"]["total_rows"] += 1
    portal.pages[3] = of(result)


def shorten(portal: Portal) -> None:
    result = portal.page(3, 5)
    del result["details"]["items"][-1]
    portal.pages[3] = of(result)


def error_page(portal: Portal) -> None:
    portal.pages[2] = Answer(b"<html>Down for maintenance</html>", headers={"Content-Type": "x"})


def unavailable(portal: Portal) -> None:
    portal.pages[2] = Answer(status=503)


def cut(portal: Portal) -> None:
    whole = of(portal.page(2, 5))
    portal.pages[2] = replace(whole, sent=len(whole.body) // 2)


@pytest.mark.parametrize(
    ("misbehave", "message"),
    parts.each(
        3,
        [
            (overlap, "12 rows announced, 12 received, of them 11 different ones: 5 came"),
            (duplicate, "12 rows announced, 12 received, of them 7 different"),
            (grow, "13 rows, but 12 in search.json"),
            (shorten, "12 rows announced, 11 received"),
            (error_page, "a web page instead of JSON"),
            (unavailable, "HTTP status 503, 2 times"),
            (cut, "without sending complete message body"),
        ],
    ),
)
def test_a_list_is_whole_or_the_run_failed(
    instance: Instance,
    portal: Portal,
    source: Source,
    misbehave: Callable[[Portal], None],
    message: str,
) -> None:
    load(instance, source)
    misbehave(portal)
    with pytest.raises(InputError, match=message):
        load(instance, source)
    event = last_fetch(instance)
    assert event["outcome"] == "failed"
    assert event["error"]
    assert titles(instance) == all_titles()
    portal.pages.clear()
    assert load(instance, source).status == "same"
    assert [*verify(instance)] == []


# --- details that fail -------------------------------------------------------------------------

FAULTS = {
    "gone": Answer(status=404),
    "broken": Answer(status=500),
    "error page": Answer(b"<html>500</html>"),
    "error of the portal": Answer(b'{"code": 500, "message": "x"}'),
    "another thing": Answer(b'{"code": 200, "result": {}}'),
    "another dataset": Answer(b'{"code": 200, "result": {"id": 8, "name": "x"}}'),
    "another encoding": Answer('{"code": 200, "result": {"id": 7, "name": "Н"}}'.encode("cp1251")),
    "bomb": Answer(bomb(64 << 20), headers={"Content-Encoding": "gzip"}),
    "cut": Answer(b'{"code": 200, "result": {"id": 7}}', sent=20),
    "empty": Answer(b" \n"),
}


@pytest.mark.parametrize("fault", parts.each(4, FAULTS))
def test_a_failed_detail_keeps_the_last_version_marked(
    instance: Instance, portal: Portal, source: Source, fault: str
) -> None:
    load(instance, source)
    portal.details[7] = FAULTS[fault]
    assert load(instance, source).status == "published"
    assert "Тайлбар 7" in literals(instance, "odp", "description")
    dataset = f"{instance.base}id/dataset/odp/7>"
    marked = [line for line in findings(instance) if "rule/record-stale/1" in line]
    assert marked
    assert any(dataset in line for line in findings(instance))
    (entry,) = [e for e in entries(instance) if "stale" in e]
    assert entry["name"] == "detail-7.json"
    assert load(instance, source).status == "same"
    del portal.details[7]
    assert load(instance, source).status == "published"
    assert findings(instance) == []


def with_mark(answer: Answer) -> Answer:
    return replace(answer, body=b"\xef\xbb\xbf" + answer.body)


def with_wrong_charset(answer: Answer) -> Answer:
    return replace(answer, headers={"Content-Type": "application/json; charset=windows-1251"})


def with_gzip(answer: Answer) -> Answer:
    return replace(answer, body=gzip.compress(answer.body), headers={"Content-Encoding": "gzip"})


@pytest.mark.parametrize("dress", [with_mark, with_wrong_charset, with_gzip])
def test_how_an_answer_is_dressed_changes_nothing(
    instance: Instance,
    portal: Portal,
    source: Source,
    dress: Callable[[Answer], Answer],
) -> None:
    """JSON is UTF-8 (RFC 8259), whatever a header says."""
    load(instance, source)
    for number in range(1, NUMBER + 1):
        result = {**portal.row(number), "description": f"<p>Тайлбар {number}</p>"}
        portal.details[number] = dress(of(result))
    portal.pages = {number: dress(of(portal.page(number, 5))) for number in (1, 2, 3)}
    assert load(instance, source).status == "same"
    assert findings(instance) == []


def test_a_detail_that_never_came_is_said(
    instance: Instance, portal: Portal, source: Source
) -> None:
    portal.details[7] = Answer(status=404)
    assert load(instance, source).counts["mapped"] == NUMBER + 3
    assert titles(instance) == all_titles()
    assert any("rule/detail-missing/1" in line for line in findings(instance))


def test_a_server_that_answers_no_detail_is_not_asked_for_all(
    instance: Instance, portal: Portal, source: Source, server: AnsweringServer
) -> None:
    load(instance, source)
    before = len(server.asked)
    portal.details = dict.fromkeys(range(1, NUMBER + 1), Answer(status=404))
    with pytest.raises(InputError, match="404; so did the 9 before"):
        load(instance, source)
    assert len(server.asked) == before + 3 + 10


def test_error_pages_for_most_details_are_the_servers_failure(
    instance: Instance, portal: Portal, source: Source
) -> None:
    load(instance, source)
    portal.details = dict.fromkeys(range(2, NUMBER + 1), Answer(b'{"code": 500, "message": "x"}'))
    with pytest.raises(InputError, match="11 of 12 details failed; the first: the portal responds"):
        load(instance, source)
    assert "Тайлбар 7" in literals(instance, "odp", "description")
    portal.details.clear()
    assert load(instance, source).status == "same"


# --- side by side, and after a kill ------------------------------------------------------------


def test_another_source_loads_while_one_is_fetched(
    instance: Instance, portal: Portal, source: Source, tmp_path: Path
) -> None:
    (tmp_path / "one.ttl").write_text('<id/1> <http://purl.org/dc/terms/title> "Нэг"@mn .')
    other = described(
        tmp_path, "other", 'loader = "rdf"\nfiles = ["one.ttl"]\nmedia_type = "text/turtle"'
    )
    seen: list[str] = []

    def load_other(number: int) -> None:
        if number == 6:  # in the thread of the server, in the middle of the other fetch
            seen.append(load(instance, other).status)
            with pytest.raises(BusyError, match="fetch odp"):
                load(instance, source)

    portal.after = load_other
    assert load(instance, source).status == "published"
    assert seen == ["published"]
    assert titles(instance) == all_titles()
    assert literals(instance, "other", "title") == ["Нэг"]
    assert [*verify(instance)] == []


LOAD = """
import sys
from pathlib import Path
from graph.core.instance import open_instance
from loaders.pipeline.load import load
from loaders.pipeline.source import read
print(load(open_instance(Path(sys.argv[1])), read(Path(sys.argv[2]))).status)
"""


def loading(instance: Instance, source: Source) -> subprocess.Popen[str]:
    """A load in a process of its own."""
    arguments = [sys.executable, "-c", LOAD, str(instance.root), str(source.path)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def test_what_was_fetched_waits_for_the_writer(
    instance: Instance, portal: Portal, source: Source
) -> None:
    done = threading.Event()
    portal.after = lambda number: done.set() if number == NUMBER + 3 else None
    with hold_writer_lock(instance, "a test"):
        process = loading(instance, source)
        assert done.wait(30)
    assert process.communicate(timeout=30)[0] == "published\n"
    assert titles(instance) == all_titles()


@pytest.fixture
def kill(instance: Instance, portal: Portal, source: Source) -> Callable[[int], None]:
    """Kills a load in another process, by SIGKILL, after so many answers."""

    def run(answers: int) -> None:
        process = loading(instance, source)
        portal.after = lambda number: process.kill() if number == answers else None
        process.communicate(timeout=30)
        assert process.returncode == -signal.SIGKILL
        portal.after = lambda _: None

    return run


def asked_for_details(server: AnsweringServer) -> list[int]:
    return [json.loads(a.body)["id"] for a in server.asked if a.path.endswith("view")]


def test_a_run_goes_on_after_a_kill(
    instance: Instance, source: Source, server: AnsweringServer, kill: Callable[[int], None]
) -> None:
    kill(9)  # three pages, and six details of which the last was answered and perhaps not kept
    server.asked.clear()
    assert load(instance, source).status == "published"
    assert len([a for a in server.asked if a.path.endswith("search")]) == 1
    assert asked_for_details(server) in ([*range(6, 13)], [*range(7, 13)])
    assert titles(instance) == all_titles()
    assert [*verify(instance)] == []
    assert not list(instance.fetching.iterdir())


def test_a_run_starts_over_when_the_list_changed(
    instance: Instance,
    portal: Portal,
    source: Source,
    server: AnsweringServer,
    kill: Callable[[int], None],
) -> None:
    kill(9)
    server.asked.clear()
    portal.datasets += 1
    assert load(instance, source).status == "published"
    assert asked_for_details(server) == list(range(1, NUMBER + 2))


@pytest.mark.parametrize("head", ["started", "fingerprint"])
def test_a_run_starts_over_after_a_day_and_for_another_description(
    instance: Instance,
    source: Source,
    server: AnsweringServer,
    kill: Callable[[int], None],
    head: str,
) -> None:
    kill(9)
    server.asked.clear()
    journal = instance.fetching / "odp" / "journal"
    first, *rest = journal.read_text("utf-8").splitlines(keepends=True)
    changed = {**json.loads(first), head: "2020-01-01T00:00:00+00:00"}
    journal.write_text("".join([json.dumps(changed), "\n", *rest]), "utf-8")
    assert load(instance, source).status == "published"
    assert asked_for_details(server) == list(range(1, NUMBER + 1))


def test_a_run_that_a_server_broke_off_goes_on(
    instance: Instance, portal: Portal, source: Source, server: AnsweringServer
) -> None:
    portal.details = dict.fromkeys(range(3, NUMBER + 1), Answer(status=500))
    with pytest.raises(InputError, match="500; so did"):
        load(instance, source)
    portal.details.clear()
    server.asked.clear()
    assert load(instance, source).status == "published"
    assert asked_for_details(server) == list(range(3, NUMBER + 1))
    assert [*verify(instance)] == []


def test_a_server_that_is_down_does_not_cost_what_was_fetched(
    instance: Instance,
    portal: Portal,
    source: Source,
    server: AnsweringServer,
    kill: Callable[[int], None],
) -> None:
    kill(9)
    portal.pages[1] = Answer(status=503)
    with pytest.raises(InputError, match="503"):
        load(instance, source)
    portal.pages.clear()
    server.asked.clear()
    assert load(instance, source).status == "published"
    assert asked_for_details(server)[0] in {6, 7}


def test_a_damaged_journal_is_not_believed(instance: Instance, tmp_path: Path) -> None:
    with run_folder(instance, "x", "f", 0.0) as folder:
        folder.start()
        (folder.path / "journal").write_text("{no json\n")
        assert folder.earlier() == {}


# --- validators --------------------------------------------------------------------------------


def with_etag(asked: Asked) -> Answer:
    if asked.headers.get("if-none-match") == '"1"':
        return Answer(status=304)
    body = '<id/1> <http://purl.org/dc/terms/title> "Нэг"@mn .'.encode()
    return Answer(body, headers={"ETag": '"1"'})


def test_what_has_the_same_validator_is_not_sent_again(instance: Instance, tmp_path: Path) -> None:
    with answering(with_etag) as server:
        allow(instance, server)
        text = f'loader = "rdf"\nfiles = ["{server.url}/x.ttl"]\nmedia_type = "text/turtle"'
        source = described(tmp_path, "tagged", text)
        assert load(instance, source).status == "published"
        assert load(instance, source).status == "same"
        assert [a.headers.get("if-none-match") for a in server.asked] == [None, '"1"']
    first, second = (e for e in Ledger(instance) if e["type"] == "Fetch")
    assert first["manifest"] == second["manifest"]
    assert second["outcome"] == "same"


# --- any loader --------------------------------------------------------------------------------


def test_a_listed_dataset_that_is_gone_today_keeps_its_last_version(
    instance: Instance, tmp_path: Path
) -> None:
    """A catalogue that only lists the addresses of its datasets: each is a detail."""
    gone: set[str] = set()

    def behave(asked: Asked) -> Answer:
        if asked.path == "/catalog.ttl":
            listed = ", ".join(f"<{agency.url}/d{n}>" for n in (1, 2))
            return Answer(
                f"{DCAT}<{agency.url}/c> a dcat:Catalog ; dcat:dataset {listed} .".encode()
            )
        if asked.path in gone:
            return Answer(status=503)
        text = f'{DCAT}<{agency.url}{asked.path}> a dcat:Dataset ; dct:title "{asked.path}"@en .'
        return Answer(text.encode())

    with answering(behave) as agency:
        allow(instance, agency, attempts=1)
        text = f'loader = "dcat"\nforeign = true\nfiles = ["{agency.url}/catalog.ttl"]\n'
        source = described(tmp_path, "listed", f'{text}media_type = "text/turtle"\n')
        load(instance, source)
        gone.add("/d2")
        assert load(instance, source).status == "published"
        assert set(literals(instance, "listed", "title")) >= {"/d1", "/d2"}
        stale = [f for f in findings(instance, "listed") if "rule/record-stale/1" in f]
        assert len(stale) == 1
        assert any(f"{agency.url}/d2" in line for line in findings(instance, "listed"))


DCAT = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
"""


def test_what_nobody_goes_on_with_is_deleted(instance: Instance) -> None:
    for name in ("left", "held"):
        (instance.fetching / name).mkdir(parents=True)
    with run_folder(instance, "held", "f", 0.0):
        for name in ("left", "held"):
            os.utime(instance.fetching / name, (0, 0))
        with run_folder(instance, "new", "f", 0.0):
            assert {path.name for path in instance.fetching.iterdir()} == {"held", "new"}


def test_a_lock_that_was_deleted_with_its_folder_is_taken_anew(instance: Instance) -> None:
    done = threading.Event()

    def wait_and_write() -> None:
        with run_folder(instance, "x", "f", 20.0) as mine:
            mine.start()
            done.set()

    with run_folder(instance, "x", "f", 0.0) as folder:
        waiting = threading.Thread(target=wait_and_write)
        waiting.start()
        time.sleep(0.3)  # it waits for the lock by now, or will take the new one
        folder.finish(FetchedRun("x", [], folder.archive))
    waiting.join(20)
    assert done.is_set()
    assert (instance.fetching / "x" / "journal").exists()
